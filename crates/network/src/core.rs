//! The core: steps the process and does what it says.
//!
//! Nothing in here waits, and nothing in here is called while it is at work.

use std::{
    borrow::Cow,
    collections::{BTreeSet, VecDeque},
    net::IpAddr,
    rc::Rc,
    time::Duration,
};

use bytes::BytesMut;
use protocol::{Effect, EffectOf, Fate, Input, InputOf, Link, Monitor, Outbox, Process, ProcessId};
use tokio::{net::TcpStream, time::Instant};
use tracing::{info, warn};
use wire::{
    frame::{self, FrameError, Splitter},
    hello::{Hello, legible},
};

use crate::{
    config::Config,
    connection::{self, Connection},
    node::Networked,
    notice::{Notice, Notices},
    packet::Packet,
    peer::{Peer, State},
    timers::Timers,
};

/// How many reasons are remembered, so as not to tell them again.
const REASONS: usize = 100;

/// A process, and everything around it.
pub(crate) struct Core<P: Process> {
    pub(crate) process: P,
    pub(crate) shell: Shell<P>,
}

/// Everything around a process: what its effects act upon.
pub(crate) struct Shell<P: Process> {
    config: Rc<Config>,
    started: Instant,
    monitor: Box<dyn Monitor<P>>,
    /// Process `i` at index `i`. Nothing ever happens to our own entry.
    pub(crate) peers: Vec<Peer>,
    /// Whose links went down without our process having been told so far.
    fallen: VecDeque<ProcessId>,
    pub(crate) timers: Timers<P::Timer>,
    pub(crate) notices: Notices<P::Event>,
    /// What peers are told when they come up, once we have said farewell.
    farewell: Option<u64>,
    /// The reasons of refusals since a link came up last, at most [`REASONS`].
    told: BTreeSet<(IpAddr, String)>,
}

impl<P: Networked> Core<P> {
    pub(crate) fn new(config: Rc<Config>, process: P, monitor: Box<dyn Monitor<P>>) -> Self {
        let shell = Shell {
            started: Instant::now(),
            monitor,
            peers: config.addresses.iter().map(|_| Peer::new()).collect(),
            fallen: VecDeque::new(),
            timers: Timers::new(),
            notices: Notices::new(),
            farewell: None,
            told: BTreeSet::new(),
            config,
        };
        Self { process, shell }
    }

    /// Gives the process an input, and then the ends of the links that ended over it.
    pub(crate) fn step(&mut self, input: InputOf<P>) {
        self.step_once(input);
        self.settle();
    }

    fn step_once(&mut self, input: InputOf<P>) {
        let Self { process, shell } = self;
        let now = shell.now();
        shell.monitor.on_input(now, shell.config.me, process, &input);
        process.step(input, &mut Outbox::new(now, &mut |effect| shell.perform(now, effect)));
    }

    /// Tells the process which links have gone down.
    pub(crate) fn settle(&mut self) {
        while let Some(peer) = self.shell.fallen.pop_front() {
            info!(%peer, "down");
            self.shell.notices.push(Notice::Down { peer });
            self.step_once(Input::Link { peer, link: Link::Down });
        }
    }

    /// A peer that was admitted has a new connection, from which `inbox` was read already.
    pub(crate) fn up(&mut self, hello: &Hello, stream: TcpStream, inbox: BytesMut) -> Connection {
        let (id, incarnation) = (hello.from, hello.incarnation);
        self.shell.fall(id); // Whoever comes again has left before.
        self.settle();

        let limit = self.shell.config.limits.frame;
        let peer = &mut self.shell.peers[id.index()];
        let (number, queue) = peer.greet(incarnation);
        let (link, connection) = connection::link(id, number, stream, inbox, queue, limit);
        peer.state = State::Up(link);

        let addr = self.shell.config.addresses[id.index()];
        info!(peer = %id, %addr, incarnation, "up");
        self.shell.told.clear();
        self.shell.notices.push(Notice::Up { peer: id, addr });
        if let Some(tally) = self.shell.farewell {
            self.shell.put(id, &Packet::Farewell { tally });
        }
        self.step(Input::Link { peer: id, link: Link::Up { addr, incarnation } });
        connection
    }

