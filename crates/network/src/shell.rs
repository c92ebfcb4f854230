//! The shell: everything around the process, which its effects act upon.

use std::{borrow::Cow, collections::VecDeque, rc::Rc, time::Duration};

use protocol::{Effect, EffectOf, Fate, Monitor, Process, ProcessId};
use tokio::time::Instant;
use tracing::warn;
use wire::{frame, hello::legible};

use crate::{
    config::Config,
    connection::Link,
    news::{News, Reason},
    node::Networked,
    notice::{Notice, Notices},
    packet::Packet,
    peer::{Peer, State},
    timers::Timers,
};

/// Everything around a process: what its effects act upon.
pub(crate) struct Shell<P: Process> {
    pub(crate) config: Rc<Config>,
    started: Instant,
    pub(crate) monitor: Box<dyn Monitor<P>>,
    /// Process `i` at index `i`. Nothing ever happens to our own entry.
    pub(crate) peers: Vec<Peer>,
    /// Whose links went down without our process having been told so far.
    pub(crate) fallen: VecDeque<ProcessId>,
    pub(crate) timers: Timers<P::Timer>,
    pub(crate) notices: Notices<P::Event>,
    /// What peers are told when they come up, once we have said farewell.
    pub(crate) farewell: Option<u64>,
    pub(crate) news: News,
}

impl<P: Networked> Shell<P> {
    pub(crate) fn new(config: Rc<Config>, monitor: Box<dyn Monitor<P>>) -> Self {
        Self {
            started: Instant::now(),
            monitor,
            peers: config.addresses.iter().map(|_| Peer::new()).collect(),
            fallen: VecDeque::new(),
            timers: Timers::new(),
            notices: Notices::new(),
            farewell: None,
            news: News::default(),
            config,
        }
    }

    /// The time since the start, which is the process's own.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn perform(&mut self, now: Duration, effect: EffectOf<P>) {
        self.monitor.on_effect(now, self.config.me, &effect);
        match effect {
            Effect::Send { to, message } => self.send(now, to, &message),
            Effect::Emit(event) => self.notices.push(Notice::Event(event)),
            Effect::SetTimer { timer, after } => self.timers.set(timer, now.saturating_add(after)),
            Effect::CancelTimer(timer) => self.timers.cancel(&timer),
            Effect::Close(peer) => self.close(peer),
            Effect::Reject { peer, why } => self.reject(peer, why),
        }
    }

    fn send(&mut self, now: Duration, to: ProcessId, message: &P::Message) {
        let me = self.config.me;
        assert!(
            to != me && to.0 < self.config.size(),
            "process {me} of {} sends to process {to}: a process sends to its peers",
            self.config.size()
        );
        if let State::Down = self.peers[to.index()].state {
            self.monitor.on_fate(now, me, to, message, Fate::Cut);
        } else {
            self.put(to, &Packet::Message(message));
        }
    }

    /// Has a packet sent with the others of this turn, or wait for its peer to come up.
    pub(crate) fn put(&mut self, to: ProcessId, packet: &Packet<&P::Message>) {
        let limits = self.config.limits;
        let state = &mut self.peers[to.index()].state;
        let (State::Awaited { queue: out } | State::Up(Link { out, .. })) = state else {
            return;
        };
        if let Err(error) = frame::encode(packet, limits.frame, out) {
            return self.cut(to, format!("it was to be sent {error}"));
        }
        if out.len() <= limits.outbound {
            return;
        }
        if let State::Up(link) = state {
            link.flush();
            if link.out.len() <= limits.outbound {
                return;
            }
        }
        self.cut(to, format!("too slow: more than {} bytes wait for it", limits.outbound));
    }

    /// Writes what this turn has brought, to each peer all of it at once.
    pub(crate) fn flush(&mut self) {
        for peer in &mut self.peers {
            if let State::Up(link) = &mut peer.state {
                link.flush();
            }
        }
    }

    /// Has it written once the application waits.
    pub(crate) fn flush_soon(&self) {
        for peer in &self.peers {
            if let State::Up(link) = &peer.state {
                link.flush_soon();
            }
        }
    }

    fn close(&mut self, id: ProcessId) {
        if let Some(link) = self.peers[id.index()].take_link() {
            self.fallen.push_back(id);
            link.end();
        }
    }

    pub(crate) fn reject(&mut self, id: ProcessId, why: Cow<'static, str>) {
        warn!("rejected what process {id} did: {why}");
        if let State::Up(_) = self.peers[id.index()].state {
            self.put(id, &Packet::Refused { why: legible(&why) });
            self.close(id);
        }
        self.peers[id.index()].reject(&why);
        self.notices.push(Notice::Rejected { peer: id, why: why.into_owned() });
    }

    /// Gives up a link, or the queue for a peer that has not been up.
    pub(crate) fn cut(&mut self, id: ProcessId, why: String) {
        warn!("cut the link to process {id}: {why}");
        self.fall(id);
        self.peers[id.index()].state = State::Down;
        self.notices.push(Notice::Cut { peer: id, why });
    }

    /// Drops a link, if it is up.
    pub(crate) fn fall(&mut self, id: ProcessId) {
        if self.peers[id.index()].take_link().is_some() {
            self.fallen.push_back(id);
        }
    }

    /// A peer, or whoever sits where it should, does not want to talk to us.
    pub(crate) fn refused_by(&mut self, peer: ProcessId, why: String, proven: bool) {
        let addr = self.config.addresses[peer.index()];
        let (reason, line) = if proven {
            (Reason::Peer(peer, why.clone()), format!("process {peer} turned us away: {why}"))
        } else {
            let line = format!("{addr}, where process {peer} should be, turned us away: {why}");
            (Reason::Seat(peer, why.clone()), line)
        };
        if self.news.log(reason, &line) {
            self.notices.push(Notice::RefusedBy { peer, why, proven });
        }
    }
}
