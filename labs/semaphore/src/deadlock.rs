//! Does anybody wait for himself?
//!
//! a holds one semaphore and wants another; b holds that and wants the first. Both wait for
//! ever, and so does whoever comes after them. Draw an arrow from each client to each for whom it
//! waits: the *wait-for graph*. Where every semaphore has one permit, and nobody gives up what it
//! has, some clients wait for ever if and only if the arrows have a cycle: R. C. Holt, "Some
//! Deadlock Properties of Computer Systems", ACM Computing Surveys 4(3):179–196, 1972.
//! <https://doi.org/10.1145/356603.356607>
//!
//! Only a new arrow can close a cycle. When a permit is handed on, arrows to the old holder go
//! away and none is new: who waits in a queue waits for those before it, too. So it is enough to
//! look whenever somebody begins to wait.

use alloc::{
    collections::{BTreeMap, VecDeque},
    vec::Vec,
};

use protocol::ProcessId;

/// A shortest way from `start` back to it, if there is one: each waits for the next.
///
/// The search goes in breadth and keeps its own queue, so that a chain of ten thousand clients
/// is no deeper a call than one of two. Each client is asked about once, and `waits_for` may leave
/// out those of whom it has told before.
///
/// ```
/// use protocol::ProcessId;
/// use semaphore::cycle;
///
/// let [a, b, c] = [0, 1, 2].map(ProcessId);
/// let waits_for = |client| if client == a { vec![b] } else { vec![c, a] };
/// assert_eq!(cycle(a, waits_for), Some(vec![a, b, a]));
/// assert_eq!(cycle(c, |client| if client == c { vec![a] } else { vec![] }), None);
/// ```
pub fn cycle(
    start: ProcessId,
    mut waits_for: impl FnMut(ProcessId) -> Vec<ProcessId>,
) -> Option<Vec<ProcessId>> {
    // Who was found to be waited for, and by whom.
    let mut waited_for_by = BTreeMap::new();
    let mut to_visit = VecDeque::from([start]);
    while let Some(client) = to_visit.pop_front() {
        for other in waits_for(client) {
            if other == start {
                return Some(way_back(start, client, &waited_for_by));
            }
            waited_for_by.entry(other).or_insert_with(|| {
                to_visit.push_back(other);
                client
            });
        }
    }
    None
}

/// From `start` to the `last` one found, and home.
fn way_back(
    start: ProcessId,
    last: ProcessId,
    waited_for_by: &BTreeMap<ProcessId, ProcessId>,
) -> Vec<ProcessId> {
    let mut way: Vec<ProcessId> = [start].into();
    let mut client = last;
    while client != start {
        way.push(client);
        client = waited_for_by[&client];
    }
    way.push(start);
    way.reverse();
    way
}