    /// Hears all whole packets that have been read, as long as that link is up.
    pub(crate) fn hear(
        &mut self,
        from: ProcessId,
        number: u64,
        inbox: &mut BytesMut,
        splitter: &mut Splitter,
    ) {
        while let Some(link) = self.shell.peers[from.index()].link(number) {
            link.silent_pulses = 0;
            match next_packet(splitter, inbox) {
                Ok(Some(packet)) => self.on_packet(from, packet),
                Ok(None) => return,
                Err(error) => {
                    self.shell.reject(from, format!("it sent {error}").into());
                    self.settle();
                }
            }
        }
    }

    fn on_packet(&mut self, from: ProcessId, packet: Packet<P::Message>) {
        match packet {
            Packet::Message(message) => self.step(Input::Message { from, message }),
            Packet::Heartbeat => {}
            Packet::Farewell { tally } => {
                self.shell.notices.push(Notice::Farewell { peer: from, tally });
            }
            Packet::Refused { why } => {
                let addr = self.shell.config.addresses[from.index()];
                self.shell.refused_by(from, addr.ip(), legible(&why));
                self.shell.fall(from);
                self.settle();
            }
        }
    }

    /// Says something on links where nobody did, and gives up those on which nobody answers.
    pub(crate) fn beat(&mut self) {
        let shell = &mut self.shell;
        let timing = shell.config.timing;
        for id in shell.config.me.peers(shell.config.size()) {
            let State::Up(link) = &mut shell.peers[id.index()].state else { continue };
            link.silent_pulses += 1;
            let has_something_to_say = link.spoke || !link.out.is_empty();
            link.spoke = false;
            if timing.heartbeat.saturating_mul(link.silent_pulses) > timing.silence {
                shell.cut(id, format!("silent for {:?}", timing.silence));
            } else if !has_something_to_say {
                shell.put(id, &Packet::Heartbeat);
            }
        }
        self.settle();
    }

    /// Tells all peers, now or when they come up, that we only answer from now on.
    pub(crate) fn farewell(&mut self, tally: u64) {
        self.shell.farewell = Some(tally);
        for id in self.shell.config.me.peers(self.shell.config.size()) {
            if let State::Up(_) = self.shell.peers[id.index()].state {
                self.shell.put(id, &Packet::Farewell { tally });
            }
        }
        self.settle();
    }
}

impl<P: Networked> Shell<P> {
    /// The time since the start, which is the process's own.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn perform(&mut self, now: Duration, effect: EffectOf<P>) {
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
    fn put(&mut self, to: ProcessId, packet: &Packet<&P::Message>) {
        let limits = self.config.limits;
        let state = &mut self.peers[to.index()].state;
        let (State::Awaited { queue: out } | State::Up(connection::Link { out, .. })) = state
        else {
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

    fn reject(&mut self, id: ProcessId, why: Cow<'static, str>) {
        warn!("rejected what process {id} did: {why}");
        if let State::Up(_) = self.peers[id.index()].state {
            self.put(id, &Packet::Refused { why: legible(&why) });
            self.close(id);
        }
        self.peers[id.index()].reject(&why);
        self.notices.push(Notice::Rejected { peer: id, why: why.into_owned() });
    }

    /// Gives up a link, or the queue for a peer that has not been up.
    fn cut(&mut self, id: ProcessId, why: String) {
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

    /// Whether a reason is news, to be told to the application.
    pub(crate) fn is_news(&mut self, ip: IpAddr, why: &str) -> bool {
        if self.told.len() == REASONS {
            self.told.clear();
        }
        self.told.insert((ip, why.to_owned()))
    }

    /// A peer does not want to talk to us.
    pub(crate) fn refused_by(&mut self, peer: ProcessId, ip: IpAddr, why: String) {
        warn!("process {peer} turned us away: {why}");
        if self.is_news(ip, &why) {
            self.notices.push(Notice::RefusedBy { peer, why });
        }
    }
}

fn next_packet<M: serde::de::DeserializeOwned>(
    splitter: &mut Splitter,
    inbox: &mut BytesMut,
) -> Result<Option<Packet<M>>, FrameError> {
    splitter.split(inbox)?.map(|frame| frame::decode(&frame)).transpose()
}
