//! Sites that are wrong in one point each, and the property that finds each of them.

use std::time::Duration;

use mutual_exclusion::{Fairness, Measures, MutualExclusion, Workload, liveness, safety};
use protocol::{Delay, ProcessId};
use scenario::{Order, Scenario};
use simulator::{Experiment, Failure};
use suzuki_kasami::Site;

#[path = "../../src/mutants.rs"]
mod wrong;

/// Three sites that are often in each other's way.
fn scenario() -> Scenario<Workload> {
    Scenario::new(3, Workload::mixed_contention(10))
}

/// What is rejected is passed over, so that it is seen what the rejection is good for.
fn unguarded() -> Scenario<Workload> {
    Scenario { tolerate_rejections: true, ..scenario() }
}

/// Everybody wants to be inside all the time.
fn crowded() -> Scenario<Workload> {
    Scenario::new(3, Workload::high_contention(10))
}

/// Everybody enters once, so that nobody can be passed twice.
fn once() -> Scenario<Workload> {
    Scenario::new(3, Workload::high_contention(1))
}

/// Links don't keep their order: a request may arrive after the next one of the same site.
fn unordered() -> Scenario<Workload> {
    let (min, rest) = (Duration::from_millis(1), Duration::from_millis(8));
    let mut scenario = Scenario::new(3, Workload::high_contention(2));
    scenario.links.delay = Delay::Exponential { min, rest };
    scenario.links.order = Order::Unordered;
    scenario
}

/// The first seed with which the sites fail, and how.
fn first_failure<S: MutualExclusion<Message: Clone>>(
    scenario: &Scenario<Workload>,
    site: fn(ProcessId, Vec<ProcessId>, bool) -> S,
) -> Option<(u64, Failure)> {
    let size = scenario.processes;
    let experiment = Experiment {
        scenario,
        properties: &[safety(), liveness()],
        process: &|me: ProcessId, _incarnation| site(me, me.peers(size), me == ProcessId(0)),
        application: &|_| scenario.workload.worker(),
    };
    let run = |seed| experiment.run(seed, (Fairness::new(size), Measures::new(size))).failure;
    (0..500).find_map(|seed| Some((seed, run(seed)?)))
}

/// The property that finds these sites; the honest ones have it in the same scenario.
fn caught_by<S: MutualExclusion<Message: Clone>>(
    scenario: &Scenario<Workload>,
    site: fn(ProcessId, Vec<ProcessId>, bool) -> S,
) -> String {
    assert_eq!(first_failure(scenario, Site::new), None, "so fail the honest ones");
    let (seed, failure) = first_failure(scenario, site).expect("it is wrong, and nobody sees it");
    println!("seed {seed}: {failure}");
    failure.violation.property.into_owned()
}

#[test]
fn two_tokens_let_two_in() {
    assert_eq!(caught_by(&unguarded(), wrong::keeps_a_copy::Site::new), "safety");
}

#[test]
fn who_was_granted_its_last_request_wants_no_token() {
    assert_eq!(caught_by(&scenario(), wrong::forgets_what_was_granted::Site::new), "no rejection");
}

#[test]
fn who_asks_somebody_inside_is_not_forgotten() {
    assert_eq!(caught_by(&once(), wrong::does_not_look_who_waits::Site::new), "deadlock");
    assert_eq!(caught_by(&crowded(), wrong::does_not_look_who_waits::Site::new), "fairness");
}

#[test]
fn an_old_request_does_not_undo_a_new_one() {
    assert_eq!(caught_by(&unordered(), wrong::forgets_the_highest::Site::new), "deadlock");
}

#[test]
fn without_the_queue_low_sites_pass_high_ones() {
    assert_eq!(caught_by(&crowded(), wrong::forgets_the_queue::Site::new), "fairness");
}

#[test]
fn a_token_that_names_somebody_twice_is_refused() {
    assert_eq!(caught_by(&once(), wrong::queues_twice::Site::new), "no rejection");
}

#[test]
fn who_is_not_asked_keeps_the_token() {
    assert_eq!(caught_by(&once(), wrong::does_not_ask_all::Site::new), "deadlock");
}

#[test]
fn to_ask_for_the_token_at_hand_costs_messages_for_nothing() {
    assert_eq!(caught_by(&scenario(), wrong::asks_for_what_it_has::Site::new), "message count");
}
