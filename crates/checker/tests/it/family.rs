//! Each solution of mutual exclusion keeps its promises in every interleaving of three sites.
//!
//! The numbers are pinned: a change of one is a change of behaviour, of the solution or of the
//! checker. `oracle` has many of them from somebody else.

use std::num::NonZeroUsize;

use checker::{Bounds, Check, Checkable, Verdict};
use mutual_exclusion::{MutualExclusion, Worker, Workload, contention, liveness, safety};
use protocol::ProcessId;
use scenario::{Order, Scenario};

use crate::solutions::{lamport, reduction, ricart_agrawala, suzuki_kasami};

const SITES: u32 = 3;

/// That nothing is wrong, and how many states that was found in, and how often it came to one: on
/// one thread and on several.
fn proved<P>(
    site: fn(ProcessId, u32) -> P,
    order: Order,
    entries: u32,
    unique_and_total: (u64, u64),
) where
    P: Checkable + MutualExclusion,
{
    proved_by(|check| check.run(&mut |_| {}), site, order, entries, unique_and_total);
}

/// The same, with what makes no difference left out.
fn proved_with_less<P>(site: fn(ProcessId, u32) -> P, entries: u32, unique_and_total: (u64, u64))
where
    P: Checkable + MutualExclusion + 'static,
{
    let run = |check: &Check<_, _, _, _>| check.run_reduced(&reduction(), &mut |_| {});
    proved_by(run, site, Order::Fifo, entries, unique_and_total);
}

fn proved_by<P>(
    run: impl Fn(&Check<P, Worker, (), Workload>) -> Verdict<P>,
    site: fn(ProcessId, u32) -> P,
    order: Order,
    entries: u32,
    unique_and_total: (u64, u64),
) where
    P: Checkable + MutualExclusion,
{
    let mut scenario = Scenario::new(SITES, Workload::high_contention(entries));
    scenario.links.order = order;
    for threads in [1, 2, 3] {
        let check = Check {
            scenario: &scenario,
            properties: &[safety(), liveness(), contention()],
            process: &|me, _| site(me, SITES),
            application: &|_| scenario.workload.worker(),
            monitor: (),
            bounds: Bounds::default(),
            threads: NonZeroUsize::new(threads).expect("a search needs a thread"),
        };
        let verdict = run(&check);
        let what = format!("{order:?}, {threads} threads: {verdict}");
        assert!(matches!(verdict, Verdict::Proved(_)), "{what}");
        let extent = verdict.extent();
        assert_eq!((extent.unique_states, extent.total_states), unique_and_total, "{what}");
    }
}

#[test]
fn ricart_agrawala_is_right() {
    proved(ricart_agrawala, Order::Fifo, 2, (34_845, 97_322));
    proved(ricart_agrawala, Order::Unordered, 2, (44_833, 146_800));
    proved_with_less(ricart_agrawala, 2, (28_458, 66_681));
}

#[test]
fn suzuki_kasami_is_right() {
    proved(suzuki_kasami, Order::Fifo, 2, (15_286, 48_690));
    proved(suzuki_kasami, Order::Unordered, 2, (62_577, 274_749));
    // Ways of different lengths lead to one state, and then nothing is left out.
    proved_with_less(suzuki_kasami, 2, (15_286, 48_690));
}

/// One entry each: with two, nearly every order of events makes other clocks, and so a state of
/// its own. The lab says which of these are alike.
#[test]
fn lamport_is_right_on_links_that_keep_order() {
    proved(lamport, Order::Fifo, 1, (592_188, 1_522_250));
    proved_with_less(lamport, 1, (421_347, 886_687));
}
