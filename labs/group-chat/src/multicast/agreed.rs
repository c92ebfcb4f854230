//! Total order by agreement: all propose a place for each message, and it gets the last of these.
//!
//! K. P. Birman and T. A. Joseph, "Reliable Communication in the Presence of Failures", ACM TOCS
//! 5(1):47–76, 1987, the protocol ABCAST, which is due to D. Skeen.
//! <https://doi.org/10.1145/7351.7478>
//!
//! **Idea.** A message is sent to everybody, and everybody puts it at the end of a queue of his own
//! and tells its sender at which place. The sender takes the last of all these places and tells
//! everybody, who moves the message there. It can only move back. So when the first in the queue is
//! one whose place is agreed on, nothing will ever come before it: it is delivered.
//!
//! **Assumes.** Every message arrives exactly once, in any order. No member crashes: without its
//! proposal, a message and all that are behind it wait for ever. No sender has more than
//! [`MOST_EARLY`] messages without an agreement.
//!
//! **Guarantees.** Total order, with nobody in charge. It is not FIFO order, and so not causal: of
//! two messages that a member says at once, others may get the second one first, and all agree to
//! that. Over links that keep order it is both: then everybody proposes the earlier place for the
//! earlier message, and whoever has delivered a message has a clock beyond its place when it speaks.
//! Or a member could wait for its own message before it says the next, as in
//! [`sequencer`](crate::multicast::sequencer).
//!
//! **Costs** 3(N − 1) messages for each that is said.
//!
//! | the paper's name           | here                  | why                                      |
//! |----------------------------|-----------------------|------------------------------------------|
//! | priority                   | place                 | the smaller comes first                  |
//! | priority of site and process | [`Timestamp`]       | counters first, then who proposed it: no two places are equal |
//! | marked *undeliverable*, *deliverable* | `is_agreed` |                                         |
//! | priority queue             | `pending`: a map, and its least place | a message moves in it    |

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::fmt;

use protocol::{Effects, LamportClock, Never, Process, ProcessId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::multicast::{Command, Event, MOST_EARLY, Member};

/// One member.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Agreed {
    me: ProcessId,
    /// The other N − 1 members. Never changes.
    peers: Vec<ProcessId>,
    /// At least as large as the counter of any place that was proposed here or agreed on.
    clock: LamportClock,
    /// How many messages this member has said.
    said: u64,
    /// What is known and not delivered, by sender and number.
    pending: BTreeMap<(ProcessId, u64), Pending>,
    /// The votes on messages of this member that not all have cast, by number.
    ballots: BTreeMap<u64, Ballot>,
}

/// A message in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Pending {
    /// Where it stands: no two stand at the same place. Once agreed on, it never changes.
    place: Timestamp,
    is_agreed: bool,
    text: String,
}

/// A vote on where a message is to stand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Ballot {
    /// Who has not proposed a place. Never empty.
    awaited: BTreeSet<ProcessId>,
    /// The last of the places that were proposed.
    last: Timestamp,
}

/// What members say to each other. A message is named by its sender and its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Message {
    /// From the sender of a message: "where would you put this?"
    Said {
        /// Which of its sender's messages it is, from 1.
        number: u64,
        /// What is said.
        text: String,
    },
    /// To the sender: "behind all that I know."
    Proposed {
        /// Which message.
        number: u64,
        /// The counter of the place. Its process is who proposes it.
        counter: u64,
    },
    /// From the sender: "this is its place."
    Agreed {
        /// Which message.
        number: u64,
        /// The last of all places that were proposed.
        place: Timestamp,
    },
}

/// No clock that counts events gets here. Beyond it, a place would leave none behind it.
const END_OF_TIME: u64 = u64::MAX / 2;

impl Agreed {
    /// A member that nobody has said anything to. `peers` are all the others.
    pub fn new(me: ProcessId, peers: Vec<ProcessId>) -> Self {
        let (clock, pending, ballots) = Default::default();
        Self { me, peers, clock, said: 0, pending, ballots }
    }

    /// First phase, at the sender: propose a place, and ask for everybody's.
    fn say(&mut self, text: String, fx: &mut Effects<Self>) {
        self.said += 1;
        let number = self.said;
        let last = self.propose(self.me, number, text.clone());
        self.ballots.insert(number, Ballot { awaited: self.peers.iter().copied().collect(), last });
        fx.send_all(&self.peers, Message::Said { number, text });
        self.agree_if_all_have_proposed(number, fx); // At once, when N = 1.
    }

