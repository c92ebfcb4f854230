//! What matters of a state is held against all states of systems that are small enough: of two
//! with one outlook the same can come. One that says less is refuted.

use std::num::NonZeroUsize;

use checker::{Bounds, Check, Outlook, Verdict};
use lamport_mutex::Site;
use mutant::mutant;
use mutual_exclusion::{Worker, Workload, contention, liveness, safety};
use protocol::ProcessId;
use scenario::Scenario;

#[path = "../../src/outlook.rs"]
mod right;

/// Checks so many sites with so many entries each.
fn with_check<T>(
    [size, entries]: [u32; 2],
    use_it: impl FnOnce(&Check<Site, Worker, (), Workload>) -> T,
) -> T {
    let scenario = Scenario::new(size, Workload::high_contention(entries));
    use_it(&Check {
        scenario: &scenario,
        properties: &[safety(), liveness(), contention()],
        process: &|me: ProcessId, _life| Site::new(me, me.peers(size)),
        application: &|_| scenario.workload.worker(),
        monitor: (),
        bounds: Bounds::default(),
        threads: NonZeroUsize::MIN,
    })
}

#[test]
fn of_states_with_one_outlook_the_same_can_come() {
    for (system, states) in [([2, 4], 52_451), ([3, 1], 592_188)] {
        let verdict = with_check(system, |check| check.try_outlook(&right::outlook));
        assert!(matches!(verdict, Verdict::Proved(_)), "{system:?}: {verdict}");
        assert_eq!(verdict.extent().unique_states, states);
    }
}

/// That some states look alike of which not the same can come.
fn assert_refuted(outlook: &Outlook<Site, Worker>) {
    let verdict = with_check([3, 1], |check| check.try_outlook(outlook));
    assert!(matches!(verdict, Verdict::Violated { .. }), "{verdict}");
}

mutant! {
    /// A request is as good as a release.
    forgets_what_a_message_is in "src/outlook.rs",
    "(mem::discriminant(message), is_later, puts_clock)" => "(is_later, puts_clock)"
}

mutant! {
    /// Point 1 without its first half.
    forgets_what_is_later in "src/outlook.rs",
    "(mem::discriminant(message), is_later, puts_clock)" =>
    "(mem::discriminant(message), puts_clock)"
}

mutant! {
    /// Point 1 without its second half.
    forgets_where_a_clock_is_put in "src/outlook.rs",
    "(mem::discriminant(message), is_later, puts_clock)" => "(mem::discriminant(message), is_later)"
}

mutant! {
    /// Point 2 without its second half.
    forgets_who_is_before_it in "src/outlook.rs",
    "theirs.map(|theirs| ours < Some(*theirs))" => "theirs.is_some()"
}

mutant! {
    /// No clock is further ahead than another.
    forgets_its_clock in "src/outlook.rs",
    "(site.phase(), site.heard(), scale.shown(site.clock()))" => "(site.phase(), site.heard())"
}

mutant! {
    /// Point 5 at all times.
    expects_nobody_to_ask in "src/outlook.rs",
    "if whole.ids().any(will_ask) {" => "if false {"
}

mutant! {
    /// Whom a site has heard of since it asked is nothing to it.
    forgets_whom_it_has_heard in "src/outlook.rs",
    "(site.phase(), site.heard(), scale.shown(site.clock()))" =>
    "(site.phase(), scale.shown(site.clock()))"
}

#[test]
fn an_outlook_that_says_less_is_refuted() {
    assert_refuted(&forgets_what_a_message_is::outlook);
    assert_refuted(&forgets_what_is_later::outlook);
    assert_refuted(&forgets_where_a_clock_is_put::outlook);
    assert_refuted(&forgets_who_is_before_it::outlook);
    assert_refuted(&forgets_its_clock::outlook);
    assert_refuted(&expects_nobody_to_ask::outlook);
    assert_refuted(&forgets_whom_it_has_heard::outlook);
}
