//! Lamport's mutual exclusion: a queue that nobody keeps and everybody has.
//!
//! L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System",
//! CACM 21(7):558–565, 1978, "Ordering the Events Totally".
//! <https://doi.org/10.1145/359545.359563>
//!
//! **Idea.** Every site keeps a copy of one queue of requests, ordered by their timestamps. You
//! may enter when your request is first in your copy *and* you have heard from everybody since
//! you made it: then no older request can still be on its way to you.
//!
//! **Assumes.** Every message arrives exactly once, and each link keeps messages in order. No
//! site crashes.
//!
//! **Guarantees.** At most one site is inside, sites enter in the order of their timestamps, and
//! an entry costs exactly `3 * (N - 1)` messages.
//!
//! | the paper's name         | here                   | why                              |
//! |--------------------------|------------------------|----------------------------------|
//! | process, resource        | site, critical section | the family's words               |
//! | `Tm:Pi requests resource` | [`Message::Request`]  |                                  |
//! | acknowledgment message   | [`Message::Reply`]     | the family's word                |
//! | `Pi releases resource`   | [`Message::Release`]   |                                  |
//! | "timestamped later than" | `heard`: a set         | whom it is true of, while we wait |
//! | the relation ⇒           | [`Timestamp`]'s order  | counters first, then sites       |
//!
//! Left out, both on purpose: the paper's footnote that spares a reply to whoever was sent
//! something later already, so that an entry always costs the same; and the request that stands
//! in all queues at the start, because here nobody begins inside.

#![no_std]

extern crate alloc;

use alloc::{collections::BTreeSet, vec::Vec};
use core::fmt;

use mutual_exclusion::{Command, Cost, Event, MutualExclusion, Phase};
use protocol::{Effects, LamportClock, Never, Process, ProcessId, Timestamp};
use serde::{Deserialize, Serialize};

/// One site: its clock, and its copy of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    /// This site's unique number; breaks ties between equal counters.
    me: ProcessId,
    /// The other `N - 1` sites. Never changes.
    peers: Vec<ProcessId>,
    phase: Phase,
    /// Counts what happens here, and is ahead of every counter that was received.
    clock: LamportClock,
    /// The requests that are known and not released, ours among them unless idle. At most one a
    /// site.
    queue: BTreeSet<Timestamp>,
    /// Who has sent something with a later timestamp than our request has. Empty unless waiting.
    heard: BTreeSet<ProcessId>,
}

/// What sites say to each other, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Message {
    /// "I am in the queue since this."
    Request {
        /// The sender's clock.
        counter: u64,
    },
    /// "I have put you into mine."
    Reply {
        /// The sender's clock.
        counter: u64,
    },
    /// "Take me out again."
    Release {
        /// The sender's clock.
        counter: u64,
    },
}

impl Message {
    /// What the sender's clock showed.
    pub fn counter(&self) -> u64 {
        let (Self::Request { counter } | Self::Reply { counter } | Self::Release { counter }) =
            *self;
        counter
    }
}

/// No clock that counts events gets here. Beyond it, a message would leave others no room to
/// count on.
const END_OF_TIME: u64 = u64::MAX / 2;

impl Site {
    /// An idle site. `peers` are all the others.
    ///
    /// # Panics
    /// When `me` is among the `peers`: it would wait to hear from itself.
    pub fn new(me: ProcessId, peers: Vec<ProcessId>) -> Self {
        assert!(!peers.contains(&me), "a site is not its own peer");
        Self {
            me,
            peers,
            phase: Phase::Idle,
            clock: LamportClock::default(),
            queue: BTreeSet::new(),
            heard: BTreeSet::new(),
        }
    }

    /// What its clock shows.
    pub fn clock(&self) -> u64 {
        self.clock.last()
    }

    /// The requests that it knows of and that are not released.
    pub fn queue(&self) -> &BTreeSet<Timestamp> {
        &self.queue
    }

    /// Who has sent something later than its request. Empty unless it waits.
    pub fn heard(&self) -> &BTreeSet<ProcessId> {
        &self.heard
    }

    /// Rule 1: ask everybody, and get in line.
    fn enter(&mut self, fx: &mut Effects<Self>) {
        assert_eq!(self.phase, Phase::Idle, "one request at a time");
        self.phase = Phase::Waiting;
        let counter = self.clock.tick();
        self.queue.insert(Timestamp { counter, process: self.me });
        fx.send_all(&self.peers, Message::Request { counter });
        self.enter_if_first(fx); // At once, when N = 1.
    }

