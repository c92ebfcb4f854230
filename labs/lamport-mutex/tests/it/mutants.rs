//! Sites that are wrong in one point each, and the property that finds each of them: in some of
//! the runs of five hundred seeds, and in a shortest one of all that there can be.

use lab::mutual_exclusion::Solution;
use lab_tests::{Suspects, crowd, first_failure, mixed};
use lamport_mutex::Site;
use mutual_exclusion::Workload;
use protocol::ProcessId;
use scenario::{Order, Scenario};

#[path = "../../src/mutants.rs"]
#[expect(dead_code, reason = "the list is for the binary")]
mod wrong;

/// Sites that are wrong in one point, beside the honest ones.
fn suspects<S: Solution>(wrong: fn(ProcessId, Vec<ProcessId>) -> S) -> Suspects<Site, S> {
    Suspects::new(
        |me, size| Site::new(me, me.peers(size)),
        move |me, size| wrong(me, me.peers(size)),
    )
}

/// Now this one is busy, now that one, so that its clock is ahead of the others'.
fn bursts() -> Scenario<Workload> {
    Scenario::new(5, Workload::bursts(10))
}

#[test]
fn check_knows_all_of_them() {
    crate::LAB.assert_knows_its_mutants(include_str!("../../src/mutants.rs"));
}

#[test]
fn who_enters_out_of_line_is_not_alone() {
    let suspects = suspects(wrong::enters_out_of_line::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "safety");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "safety");
}

#[test]
fn who_does_not_wait_to_hear_of_all_is_not_alone() {
    let suspects = suspects(wrong::does_not_wait_to_hear::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "safety");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "safety");
}

#[test]
fn without_a_tie_break_two_are_first() {
    let suspects = suspects(wrong::no_tie_break::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "safety");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "safety");
}

#[test]
fn who_is_answered_by_a_clock_that_is_behind_waits_for_ever() {
    let suspects = suspects(wrong::clock_stays_behind::Site::new);
    assert_eq!(suspects.caught_by(&bursts()), "deadlock");
    assert_eq!(suspects.shortest(&crowd(3, 1)), "deadlock");
}

#[test]
fn who_is_not_answered_waits_for_ever() {
    let suspects = suspects(wrong::does_not_reply::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "deadlock");
    assert_eq!(suspects.shortest(&crowd(2, 2)), "deadlock");
}

#[test]
fn who_stays_in_line_keeps_the_others_out() {
    let suspects = suspects(wrong::forgets_to_take_out::Site::new);
    assert_eq!(suspects.caught_by(&crowd(2, 1)), "deadlock");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "deadlock");
}

#[test]
fn a_second_reply_is_a_message_too_many() {
    let suspects = suspects(wrong::replies_twice::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "message count");
    assert_eq!(suspects.shortest_history(&crowd(2, 1)), "message count");
}

/// An assumption of the honest sites is taken out, not one of their lines.
#[test]
fn links_that_do_not_keep_their_order_let_two_in() {
    let mut unordered = mixed();
    unordered.links.order = Order::Unordered;
    let (seed, failure) =
        first_failure(&unordered, |me, size| Site::new(me, me.peers(size))).unwrap();
    println!("seed {seed}: {failure}");
    assert_eq!(failure.violation.property, "safety");
}
