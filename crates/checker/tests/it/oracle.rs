//! stateright, which others wrote, finds as many states in the same systems, and comes to them
//! as many times.

use std::{hash::Hash, num::NonZeroUsize};

use checker::{Bound, Bounds, Check, Checkable, Verdict};
use mutual_exclusion::{MutualExclusion, Workload};
use protocol::{Application, Never, ProcessId};
use scenario::{Order, Scenario};
use stateright::{Checker, Model};

use crate::{
    chatter::{Chatter, Speech},
    solutions::{lamport, ricart_agrawala, suzuki_kasami},
    system::System,
};

/// Deeper than any system here.
const ALL: u32 = 1000;

/// That both find as many states of a system of `size` sites, each of which enters so many times,
/// in runs of at most `depth` steps and one.
fn agree<P>(site: fn(ProcessId, u32) -> P, order: Order, [size, entries]: [u32; 2], depth: u32)
where
    P: Checkable<Timer = Never> + MutualExclusion + 'static,
{
    let application = Workload::high_contention(entries).worker();
    agree_on(System { size, order, process: site, application, safety: Vec::new() }, depth);
}

/// Nothing is claimed of the states, so that both look at all of them even if something is wrong.
fn agree_on<P, A>(system: System<P, A>, depth: u32)
where
    P: Checkable<Timer = Never> + 'static,
    A: Application<P> + Clone + Eq + Hash + Send + Sync + 'static,
{
    let mut scenario = Scenario::new(system.size, ());
    scenario.links.order = system.order;
    scenario.tolerate_rejections = true;
    let check = Check {
        scenario: &scenario,
        properties: &[],
        process: &|me, _| (system.process)(me, system.size),
        application: &|_| system.application.clone(),
        monitor: (),
        bounds: Bounds { max_depth: depth, ..Bounds::default() },
        threads: NonZeroUsize::MIN,
    };
    let verdict = check.run(&mut |_| {});
    let is_as_deep_as_asked = match verdict {
        Verdict::Proved(_) => depth == ALL,
        Verdict::BoundHit { bound, .. } => bound == Bound::Depth,
        Verdict::Violated { .. } => false,
    };
    let what = format!("{} processes, {:?}: {verdict}", system.size, system.order);
    assert!(is_as_deep_as_asked, "{what}");

    // What they count are the states of a run, and they take no step from the last.
    let checker = system.checker().target_max_depth(depth as usize + 2);
    let theirs = checker.spawn_bfs().join();
    let (ours, unique) = (verdict.extent(), theirs.unique_state_count() as u64);
    let total = theirs.state_count() as u64;
    assert_eq!((ours.unique_states, ours.total_states), (unique, total), "{what}");
}

#[test]
fn as_many_states_of_ricart_agrawala() {
    for order in [Order::Fifo, Order::Unordered] {
        for system in [[1, 3], [2, 1], [2, 5], [3, 1], [3, 2]] {
            agree(ricart_agrawala, order, system, ALL);
        }
    }
}

#[test]
fn as_many_states_of_suzuki_kasami() {
    for order in [Order::Fifo, Order::Unordered] {
        for system in [[1, 3], [2, 1], [2, 5], [3, 1], [3, 2]] {
            agree(suzuki_kasami, order, system, ALL);
        }
    }
}

/// Its clocks and its queues make many more states: those of three sites that enter twice are
/// counted up to a depth.
#[test]
fn as_many_states_of_lamport() {
    for system in [[1, 3], [2, 1], [2, 4], [3, 1]] {
        agree(lamport, Order::Fifo, system, ALL);
    }
    agree(lamport, Order::Fifo, [3, 2], 13);
}

/// It needs links that keep order, and goes wrong on others: both must go wrong alike.
#[test]
fn as_many_states_where_rejections_are_tolerated() {
    for system in [[2, 1], [2, 2]] {
        agree(lamport, Order::Unordered, system, ALL);
    }
    agree(lamport, Order::Unordered, [3, 1], 10);
}

/// Of several equal messages on a link, it does not matter which one arrives.
#[test]
fn as_many_states_where_words_are_said_twice() {
    for order in [Order::Fifo, Order::Unordered] {
        for (size, words) in [(2, &[1, 1, 2, 1][..]), (3, &[1, 1])] {
            let (process, application) = (Chatter::new, Speech(words));
            agree_on(System { size, order, process, application, safety: Vec::new() }, ALL);
        }
    }
}
