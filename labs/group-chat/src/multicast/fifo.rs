//! FIFO order: what a member says is delivered everywhere in the order in which it said it.
//!
//! **Idea.** A member numbers what it says. Whoever has had its number 1 and now gets number 3
//! holds 3 back until 2 has come.
//!
//! **Assumes.** Every message arrives exactly once, in any order, but not after more than
//! [`MOST_EARLY`] later ones of its sender. No member crashes.
//!
//! **Guarantees.** Messages of one member are delivered in order. Of those of two members nothing
//! is said: the answer may come before the question.
//!
//! **Costs** N − 1 messages for each that is said.
//!
//! [`MOST_EARLY`]: crate::multicast::MOST_EARLY

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::fmt;

use protocol::{Effects, Never, Process, ProcessId};
use serde::{Deserialize, Serialize};

use crate::multicast::{Command, Event, Member, admit};

/// One member.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fifo {
    me: ProcessId,
    /// The other N − 1 members. Never changes.
    peers: Vec<ProcessId>,
    /// How many messages of each have been delivered here: all up to that number.
    delivered: BTreeMap<ProcessId, u64>,
    /// What has arrived too early, by sender and number. None is the next of its sender.
    early: BTreeMap<(ProcessId, u64), String>,
}

/// What a member says to the others.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Message {
    /// Which of its sender's messages it is, from 1.
    pub number: u64,
    /// What is said.
    pub text: String,
}

impl Fifo {
    /// A member that nobody has said anything to. `peers` are all the others.
    pub fn new(me: ProcessId, peers: Vec<ProcessId>) -> Self {
        Self { me, peers, delivered: BTreeMap::new(), early: BTreeMap::new() }
    }

    /// A member's own messages are delivered at once, and so they are numbered by that.
    fn say(&mut self, text: String, fx: &mut Effects<Self>) {
        self.deliver(self.me, text.clone(), fx);
        fx.send_all(&self.peers, Message { number: self.delivered(self.me), text });
    }

    /// What is next of its sender is delivered, and then what has waited for it.
    fn on_said(&mut self, from: ProcessId, number: u64, text: String, fx: &mut Effects<Self>) {
        let is_held_back = self.early.contains_key(&(from, number));
        if let Err(why) = admit(number, self.delivered(from), is_held_back) {
            return fx.reject(from, why);
        }
        self.early.insert((from, number), text);
        while let Some(text) = self.early.remove(&(from, self.delivered(from) + 1)) {
            self.deliver(from, text, fx);
        }
    }

    fn deliver(&mut self, from: ProcessId, text: String, fx: &mut Effects<Self>) {
        *self.delivered.entry(from).or_default() += 1;
        fx.emit(Event::Delivered { from, text });
    }

    fn delivered(&self, from: ProcessId) -> u64 {
        self.delivered.get(&from).copied().unwrap_or(0)
    }
}

impl Process for Fifo {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    fn on_command(&mut self, Command::Say(text): Command, fx: &mut Effects<Self>) {
        self.say(text, fx);
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        let Message { number, text } = message;
        self.on_said(from, number, text, fx);
    }
}

impl Member for Fifo {
    fn held_back(&self) -> usize {
        self.early.len()
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}, number {}", self.text, self.number)
    }
}
