//! Ricart–Agrawala with one thought left out.

use std::{collections::BTreeSet, fmt, mem};

use mutual_exclusion::{Command, Cost, Event, MutualExclusion, Phase};
use protocol::{Effects, Never, Process, ProcessId};

/// What was not thought of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Of two requests with one number, neither is older.
    NoTieBreak,
    /// Replies are counted, whoever sent them.
    CountsReplies,
}

pub(crate) struct Site {
    flaw: Flaw,
    me: ProcessId,
    peers: Vec<ProcessId>,
    phase: Phase,
    ours: u64,
    highest: u64,
    /// How many replies are still to come.
    missing: usize,
    deferred: BTreeSet<ProcessId>,
}

#[derive(Clone, PartialEq)]
pub(crate) enum Message {
    Request(u64),
    Reply,
}

impl Site {
    pub(crate) fn new(flaw: Flaw, me: ProcessId, size: u32) -> Self {
        let (phase, deferred) = (Phase::Idle, BTreeSet::new());
        Self { flaw, me, peers: me.peers(size), phase, ours: 0, highest: 0, missing: 0, deferred }
    }
}

impl Process for Site {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    fn on_command(&mut self, command: Command, fx: &mut Effects<Self>) {
        match command {
            Command::Enter => {
                assert_eq!(self.phase, Phase::Idle, "one request at a time");
                self.phase = Phase::Waiting;
                self.ours = self.highest + 1;
                self.missing = self.peers.len();
                fx.send_all(&self.peers, Message::Request(self.ours));
            }
            Command::Leave => {
                self.phase = Phase::Idle;
                for site in mem::take(&mut self.deferred) {
                    fx.send(site, Message::Reply);
                }
                fx.emit(Event::Left);
            }
        }
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        match message {
            Message::Request(theirs) => {
                self.highest = self.highest.max(theirs);
                let breaks_ties = self.flaw != Flaw::NoTieBreak;
                let ours_is_older =
                    self.ours < theirs || breaks_ties && self.ours == theirs && self.me < from;
                if self.phase != Phase::Idle && ours_is_older {
                    self.deferred.insert(from);
                } else {
                    fx.send(from, Message::Reply);
                }
            }
            Message::Reply => {
                self.missing = self.missing.saturating_sub(1);
                if self.missing == 0 && self.phase == Phase::Waiting {
                    self.phase = Phase::Inside;
                    fx.emit(Event::Entered);
                }
            }
        }
    }
}

impl MutualExclusion for Site {
    const BYPASSES: u32 = 1;

    fn phase(&self) -> Phase {
        self.phase
    }

    fn waits_for(&self) -> Vec<ProcessId> {
        Vec::new()
    }

    fn is_request(message: &Message) -> bool {
        matches!(message, Message::Request(_))
    }

    fn messages_per_entry(sites: u64) -> Cost {
        Cost::Exactly(2 * (sites - 1))
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Request(number) => write!(f, "request {number}"),
            Self::Reply => f.write_str("reply"),
        }
    }
}
