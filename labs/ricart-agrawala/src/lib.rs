//! Ricart–Agrawala mutual exclusion: a lock without a lock server.
//!
//! G. Ricart and A. K. Agrawala, "An Optimal Algorithm for Mutual Exclusion in Computer
//! Networks", CACM 24(1):9–17, 1981. <https://doi.org/10.1145/358527.358537>
//!
//! **Idea.** To enter, ask every other site and wait for every answer. When asked, answer at
//! once, unless you are asking too and your request is older: then keep the answer until you
//! leave. Withholding an answer *is* the lock.
//!
//! **Assumes.** Every message arrives exactly once, in any order. No site crashes.
//!
//! **Guarantees.** At most one site is inside, everyone who asks gets in, and an entry costs
//! exactly `2 * (N - 1)` messages.
//!
//! | the paper's name          | here               | why                              |
//! |---------------------------|--------------------|----------------------------------|
//! | `Outstanding_Reply_Count` | `awaited`: a list  | a reply counts once, from its sender |
//! | `Reply_Deferred[1:N]`     | `deferred`: a set  | shows only who waits             |
//! | `WAITFOR(… = 0)`          | [`Event::Entered`] | a handler never blocks           |
//! | `Shared_vars` (semaphore) | `&mut self`        | handlers run one at a time       |

#![no_std]

extern crate alloc;

use alloc::{collections::BTreeSet, vec::Vec};
use core::{fmt, mem};

use mutual_exclusion::{Command, Cost, Event, MutualExclusion, Phase};
use protocol::{Effects, Never, Process, ProcessId};
use serde::{Deserialize, Serialize};

/// One site: the paper's shared database, field by field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    /// This site's unique number; breaks ties between equal sequence numbers.
    me: ProcessId,
    /// The other `N - 1` sites. Never changes.
    peers: Vec<ProcessId>,
    phase: Phase,
    /// How old our request is: lower is older. Meaningful only while not idle.
    our_sequence_number: u64,
    /// The highest sequence number in any request seen.
    highest_sequence_number: u64,
    /// Whose reply is still missing, in the order of `peers`. Empty unless waiting.
    awaited: Vec<ProcessId>,
    /// Who waits for our reply. Empty while idle.
    deferred: BTreeSet<ProcessId>,
}

/// What sites say to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Message {
    /// "May I enter?"
    Request {
        /// How old the request is: lower is older.
        sequence_number: u64,
    },
    /// "As far as I am concerned, yes."
    Reply,
}

impl Site {
    /// An idle site that has seen no request yet. `peers` are all the others.
    ///
    /// # Panics
    /// When `me` is among the `peers`: it would wait for its own reply.
    pub fn new(me: ProcessId, peers: Vec<ProcessId>) -> Self {
        Self::having_seen(0, me, peers)
    }

    /// An idle site that takes up where an exercise has it: a request with
    /// `highest_sequence_number` is the youngest that it has seen.
    ///
    /// # Panics
    /// When `me` is among the `peers`.
    pub fn having_seen(highest_sequence_number: u64, me: ProcessId, peers: Vec<ProcessId>) -> Self {
        assert!(!peers.contains(&me), "a site is not its own peer");
        Self {
            me,
            peers,
            phase: Phase::Idle,
            our_sequence_number: 0,
            highest_sequence_number,
            awaited: Vec::new(),
            deferred: BTreeSet::new(),
        }
    }

    /// The paper's first process, up to its `WAITFOR`: ask everybody.
    fn enter(&mut self, fx: &mut Effects<Self>) {
        assert_eq!(self.phase, Phase::Idle, "one request at a time");
        self.phase = Phase::Waiting;
        self.our_sequence_number = self.highest_sequence_number + 1;
        self.awaited.clone_from(&self.peers);
        fx.send_all(&self.peers, Message::Request { sequence_number: self.our_sequence_number });
        self.enter_when_all_replied(fx); // At once, when N = 1.
    }

    /// The paper's first process, after the critical section: hand out the replies we kept.
    fn leave(&mut self, fx: &mut Effects<Self>) {
        assert_eq!(self.phase, Phase::Inside, "only who is inside can leave");
        self.phase = Phase::Idle;
        for site in mem::take(&mut self.deferred) {
            fx.send(site, Message::Reply);
        }
        fx.emit(Event::Left);
    }

    /// The paper's second process: reply now or later? The heart of the algorithm.
    fn on_request(&mut self, from: ProcessId, sequence_number: u64, fx: &mut Effects<Self>) {
        if sequence_number == u64::MAX {
            return fx.reject(from, "a number that nobody can follow");
        }
        self.highest_sequence_number = self.highest_sequence_number.max(sequence_number);
        let ours_is_older = (self.our_sequence_number, self.me) < (sequence_number, from);
        match self.phase {
            Phase::Waiting | Phase::Inside if ours_is_older => {
                if !self.deferred.insert(from) {
                    fx.reject(from, "a second request before the first was answered");
                }
            }
            // Whoever is older withholds its reply until it has left, so we could not be inside.
            Phase::Inside => fx.reject(from, "a request older than the one that all have granted"),
            Phase::Idle | Phase::Waiting => fx.send(from, Message::Reply),
        }
    }

    /// The paper's third process: enter on the last reply.
    fn on_reply(&mut self, from: ProcessId, fx: &mut Effects<Self>) {
        let Some(i) = self.awaited.iter().position(|&site| site == from) else {
            return fx.reject(from, "a reply that nobody waits for");
        };
        self.awaited.remove(i);
        self.enter_when_all_replied(fx);
    }

    fn enter_when_all_replied(&mut self, fx: &mut Effects<Self>) {
        if self.awaited.is_empty() {
            self.phase = Phase::Inside;
            fx.emit(Event::Entered);
        }
    }
}

impl Process for Site {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    fn on_command(&mut self, command: Command, fx: &mut Effects<Self>) {
        match command {
            Command::Enter => self.enter(fx),
            Command::Leave => self.leave(fx),
        }
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        match message {
            Message::Request { sequence_number } => self.on_request(from, sequence_number, fx),
            Message::Reply => self.on_reply(from, fx),
        }
    }
}

impl MutualExclusion for Site {
    /// Once a site has received a request, its own next one is younger, and has to wait.
    const BYPASSES: u32 = 1;

    fn phase(&self) -> Phase {
        self.phase
    }

    fn waits_for(&self) -> Vec<ProcessId> {
        self.awaited.clone()
    }

    fn is_request(message: &Message) -> bool {
        matches!(message, Message::Request { .. })
    }

    /// A request to, and a reply from, each of the others.
    fn messages_per_entry(sites: u64) -> Cost {
        Cost::Exactly(2 * (sites - 1))
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Request { sequence_number } => write!(f, "request {sequence_number}"),
            Self::Reply => f.write_str("reply"),
        }
    }
}
