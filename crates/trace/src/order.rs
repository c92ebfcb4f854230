//! What several processes tell becomes one story, in which causes come first.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter::Peekable,
    time::Duration,
    vec::IntoIter,
};

use protocol::ProcessId;

use crate::{Entry, MergeError, MessageId, Met, Told, align::at_mut, merge::Part};

/// What one process still has to tell.
struct Teller {
    process: ProcessId,
    rest: Peekable<IntoIter<Entry<Told>>>,
    /// How many steps it has told.
    steps: u64,
    /// When the last that it told happened.
    now: Duration,
}

/// All entries in one order: each process's as it told them, a message's arrival after its
/// sending, and else by time.
///
/// Nothing happens before its cause, and nothing before what its process did before, whatever the
/// clocks say.
pub(crate) fn by_causality(parts: Vec<Part>, noun: &str) -> Result<Vec<Entry<Told>>, MergeError> {
    let mut tellers: Vec<Teller> = parts
        .into_iter()
        .map(|Part { process, trace }| {
            let rest = trace.entries.into_iter().peekable();
            Teller { process, rest, steps: 0, now: Duration::ZERO }
        })
        .collect();
    let mut entries = Vec::new();
    // When those messages were sent that have not been received so far.
    let mut under_way: BTreeMap<MessageId, Duration> = BTreeMap::new();
    // Who can go on, and when; and who waits for which message to be sent.
    let mut ready = BTreeSet::new();
    let mut waiting: BTreeMap<MessageId, usize> = BTreeMap::new();
    let mut next: Vec<usize> = (0..tellers.len()).collect();
    loop {
        for index in next.drain(..) {
            let Some((at, awaits)) = tellers[index].next() else { continue };
            match awaits.filter(|message| !under_way.contains_key(message)) {
                Some(message) => drop(waiting.insert(message, index)),
                None => drop(ready.insert((at, index))),
            }
        }
        let Some((_, index)) = ready.pop_first() else { break };
        let Some(entry) = tellers[index].tell(&mut under_way) else { continue };
        if let Entry::Step(told) = &entry {
            for (message, ..) in told.words.sent() {
                under_way.insert(message, told.words.at);
                next.extend(waiting.remove(&message));
            }
        }
        next.push(index);
        entries.push(entry);
    }
    match waiting.into_values().min() {
        None => Ok(entries),
        Some(index) => Err(tellers[index].goes_round(noun)),
    }
}

impl Teller {
    /// When its next entry happens, and which message must have been sent before.
    fn next(&mut self) -> Option<(Duration, Option<MessageId>)> {
        let entry = self.rest.peek()?;
        let awaits = match entry {
            Entry::Step(told) => told.words.received,
            _ => None,
        };
        Some((entry.at().max(self.now), awaits))
    }

    fn tell(&mut self, under_way: &mut BTreeMap<MessageId, Duration>) -> Option<Entry<Told>> {
        let (_, awaits) = self.next()?;
        let mut entry = self.rest.next()?;
        self.steps += u64::from(entry.words().is_some());
        let sent = awaits.and_then(|message| under_way.remove(&message)).unwrap_or_default();
        let at = at_mut(&mut entry);
        self.now = self.now.max(sent).max(*at);
        *at = self.now;
        Some(entry)
    }

    /// It waits for what was sent only because of what it did after that.
    fn goes_round(&self, noun: &str) -> MergeError {
        let place = format!("{noun} {}, step {}", self.process, self.steps + 1);
        let why = "what it received was sent only after what came of it".to_owned();
        MergeError::Contradiction { place, why }
    }
}

/// Puts the fates of messages where they belong by their time, after their sending.
pub(crate) fn insert(fates: Vec<Met>, entries: Vec<Entry<Told>>) -> Vec<Entry<Told>> {
    let mut fates: BTreeMap<MessageId, Met> =
        fates.into_iter().map(|met| (met.message, met)).collect();
    let mut due: BTreeMap<(Duration, MessageId), Met> = BTreeMap::new();
    let mut all = Vec::with_capacity(entries.len() + fates.len());
    for entry in entries {
        while let Some(first) = due.first_entry().filter(|first| first.key().0 < entry.at()) {
            all.push(Entry::Fate(first.remove()));
        }
        if let Entry::Step(told) = &entry {
            for (message, ..) in told.words.sent() {
                if let Some(mut met) = fates.remove(&message) {
                    met.at = met.at.max(told.words.at);
                    due.insert((met.at, message), met);
                }
            }
        }
        all.push(entry);
    }
    all.extend(due.into_values().map(Entry::Fate));
    all
}
