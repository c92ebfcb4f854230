//! Sites that are wrong in one point each, and the property that finds each of them: in some of
//! the runs of five hundred seeds, and in a shortest one of all that there can be.

use lab::mutual_exclusion::Solution;
use lab_tests::{Suspects, crowd, mixed, unguarded};
use mutual_exclusion::Workload;
use protocol::{Delay, ProcessId};
use ricart_agrawala::Site;
use scenario::Scenario;

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

/// Two sites stay inside for longer than any message takes.
fn slow() -> Scenario<Workload> {
    let scenario = unguarded(mixed());
    let hold = Delay::Constant(2 * scenario.links.delay.mean());
    let workload = Workload { hold, ..scenario.workload };
    Scenario { workload, processes: 2, ..scenario }
}

#[test]
fn check_knows_all_of_them() {
    crate::LAB.assert_knows_its_mutants(include_str!("../../src/mutants.rs"));
}

#[test]
fn without_a_tie_break_two_are_inside() {
    let suspects = suspects(wrong::no_tie_break::Site::new);
    assert_eq!(suspects.caught_by(&unguarded(mixed())), "safety");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "safety");
}

#[test]
fn if_both_win_a_tie_both_wait() {
    let suspects = suspects(wrong::both_win_a_tie::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "deadlock");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "deadlock");
}

#[test]
fn a_reply_from_inside_lets_a_second_one_in() {
    let suspects = suspects(wrong::replies_while_inside::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "safety");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "safety");
}

#[test]
fn who_counts_alone_asks_with_too_old_a_number() {
    let suspects = suspects(wrong::counts_alone::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "safety");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "nobody rejects");
}

#[test]
fn one_reply_is_not_enough() {
    let suspects = suspects(wrong::one_reply_is_enough::Site::new);
    assert_eq!(suspects.caught_by(&unguarded(mixed())), "safety");
    assert_eq!(suspects.shortest(&unguarded(crowd(3, 1))), "safety");
}

#[test]
fn a_reply_that_is_deferred_is_owed() {
    let suspects = suspects(wrong::forgets_whom_it_deferred::Site::new);
    assert_eq!(suspects.caught_by(&mixed()), "deadlock");
    assert_eq!(suspects.shortest(&crowd(2, 1)), "deadlock");
}

#[test]
fn to_ask_again_costs_a_message_too_many() {
    let suspects = suspects(wrong::asks_again::Site::new);
    assert_eq!(suspects.caught_by(&slow()), "message count");
    assert_eq!(suspects.shortest_history(&unguarded(crowd(2, 1))), "message count");
}
