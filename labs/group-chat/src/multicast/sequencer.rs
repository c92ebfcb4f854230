//! Total order by a sequencer: one member numbers what all say.
//!
//! M. F. Kaashoek, A. S. Tanenbaum, S. Flynn Hummel and H. E. Bal, "An Efficient Reliable Broadcast
//! Protocol", ACM SIGOPS Operating Systems Review 23(4):5–19, 1989.
//! <https://doi.org/10.1145/70730.70732>
//!
//! **Idea.** What a member wants to say it sends to the sequencer alone, which numbers it and sends
//! it to everybody. All deliver by number, the author too: it hears its own words when their turn
//! has come.
//!
//! **Assumes.** Every message arrives exactly once, in any order, but not after more than
//! [`MOST_EARLY`] later ones of its sender. No member crashes: without the sequencer, nobody is
//! heard.
//!
//! **Guarantees.** Total order. Causal order as well, because a member waits for its own message
//! before it sends the next one: then whatever it knows when it speaks, by its own mouth or by what
//! it has delivered, has a number already, and its next message gets a larger one. Without that
//! wait, two messages of one member could overtake each other on the way to the sequencer.
//!
//! **Costs** N messages for each that is said, and N − 1 if the sequencer says it.
//!
//! | the paper's                              | here                    | why                     |
//! |------------------------------------------|-------------------------|-------------------------|
//! | kernel, user process                     | member, application     | the words of this lab   |
//! | `broadcast` blocks its caller            | `unsaid`: a queue       | a handler never blocks  |
//! | one multicast to all, by the hardware    | N − 1 messages          | links join two members  |
//! | history buffer, requests for what was lost | nothing               | links lose nothing      |
//!
//! [`MOST_EARLY`]: crate::multicast::MOST_EARLY

use alloc::{
    collections::{BTreeMap, VecDeque},
    string::String,
    vec::Vec,
};
use core::fmt;

use protocol::{Effects, Never, Process, ProcessId};
use serde::{Deserialize, Serialize};

use crate::multicast::{Command, Event, Member, admit};

/// One member, be it the sequencer or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sequencer {
    me: ProcessId,
    /// The other N − 1 members. Never changes.
    peers: Vec<ProcessId>,
    /// Who numbers: the member with the smallest name, so that all know it.
    sequencer: ProcessId,
    /// The last number that was given. Stays 0 but at the sequencer.
    numbered: u64,
    /// The number of the last message that has been delivered here: all up to it have been.
    delivered: u64,
    /// What has arrived too early, by number, and whose it is. The next number is not among them.
    early: BTreeMap<u64, (ProcessId, String)>,
    /// What the application here wants to say and has not been delivered here. The first is on its
    /// way; the others have not been sent.
    unsaid: VecDeque<String>,
}

/// What members say to each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Message {
    /// To the sequencer: "tell everybody".
    Request {
        /// What is said.
        text: String,
    },
    /// From the sequencer.
    Numbered {
        /// Its place among all messages, from 1.
        number: u64,
        /// Who said it.
        from: ProcessId,
        /// What is said.
        text: String,
    },
}

impl Sequencer {
    /// A member that nobody has said anything to. `peers` are all the others.
    pub fn new(me: ProcessId, peers: Vec<ProcessId>) -> Self {
        let sequencer = peers.iter().copied().fold(me, ProcessId::min);
        let (early, unsaid) = Default::default();
        Self { me, peers, sequencer, numbered: 0, delivered: 0, early, unsaid }
    }

    /// One at a time.
    fn say(&mut self, text: String, fx: &mut Effects<Self>) {
        self.unsaid.push_back(text.clone());
        let nothing_is_on_its_way = self.unsaid.len() == 1;
        if nothing_is_on_its_way {
            self.request(text, fx);
        }
    }

    fn request(&mut self, text: String, fx: &mut Effects<Self>) {
        if self.me == self.sequencer {
            self.number(self.me, text, fx);
        } else {
            fx.send(self.sequencer, Message::Request { text });
        }
    }

    /// What only the sequencer does: first come, first numbered.
    fn number(&mut self, from: ProcessId, text: String, fx: &mut Effects<Self>) {
        self.numbered += 1;
        let number = self.numbered;
        fx.send_all(&self.peers, Message::Numbered { number, from, text: text.clone() });
        self.deliver_in_turn(number, from, text, fx);
    }

    fn on_request(&mut self, from: ProcessId, text: String, fx: &mut Effects<Self>) {
        if self.me != self.sequencer {
            return fx.reject(from, "a request, which is for the sequencer alone");
        }
        self.number(from, text, fx);
    }

    fn on_numbered(
        &mut self,
        by: ProcessId,
        number: u64,
        from: ProcessId,
        text: String,
        fx: &mut Effects<Self>,
    ) {
        if by != self.sequencer {
            return fx.reject(by, "a number, which the sequencer alone gives");
        }
        if let Err(why) = admit(number, self.delivered, self.early.contains_key(&number)) {
            return fx.reject(by, why);
        }
        if from == self.me && self.unsaid.front() != Some(&text) {
            return fx.reject(by, "a number for what was not said");
        }
        self.deliver_in_turn(number, from, text, fx);
    }

    /// What is next is delivered, and then what has waited for it.
    fn deliver_in_turn(
        &mut self,
        number: u64,
        from: ProcessId,
        text: String,
        fx: &mut Effects<Self>,
    ) {
        self.early.insert(number, (from, text));
        while let Some((from, text)) = self.early.remove(&(self.delivered + 1)) {
            self.delivered += 1;
            fx.emit(Event::Delivered { from, text });
            if from == self.me {
                self.say_next(fx);
            }
        }
    }

    /// Our last message has come back: now for the next one.
    fn say_next(&mut self, fx: &mut Effects<Self>) {
        self.unsaid.pop_front();
        if let Some(text) = self.unsaid.front().cloned() {
            self.request(text, fx);
        }
    }
}

impl Process for Sequencer {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    fn on_command(&mut self, Command::Say(text): Command, fx: &mut Effects<Self>) {
        self.say(text, fx);
    }

    fn on_message(&mut self, by: ProcessId, message: Message, fx: &mut Effects<Self>) {
        match message {
            Message::Request { text } => self.on_request(by, text, fx),
            Message::Numbered { number, from, text } => {
                self.on_numbered(by, number, from, text, fx);
            }
        }
    }
}

impl Member for Sequencer {
    fn held_back(&self) -> usize {
        self.early.len()
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Request { text } => write!(f, "please number {text:?}"),
            Self::Numbered { number, from, text } => {
                write!(f, "number {number} is {text:?} of member {from}")
            }
        }
    }
}
