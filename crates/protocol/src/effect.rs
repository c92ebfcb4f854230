//! How a process speaks: [`Effect`]s, through an [`Outbox`].

use alloc::borrow::Cow;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Process, ProcessId};

/// Whatever a process can ask of the driver that runs it.
///
/// See the examples of the [crate](crate#example) and of [`Outbox`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Effect<M, E, T> {
    /// Send a message to another process.
    Send {
        /// Who is to have it.
        to: ProcessId,
        /// What it says.
        message: M,
    },
    /// Tell the application.
    Emit(E),
    /// Start a timer, or start it afresh if it was set already.
    SetTimer {
        /// Which one.
        timer: T,
        /// How long it runs, by the process's own clock.
        after: Duration,
    },
    /// Stop a timer. Nothing happens if it was not set.
    CancelTimer(T),
    /// End the connection to a peer, once what was sent before has left.
    Close(ProcessId),
    /// The peer has done what a correct one can't do.
    Reject {
        /// Who it was.
        peer: ProcessId,
        /// What was wrong with it.
        why: Cow<'static, str>,
    },
}

impl<M, E, T> Effect<M, E, T> {
    /// The same effect of a process around this one: how adapters pass on what is inside them.
    ///
    /// ```
    /// use protocol::{Effect, ProcessId};
    ///
    /// let inner: Effect<u8, (), ()> = Effect::Send { to: ProcessId(1), message: 7 };
    /// let outer: Effect<(u64, u8), (), ()> = inner.map(|message| (1, message), |e| e, |t| t);
    /// assert_eq!(outer, Effect::Send { to: ProcessId(1), message: (1, 7) });
    /// ```
    pub fn map<M2, E2, T2>(
        self,
        message: impl FnOnce(M) -> M2,
        event: impl FnOnce(E) -> E2,
        timer: impl FnOnce(T) -> T2,
    ) -> Effect<M2, E2, T2> {
        match self {
            Self::Send { to, message: inner } => Effect::Send { to, message: message(inner) },
            Self::Emit(inner) => Effect::Emit(event(inner)),
            Self::SetTimer { timer: inner, after } => {
                Effect::SetTimer { timer: timer(inner), after }
            }
            Self::CancelTimer(inner) => Effect::CancelTimer(timer(inner)),
            Self::Close(peer) => Effect::Close(peer),
            Self::Reject { peer, why } => Effect::Reject { peer, why },
        }
    }
}

/// Takes effects as they come, and messages to many at once: a driver to which it matters that all
/// are sent the same. To others, which are closures, each copy is a message of its own.
///
/// ```
/// use protocol::{Effect, Outbox, ProcessId, Sink};
/// use std::time::Duration;
///
/// /// Counts what it would have to put together.
/// struct Envelopes(u32);
///
/// impl Sink<&str, (), ()> for Envelopes {
///     fn take(&mut self, _effect: Effect<&str, (), ()>) {
///         self.0 += 1;
///     }
///
///     fn take_for_all(&mut self, _to: &[ProcessId], _message: &str) {
///         self.0 += 1;
///     }
/// }
///
/// let mut envelopes = Envelopes(0);
/// let mut fx = Outbox::into_sink(Duration::ZERO, &mut envelopes);
/// fx.send_all(&ProcessId(0).peers(50), "are you there?");
/// assert_eq!(envelopes.0, 1);
/// ```
pub trait Sink<M, E, T> {
    /// Takes one effect.
    fn take(&mut self, effect: Effect<M, E, T>);

    /// Takes a message that goes to each of `to`, in that order.
    fn take_for_all(&mut self, to: &[ProcessId], message: M);
}

/// What a handler speaks through. Each effect goes straight into the closure of the driver or
/// adapter that made the outbox, or into its [`Sink`]: nothing is gathered, nothing is allocated.
///
/// ```
/// use protocol::{Effect, Outbox, ProcessId};
/// use std::time::Duration;
///
/// let mut said: Vec<Effect<&str, &str, &str>> = Vec::new();
/// let mut sink = |effect| said.push(effect);
/// let mut fx = Outbox::new(Duration::from_secs(7), &mut sink);
/// assert_eq!(fx.now(), Duration::from_secs(7));
///
/// fx.send_all(&ProcessId(0).peers(3), "are you there?");
/// fx.set_timer("patience", Duration::from_millis(50));
/// fx.emit("asked");
/// fx.cancel_timer("patience");
/// fx.close(ProcessId(2));
/// assert_eq!(said.len(), 6);
/// assert_eq!(said[1], Effect::Send { to: ProcessId(2), message: "are you there?" });
/// ```
pub struct Outbox<'a, M, E, T> {
    now: Duration,
    taker: Taker<'a, M, E, T>,
}

/// Who takes the effects.
enum Taker<'a, M, E, T> {
    Closure(&'a mut dyn FnMut(Effect<M, E, T>)),
    Sink(&'a mut dyn Sink<M, E, T>),
}

/// The outbox that the handlers of `P` are given.
///
/// See the [crate's example](crate#example).
pub type Effects<'a, P> =
    Outbox<'a, <P as Process>::Message, <P as Process>::Event, <P as Process>::Timer>;

impl<'a, M, E, T> Outbox<'a, M, E, T> {
    /// An outbox for one step, taken when the process's own clock shows `now`.
    pub fn new(now: Duration, sink: &'a mut dyn FnMut(Effect<M, E, T>)) -> Self {
        Self { now, taker: Taker::Closure(sink) }
    }

    /// The same, into a sink that is told when a message goes to many.
    pub fn into_sink(now: Duration, sink: &'a mut dyn Sink<M, E, T>) -> Self {
        Self { now, taker: Taker::Sink(sink) }
    }

    /// What the process's *own* clock shows. It may be off and may drift: no two processes can
    /// compare these. Under the model checker it stands still at zero.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// Passes an effect on as it is.
    pub fn push(&mut self, effect: Effect<M, E, T>) {
        match &mut self.taker {
            Taker::Closure(take) => take(effect),
            Taker::Sink(sink) => sink.take(effect),
        }
    }

    /// Sends `message` to the process `to`.
    pub fn send(&mut self, to: ProcessId, message: M) {
        self.push(Effect::Send { to, message });
    }

    /// Sends a copy of `message` to each of `to`, in that order.
    pub fn send_all(&mut self, to: &[ProcessId], message: M)
    where
        M: Clone,
    {
        match &mut self.taker {
            Taker::Closure(take) => {
                to.iter().for_each(|&to| take(Effect::Send { to, message: message.clone() }));
            }
            Taker::Sink(sink) => sink.take_for_all(to, message),
        }
    }

    /// Tells the application.
    pub fn emit(&mut self, event: E) {
        self.push(Effect::Emit(event));
    }

    /// Has `timer` run out when `after` has passed on the process's own clock. A timer that is
    /// set already is set anew.
    pub fn set_timer(&mut self, timer: T, after: Duration) {
        self.push(Effect::SetTimer { timer, after });
    }

    /// Stops `timer`, if it is set.
    pub fn cancel_timer(&mut self, timer: T) {
        self.push(Effect::CancelTimer(timer));
    }

    /// Ends the connection to `peer`, once what was sent before has left.
    pub fn close(&mut self, peer: ProcessId) {
        self.push(Effect::Close(peer));
    }

    /// Says that `peer` did what a correct one can't do, and why it is wrong. The network logs
    /// it and closes the link; the simulator and the checker have it as a property.
    pub fn reject(&mut self, peer: ProcessId, why: impl Into<Cow<'static, str>>) {
        self.push(Effect::Reject { peer, why: why.into() });
    }
}
