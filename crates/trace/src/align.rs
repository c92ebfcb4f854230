//! One time for a run out of the clocks of its processes.

use std::{collections::BTreeMap, time::Duration};

use protocol::ProcessId;

use crate::{Entry, Told, join::Connections, merge::Part};

/// Puts all times on one clock, which shows zero when the first trace begins. Where a message
/// would arrive before it was sent, its receiver's clock is put forward; as far as clocks drift,
/// that is not enough, and the order has the last word.
pub(crate) fn align(parts: &mut [Part], joined: &Connections) {
    let first = parts.iter().filter_map(|part| part.trace.header.began).min().unwrap_or(0);
    for part in &mut *parts {
        let began = part.trace.header.began.unwrap_or(first);
        put_forward(part, Duration::from_micros(began - first));
    }
    let shifts = shifts(parts, joined);
    for part in &mut *parts {
        let shift = shifts.get(&part.process).copied().unwrap_or_default();
        put_forward(part, Duration::from_nanos(u64::try_from(shift).unwrap_or(u64::MAX)));
    }
}

/// By how many nanoseconds each clock has to be put forward, at the least.
fn shifts(parts: &[Part], joined: &Connections) -> BTreeMap<ProcessId, u128> {
    let by_name: BTreeMap<ProcessId, &Part> =
        parts.iter().map(|part| (part.process, part)).collect();
    let at = |process, entry: usize| by_name[&process].trace.entries[entry].at().as_nanos();
    // By how much a sender's clock is ahead of a receiver's, at the least.
    let mut ahead: BTreeMap<(ProcessId, ProcessId), i128> = BTreeMap::new();
    for arrival in &joined.arrivals {
        let (sender, receiver) = (arrival.message.sender, arrival.receiver);
        let sent = at(sender, arrival.sent).cast_signed();
        let gap = sent - at(receiver, arrival.received).cast_signed();
        let most = ahead.entry((sender, receiver)).or_insert(gap);
        *most = gap.max(*most);
    }
    let mut shifts: BTreeMap<ProcessId, u128> =
        parts.iter().map(|part| (part.process, 0)).collect();
    // A shift passes on to those who heard from there, and is through after a round for each.
    for _ in parts {
        for (&(sender, receiver), gap) in &ahead {
            let least = shifts[&sender].saturating_add_signed(*gap);
            shifts.entry(receiver).and_modify(|shift| *shift = least.max(*shift));
        }
    }
    shifts
}

fn put_forward(part: &mut Part, by: Duration) {
    for entry in &mut part.trace.entries {
        let at = at_mut(entry);
        *at = at.saturating_add(by);
    }
}

/// When it happened, to be corrected.
pub(crate) fn at_mut(entry: &mut Entry<Told>) -> &mut Duration {
    match entry {
        Entry::Step(told) => &mut told.words.at,
        Entry::Fate(met) => &mut met.at,
        Entry::Crash { at, .. } => at,
    }
}
