//! What bad manners cost those who behave.
//!
//! A client asks a server, waits for the answer, and asks again: first alone, then while somebody
//! else behaves badly, hundreds of times a second or for as long as he is let. What is printed is
//! how long an answer takes then, of how long it takes alone: the median of rounds, each of which
//! has the median of its questions, and a server of its own.

mod polite;
mod rude;

use std::{io, time::Duration};

use benches::{Helper, give_up_after, is_measuring, role, servers, spread};

use polite::Polite;
use rude::{Manner, be_rude};

/// All of it takes a third of this. Whatever has not ended by then never will.
const DEADLINE: Duration = Duration::from_secs(180);

/// The servers.
const LABS: [&str; 3] = ["semaphore", "ranked-dispatcher", "group-chat"];

fn main() -> io::Result<()> {
    if let Some(role) = role() {
        let role: Vec<&str> = role.iter().map(String::as_str).collect();
        return match role[..] {
            ["semaphore"] => servers::semaphore(),
            ["ranked-dispatcher"] => servers::ranked_dispatcher(),
            ["group-chat"] => servers::group_chat(),
            [lab, manner, server] => be_rude(lab, manner, server.parse().expect("an address")),
            _ => Err(io::Error::other(format!("there is no such role: {role:?}"))),
        };
    }
    give_up_after(DEADLINE);
    let (rounds, questions) = if is_measuring() { (5, 4_000) } else { (1, 10) };
    for lab in LABS {
        for manner in Manner::ALL.into_iter().filter(|manner| manner.is_known_to(lab)) {
            let ratios = (0..rounds).map(|_| round(lab, manner, questions));
            let (median, least, most) = spread(ratios.collect::<io::Result<Vec<_>>>()?.into_iter());
            let of = format!("of alone (median of {rounds} rounds, {least:.2} to {most:.2})");
            println!("{lab}, {}: {median:.2} {of}", manner.shown());
        }
    }
    Ok(())
}

/// How long an answer takes while somebody behaves badly, of how long it takes alone.
fn round(lab: &str, manner: Manner, questions: usize) -> io::Result<f64> {
    let server = Helper::start(&[lab])?;
    let mut polite = Polite::connect(lab, server.addr, "alone")?;
    polite.median(questions)?; // What is done for the first times takes longer.
    let alone = polite.median(questions)?;
    drop(polite);
    let _rude = Helper::start(&[lab, manner.name(), &server.addr.to_string()])?;
    let mut polite = Polite::connect(lab, server.addr, "late")?;
    Ok(polite.median(questions)?.as_secs_f64() / alone.as_secs_f64())
}
