//! The mutual exclusion algorithms side by side: what an entry costs, measured beside theory.
//!
//! In the simulator a message takes exactly T, and a site stays inside for E, on average; so
//! times can be counted in hops and held against the formulas. With *high* contention everybody
//! wants to be inside all the time, with *low* two requests seldom meet. Over TCP five sites
//! share one thread and talk through the loopback interface.
//!
//! | measure               | theory                                 | source                     |
//! |-----------------------|----------------------------------------|----------------------------|
//! | messages, Lamport     | 3(N − 1)                               | Lamport 1978, the five rules |
//! | messages, Ricart–Agrawala | 2(N − 1)                           | Ricart, Agrawala 1981, §3  |
//! | messages, Suzuki–Kasami | 0 or N                               | Suzuki, Kasami 1985, §3    |
//! | synchronisation delay | T: the last message of whoever leaves lets the next in | Singhal 1993, §2 |
//! | response, low         | 2T + E: ask, and be answered           | Singhal 1993, §2           |
//! | response, high        | N(T + E): all are always in line, and one gets in each T + E | J. D. C. Little 1961 |
//!
//! M. Singhal, "A Taxonomy of Distributed Mutual Exclusion", JPDC 18(1):94–101, 1993;
//! J. D. C. Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9(3), 1961.
//! With low contention a synchronisation delay is rare, and stands in no formula.

use std::{fmt, time::Duration};

use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use criterion::{BatchSize, Criterion, Throughput};
use lab::mutual_exclusion::{Solution, Stage};
use mutual_exclusion::{Measures, Workload, liveness, safety};
use protocol::{Delay, ProcessId};
use scenario::Scenario;
use simulator::Experiment;
use tokio::{runtime, task::LocalSet};

/// How long a message takes.
const T: Duration = Duration::from_millis(5);
/// How long a site stays inside.
const E: Duration = Duration::from_millis(5);

/// An algorithm, and what its authors say of it.
struct Algorithm<P> {
    name: &'static str,
    site: fn(ProcessId, u32) -> P,
    messages: fn(u32) -> String,
}

#[derive(Clone, Copy, PartialEq)]
enum Contention {
    Low,
    High,
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "algorithm",
        "N",
        "contention",
        "messages per entry",
        "theory",
        "delay in hops",
        "theory",
        "response",
        "theory",
        "entries per second",
    ]);
    compare(
        &mut criterion,
        &mut table,
        &Algorithm {
            name: "lamport-mutex",
            site: |me, size| lamport_mutex::Site::new(me, me.peers(size)),
            messages: |sites| (3 * (sites - 1)).to_string(),
        },
    );
    compare(
        &mut criterion,
        &mut table,
        &Algorithm {
            name: "ricart-agrawala",
            site: |me, size| ricart_agrawala::Site::new(me, me.peers(size)),
            messages: |sites| (2 * (sites - 1)).to_string(),
        },
    );
    compare(
        &mut criterion,
        &mut table,
        &Algorithm {
            name: "suzuki-kasami",
            site: |me, size| suzuki_kasami::Site::new(me, me.peers(size), me == ProcessId(0)),
            messages: |sites| format!("0 or {sites}"),
        },
    );
    criterion.final_summary();
    println!(
        "{table}\nT = {T:?}, E = {E:?} on average, in the simulator; entries per second by the clock on the wall."
    );
}

fn compare<P: Solution>(criterion: &mut Criterion, table: &mut Table, algorithm: &Algorithm<P>) {
    for sites in [4, 16, 64] {
        for contention in [Contention::Low, Contention::High] {
            in_the_simulator(criterion, table, algorithm, sites, contention);
        }
    }
    over_tcp(criterion, table, algorithm, 5);
}

