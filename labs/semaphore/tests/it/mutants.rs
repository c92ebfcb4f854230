//! Servers that are wrong in one point each, and the property that finds each of them: in some of
//! the runs of five hundred seeds, and in a shortest one of all that there can be.
//!
//! What each failure comes down to stands in `tests/golden/mutants`, and the shortest runs in
//! `tests/golden/shortest`; after a change, `GOLDEN=overwrite cargo test -p semaphore mutants`
//! writes them down anew.

use std::{fmt::Display, time::Duration};

use checker::Checkable;
use lab_tests::{caught, shortest};
use protocol::{Delay, Never, Process};
use scenario::Scenario;
use semaphore::{
    Clerk, Server, ServerEvent, ServerTimer, Settings, Store, System, Token, Workload,
};

use crate::system::{MakeServer, ONE, OPPOSITE, budget, impatient, star, with_shrinker};

#[path = "../../src/mutants.rs"]
mod wrong;

/// A server that is wrong in one point, and where that shows.
struct Suspect<S> {
    server: MakeServer<S>,
    settings: Settings,
    scenario: Scenario<Workload>,
}

impl<S> Suspect<S>
where
    S: Clerk<Command = Never, Event = ServerEvent, Timer = ServerTimer>,
    System<S>:
        Checkable + Process<Command: Display, Message: Display, Event: Display, Timer: Display>,
{
    /// The property that finds it by trying, and the one that finds it by trying all there is.
    fn caught(&self) -> [String; 2] {
        let Self { server, settings, scenario } = self;
        with_shrinker(scenario, settings, Server::new, |honest| {
            with_shrinker(scenario, settings, *server, |wrong| {
                [caught(honest, wrong), shortest(honest, wrong)]
            })
        })
    }
}

/// Two clients who want the same, or as much as these lists say, in that order; one of them may
/// die.
fn deadly(clients: u32, lists: &[&str]) -> Scenario<Workload> {
    let scenario = star(clients, 1, lists);
    let crash = "1@12ms".parse().expect("a crash");
    Scenario { crashes: vec![crash], budget: budget(1, 0, 0), ..scenario }
}

/// Everybody holds for longer than any message takes.
fn slow(scenario: Scenario<Workload>) -> Scenario<Workload> {
    let hold = Delay::Constant(Duration::from_millis(100));
    Scenario { workload: Workload { hold, ..scenario.workload }, ..scenario }
}

/// Releases are told to nobody else: all the fewer events.
fn quiet() -> Settings {
    Settings { announces: false, ..Settings::default() }
}

#[test]
fn who_dies_while_it_waits_is_granted_nothing() {
    let suspect = Suspect {
        server: wrong::forgets_the_queue_of_the_dead::Server::new,
        settings: quiet(),
        scenario: deadly(2, &ONE),
    };
    assert_eq!(suspect.caught(), ["nothing dead", "nothing dead"]);
}

#[test]
fn what_the_dead_held_is_free() {
    let suspect = Suspect {
        server: wrong::buries_what_the_dead_held::Server::new,
        settings: quiet(),
        scenario: deadly(2, &ONE),
    };
    assert_eq!(suspect.caught(), ["nothing dead", "nothing dead"]);
}

#[test]
fn what_the_dead_held_goes_to_who_waits() {
    let suspect = Suspect {
        server: wrong::serves_nobody_after_a_death::Server::new,
        settings: quiet(),
        scenario: deadly(2, &ONE),
    };
    assert_eq!(suspect.caught(), ["deadlock", "deadlock"]);
}

#[test]
fn who_waits_longest_is_next() {
    let suspect = Suspect {
        server: wrong::last_come_first_served::Server::new,
        settings: quiet(),
        scenario: star(3, 1, &ONE),
    };
    assert_eq!(suspect.caught(), ["first come first served"; 2]);
}

#[test]
fn only_the_holder_releases() {
    let suspect = Suspect {
        server: wrong::releases_for_anybody::Server::new,
        settings: quiet(),
        scenario: star(2, 1, &["ACQUIRE a, RELEASE a", "RELEASE a"]),
    };
    assert_eq!(suspect.caught(), ["belief", "belief"]);
}

#[test]
fn there_are_no_more_holders_than_permits() {
    let suspect = Suspect {
        server: wrong::one_permit_too_many::Server::new,
        settings: quiet(),
        scenario: star(2, 1, &ONE),
    };
    assert_eq!(suspect.caught(), ["permits", "permits"]);
}

#[test]
fn tokens_grow_across_restarts() {
    let crash = "0@12ms..30ms".parse().expect("a crash");
    let suspect = Suspect {
        server: wrong::tokens_begin_anew::Server::new,
        settings: quiet(),
        scenario: Scenario { crashes: vec![crash], budget: budget(1, 1, 0), ..star(1, 2, &ONE) },
    };
    assert_eq!(suspect.caught(), ["tokens grow", "tokens grow"]);
}

#[test]
fn nobody_waits_for_himself() {
    let suspect = Suspect {
        server: wrong::looks_for_no_cycle::Server::new,
        settings: quiet(),
        scenario: star(2, 1, &OPPOSITE),
    };
    assert_eq!(suspect.caught(), ["no cycle", "no cycle"]);
}

#[test]
fn who_gave_up_is_granted_nothing() {
    let suspect = Suspect {
        server: wrong::grants_to_who_gave_up::Server::new,
        settings: quiet(),
        scenario: Scenario {
            crashes: vec!["1@60ms".parse().expect("a crash")],
            budget: budget(1, 0, 0),
            ..slow(star(2, 1, &["ACQUIRE a, RELEASE a", "ACQUIRE a TIMEOUT 2, RELEASE a"]))
        },
    };
    assert_eq!(suspect.caught(), ["nobody rejects", "nobody rejects"]);
}

#[test]
fn who_is_expired_is_told() {
    let suspect = Suspect {
        server: wrong::hangs_up_on_nobody::Server::new,
        settings: impatient(),
        scenario: slow(star(1, 1, &ONE)),
    };
    assert_eq!(suspect.caught(), ["deadlock", "deadlock"]);
}

/// What a semaphore guards must look at tokens, too.
#[test]
fn a_late_write_is_refused_by_a_store_that_looks_at_tokens() {
    let mut store = Store::default();
    assert_eq!(store.write(Token(2), "new"), Ok(()));
    assert!(store.write(Token(1), "old").is_err());
    assert_eq!((store.write(Token(2), "newer"), store.value()), (Ok(()), "newer"));

    let mut careless = wrong::takes_late_writes::Store::default();
    assert_eq!(careless.write(Token(2), "new"), Ok(()));
    assert_eq!((careless.write(Token(1), "old"), careless.value()), (Ok(()), "old"));
}
