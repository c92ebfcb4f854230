//! Causal order: nothing is delivered before what may have led to it.
//!
//! K. Birman, A. Schiper and P. Stephenson, "Lightweight Causal and Atomic Group Multicast", ACM
//! TOCS 9(3):272–314, 1991, the protocol CBCAST for a single group.
//! <https://doi.org/10.1145/128738.128742>
//!
//! **Idea.** A message says how many messages of each member its sender had delivered when it was
//! said. Whoever has delivered fewer of any of them waits: an answer brings along what it is an
//! answer to, if not the words, then how many there were.
//!
//! **Assumes.** Every message arrives exactly once, in any order, but not after more than
//! [`MOST_EARLY`] later ones of its sender. No member crashes.
//!
//! **Guarantees.** Causal order, and so FIFO order. Messages of which neither may have led to the
//! other are delivered in any order, and not everywhere in the same.
//!
//! **Costs** N − 1 messages for each that is said, each with N numbers. Nobody waits for anybody's
//! leave: a member delivers its own at once.
//!
//! | the paper's name                | here             | why                                      |
//! |---------------------------------|------------------|------------------------------------------|
//! | process `p_i`, `send`           | member, `say`    | the words of this lab                    |
//! | `VT(p_i)`                       | `delivered`      | that is what it counts: one's own are delivered at once |
//! | `VT(m)`                         | [`Message::clock`] |                                        |
//! | `VT(p_j)` becomes the larger of both, entry by entry | one tick of the sender's entry | no other entry of `VT(m)` is larger then |
//!
//! [`MOST_EARLY`]: crate::multicast::MOST_EARLY

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::fmt;

use protocol::{Effects, Never, Process, ProcessId, VectorClock};
use serde::{Deserialize, Serialize};

use crate::multicast::{Command, Event, Member, admit};

/// One member.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Causal {
    me: ProcessId,
    /// The other N − 1 members. Never changes.
    peers: Vec<ProcessId>,
    /// How many messages of each have been delivered here: all up to that number.
    delivered: VectorClock,
    /// What has arrived too early, by sender and number. Each waits for another to be delivered.
    early: BTreeMap<(ProcessId, u64), Message>,
}

/// What a member says to the others.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Message {
    /// How many messages of each its sender had delivered when it had delivered this one.
    pub clock: VectorClock,
    /// What is said.
    pub text: String,
}

impl Causal {
    /// A member that nobody has said anything to. `peers` are all the others.
    pub fn new(me: ProcessId, peers: Vec<ProcessId>) -> Self {
        Self { me, peers, delivered: VectorClock::default(), early: BTreeMap::new() }
    }

    /// The paper's first rule: count it, and say what it comes after.
    fn say(&mut self, text: String, fx: &mut Effects<Self>) {
        self.deliver(self.me, text.clone(), fx);
        fx.send_all(&self.peers, Message { clock: self.delivered.clone(), text });
    }

    /// The paper's second rule: hold it back until all that it comes after has been delivered.
    fn on_said(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        let number = message.clock.of(from);
        let is_held_back = self.early.contains_key(&(from, number));
        if let Err(why) = admit(number, self.delivered.of(from), is_held_back) {
            return fx.reject(from, why);
        }
        if message.clock.of(self.me) > self.delivered.of(self.me) {
            return fx.reject(from, "an answer to what was not said");
        }
        self.early.insert((from, number), message);
        while let Some((from, number)) = self.next() {
            if let Some(message) = self.early.remove(&(from, number)) {
                self.deliver(from, message.text, fx);
            }
        }
    }

    /// One that has been held back for long enough.
    fn next(&self) -> Option<(ProcessId, u64)> {
        let mut early = self.early.iter();
        early.find(|((from, _), message)| self.is_next(*from, &message.clock)).map(|(&id, _)| id)
    }

    fn is_next(&self, from: ProcessId, clock: &VectorClock) -> bool {
        let is_next_of_its_sender = clock.of(from) == self.delivered.of(from) + 1;
        let mut others = self.peers.iter().filter(|&&peer| peer != from);
        let has_what_it_comes_after =
            others.all(|&other| clock.of(other) <= self.delivered.of(other));
        is_next_of_its_sender && has_what_it_comes_after
    }

    /// The paper's third rule.
    fn deliver(&mut self, from: ProcessId, text: String, fx: &mut Effects<Self>) {
        self.delivered.tick(from);
        fx.emit(Event::Delivered { from, text });
    }
}

impl Process for Causal {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    fn on_command(&mut self, Command::Say(text): Command, fx: &mut Effects<Self>) {
        self.say(text, fx);
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        self.on_said(from, message, fx);
    }
}

impl Member for Causal {
    fn held_back(&self) -> usize {
        self.early.len()
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}, clock {}", self.text, self.clock)
    }
}