fn in_the_simulator<P: Solution>(
    criterion: &mut Criterion,
    table: &mut Table,
    algorithm: &Algorithm<P>,
    sites: u32,
    contention: Contention,
) {
    let mut scenario = Scenario::new(sites, workload(sites, contention));
    scenario.links.delay = Delay::Constant(T);
    let properties = [safety(), liveness()];
    let experiment = Experiment {
        scenario: &scenario,
        properties: &properties,
        process: &|me, _incarnation| (algorithm.site)(me, sites),
        application: &|_| scenario.workload.worker(),
    };
    let run = experiment.run(1, Measures::new(sites));
    assert_eq!(run.failure, None);
    let measures = run.monitor;

    let mut group = criterion.benchmark_group(format!("{}, simulated", algorithm.name));
    group.throughput(Throughput::Elements(measures.entries));
    let mut wall = Duration::ZERO;
    let mut runs = 0;
    group.bench_function(format!("N={sites} {contention}"), |bencher| {
        bencher.iter_custom(|count| {
            let start = std::time::Instant::now();
            for _ in 0..count {
                experiment.run(1, ());
            }
            runs += count;
            wall += start.elapsed();
            start.elapsed()
        });
    });
    group.finish();

    let hops = |time: Option<Duration>| {
        time.map_or("–".to_owned(), |time| format!("{:.2}", time.as_secs_f64() / T.as_secs_f64()))
    };
    let response = match contention {
        Contention::Low => 2 * T + E,
        Contention::High => sites * (T + E),
    };
    let is_high = contention == Contention::High;
    table.add_row([
        algorithm.name.to_owned(),
        sites.to_string(),
        contention.to_string(),
        cost(&measures),
        (algorithm.messages)(sites),
        hops(measures.synchronisation.mean().filter(|_| is_high)),
        if is_high { "1".to_owned() } else { "–".to_owned() },
        milliseconds(measures.response.mean().unwrap_or_default()),
        milliseconds(response),
        per_second(measures.entries * runs, wall),
    ]);
}

fn over_tcp<P: Solution>(
    criterion: &mut Criterion,
    table: &mut Table,
    algorithm: &Algorithm<P>,
    sites: u32,
) {
    const ENTRIES: u32 = 20;
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("the machine has room for one more event loop");
    let local = LocalSet::new();
    let mut stage = local.block_on(&runtime, async {
        Stage::open(algorithm.name, sites, |me| (algorithm.site)(me, sites), ())
            .expect("the machine has ports to listen on")
    });
    let mut work = || {
        let entries = vec![ENTRIES; ProcessId(sites).index()];
        local.block_on(&runtime, stage.work(entries)).expect("five sites of one thread get on");
    };
    work(); // The links come up meanwhile.
    let start = std::time::Instant::now();
    let mut runs = 0;
    let mut group = criterion.benchmark_group(format!("{}, over TCP", algorithm.name));
    group.throughput(Throughput::Elements(u64::from(sites * ENTRIES)));
    group.bench_function(format!("N={sites} high"), |bencher| {
        bencher.iter_batched(|| runs += 1, |()| work(), BatchSize::PerIteration);
    });
    group.finish();
    let wall = start.elapsed();
    let measures = stage.measures();
    local.block_on(&runtime, stage.close());
    table.add_row([
        algorithm.name.to_owned(),
        sites.to_string(),
        "high, TCP".to_owned(),
        cost(&measures),
        (algorithm.messages)(sites),
        "–".to_owned(),
        "1".to_owned(),
        milliseconds(measures.response.mean().unwrap_or_default()),
        "–".to_owned(),
        per_second(u64::from(sites * ENTRIES) * runs, wall),
    ]);
}

fn workload(sites: u32, contention: Contention) -> Workload {
    let hold = Delay::Uniform { min: Duration::ZERO, max: 2 * E };
    match contention {
        Contention::High => Workload { hold, ..Workload::high_contention(20) },
        Contention::Low => {
            // The more sites, the longer each thinks: one asks in a second, whoever it is.
            let rest = sites * Duration::from_secs(1);
            let think = Delay::Exponential { min: Duration::ZERO, rest };
            Workload { think, hold, ..Workload::low_contention(20) }
        }
    }
}

fn cost(measures: &Measures) -> String {
    measures.messages_per_entry().map_or("–".to_owned(), |cost| format!("{cost:.2}"))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn per_second(entries: u64, wall: Duration) -> String {
    format!("{:.0}", entries as f64 / wall.as_secs_f64())
}

impl fmt::Display for Contention {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::High => "high",
        })
    }
}
