//! Suzuki–Kasami mutual exclusion: whoever has the token is the one.
//!
//! I. Suzuki and T. Kasami, "A Distributed Mutual Exclusion Algorithm", ACM TOCS 3(4):344–349,
//! 1985. <https://doi.org/10.1145/6110.214406>
//!
//! **Idea.** There is one token, and who holds it may enter. To get it, tell everybody that you
//! want it, and for which time. The token carries, for each site, the last of its requests that
//! was granted; comparing that with what it has heard, the holder knows who still wants it, and
//! sends it on.
//!
//! **Assumes.** Every message arrives exactly once, in any order. No site crashes.
//!
//! **Guarantees.** At most one site is inside, everyone who asks gets in, and an entry costs
//! nothing if the token is at hand, and `N` messages otherwise.
//!
//! | the paper's name   | here               | why                                             |
//! |--------------------|--------------------|-------------------------------------------------|
//! | node               | site               | the family's word                               |
//! | `RN[1..N]`         | `requested`        | the highest number heard of, by site            |
//! | `LN[1..N]`         | `last_granted`     | on the token: the last request that was granted |
//! | `Q`                | `queue`            | on the token: who is next                       |
//! | `PRIVILEGE(Q, LN)` | [`Message::Token`] | the course's word                               |
//! | `HavePrivilege`    | `token.is_some()`  | the token is a value: whoever sends it has none |
//! | `Requesting`       | [`Phase`]          | it also says whether the wait is over           |
//! | before any request | no entry           | counting begins at 1, as the course has it      |
//!
//! Two choices are the course's. A site's number grows at every request; in the paper P1 counts
//! only those for which it has to send for the token. (Nobody is misled by a number that was
//! never sent: the token has it in LN.) And who leaves puts those who wait into the queue from 0
//! to N − 1; the paper goes through the set of all nodes, and names no order.

#![no_std]

extern crate alloc;

use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec::Vec,
};
use core::fmt;

use mutual_exclusion::{Command, Cost, Event, MutualExclusion, Phase};
use protocol::{Effects, Never, Process, ProcessId};
use serde::{Deserialize, Serialize};

/// One site: what it has heard of the others, and the token, if it is here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    /// This site's unique number.
    me: ProcessId,
    /// The other `N - 1` sites, in the order in which they are served. Never changes.
    peers: Vec<ProcessId>,
    phase: Phase,
    /// The highest number of a request that is known of each site. Nobody is in it who has not
    /// asked.
    requested: BTreeMap<ProcessId, u64>,
    /// Here, and at no other site, while it is not on its way. Always here while inside.
    token: Option<Token>,
}

/// The right to enter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Token {
    /// Who will have it next, and after that. Nobody stands in it twice.
    queue: VecDeque<ProcessId>,
    /// The number of the last request of each site that was granted. Nobody is in it who was
    /// never inside.
    last_granted: BTreeMap<ProcessId, u64>,
}

/// What sites say to each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Message {
    /// "I want the token, for this time."
    Request {
        /// How often the sender has asked, this time included.
        sequence_number: u64,
    },
    /// The token itself.
    Token(Token),
}

impl Site {
    /// An idle site. `peers` are all the others. Exactly one site of the system `has_token`.
    ///
    /// # Panics
    /// When `me` is among the `peers`: it would send the token to itself.
    pub fn new(me: ProcessId, peers: Vec<ProcessId>, has_token: bool) -> Self {
        assert!(!peers.contains(&me), "a site is not its own peer");
        let token = has_token.then(Token::default);
        Self { me, peers, phase: Phase::Idle, requested: BTreeMap::new(), token }
    }

    /// Whether the token is here.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// The paper's P1, up to its critical section.
    fn enter(&mut self, fx: &mut Effects<Self>) {
        assert_eq!(self.phase, Phase::Idle, "one request at a time");
        self.phase = Phase::Waiting;
        let sequence_number = self.requested.entry(self.me).or_default();
        *sequence_number += 1;
        if self.token.is_some() {
            return self.go_inside(fx);
        }
        let request = Message::Request { sequence_number: *sequence_number };
        fx.send_all(&self.peers, request);
    }

