//! Servers that are wrong in one point each, and the property that finds each of them: in some of
//! the runs of five hundred seeds, and in a shortest one of all that there can be.
//!
//! What each failure comes down to stands in `tests/golden/mutants`, and the shortest runs in
//! `tests/golden/shortest`; after a change, `GOLDEN=overwrite cargo test -p ranked-dispatcher
//! mutants` writes them down anew. The shortest runs know no time: an answer takes as many days as
//! there are events before it.

use std::fmt::Display;

use checker::Checkable;
use lab_tests::{caught, shortest};
use protocol::{Never, Process};
use ranked_dispatcher::{Dispatcher, Server, ServerEvent, Settings, System, Workload};
use scenario::Scenario;

use crate::system::{MakeServer, TASKS, budget, star, with_shrinker};

#[path = "../../src/mutants.rs"]
mod wrong;

/// The property that finds a wrong server by trying, and the one that finds it by trying all there
/// is.
fn finders<S>(
    scenario: &Scenario<Workload>,
    settings: &Settings,
    server: MakeServer<S>,
) -> [String; 2]
where
    S: Dispatcher<Command = Never, Event = ServerEvent, Timer = Never>,
    System<S>:
        Checkable + Process<Command: Display, Message: Display, Event: Display, Timer: Display>,
{
    with_shrinker(scenario, settings, Server::new, |honest| {
        with_shrinker(scenario, settings, server, |wrong| {
            [caught(honest, wrong), shortest(honest, wrong)]
        })
    })
}

/// So many clients give a command each.
fn calm(clients: u32) -> Scenario<Workload> {
    star(clients, 1, &TASKS)
}

/// The same, and one of them dies: this one, if chance decides when.
fn deadly(clients: u32, victim: u32) -> Scenario<Workload> {
    let crash = format!("{victim}@12ms").parse().expect("a crash");
    Scenario { crashes: vec![crash], budget: budget(1, 0), ..calm(clients) }
}

#[test]
fn commands_flow_down_the_ranks() {
    let server = wrong::looks_at_its_own_rank::Server::new;
    assert_eq!(finders(&calm(2), &Settings::default(), server), ["down the ranks"; 2]);
}

#[test]
fn who_moves_up_is_told() {
    let server = wrong::keeps_new_ranks_to_itself::Server::new;
    assert_eq!(finders(&deadly(2, 1), &Settings::default(), server), ["ranks"; 2]);
}

#[test]
fn what_the_dead_ran_is_handed_on() {
    let server = wrong::waits_for_the_dead::Server::new;
    assert_eq!(finders(&deadly(2, 2), &Settings::default(), server), ["nothing dead"; 2]);
}

#[test]
fn what_nobody_can_run_is_refused() {
    let server = wrong::drops_what_nobody_can_run::Server::new;
    assert_eq!(finders(&deadly(2, 2), &Settings::default(), server), ["deadlock"; 2]);
}

#[test]
fn the_dead_are_not_answered() {
    let server = wrong::answers_the_dead::Server::new;
    assert_eq!(finders(&deadly(2, 1), &Settings::default(), server), ["nothing dead"; 2]);
}

#[test]
fn a_job_is_answered_once() {
    let server = wrong::keeps_what_is_done::Server::new;
    assert_eq!(finders(&deadly(3, 2), &Settings::default(), server), ["answers"; 2]);
}

#[test]
fn the_answer_is_for_who_asked() {
    let server = wrong::answers_the_executor::Server::new;
    assert_eq!(finders(&calm(2), &Settings::default(), server), ["answers"; 2]);
}

#[test]
fn who_is_done_is_unloaded() {
    let server = wrong::forgets_to_unload::Server::new;
    assert_eq!(finders(&calm(2), &Settings::default(), server), ["loads"; 2]);
}

#[test]
fn a_job_is_given_up_at_last() {
    let settings = Settings { max_retries: 0, ..Settings::default() };
    let server = wrong::tries_for_ever::Server::new;
    assert_eq!(finders(&deadly(3, 2), &settings, server), ["retries"; 2]);
}

#[test]
fn a_number_means_one_job() {
    let server = wrong::counts_the_unfinished::Server::new;
    assert_eq!(finders(&star(2, 2, &TASKS), &Settings::default(), server), ["numbers grow"; 2]);
}
