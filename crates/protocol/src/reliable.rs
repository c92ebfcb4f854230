//! Links that lose, double and reorder, made reliable: an adapter around any process.

use alloc::collections::{BTreeMap, VecDeque};
use core::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    Effect, EffectOf, Effects, Input, InputOf, Link, Monitor, Outbox, Process, ProcessId, Violation,
};

/// A process around a process: whatever the inner one sends arrives exactly once and in order,
/// as long as the link carries *something* again and again.
///
/// **Idea.** Number the messages to each peer; keep each until the peer has acknowledged it; send
/// what is not acknowledged again, after a pause that doubles; take in only the number that is
/// next. This is the sliding window with "go back N": J. F. Kurose and K. W. Ross, *Computer
/// Networking*, §3.4.
///
/// **Assumes.** Messages may be lost, doubled, reordered and delayed, but not changed, and a
/// message that is sent again and again arrives at last. Incarnations of a peer are told apart
/// by [`Link::Up`].
///
/// **Guarantees.** Per pair of lives, exactly once and in order. Nothing is carried from one life
/// of a process into another: what a dead one has not received is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reliable<P: Process> {
    inner: P,
    /// Which of our lives this is.
    incarnation: u64,
    /// What is known of each peer that was ever linked or sent to.
    peers: BTreeMap<ProcessId, Peer<P::Message>>,
}

/// What a [`Reliable`] process knows of one of its peers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Peer<M> {
    /// Which of its lives we talk to; `None` before the link was ever up.
    incarnation: Option<u64>,
    is_up: bool,
    /// What it has not acknowledged, in order.
    unacknowledged: VecDeque<M>,
    /// The number of the first of those; all before it have been acknowledged.
    first: u64,
    /// How many of those have been sent at least once.
    sent: usize,
    /// How often they have been sent again since an acknowledgement came, as far as that counts:
    /// the pause does not double for ever.
    attempts: u32,
    /// The number of the last message that was taken in from it.
    received: u64,
}

/// What [`Reliable`] processes say to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Packet<M> {
    /// A message of the inner process.
    Data {
        /// Between which lives.
        lives: Lives,
        /// Its number in the order of what was sent to this peer, from 1.
        number: u64,
        /// Whether it was sent before.
        is_repeated: bool,
        /// What the inner process says.
        message: M,
    },
    /// "I have taken in all up to this one."
    Acknowledgement {
        /// Between which lives.
        lives: Lives,
        /// The number of the last message that was taken in.
        received: u64,
    },
}

/// From which incarnation of the sender to which one of the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lives {
    /// The sender's.
    pub from: u64,
    /// The receiver's, as far as the sender knows.
    pub to: u64,
}

/// The timers of a [`Reliable`] process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReliableTimer<T> {
    /// One of the inner process's.
    Inner(T),
    /// Time to say again what this peer has not acknowledged.
    Repeat(ProcessId),
}

/// How long an acknowledgement may take before the first repetition.
const FIRST_PAUSE: Duration = Duration::from_millis(40);

/// The pause doubles with each repetition up to two to the power of this times the first.
const MOST_DOUBLINGS: u32 = 4;

/// How much may wait for one peer's acknowledgement. A peer that takes nothing in is given up.
const MOST_UNACKNOWLEDGED: usize = 10_000;

impl<P: Process<Message: Clone>> Reliable<P> {
    /// Puts `inner` behind reliable links. `incarnation` says which of its lives this is, as its
    /// peers are told it by [`Link::Up`].
    pub fn new(inner: P, incarnation: u64) -> Self {
        Self { inner, incarnation, peers: BTreeMap::new() }
    }