    /// P1, after the critical section: note that our request was granted, see who has asked
    /// meanwhile, and send the token to whoever is next.
    fn leave(&mut self, fx: &mut Effects<Self>) {
        assert_eq!(self.phase, Phase::Inside, "only who is inside can leave");
        self.phase = Phase::Idle;
        fx.emit(Event::Left);
        let mut token = self.token.take().expect("whoever is inside has the token");
        token.last_granted.insert(self.me, number(&self.requested, self.me));
        for &site in &self.peers {
            if is_owed(&self.requested, site, &token) && !token.queue.contains(&site) {
                token.queue.push_back(site);
            }
        }
        match token.queue.pop_front() {
            Some(next) => fx.send(next, Message::Token(token)),
            None => self.token = Some(token),
        }
    }

    /// The paper's P2: remember it, and if the token lies here unused, let it have it.
    fn on_request(&mut self, from: ProcessId, sequence_number: u64, fx: &mut Effects<Self>) {
        let known = self.requested.entry(from).or_default();
        *known = sequence_number.max(*known);
        if self.phase == Phase::Idle
            && let Some(token) = self.token.take_if(|token| is_owed(&self.requested, from, token))
        {
            fx.send(from, Message::Token(token));
        }
    }

    /// P1, where its wait is over.
    fn on_token(&mut self, from: ProcessId, token: Token, fx: &mut Effects<Self>) {
        if self.token.is_some() {
            return fx.reject(from, "a second token");
        }
        if self.phase != Phase::Waiting {
            return fx.reject(from, "a token for which nobody asked");
        }
        if token.last_granted.values().any(|&number| number == u64::MAX) {
            return fx.reject(from, "a token with a number that nobody can follow");
        }
        if !self.knows_all_on(&token) {
            return fx.reject(from, "a token that names a stranger, or somebody twice");
        }
        // Nobody but us writes our number on it, and we have asked once since we did.
        if !is_owed(&self.requested, self.me, &token) {
            return fx.reject(from, "a token that is not for this request");
        }
        self.token = Some(token);
        self.go_inside(fx);
    }

    /// Whether those on the token are of this system, and those in its queue others than us, and
    /// nobody twice.
    fn knows_all_on(&self, token: &Token) -> bool {
        let is_peer = |site: &ProcessId| self.peers.contains(site);
        let queued: BTreeSet<ProcessId> = token.queue.iter().copied().collect();
        queued.len() == token.queue.len()
            && queued.iter().all(is_peer)
            && token.last_granted.keys().all(|site| *site == self.me || is_peer(site))
    }

    fn go_inside(&mut self, fx: &mut Effects<Self>) {
        self.phase = Phase::Inside;
        fx.emit(Event::Entered);
    }
}

/// Whether the last request of `site` that is known has not been granted.
fn is_owed(requested: &BTreeMap<ProcessId, u64>, site: ProcessId, token: &Token) -> bool {
    number(requested, site) == number(&token.last_granted, site) + 1
}

fn number(numbers: &BTreeMap<ProcessId, u64>, site: ProcessId) -> u64 {
    numbers.get(&site).copied().unwrap_or(0)
}

impl Process for Site {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    /// A site that comes back may have died with the token, or would be taken for its old self.
    const REJOINS: bool = false;

    fn on_command(&mut self, command: Command, fx: &mut Effects<Self>) {
        match command {
            Command::Enter => self.enter(fx),
            Command::Leave => self.leave(fx),
        }
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        match message {
            Message::Request { sequence_number } => self.on_request(from, sequence_number, fx),
            Message::Token(token) => self.on_token(from, token, fx),
        }
    }
}

impl MutualExclusion for Site {
    /// Whoever leaves puts every site that it has heard of into the queue, and nobody in it can
    /// be overtaken.
    const BYPASSES: u32 = 1;

    fn phase(&self) -> Phase {
        self.phase
    }

    /// It can't know where the token is.
    fn waits_for(&self) -> Vec<ProcessId> {
        Vec::new()
    }

    fn is_request(message: &Message) -> bool {
        matches!(message, Message::Request { .. })
    }

    /// A request to each of the others, and the token; nothing, if it is at hand.
    fn messages_per_entry(sites: u64) -> Cost {
        Cost::NothingOr(sites)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Request { sequence_number } => write!(f, "request {sequence_number}"),
            Self::Token(token) if token.queue.is_empty() => f.write_str("the token"),
            Self::Token(token) => {
                f.write_str("the token, next")?;
                token.queue.iter().try_for_each(|site| write!(f, " {site}"))
            }
        }
    }
}
