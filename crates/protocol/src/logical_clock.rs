//! The order of events without a common clock: [`LamportClock`] and [`VectorClock`].

use alloc::collections::BTreeMap;
use core::{cmp::Ordering, fmt};

use serde::{Deserialize, Serialize};

use crate::ProcessId;

/// A counter that respects causality: if one event can have influenced another, its number is
/// smaller.
///
/// L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System",
/// CACM 21(7):558–565, 1978, rules IR1 and IR2. <https://doi.org/10.1145/359545.359563>
///
/// ```
/// use protocol::LamportClock;
///
/// let (mut sender, mut receiver) = (LamportClock::default(), LamportClock::default());
/// let sent = sender.tick();
/// let received = receiver.observe(sent);
/// assert!(sent < received);
/// assert_eq!(receiver.last(), received);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct LamportClock {
    /// The number of the last event here.
    last: u64,
}

impl LamportClock {
    /// The number of a new event here (IR1).
    pub fn tick(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// The number of the receipt here of what was sent in the event `sent` (IR2).
    pub fn observe(&mut self, sent: u64) -> u64 {
        self.last = self.last.max(sent);
        self.tick()
    }

    /// The number of the last event here; 0 before the first.
    pub fn last(&self) -> u64 {
        self.last
    }
}

/// An event's number, and where it happened: a total order of events that respects causality.
/// Lamport's relation ⇒: equal numbers are ordered by process.
///
/// ```
/// use protocol::{ProcessId, Timestamp};
///
/// let [a, b] = [ProcessId(0), ProcessId(1)];
/// assert!(Timestamp { counter: 3, process: b } < Timestamp { counter: 4, process: a });
/// assert!(Timestamp { counter: 3, process: a } < Timestamp { counter: 3, process: b });
/// ```
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Timestamp {
    /// The event's number by a [`LamportClock`].
    pub counter: u64,
    /// Where it happened.
    pub process: ProcessId,
}

/// How many events of each process can have influenced an event: causality, exactly.
///
/// C. Fidge, "Timestamps in Message-Passing Systems That Preserve the Partial Ordering",
/// ACSC 1988; F. Mattern, "Virtual Time and Global States of Distributed Systems", 1989.
///
/// One clock is less than another if and only if its event can have influenced the other's;
/// clocks of concurrent events are not comparable.
///
/// ```
/// use protocol::{ProcessId, VectorClock};
///
/// let (mut here, mut there) = (VectorClock::default(), VectorClock::default());
/// here.tick(ProcessId(0));
/// there.tick(ProcessId(1));
/// assert_eq!(here.partial_cmp(&there), None);
///
/// there.observe(&here);
/// there.tick(ProcessId(1));
/// assert!(here < there);
/// assert_eq!((there.of(ProcessId(0)), there.of(ProcessId(1))), (1, 2));
/// assert_eq!(there.to_string(), "{0: 1, 1: 2}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct VectorClock {
    /// The number of events known of each process. No entry is zero, so that equal clocks are
    /// equal values.
    known: BTreeMap<ProcessId, u64>,
}

impl VectorClock {
    /// One more event of the process `me`.
    pub fn tick(&mut self, me: ProcessId) {
        *self.known.entry(me).or_default() += 1;
    }

    /// Whatever had influenced `other`, has now influenced this. To be followed by a
    /// [`tick`](Self::tick) for the receipt itself.
    pub fn observe(&mut self, other: &Self) {
        for (&process, &events) in &other.known {
            let known = self.known.entry(process).or_default();
            *known = events.max(*known);
        }
    }

    /// The number of events of `process` that are known.
    pub fn of(&self, process: ProcessId) -> u64 {
        self.known.get(&process).copied().unwrap_or(0)
    }

    /// Whether every event known here is known there.
    fn is_within(&self, other: &Self) -> bool {
        self.known.iter().all(|(&process, &events)| events <= other.of(process))
    }
}

impl PartialOrd for VectorClock {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.is_within(other), other.is_within(self)) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Less),
            (false, true) => Some(Ordering::Greater),
            (false, false) => None,
        }
    }
}

/// The processes of which any event is known, and of how many.
impl fmt::Display for VectorClock {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_map().entries(&self.known).finish()
    }
}
