//! Sites that are wrong in one point each, and the property that finds each of them: in some of
//! the runs of five hundred seeds, and in a shortest one of all that there can be.

use lab::mutual_exclusion::Solution;
use lab_tests::{Suspects, crowd, mixed, unguarded};
use protocol::ProcessId;
use suzuki_kasami::Site;

#[path = "../../src/mutants.rs"]
#[expect(dead_code, reason = "the list is for the binary")]
mod wrong;

/// Sites that are wrong in one point, beside the honest ones.
fn suspects<S: Solution>(wrong: fn(ProcessId, Vec<ProcessId>, bool) -> S) -> Suspects<Site, S> {
    Suspects::new(
        |me, size| Site::new(me, me.peers(size), me == ProcessId(0)),
        move |me, size| wrong(me, me.peers(size), me == ProcessId(0)),
    )
}

#[test]
fn check_knows_all_of_them() {
    crate::LAB.assert_knows_its_mutants(include_str!("../../src/mutants.rs"));
}

#[test]
fn two_tokens_let_two_in() {
    let suspects = suspects(wrong::keeps_a_copy::Site::new);
    assert_eq!(suspects.caught_by(&unguarded(mixed())), "safety");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "safety");
}

#[test]
fn who_was_granted_its_last_request_wants_no_token() {
    let suspects = suspects(wrong::forgets_what_was_granted::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "nobody rejects");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "nobody rejects");
}

#[test]
fn who_asks_somebody_inside_is_not_forgotten() {
    let suspects = suspects(wrong::does_not_look_who_waits::Site::new);
    assert_eq!(suspects.caught_by(&crowd(3, 1)), "deadlock");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "deadlock");
    assert_eq!(suspects.caught_by(&crowd(3, 10)), "fairness");
}

#[test]
fn a_token_that_names_somebody_twice_is_refused() {
    let suspects = suspects(wrong::queues_twice::Site::new);
    assert_eq!(suspects.caught_by(&crowd(3, 1)), "nobody rejects");
    assert_eq!(suspects.shortest(&crowd(3, 1)), "nobody rejects");
}

#[test]
fn who_is_not_asked_keeps_the_token() {
    let suspects = suspects(wrong::does_not_ask_all::Site::new);
    assert_eq!(suspects.caught_by(&crowd(3, 1)), "deadlock");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "deadlock");
}

#[test]
fn to_ask_for_the_token_at_hand_costs_messages_for_nothing() {
    let suspects = suspects(wrong::asks_for_what_it_has::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "message count");
    assert_eq!(suspects.shortest_history(&crowd(2, 1)), "message count");
}
