//! Sites that are wrong in one point each, and the property that finds each of them: in some of
//! the runs of five hundred seeds, and in a shortest one of all that there can be.

use lab::mutual_exclusion::Solution;
use lamport_mutex::Site;
use mutual_exclusion::Workload;
use protocol::ProcessId;
use scenario::{Order, Scenario};

#[path = "../../src/mutants.rs"]
#[expect(dead_code, reason = "the list is for the binary")]
mod wrong;

/// Three sites that are often in each other's way.
fn scenario() -> Scenario<Workload> {
    Scenario::new(3, Workload::mixed_contention(10))
}

/// Two sites enter once each.
fn once() -> Scenario<Workload> {
    Scenario::new(2, Workload::high_contention(1))
}

/// Now this one is busy, now that one, so that its clock is ahead of the others'.
fn bursts() -> Scenario<Workload> {
    Scenario::new(5, Workload::bursts(10))
}

/// Links don't keep their order.
fn unordered() -> Scenario<Workload> {
    let mut scenario = scenario();
    scenario.links.order = Order::Unordered;
    scenario
}

/// The property that finds these sites; the honest ones have it in the same scenario.
fn caught_by<S: Solution>(
    scenario: &Scenario<Workload>,
    site: fn(ProcessId, Vec<ProcessId>) -> S,
) -> String {
    let honest = |me: ProcessId, size| Site::new(me, me.peers(size));
    lab_tests::caught_by(scenario, honest, |me, size| site(me, me.peers(size)))
}

/// A few sites want to enter all the time, few times.
fn few(size: u32, entries: u32) -> Scenario<Workload> {
    Scenario::new(size, Workload::high_contention(entries))
}

/// The property that a shortest run breaks; the honest sites are proved to have it.
fn shortest<S: Solution>(
    scenario: &Scenario<Workload>,
    site: fn(ProcessId, Vec<ProcessId>) -> S,
) -> String {
    lab_tests::shortest_to_a_state(
        scenario,
        |me: ProcessId, size| Site::new(me, me.peers(size)),
        |me: ProcessId, size| site(me, me.peers(size)),
    )
}

/// As [`shortest`], with every history watched.
fn shortest_history<S: Solution>(
    scenario: &Scenario<Workload>,
    site: fn(ProcessId, Vec<ProcessId>) -> S,
) -> String {
    lab_tests::shortest_history(
        scenario,
        |me: ProcessId, size| Site::new(me, me.peers(size)),
        |me: ProcessId, size| site(me, me.peers(size)),
    )
}

#[test]
fn check_lists_all_of_them() {
    lab_tests::assert_lists_mutants(crate::LAB, include_str!("../../src/mutants.rs"));
}

#[test]
fn who_enters_out_of_line_is_not_alone() {
    assert_eq!(caught_by(&scenario(), wrong::enters_out_of_line::Site::new), "safety");
    assert_eq!(shortest(&few(2, 1), wrong::enters_out_of_line::Site::new), "safety");
}

#[test]
fn who_does_not_wait_to_hear_of_all_is_not_alone() {
    assert_eq!(caught_by(&scenario(), wrong::does_not_wait_to_hear::Site::new), "safety");
    assert_eq!(shortest(&few(2, 1), wrong::does_not_wait_to_hear::Site::new), "safety");
}

#[test]
fn without_a_tie_break_two_are_first() {
    assert_eq!(caught_by(&scenario(), wrong::no_tie_break::Site::new), "safety");
    assert_eq!(shortest(&few(2, 1), wrong::no_tie_break::Site::new), "safety");
}

#[test]
fn who_is_answered_by_a_clock_that_is_behind_waits_for_ever() {
    assert_eq!(caught_by(&bursts(), wrong::clock_stays_behind::Site::new), "deadlock");
    assert_eq!(shortest(&few(3, 1), wrong::clock_stays_behind::Site::new), "deadlock");
}

#[test]
fn who_is_not_answered_waits_for_ever() {
    assert_eq!(caught_by(&scenario(), wrong::does_not_reply::Site::new), "deadlock");
    assert_eq!(shortest(&few(2, 2), wrong::does_not_reply::Site::new), "deadlock");
}

#[test]
fn who_stays_in_line_keeps_the_others_out() {
    assert_eq!(caught_by(&once(), wrong::forgets_to_take_out::Site::new), "deadlock");
    assert_eq!(shortest(&few(2, 1), wrong::forgets_to_take_out::Site::new), "deadlock");
}

#[test]
fn a_second_reply_is_a_message_too_many() {
    assert_eq!(caught_by(&scenario(), wrong::replies_twice::Site::new), "message count");
    assert_eq!(shortest_history(&few(2, 1), wrong::replies_twice::Site::new), "message count");
}

/// An assumption of the honest sites is taken out, not one of their lines.
#[test]
fn links_that_do_not_keep_their_order_let_two_in() {
    let (seed, failure) =
        lab_tests::first_failure(&unordered(), |me, size| Site::new(me, me.peers(size))).unwrap();
    println!("seed {seed}: {failure}");
    assert_eq!(failure.violation.property, "safety");
}
