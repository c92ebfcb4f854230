//! Sites that are wrong in one point each, and the property that finds each of them.

use std::fmt::Display;

use lamport_mutex::Site;
use mutual_exclusion::{MutualExclusion, Workload};
use protocol::{Process, ProcessId};
use scenario::{Order, Scenario};

#[path = "../../src/mutants.rs"]
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
fn caught_by<S>(scenario: &Scenario<Workload>, site: fn(ProcessId, Vec<ProcessId>) -> S) -> String
where
    S: MutualExclusion + Process<Message: Clone + PartialEq + Display, Timer: Display>,
{
    let honest = |me: ProcessId, size| Site::new(me, me.peers(size));
    lab_tests::caught_by(scenario, honest, |me, size| site(me, me.peers(size)))
}

#[test]
fn who_enters_out_of_line_is_not_alone() {
    assert_eq!(caught_by(&scenario(), wrong::enters_out_of_line::Site::new), "safety");
}

#[test]
fn who_does_not_wait_to_hear_of_all_is_not_alone() {
    assert_eq!(caught_by(&scenario(), wrong::does_not_wait_to_hear::Site::new), "safety");
}

#[test]
fn without_a_tie_break_two_are_first() {
    assert_eq!(caught_by(&scenario(), wrong::no_tie_break::Site::new), "safety");
}

#[test]
fn who_is_answered_by_a_clock_that_is_behind_waits_for_ever() {
    assert_eq!(caught_by(&bursts(), wrong::clock_stays_behind::Site::new), "deadlock");
}

#[test]
fn who_is_not_answered_waits_for_ever() {
    assert_eq!(caught_by(&scenario(), wrong::does_not_reply::Site::new), "deadlock");
}

#[test]
fn who_stays_in_line_keeps_the_others_out() {
    assert_eq!(caught_by(&once(), wrong::forgets_to_take_out::Site::new), "deadlock");
}

#[test]
fn a_second_reply_is_a_message_too_many() {
    assert_eq!(caught_by(&scenario(), wrong::replies_twice::Site::new), "message count");
}

/// An assumption of the honest sites is taken out, not one of their lines.
#[test]
fn links_that_do_not_keep_their_order_let_two_in() {
    let (seed, failure) =
        lab_tests::first_failure(&unordered(), |me, size| Site::new(me, me.peers(size))).unwrap();
    println!("seed {seed}: {failure}");
    assert_eq!(failure.violation.property, "safety");
}