    /// Rule 3: get out of line, and tell everybody.
    fn leave(&mut self, fx: &mut Effects<Self>) {
        assert_eq!(self.phase, Phase::Inside, "only who is inside can leave");
        self.phase = Phase::Idle;
        self.queue.retain(|request| request.process != self.me);
        let counter = self.clock.tick();
        fx.send_all(&self.peers, Message::Release { counter });
        fx.emit(Event::Left);
    }

    /// Rule 2: put it in line, and say so.
    fn on_request(&mut self, from: ProcessId, counter: u64, fx: &mut Effects<Self>) {
        if self.request_of(from).is_some() {
            return fx.reject(from, "a second request before the first was released");
        }
        self.queue.insert(Timestamp { counter, process: from });
        let counter = self.clock.tick();
        fx.send(from, Message::Reply { counter });
    }

    /// Rule 4: take it out of line.
    fn on_release(&mut self, from: ProcessId, fx: &mut Effects<Self>) {
        let Some(request) = self.request_of(from) else {
            return fx.reject(from, "a release without a request");
        };
        self.queue.remove(&request);
    }

    /// Rule 5: enter when (i) our request is the first in line, and (ii) everybody has been
    /// heard of since.
    fn enter_if_first(&mut self, fx: &mut Effects<Self>) {
        if self.phase != Phase::Waiting {
            return;
        }
        let is_first = self.queue.first().is_some_and(|first| first.process == self.me);
        if is_first && self.unheard().next().is_none() {
            self.phase = Phase::Inside;
            self.heard.clear();
            fx.emit(Event::Entered);
        }
    }

    /// Condition (ii) of rule 5, as far as one message goes.
    fn hear(&mut self, from: ProcessId, counter: u64) {
        let theirs = Timestamp { counter, process: from };
        if self.phase == Phase::Waiting && self.request_of(self.me) < Some(theirs) {
            self.heard.insert(from);
        }
    }

    fn request_of(&self, site: ProcessId) -> Option<Timestamp> {
        self.queue.iter().copied().find(|request| request.process == site)
    }

    /// Whose older request may still be on its way to us.
    fn unheard(&self) -> impl Iterator<Item = ProcessId> {
        self.peers.iter().copied().filter(|peer| !self.heard.contains(peer))
    }
}

impl Process for Site {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    /// A site that comes back has an empty queue, and would believe that it is first.
    const REJOINS: bool = false;

    fn on_command(&mut self, command: Command, fx: &mut Effects<Self>) {
        match command {
            Command::Enter => self.enter(fx),
            Command::Leave => self.leave(fx),
        }
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        let counter = message.counter();
        if counter >= END_OF_TIME {
            return fx.reject(from, "a timestamp beyond the end of time");
        }
        self.clock.observe(counter);
        self.hear(from, counter);
        match message {
            Message::Request { counter } => self.on_request(from, counter, fx),
            Message::Reply { .. } => {} // When it was sent is all that it says.
            Message::Release { .. } => self.on_release(from, fx),
        }
        self.enter_if_first(fx);
    }
}

impl MutualExclusion for Site {
    /// Once a site has received a request, its own next one is younger.
    const BYPASSES: u32 = 1;

    fn phase(&self) -> Phase {
        self.phase
    }

    /// Those who have not been heard of, and whoever is first in line.
    fn waits_for(&self) -> Vec<ProcessId> {
        if self.phase != Phase::Waiting {
            return Vec::new();
        }
        let first = self.queue.first().map(|first| first.process);
        let mut whom: BTreeSet<ProcessId> = self.unheard().collect();
        whom.extend(first.filter(|&first| first != self.me));
        whom.into_iter().collect()
    }

    fn is_request(message: &Message) -> bool {
        matches!(message, Message::Request { .. })
    }

    /// A request to, a reply from and a release to each of the others.
    fn messages_per_entry(sites: u64) -> Cost {
        Cost::Exactly(3 * (sites - 1))
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Request { counter } => write!(f, "request at {counter}"),
            Self::Reply { counter } => write!(f, "reply at {counter}"),
            Self::Release { counter } => write!(f, "release at {counter}"),
        }
    }
}