    /// The process inside.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// What `input` would bring to the process inside, if it is a message that is next in order.
    pub fn delivers<'a>(&self, input: &'a InputOf<Self>) -> Option<(ProcessId, &'a P::Message)> {
        let Input::Message { from, message: Packet::Data { lives, number, message, .. } } = input
        else {
            return None;
        };
        let peer = self.peers.get(from)?;
        let is_next = self.is_of_these_lives(*from, *lives) && *number == peer.received + 1;
        is_next.then_some((*from, message))
    }

    fn is_of_these_lives(&self, from: ProcessId, lives: Lives) -> bool {
        let known = self.peers.get(&from).and_then(|peer| peer.incarnation);
        lives.to == self.incarnation && known == Some(lives.from)
    }

    fn on_data(
        &mut self,
        from: ProcessId,
        number: u64,
        message: P::Message,
        fx: &mut Effects<Self>,
    ) {
        let peer = self.peers.entry(from).or_default();
        if number > peer.received + 1 {
            return; // One before it is missing. Both will be sent again.
        }
        let is_next = number == peer.received + 1;
        peer.received = peer.received.max(number);
        if let Some(lives) = peer.lives(self.incarnation) {
            fx.send(from, Packet::Acknowledgement { lives, received: peer.received });
        }
        if is_next {
            self.step_inner(Input::Message { from, message }, fx);
        }
    }

    fn on_acknowledgement(&mut self, from: ProcessId, received: u64, fx: &mut Effects<Self>) {
        let peer = self.peers.entry(from).or_default();
        let count = received.saturating_sub(peer.first - 1);
        if count == 0 {
            return; // An old one.
        }
        if count > peer.sent as u64 {
            return fx.reject(from, "an acknowledgement of what was never sent");
        }
        peer.unacknowledged.drain(..count as usize);
        peer.sent -= count as usize;
        peer.first += count;
        peer.attempts = 0;
        peer.wait_for_acknowledgement(from, fx);
    }

    /// Gives the process inside an input, and sends what it sends reliably.
    fn step_inner(&mut self, input: InputOf<P>, fx: &mut Effects<Self>) {
        let Self { inner, incarnation, peers } = self;
        let now = fx.now();
        let mut sink = |effect| match effect {
            Effect::Send { to, message } => {
                let peer = peers.entry(to).or_default();
                if peer.unacknowledged.len() == MOST_UNACKNOWLEDGED {
                    return fx.close(to);
                }
                peer.unacknowledged.push_back(message);
                peer.send_unsent(to, *incarnation, fx);
            }
            Effect::Emit(event) => fx.emit(event),
            Effect::SetTimer { timer, after } => fx.set_timer(ReliableTimer::Inner(timer), after),
            Effect::CancelTimer(timer) => fx.cancel_timer(ReliableTimer::Inner(timer)),
            Effect::Close(peer) => fx.close(peer),
            Effect::Reject { peer, why } => fx.reject(peer, why),
        };
        inner.step(input, &mut Outbox::new(now, &mut sink));
    }
}

impl<M: Clone> Peer<M> {
    /// Sends whatever was not sent before, if the peer is there.
    fn send_unsent<E, T>(
        &mut self,
        to: ProcessId,
        incarnation: u64,
        fx: &mut Outbox<Packet<M>, E, ReliableTimer<T>>,
    ) {
        let Some(lives) = self.lives(incarnation) else { return };
        let had_sent_all = self.sent == 0;
        for (number, message) in (self.first..).zip(&self.unacknowledged).skip(self.sent) {
            let message = message.clone();
            fx.send(to, Packet::Data { lives, number, is_repeated: false, message });
        }
        self.sent = self.unacknowledged.len();
        if had_sent_all {
            self.wait_for_acknowledgement(to, fx);
        }
    }

    /// Sends whatever was sent before and has not been acknowledged.
    fn repeat<E, T>(
        &mut self,
        to: ProcessId,
        incarnation: u64,
        fx: &mut Outbox<Packet<M>, E, ReliableTimer<T>>,
    ) {
        let Some(lives) = self.lives(incarnation) else { return };
        for (number, message) in (self.first..).zip(&self.unacknowledged).take(self.sent) {
            let message = message.clone();
            fx.send(to, Packet::Data { lives, number, is_repeated: true, message });
        }
        self.wait_for_acknowledgement(to, fx);
    }

    fn wait_for_acknowledgement<E, T>(
        &self,
        of: ProcessId,
        fx: &mut Outbox<Packet<M>, E, ReliableTimer<T>>,
    ) {
        if self.sent == 0 {
            fx.cancel_timer(ReliableTimer::Repeat(of));
        } else {
            let pause = FIRST_PAUSE * (1 << self.attempts);
            fx.set_timer(ReliableTimer::Repeat(of), pause);
        }
    }

    /// Between which lives messages go now, if the peer is there.
    fn lives(&self, ours: u64) -> Option<Lives> {
        self.incarnation.filter(|_| self.is_up).map(|theirs| Lives { from: ours, to: theirs })
    }
}

impl<M> Default for Peer<M> {
    fn default() -> Self {
        Self {
            incarnation: None,
            is_up: false,
            unacknowledged: VecDeque::new(),
            first: 1,
            sent: 0,
            attempts: 0,
            received: 0,
        }
    }
}

impl<P: Process<Message: Clone>> Process for Reliable<P> {
    type Command = P::Command;
    type Message = Packet<P::Message>;
    type Event = P::Event;
    type Timer = ReliableTimer<P::Timer>;

    const REJOINS: bool = P::REJOINS;

    fn on_start(&mut self, fx: &mut Effects<Self>) {
        self.step_inner(Input::Start, fx);
    }

    fn on_command(&mut self, command: P::Command, fx: &mut Effects<Self>) {
        self.step_inner(Input::Command(command), fx);
    }

