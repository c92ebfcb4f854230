//! What became of each message: the steps it joins, and what befell it between them.

use std::collections::BTreeMap;

use protocol::{Fate, ProcessId};

use crate::{Entry, MessageId, Trace};

/// A message on its way. Entries are named by their places in the trace.
pub(crate) struct Journey<'a> {
    pub(crate) id: MessageId,
    pub(crate) to: ProcessId,
    pub(crate) text: &'a str,
    /// Where it was sent.
    pub(crate) sent: usize,
    /// Where it, and each copy of it, ended.
    pub(crate) ends: Vec<(usize, Arrival)>,
    /// How many copies links have made of it.
    pub(crate) copies: usize,
    /// Whether one that was sent later came before it.
    pub(crate) was_overtaken: bool,
}

/// How a message's way ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It is received.
    Received,
    /// It is received once more.
    Again,
    /// The link loses it.
    Lost,
    /// Something is in its way.
    Cut,
}

impl Arrival {
    /// Whether it reaches its receiver.
    pub(crate) fn is_received(self) -> bool {
        matches!(self, Self::Received | Self::Again)
    }
}

impl Journey<'_> {
    /// Whether it, or a copy of it, was still under way when the trace ends.
    pub(crate) fn is_under_way(&self) -> bool {
        self.ends.len() < 1 + self.copies
    }
}

impl Trace {
    /// The messages between the first `size` processes, in the order in which they were sent.
    pub(crate) fn journeys(&self, size: u32) -> Vec<Journey<'_>> {
        let mut journeys = Vec::new();
        let mut place: BTreeMap<MessageId, usize> = BTreeMap::new();
        for (at, entry) in self.entries.iter().enumerate() {
            match entry {
                Entry::Step(told) => {
                    let received = told.words.received.and_then(|id| place.get(&id));
                    if let Some(&which) = received {
                        arrive(&mut journeys[which], told.words.process, at);
                    }
                    for (id, to, text) in told.words.sent() {
                        if id.sender.0 < size && to.0 < size {
                            place.insert(id, journeys.len());
                            journeys.push(Journey::new(id, to, text, at));
                        }
                    }
                }
                Entry::Fate(met) => {
                    if let Some(&which) = place.get(&met.message) {
                        journeys[which].meet(met.fate, at);
                    }
                }
                Entry::Crash { .. } => {}
            }
        }
        journeys
    }
}

fn arrive(journey: &mut Journey, process: ProcessId, at: usize) {
    if process != journey.to {
        return; // No driver delivers to another; a file may say so.
    }
    let is_first = journey.ends.iter().all(|(_, arrival)| !arrival.is_received());
    journey.ends.push((at, if is_first { Arrival::Received } else { Arrival::Again }));
}

impl<'a> Journey<'a> {
    fn new(id: MessageId, to: ProcessId, text: &'a str, sent: usize) -> Self {
        Self { id, to, text, sent, ends: Vec::new(), copies: 0, was_overtaken: false }
    }

    fn meet(&mut self, fate: Fate, at: usize) {
        match fate {
            Fate::Lost => self.ends.push((at, Arrival::Lost)),
            Fate::Cut => self.ends.push((at, Arrival::Cut)),
            Fate::Duplicated => self.copies += 1,
            Fate::Overtaken => self.was_overtaken = true,
        }
    }
}