    /// First phase, at everybody else.
    fn on_said(&mut self, from: ProcessId, number: u64, text: String, fx: &mut Effects<Self>) {
        if self.pending.contains_key(&(from, number)) {
            return fx.reject(from, "a number that was used before");
        }
        let of_sender = self.pending.range((from, 0)..=(from, u64::MAX));
        if of_sender.count() as u64 >= MOST_EARLY {
            return fx.reject(from, "too many messages without an agreement");
        }
        let counter = self.propose(from, number, text).counter;
        fx.send(from, Message::Proposed { number, counter });
    }

    /// At the end of the queue.
    fn propose(&mut self, from: ProcessId, number: u64, text: String) -> Timestamp {
        let place = Timestamp { counter: self.clock.tick(), process: self.me };
        self.pending.insert((from, number), Pending { place, is_agreed: false, text });
        place
    }

    /// Second phase, at the sender: the last place of all will do for all.
    fn on_proposed(&mut self, from: ProcessId, number: u64, counter: u64, fx: &mut Effects<Self>) {
        let ballot = self.ballots.get_mut(&number);
        let Some(ballot) = ballot.filter(|ballot| ballot.awaited.contains(&from)) else {
            return fx.reject(from, "a proposal that nobody waits for");
        };
        ballot.awaited.remove(&from);
        ballot.last = ballot.last.max(Timestamp { counter, process: from });
        self.agree_if_all_have_proposed(number, fx);
    }

    fn agree_if_all_have_proposed(&mut self, number: u64, fx: &mut Effects<Self>) {
        let ballot = self.ballots.get(&number).filter(|ballot| ballot.awaited.is_empty());
        let Some(&Ballot { last: place, .. }) = ballot else { return };
        self.ballots.remove(&number);
        fx.send_all(&self.peers, Message::Agreed { number, place });
        self.settle((self.me, number), place, fx);
    }

    /// Second phase, at everybody else.
    fn on_agreed(
        &mut self,
        from: ProcessId,
        number: u64,
        place: Timestamp,
        fx: &mut Effects<Self>,
    ) {
        let pending = self.pending.get(&(from, number));
        match pending.filter(|pending| !pending.is_agreed) {
            None => fx.reject(from, "an agreement that nobody waits for"),
            Some(pending) if place < pending.place => {
                fx.reject(from, "an agreement that leaves out what was proposed here");
            }
            Some(_) => self.settle((from, number), place, fx),
        }
    }

    /// Moves the message to its place, and delivers what nothing can come before any more.
    fn settle(&mut self, id: (ProcessId, u64), place: Timestamp, fx: &mut Effects<Self>) {
        self.clock.observe(place.counter);
        if let Some(pending) = self.pending.get_mut(&id) {
            (pending.place, pending.is_agreed) = (place, true);
        }
        while let Some(id) = self.first().filter(|id| self.pending[id].is_agreed)
            && let Some(Pending { text, .. }) = self.pending.remove(&id)
        {
            fx.emit(Event::Delivered { from: id.0, text });
        }
    }

    /// Who stands first in the queue.
    fn first(&self) -> Option<(ProcessId, u64)> {
        self.pending.iter().min_by_key(|(_, pending)| pending.place).map(|(&id, _)| id)
    }
}

impl Process for Agreed {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    fn on_command(&mut self, Command::Say(text): Command, fx: &mut Effects<Self>) {
        self.say(text, fx);
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        match message {
            Message::Said { number, text } => self.on_said(from, number, text, fx),
            Message::Proposed { counter, .. }
            | Message::Agreed { place: Timestamp { counter, .. }, .. }
                if counter >= END_OF_TIME =>
            {
                fx.reject(from, "a place beyond the end of time");
            }
            Message::Proposed { number, counter } => self.on_proposed(from, number, counter, fx),
            Message::Agreed { number, place } => self.on_agreed(from, number, place, fx),
        }
    }
}

impl Member for Agreed {
    fn held_back(&self) -> usize {
        self.pending.len()
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Said { number, text } => write!(f, "{text:?}, number {number}"),
            Self::Proposed { number, counter } => write!(f, "place {counter} for number {number}"),
            Self::Agreed { number, place: Timestamp { counter, process } } => {
                write!(f, "number {number} has place {counter} of member {process}")
            }
        }
    }
}