    fn on_message(&mut self, from: ProcessId, packet: Self::Message, fx: &mut Effects<Self>) {
        match packet {
            Packet::Data { lives, .. } | Packet::Acknowledgement { lives, .. }
                if !self.is_of_these_lives(from, lives) => {}
            Packet::Data { number, message, .. } => self.on_data(from, number, message, fx),
            Packet::Acknowledgement { received, .. } => self.on_acknowledgement(from, received, fx),
        }
    }

    fn on_timer(&mut self, timer: Self::Timer, fx: &mut Effects<Self>) {
        match timer {
            ReliableTimer::Inner(timer) => self.step_inner(Input::Timer(timer), fx),
            ReliableTimer::Repeat(to) => {
                let peer = self.peers.entry(to).or_default();
                peer.attempts = MOST_DOUBLINGS.min(peer.attempts + 1);
                peer.repeat(to, self.incarnation, fx);
            }
        }
    }

    /// The same life again goes on where it was; another one begins anew.
    fn on_link(&mut self, id: ProcessId, link: Link, fx: &mut Effects<Self>) {
        let peer = self.peers.entry(id).or_default();
        match link {
            Link::Up { incarnation, .. } => {
                if peer.incarnation.is_some_and(|known| known != incarnation) {
                    *peer = Peer::default();
                }
                peer.incarnation = Some(incarnation);
                peer.is_up = true;
                peer.attempts = 0;
                peer.repeat(id, self.incarnation, fx);
                peer.send_unsent(id, self.incarnation, fx);
            }
            Link::Down => {
                peer.is_up = false;
                fx.cancel_timer(ReliableTimer::Repeat(id));
            }
        }
        self.step_inner(Input::Link { peer: id, link }, fx);
    }
}

/// A monitor of the processes inside [`Reliable`] ones: it is shown what they are given and what
/// they do, each message once, and nothing of numbers, repetitions and acknowledgements. So the
/// counts of an algorithm's messages leave out the adapter's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Inside<M>(pub M);

impl<P, M> Monitor<Reliable<P>> for Inside<M>
where
    P: Process<Command: Clone, Message: Clone, Event: Clone>,
    M: Monitor<P>,
{
    fn on_input(
        &mut self,
        now: Duration,
        at: ProcessId,
        process: &Reliable<P>,
        input: &InputOf<Reliable<P>>,
    ) {
        let inner = match input {
            Input::Start => Input::Start,
            Input::Command(command) => Input::Command(command.clone()),
            Input::Message { .. } => match process.delivers(input) {
                Some((from, message)) => Input::Message { from, message: message.clone() },
                None => return,
            },
            Input::Timer(ReliableTimer::Inner(timer)) => Input::Timer(timer.clone()),
            Input::Timer(ReliableTimer::Repeat(_)) => return,
            Input::Link { peer, link } => Input::Link { peer: *peer, link: *link },
        };
        self.0.on_input(now, at, process.inner(), &inner);
    }

    fn on_effect(&mut self, now: Duration, by: ProcessId, effect: &EffectOf<Reliable<P>>) {
        let inner = match effect.clone() {
            Effect::Send { to, message: Packet::Data { is_repeated: false, message, .. } } => {
                Effect::Send { to, message }
            }
            Effect::Send { .. } => return,
            Effect::SetTimer { timer: ReliableTimer::Inner(timer), after } => {
                Effect::SetTimer { timer, after }
            }
            Effect::CancelTimer(ReliableTimer::Inner(timer)) => Effect::CancelTimer(timer),
            Effect::SetTimer { .. } | Effect::CancelTimer(_) => return,
            Effect::Emit(event) => Effect::Emit(event),
            Effect::Close(peer) => Effect::Close(peer),
            Effect::Reject { peer, why } => Effect::Reject { peer, why },
        };
        self.0.on_effect(now, by, &inner);
    }

    fn on_step_end(&mut self, now: Duration, own: Duration, at: ProcessId, outer: &Reliable<P>) {
        self.0.on_step_end(now, own, at, outer.inner());
    }

    fn on_crash(&mut self, now: Duration, who: ProcessId) {
        self.0.on_crash(now, who);
    }

    fn violation(&self) -> Option<Violation> {
        self.0.violation()
    }

    fn violation_at_rest(&self) -> Option<Violation> {
        self.0.violation_at_rest()
    }
}

impl<M: fmt::Display> fmt::Display for Packet<M> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Data { number, is_repeated, message, .. } => {
                let again = if *is_repeated { ", again" } else { "" };
                write!(f, "{message} (number {number}{again})")
            }
            Self::Acknowledgement { received, .. } => write!(f, "acknowledges {received}"),
        }
    }
}

impl<T: fmt::Display> fmt::Display for ReliableTimer<T> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Inner(timer) => timer.fmt(f),
            Self::Repeat(peer) => write!(f, "for {peer}'s acknowledgement"),
        }
    }
}
