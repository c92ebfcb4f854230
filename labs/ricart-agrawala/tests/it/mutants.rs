//! Sites that are wrong in one point each, and the property that finds each of them: in some of
//! the runs of five hundred seeds, and in a shortest one of all that there can be.

use lab::mutual_exclusion::Solution;
use mutual_exclusion::Workload;
use protocol::{Delay, ProcessId};
use ricart_agrawala::Site;
use scenario::Scenario;

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

/// Two sites stay inside for longer than any message takes.
fn slow() -> Scenario<Workload> {
    let hold = Delay::Constant(2 * scenario().links.delay.mean());
    Scenario { workload: Workload { hold, ..scenario().workload }, processes: 2, ..unguarded() }
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
fn without_a_tie_break_two_are_inside() {
    assert_eq!(caught_by(&unguarded(), wrong::no_tie_break::Site::new), "safety");
    assert_eq!(shortest(&few(2, 1), wrong::no_tie_break::Site::new), "safety");
}

#[test]
fn if_both_win_a_tie_both_wait() {
    assert_eq!(caught_by(&scenario(), wrong::both_win_a_tie::Site::new), "deadlock");
    assert_eq!(shortest(&few(2, 1), wrong::both_win_a_tie::Site::new), "deadlock");
}

#[test]
fn a_reply_from_inside_lets_a_second_one_in() {
    assert_eq!(caught_by(&scenario(), wrong::replies_while_inside::Site::new), "safety");
    assert_eq!(shortest(&few(2, 1), wrong::replies_while_inside::Site::new), "safety");
}

#[test]
fn who_counts_alone_asks_with_too_old_a_number() {
    assert_eq!(caught_by(&scenario(), wrong::counts_alone::Site::new), "safety");
    assert_eq!(shortest(&few(2, 1), wrong::counts_alone::Site::new), "nobody rejects");
}

#[test]
fn one_reply_is_not_enough() {
    assert_eq!(caught_by(&unguarded(), wrong::one_reply_is_enough::Site::new), "safety");
    assert_eq!(
        shortest(
            &Scenario { tolerate_rejections: true, ..few(3, 1) },
            wrong::one_reply_is_enough::Site::new
        ),
        "safety"
    );
}

#[test]
fn a_reply_that_is_deferred_is_owed() {
    assert_eq!(caught_by(&scenario(), wrong::forgets_whom_it_deferred::Site::new), "deadlock");
    assert_eq!(shortest(&few(2, 1), wrong::forgets_whom_it_deferred::Site::new), "deadlock");
}

#[test]
fn to_ask_again_costs_a_message_too_many() {
    assert_eq!(caught_by(&slow(), wrong::asks_again::Site::new), "message count");
    assert_eq!(
        shortest_history(
            &Scenario { tolerate_rejections: true, ..few(2, 1) },
            wrong::asks_again::Site::new
        ),
        "message count"
    );
}
