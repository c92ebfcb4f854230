//! What an algorithm is: the [`Process`] trait and what goes into it.

use alloc::vec::Vec;
use core::{fmt, net::SocketAddr};

use serde::{Deserialize, Serialize};

use crate::{Effect, Effects};

/// One participant of a distributed algorithm: a deterministic state machine.
///
/// A handler changes nothing but `self` and speaks through nothing but `fx`. It is total: for
/// what a correct peer can't have sent, it calls [`Outbox::reject`](crate::Outbox::reject).
/// Given the same inputs in the same order, with the same [`now`](crate::Outbox::now), it must
/// do the same again: replay, model checking and re-execution of traces rest on that.
///
/// See the [crate's example](crate#example).
pub trait Process: Sized {
    /// What the application asks of it.
    type Command;
    /// What processes say to each other.
    type Message;
    /// What it tells the application.
    type Event;
    /// Names of its timers; [`Never`], if it has none.
    type Timer: Clone + Ord;

    /// Whether peers go on with a process that crashed and came back with its memory lost.
    ///
    /// Where this is `false`, drivers refuse every later life of a process to those who knew an
    /// earlier one: the link stays down, and over TCP the newcomer is told so.
    const REJOINS: bool = false;

    /// The first input, before any other.
    fn on_start(&mut self, _fx: &mut Effects<Self>) {}

    /// The application asks for something.
    fn on_command(&mut self, command: Self::Command, fx: &mut Effects<Self>);

    /// A message has arrived from another process.
    fn on_message(&mut self, from: ProcessId, message: Self::Message, fx: &mut Effects<Self>);

    /// A timer that was set, and neither cancelled nor set again, has run out.
    fn on_timer(&mut self, _timer: Self::Timer, _fx: &mut Effects<Self>) {}

    /// The connection to `peer` came up or went down.
    fn on_link(&mut self, _peer: ProcessId, _link: Link, _fx: &mut Effects<Self>) {}

    /// Routes an input to its handler. Drivers and adapters call this.
    fn step(&mut self, input: InputOf<Self>, fx: &mut Effects<Self>) {
        match input {
            Input::Start => self.on_start(fx),
            Input::Command(command) => self.on_command(command, fx),
            Input::Message { from, message } => self.on_message(from, message, fx),
            Input::Timer(timer) => self.on_timer(timer, fx),
            Input::Link { peer, link } => self.on_link(peer, link, fx),
        }
    }
}

/// The inputs that `P` takes.
///
/// See the example of [`Monitor`](crate::Monitor), which has [`EffectOf`] in the same way.
pub type InputOf<P> =
    Input<<P as Process>::Command, <P as Process>::Message, <P as Process>::Timer>;

/// The effects that `P` has.
///
/// See the example of [`Monitor`](crate::Monitor).
pub type EffectOf<P> =
    Effect<<P as Process>::Message, <P as Process>::Event, <P as Process>::Timer>;

/// Whatever can happen to a process, one at a time.
///
/// It ranges over the plain types and not over the process, so that its derives ask nothing of
/// the process. See the [crate's example](crate#example).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Input<C, M, T> {
    /// The process begins to live.
    Start,
    /// The application asks for something.
    Command(C),
    /// A message has arrived.
    Message {
        /// Who sent it.
        from: ProcessId,
        /// What it says.
        message: M,
    },
    /// A timer has run out.
    Timer(T),
    /// A connection came up or went down.
    Link {
        /// Who is at its other end.
        peer: ProcessId,
        /// What became of it.
        link: Link,
    },
}

impl<C, M, T> Input<C, M, T> {
    /// The same input for a process inside this one: how adapters take commands and timers
    /// apart.
    ///
    /// ```
    /// use protocol::Input;
    ///
    /// let outer: Input<(u8, char), (), ()> = Input::Command((1, 'x'));
    /// assert_eq!(outer.map(|(_, command)| command, |timer| timer), Input::Command('x'));
    /// ```
    pub fn map<C2, T2>(
        self,
        command: impl FnOnce(C) -> C2,
        timer: impl FnOnce(T) -> T2,
    ) -> Input<C2, M, T2> {
        match self {
            Self::Start => Input::Start,
            Self::Command(inner) => Input::Command(command(inner)),
            Self::Message { from, message } => Input::Message { from, message },
            Self::Timer(inner) => Input::Timer(timer(inner)),
            Self::Link { peer, link } => Input::Link { peer, link },
        }
    }
}

/// What became of the connection to a peer.
///
/// In order with the messages of that connection: none arrives before `Up`, none after `Down`.
///
/// ```
/// use protocol::Link;
///
/// /// Whether a peer that was in its life `known` has forgotten everything since.
/// fn has_forgotten(known: u64, link: Link) -> bool {
///     matches!(link, Link::Up { incarnation, .. } if incarnation != known)
/// }
///
/// let addr = "10.0.0.1:1".parse().unwrap();
/// assert!(has_forgotten(0, Link::Up { addr, incarnation: 1 }));
/// assert!(!has_forgotten(0, Link::Up { addr, incarnation: 0 }));
/// assert!(!has_forgotten(0, Link::Down));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Link {
    /// Messages can pass. Another `incarnation` than before means that the peer has restarted
    /// and forgotten everything.
    Up {
        /// Where the peer is; made up by drivers without sockets.
        addr: SocketAddr,
        /// Which of the peer's lives this is. A later life has a larger number.
        incarnation: u64,
    },
    /// Messages no longer pass. Whatever was under way may be lost. No proof of death: the peer
    /// may be alive behind a broken network.
    Down,
}

/// The name of a process within its system.
///
/// In a system of fixed size the names are `0 … N − 1`, and [`index`](Self::index) says where
/// in a [`View`](crate::View) the process stands.
///
/// ```
/// use protocol::ProcessId;
///
/// assert_eq!(ProcessId(1).peers(3), [ProcessId(0), ProcessId(2)]);
/// assert!(ProcessId::all(3).all(|id| ["a", "b", "c"].get(id.index()).is_some()));
/// assert_eq!(ProcessId(1).to_string(), "1");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProcessId(pub u32);

impl ProcessId {
    /// The names of the processes of a system of `size`, in order.
    pub fn all(size: u32) -> impl DoubleEndedIterator<Item = ProcessId> + ExactSizeIterator {
        (0..size).map(ProcessId)
    }

    /// The `size - 1` other processes of a system of `size`, in order.
    pub fn peers(self, size: u32) -> Vec<ProcessId> {
        Self::all(size).filter(|&other| other != self).collect()
    }

    /// The position of this process in whatever lists the processes of a system in order.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number alone: a state of a process names many others.
impl fmt::Debug for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The type of what can't happen, such as the timers of a process that sets none.
///
/// ```
/// use protocol::Never;
///
/// fn unwrap<T>(result: Result<T, Never>) -> T {
///     match result {
///         Ok(value) => value,
///         Err(never) => match never {},
///     }
/// }
/// assert_eq!(unwrap(Ok(1)), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter) -> fmt::Result {
        match *self {}
    }
}
