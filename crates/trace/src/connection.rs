//! Which message is which: the two ends of each connection, laid side by side.
//!
//! A connection keeps the order and loses nothing as long as it lasts. So what one end has
//! received is how the list begins of what the other end has sent. Two processes may have had
//! several connections, one after the other, and one of them may have taken for up what never came
//! to be at the other end. But it has received nothing there: whatever ends have received
//! something belong together in order, so that this holds for all of them.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{Fate, Input, Link, ProcessId};

use crate::{Entry, MergeError, MessageId, merge::Part};

/// What one process has seen of its connections.
pub(crate) struct View<'a> {
    pub(crate) part: &'a Part,
    peers: BTreeMap<ProcessId, Peer<'a>>,
}

/// What it has seen of those with one peer.
#[derive(Default)]
pub(crate) struct Peer<'a> {
    /// What was sent before the first one came up, as long as it has not.
    pub(crate) waiting: Vec<Sent<'a>>,
    ends: Vec<End<'a>>,
}

/// What it has seen of one: its end of it.
pub(crate) struct End<'a> {
    /// The entry with which it came up.
    up: usize,
    /// The entry with which it went down, if it did.
    pub(crate) down: Option<usize>,
    /// Which of the peer's lives was there.
    life: u64,
    pub(crate) sent: Vec<Sent<'a>>,
    pub(crate) received: Vec<Received<'a>>,
}

/// A message that was sent.
pub(crate) struct Sent<'a> {
    pub(crate) id: MessageId,
    /// The entry with which it was sent.
    pub(crate) entry: usize,
    said: &'a str,
}

/// A message that was received.
pub(crate) struct Received<'a> {
    /// The entry with which it was received.
    pub(crate) entry: usize,
    said: &'a str,
}

impl<'a> View<'a> {
    pub(crate) fn new(part: &'a Part) -> Result<Self, MergeError> {
        let mut view = Self { part, peers: BTreeMap::new() };
        let entries = &part.trace.entries;
        let never_left: BTreeSet<MessageId> = entries.iter().filter_map(never_left).collect();
        let mut sent = 0;
        for (number, entry) in entries.iter().enumerate() {
            let Entry::Step(told) = entry else { continue };
            let step = &told.words;
            if step.sent_before != sent {
                let why = format!("it had sent {sent} messages before, not {}", step.sent_before);
                return Err(part.contradiction(number, why));
            }
            view.take_in(number, &step.input)?;
            for (id, to, said) in step.sent() {
                sent += 1;
                if !never_left.contains(&id) {
                    view.peer(to).send(Sent { id, entry: number, said });
                }
            }
        }
        Ok(view)
    }

    fn peer(&mut self, name: ProcessId) -> &mut Peer<'a> {
        self.peers.entry(name).or_default()
    }

    fn take_in(
        &mut self,
        entry: usize,
        input: &'a Input<String, String, String>,
    ) -> Result<(), MergeError> {
        match input {
            Input::Link { peer, link: Link::Up { incarnation, .. } } => {
                self.peer(*peer).up(entry, *incarnation);
            }
            Input::Link { peer, link: Link::Down } => self.peer(*peer).down(entry),
            Input::Message { from, message } => match self.peer(*from).open() {
                Some(end) => end.received.push(Received { entry, said: message }),
                None => {
                    let from = self.part.named(*from);
                    let why = format!("it received `{message}` without a link to {from}");
                    return Err(self.part.contradiction(entry, why));
                }
            },
            Input::Start | Input::Command(_) | Input::Timer(_) => {}
        }
        Ok(())
    }

    pub(crate) fn waiting_for(&self, peer: &Self) -> &[Sent<'a>] {
        self.peers.get(&peer.part.process).map_or(&[], |peer| &peer.waiting)
    }

    /// Its ends of the connections with the life that `peer` tells of.
    pub(crate) fn ends_with(&self, peer: &Self) -> Result<Vec<&End<'a>>, MergeError> {
        let (name, life) = (peer.part.process, peer.part.life());
        let all = self.peers.get(&name).map_or(&[][..], |peer| &peer.ends);
        let ends: Vec<_> = all.iter().filter(|end| end.life == life).collect();
        match (all.first(), ends.is_empty()) {
            (Some(first), true) => {
                let name = self.part.named(name);
                let why = format!(
                    "it was linked to {name} in life {}, whose trace tells of life {life}: \
                     merge those of one run",
                    first.life
                );
                Err(self.part.contradiction(first.up, why))
            }
            _ => Ok(ends),
        }
    }

    /// Whether `end` of it may be the other end of `theirs`, as far as what was said here and
    /// received there can tell.
    pub(crate) fn may_have_sent(&self, end: &End, theirs: &End) -> bool {
        let (sent, received) = (&end.sent, &theirs.received);
        let may_have_sent_more = !self.part.is_complete() && end.down.is_none();
        sent.iter().zip(received).all(|(sent, received)| sent.said == received.said)
            && (received.len() <= sent.len() || may_have_sent_more)
    }

    /// Says what speaks against it that any of our `ends` is the other end of `theirs`.
    pub(crate) fn denies(&self, ends: &[&End], receiver: &Self, theirs: &End) -> MergeError {
        let sender = self.part.named(self.part.process);
        let as_far_as_it_goes = |end: &&&End| {
            let both = end.sent.iter().zip(&theirs.received);
            both.take_while(|(sent, received)| sent.said == received.said).count()
        };
        let likely = ends.iter().max_by_key(as_far_as_it_goes);
        let agreed = likely.as_ref().map_or(0, as_far_as_it_goes);
        let Some(Received { entry, said }) = theirs.received.get(agreed) else {
            let why = format!("its connections with {sender} are not those of that one");
            return receiver.part.contradiction(theirs.up, why);
        };
        let why = match likely.and_then(|end| end.sent.get(agreed)) {
            Some(Sent { said: other, .. }) => {
                format!("it received `{said}` where {sender} sent `{other}`")
            }
            None => format!("it received `{said}`, which {sender} has not sent"),
        };
        receiver.part.contradiction(*entry, why)
    }
}

impl<'a> Peer<'a> {
    fn up(&mut self, entry: usize, life: u64) {
        let sent = std::mem::take(&mut self.waiting);
        self.ends.push(End { up: entry, down: None, life, sent, received: Vec::new() });
    }

    fn down(&mut self, entry: usize) {
        if let Some(end) = self.open() {
            end.down = Some(entry);
        }
    }

    fn open(&mut self) -> Option<&mut End<'a>> {
        self.ends.last_mut().filter(|end| end.down.is_none())
    }

    fn send(&mut self, message: Sent<'a>) {
        if self.ends.is_empty() {
            self.waiting.push(message);
        } else if let Some(end) = self.open() {
            end.sent.push(message);
        } // Else it was cut; there was no more room to say so.
    }
}

/// The message that has met such a fate at once.
fn never_left(entry: &Entry<crate::Told>) -> Option<MessageId> {
    match entry {
        Entry::Fate(met) if matches!(met.fate, Fate::Cut | Fate::Lost) => Some(met.message),
        _ => None,
    }
}
