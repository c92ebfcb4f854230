//! Sites that are wrong in one point each, and the property that finds each of them: in some of
//! the runs of five hundred seeds, and in a shortest one of all that there can be.

use lab::mutual_exclusion::Solution;
use mutual_exclusion::Workload;
use protocol::ProcessId;
use scenario::Scenario;
use suzuki_kasami::Site;

#[path = "../../src/mutants.rs"]
#[expect(dead_code, reason = "the list is for the binary")]
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

/// The property that finds these sites; the honest ones have it in the same scenario.
fn caught_by<S: Solution>(
    scenario: &Scenario<Workload>,
    site: fn(ProcessId, Vec<ProcessId>, bool) -> S,
) -> String {
    let honest = |me: ProcessId, size| Site::new(me, me.peers(size), me == ProcessId(0));
    lab_tests::caught_by(scenario, honest, |me, size| site(me, me.peers(size), me == ProcessId(0)))
}

/// A few sites want to enter all the time, few times.
fn few(size: u32, entries: u32) -> Scenario<Workload> {
    Scenario::new(size, Workload::high_contention(entries))
}

/// The property that a shortest run breaks; the honest sites are proved to have it.
fn shortest<S: Solution>(
    scenario: &Scenario<Workload>,
    site: fn(ProcessId, Vec<ProcessId>, bool) -> S,
) -> String {
    lab_tests::shortest_to_a_state(
        scenario,
        |me: ProcessId, size| Site::new(me, me.peers(size), me == ProcessId(0)),
        |me: ProcessId, size| site(me, me.peers(size), me == ProcessId(0)),
    )
}

/// As [`shortest`], with every history watched.
fn shortest_history<S: Solution>(
    scenario: &Scenario<Workload>,
    site: fn(ProcessId, Vec<ProcessId>, bool) -> S,
) -> String {
    lab_tests::shortest_history(
        scenario,
        |me: ProcessId, size| Site::new(me, me.peers(size), me == ProcessId(0)),
        |me: ProcessId, size| site(me, me.peers(size), me == ProcessId(0)),
    )
}

#[test]
fn check_lists_all_of_them() {
    lab_tests::assert_lists_mutants(crate::LAB, include_str!("../../src/mutants.rs"));
}

#[test]
fn two_tokens_let_two_in() {
    assert_eq!(caught_by(&unguarded(), wrong::keeps_a_copy::Site::new), "safety");
    assert_eq!(shortest(&few(2, 1), wrong::keeps_a_copy::Site::new), "safety");
}

#[test]
fn who_was_granted_its_last_request_wants_no_token() {
    assert_eq!(
        caught_by(&scenario(), wrong::forgets_what_was_granted::Site::new),
        "nobody rejects"
    );
    assert_eq!(shortest(&few(2, 1), wrong::forgets_what_was_granted::Site::new), "nobody rejects");
}

#[test]
fn who_asks_somebody_inside_is_not_forgotten() {
    assert_eq!(caught_by(&once(), wrong::does_not_look_who_waits::Site::new), "deadlock");
    assert_eq!(shortest(&few(2, 1), wrong::does_not_look_who_waits::Site::new), "deadlock");
    assert_eq!(caught_by(&crowded(), wrong::does_not_look_who_waits::Site::new), "fairness");
}

#[test]
fn a_token_that_names_somebody_twice_is_refused() {
    assert_eq!(caught_by(&once(), wrong::queues_twice::Site::new), "nobody rejects");
    assert_eq!(shortest(&few(3, 1), wrong::queues_twice::Site::new), "nobody rejects");
}

#[test]
fn who_is_not_asked_keeps_the_token() {
    assert_eq!(caught_by(&once(), wrong::does_not_ask_all::Site::new), "deadlock");
    assert_eq!(shortest(&few(2, 1), wrong::does_not_ask_all::Site::new), "deadlock");
}

#[test]
fn to_ask_for_the_token_at_hand_costs_messages_for_nothing() {
    assert_eq!(caught_by(&scenario(), wrong::asks_for_what_it_has::Site::new), "message count");
    assert_eq!(
        shortest_history(&few(2, 1), wrong::asks_for_what_it_has::Site::new),
        "message count"
    );
}
