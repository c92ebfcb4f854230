//! How much servers on a hub get done, beside bare servers that do nothing else.
//!
//! Each server is a process of its own; whoever asks it is this one. Both share the machine, as
//! they do for the limit. What passes through a server costs the kernel most of the time: the limit
//! is the same traffic through a loop around `epoll`, which knows no locks and no guests.
//!
//! | row                        | who asks                                   | the limit                    |
//! |----------------------------|--------------------------------------------|------------------------------|
//! | a lock, 1 client           | acquires and releases, waiting for answers | its lines come back as they are |
//! | locks, 32 clients          | each its own, the same                     | the same                     |
//! | hand-offs, 32 clients      | all want one lock, and release it at once  | a token goes round           |
//! | fan-out, one at a time     | one talks, 50 hear it before he goes on    | what comes is written to 50  |
//! | fan-out, 256 under way     | the same, without waiting so soon          | the same, all of a read at once |
//!
//! Nobody is told of the releases of others here: that is a fan-out, and has rows of its own.
//!
//! The ratios come from rounds in which the limit and ours take turns. They vary with who sleeps when,
//! and so there are many.

mod connections;
mod crowd;
mod fan_out;
mod limits;
mod lock;

use std::{io, time::Duration};

use benches::{Helper, Race, Worker, give_up_after, over_sockets, role, servers};

use crowd::{Crowd, Exchange, HandOff};
use fan_out::FanOut;
use lock::OneClient;

/// All of it takes half of this. Whatever has not ended by then never will.
const DEADLINE: Duration = Duration::from_secs(180);

/// How many clients come in a crowd.
const CROWD: usize = 32;

fn main() -> io::Result<()> {
    if let Some(role) = role() {
        return match role.first().map(String::as_str) {
            Some("semaphore") => servers::semaphore(),
            Some("group-chat") => servers::group_chat(),
            Some("fan-out") => limits::fan_out(),
            Some("echo") => limits::echo(),
            Some("relay") => limits::relay(),
            _ => Err(io::Error::other(format!("there is no such role: {role:?}"))),
        };
    }
    give_up_after(DEADLINE);
    let (echo, relay) = (Helper::start(&["echo"])?, Helper::start(&["relay"])?);
    let semaphore = Helper::start(&["semaphore"])?;
    // A server for each row: whoever is there hears what is said.
    let [bare_1, bare_256] = [Helper::start(&["fan-out"])?, Helper::start(&["fan-out"])?];
    let [chat_1, chat_256] = [Helper::start(&["group-chat"])?, Helper::start(&["group-chat"])?];

    let rows: [Row; 5] = [
        (
            "a lock, 1 client",
            2_000,
            Box::new(OneClient::of(echo.addr)?),
            Box::new(OneClient::of(semaphore.addr)?),
        ),
        (
            "locks, 32 clients",
            10_000,
            Box::new(Crowd::connect(echo.addr, CROWD, Exchange::of_own_locks)?),
            Box::new(Crowd::connect(semaphore.addr, CROWD, Exchange::of_own_locks)?),
        ),
        (
            "hand-offs, 32 clients",
            2_000,
            Box::new(HandOff::of_a_token(relay.addr, CROWD)?),
            Box::new(HandOff::of_a_lock(semaphore.addr, CROWD)?),
        ),
        (
            "fan-out, one at a time",
            400,
            Box::new(FanOut::bare(bare_1.addr, 1)?),
            Box::new(FanOut::relayed(chat_1.addr, 1)?),
        ),
        (
            "fan-out, 256 under way",
            50_000,
            Box::new(FanOut::bare(bare_256.addr, 256)?),
            Box::new(FanOut::relayed(chat_256.addr, 256)?),
        ),
    ];
    let mut criterion = over_sockets();
    for (work, amount, mut limit, mut ours) in rows {
        let race = Race { work, limit: "a bare server", amount, rounds: 31 };
        race.run(&mut criterion, &mut *limit, &mut *ours);
    }
    criterion.final_summary();
    Ok(())
}

/// What is done, how much of it in a round, by the limit, and by ours.
type Row = (&'static str, u64, Box<dyn Worker>, Box<dyn Worker>);
