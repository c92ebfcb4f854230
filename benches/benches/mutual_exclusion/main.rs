//! The mutual exclusion algorithms side by side: what an entry costs, measured beside theory.
//!
//! In the simulator a message takes exactly T, and a site stays inside for E, on average; so
//! what is measured can be held against formulas. Over TCP five sites share one thread and talk
//! through the loopback interface; only what can be counted in messages has a formula there.
//!
//! | what                                                 | where        |
//! |------------------------------------------------------|--------------|
//! | the formulas, and who found them                     | `theory.rs`  |
//! | one algorithm in one case                            | `measure.rs` |
//! | the synchronisation delay, counted in messages       | `hops.rs`    |
//! | what is printed at the end                           | `table.rs`   |
//! | the same as a picture, beside criterion's reports    | `plot.rs`    |

mod hops;
mod measure;
mod plot;
mod table;
mod theory;

use std::{error::Error, path::Path, time::Duration};

use criterion::Criterion;
use lab::mutual_exclusion::Solution;
use protocol::ProcessId;

use crate::{
    measure::{Figures, figures},
    theory::Theory,
};

/// How long a message takes, in the simulator.
const T: Duration = Duration::from_millis(5);
/// How long a site stays inside there, on average.
const E: Duration = Duration::from_millis(5);

/// Who wants to enter when, and over which links.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Setting {
    /// In the simulator, requests so rare that two seldom meet.
    Low,
    /// In the simulator, everybody all the time.
    High,
    /// Everybody all the time, over loopback TCP.
    Tcp,
}

/// A column of the table.
#[derive(Clone, Copy)]
struct Case {
    setting: Setting,
    /// N.
    sites: u32,
}

const CASES: [Case; 9] = [
    Case { setting: Setting::Low, sites: 2 },
    Case { setting: Setting::Low, sites: 4 },
    Case { setting: Setting::Low, sites: 16 },
    Case { setting: Setting::Low, sites: 64 },
    Case { setting: Setting::High, sites: 2 },
    Case { setting: Setting::High, sites: 4 },
    Case { setting: Setting::High, sites: 16 },
    Case { setting: Setting::High, sites: 64 },
    Case { setting: Setting::Tcp, sites: 5 },
];

/// An algorithm, and what its authors say of it.
struct Algorithm<P> {
    name: &'static str,
    theory: Theory,
    site: fn(ProcessId, u32) -> P,
}

/// The same, and what came of it.
struct Report {
    name: &'static str,
    theory: Theory,
    /// One for each of the [`CASES`].
    measured: [Figures; CASES.len()],
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let reports = [
        report(
            &mut criterion,
            &Algorithm {
                name: "lamport-mutex",
                theory: theory::LAMPORT,
                site: |me, size| lamport_mutex::Site::new(me, me.peers(size)),
            },
        ),
        report(
            &mut criterion,
            &Algorithm {
                name: "ricart-agrawala",
                theory: theory::RICART_AGRAWALA,
                site: |me, size| ricart_agrawala::Site::new(me, me.peers(size)),
            },
        ),
        report(
            &mut criterion,
            &Algorithm {
                name: "suzuki-kasami",
                theory: theory::SUZUKI_KASAMI,
                site: |me, size| suzuki_kasami::Site::new(me, me.peers(size), me == ProcessId(0)),
            },
        ),
    ];
    criterion.final_summary();
    println!("{}", table::of(&reports));
    println!(
        "In the simulator a message takes T = {T:?}, a site stays inside for E = {E:?} on average."
    );
    println!("{}", theory::NOTES);

    // Cargo names a folder in the one where criterion's reports are.
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("criterion");
    let picture = picture.join("mutual-exclusion.svg");
    plot::draw(&reports, &picture)?;
    println!("The same as a picture: {}", picture.display());
    Ok(())
}

fn report<P: Solution>(criterion: &mut Criterion, algorithm: &Algorithm<P>) -> Report {
    let &Algorithm { name, theory, .. } = algorithm;
    Report { name, theory, measured: CASES.map(|case| figures(criterion, algorithm, case)) }
}
