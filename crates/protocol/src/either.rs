//! Two kinds of process in one system: a server and its clients, say.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{EffectOf, Effects, Input, InputOf, Link, Outbox, Process, ProcessId};

/// One of two kinds: of process, and then also of what goes into it and comes out of it.
///
/// Two kinds of process that share a `Message` make up one system of `Either`s, which is then
/// simulated, checked and traced like any other.
///
/// ```
/// use protocol::{Effect, Effects, Either, Input, Never, Outbox, Process, ProcessId};
/// use std::time::Duration;
///
/// /// Answers each number with its double.
/// struct Server;
///
/// impl Process for Server {
///     type Command = Never;
///     type Message = u32;
///     type Event = Never;
///     type Timer = Never;
///     fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
///         match command {}
///     }
///     fn on_message(&mut self, from: ProcessId, number: u32, fx: &mut Effects<Self>) {
///         fx.send(from, 2 * number);
///     }
/// }
///
/// /// Asks process 0, and tells what it hears.
/// struct Client;
///
/// impl Process for Client {
///     type Command = u32;
///     type Message = u32;
///     type Event = u32;
///     type Timer = Never;
///     fn on_command(&mut self, number: u32, fx: &mut Effects<Self>) {
///         fx.send(ProcessId(0), number);
///     }
///     fn on_message(&mut self, _from: ProcessId, number: u32, fx: &mut Effects<Self>) {
///         fx.emit(number);
///     }
/// }
///
/// let mut system = [Either::First(Server), Either::Second(Client)];
/// let mut effects = Vec::new();
/// let mut sink = |effect| effects.push(effect);
/// let mut fx = Outbox::new(Duration::ZERO, &mut sink);
/// system[1].step(Input::Command(Either::Second(21)), &mut fx);
/// system[0].step(Input::Message { from: ProcessId(1), message: 21 }, &mut fx);
/// system[1].step(Input::Message { from: ProcessId(0), message: 42 }, &mut fx);
/// assert_eq!(effects[2], Effect::Emit(Either::Second(42)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Either<A, B> {
    /// The first kind.
    First(A),
    /// The second kind.
    Second(B),
}

impl<A, B> Either<A, B> {
    /// What is inside, if it is of the first kind.
    ///
    /// ```
    /// use protocol::Either;
    ///
    /// let clerk: Either<&str, u32> = Either::First("clerk");
    /// assert_eq!((clerk.first(), clerk.second()), (Some("clerk"), None));
    /// ```
    pub fn first(self) -> Option<A> {
        match self {
            Self::First(first) => Some(first),
            Self::Second(_) => None,
        }
    }

    /// What is inside, if it is of the second kind. See the example of [`first`](Self::first).
    pub fn second(self) -> Option<B> {
        match self {
            Self::First(_) => None,
            Self::Second(second) => Some(second),
        }
    }
}

impl<A: fmt::Display, B: fmt::Display> fmt::Display for Either<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::First(first) => first.fmt(f),
            Self::Second(second) => second.fmt(f),
        }
    }
}

/// # Panics
/// When a command or a timer of one kind is given to the other: the application or the driver
/// took one process for another.
impl<A: Process, B: Process<Message = A::Message>> Process for Either<A, B> {
    type Command = Either<A::Command, B::Command>;
    type Message = A::Message;
    type Event = Either<A::Event, B::Event>;
    type Timer = Either<A::Timer, B::Timer>;

    const REJOINS: bool = A::REJOINS && B::REJOINS;

    fn step(&mut self, input: InputOf<Self>, fx: &mut Effects<Self>) {
        match self {
            Self::First(process) => {
                let input = input.map(|c| own(c.first()), |t| own(t.first()));
                inside(process, input, fx, Either::First, Either::First);
            }
            Self::Second(process) => {
                let input = input.map(|c| own(c.second()), |t| own(t.second()));
                inside(process, input, fx, Either::Second, Either::Second);
            }
        }
    }

    fn on_start(&mut self, fx: &mut Effects<Self>) {
        self.step(Input::Start, fx);
    }

    fn on_command(&mut self, command: Self::Command, fx: &mut Effects<Self>) {
        self.step(Input::Command(command), fx);
    }

    fn on_message(&mut self, from: ProcessId, message: Self::Message, fx: &mut Effects<Self>) {
        self.step(Input::Message { from, message }, fx);
    }

    fn on_timer(&mut self, timer: Self::Timer, fx: &mut Effects<Self>) {
        self.step(Input::Timer(timer), fx);
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, fx: &mut Effects<Self>) {
        self.step(Input::Link { peer, link }, fx);
    }
}

/// Of a command or a timer, what is meant for this kind.
fn own<T>(half: Option<T>) -> T {
    half.expect("a command or timer goes to the kind of process that it was made for")
}

/// Gives `input` to the process inside, and passes its effects on under their outer names.
fn inside<P: Process, E, T>(
    process: &mut P,
    input: InputOf<P>,
    fx: &mut Outbox<P::Message, E, T>,
    event: fn(P::Event) -> E,
    timer: fn(P::Timer) -> T,
) {
    let now = fx.now();
    let mut sink = |effect: EffectOf<P>| fx.push(effect.map(|message| message, event, timer));
    process.step(input, &mut Outbox::new(now, &mut sink));
}
