//! What a run is made of: steps, and what befalls messages and processes between them.

use std::{fmt::Display, time::Duration};

use protocol::{Effect, Fate, Input, Process, ProcessId};
use serde::{Deserialize, Serialize};

use crate::Told;

/// One thing that happened in a run. `S` is how its steps are written down.
///
/// See the [crate's example](crate#example).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry<S> {
    /// A process took a step.
    Step(S),
    /// A message met its fate.
    Fate(Met),
    /// A process died.
    Crash {
        /// When, in the driver's time since the run began.
        #[serde(with = "nanoseconds")]
        at: Duration,
        /// Who.
        process: ProcessId,
    },
}

/// What befell a message on its way, other than to arrive once.
///
/// See the [crate's example](crate#example).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// When, in the driver's time since the run began.
    #[serde(with = "nanoseconds")]
    pub at: Duration,
    /// Which message.
    pub message: MessageId,
    /// For whom it was.
    pub to: ProcessId,
    /// What befell it.
    pub fate: Fate,
}

/// What a process did in one go: it was given an input, and had effects.
///
/// `C`, `M`, `E` and `T` are its commands, messages, events and timers; or, in words, the texts
/// that these are called by. See the [crate's example](crate#example).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step<C, M, E, T> {
    /// Whose step it is.
    pub process: ProcessId,
    /// When it was taken, in the driver's time since the run began.
    #[serde(with = "nanoseconds")]
    pub at: Duration,
    /// What the process's own clock showed.
    #[serde(with = "nanoseconds")]
    pub own: Duration,
    /// What it was given.
    pub input: Input<C, M, T>,
    /// Which message that was, if it was one and it is known.
    pub received: Option<MessageId>,
    /// What it did.
    pub effects: Vec<Effect<M, E, T>>,
    /// How many messages the process had sent before, in all its lives.
    pub sent_before: u64,
}

/// The steps of systems of `P`. See the [crate's example](crate#example).
pub type StepOf<P> = Step<
    <P as Process>::Command,
    <P as Process>::Message,
    <P as Process>::Event,
    <P as Process>::Timer,
>;

/// A step in words: commands, messages, events and timers say themselves.
///
/// See the example of [`Step::in_words`].
pub type InWords = Step<String, String, String, String>;

/// A message among all of a run. It joins the step that sent it with the one that received it.
///
/// See the [crate's example](crate#example).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageId {
    /// Who sent it.
    pub sender: ProcessId,
    /// How many messages its sender had sent before, in all its lives.
    pub number: u64,
}

impl<C, M, E, T> Step<C, M, E, T> {
    /// The messages that are sent: their names, for whom they are, and what they say. See the
    /// example of [`in_words`](Self::in_words).
    pub fn sent(&self) -> impl Iterator<Item = (MessageId, ProcessId, &M)> {
        let messages = self.effects.iter().filter_map(|effect| match effect {
            Effect::Send { to, message } => Some((*to, message)),
            _ => None,
        });
        (0..).zip(messages).map(|(nth, (to, message))| {
            let number = self.sent_before.wrapping_add(nth); // A forged file may say anything.
            (MessageId { sender: self.process, number }, to, message)
        })
    }

    /// The step in words.
    ///
    /// ```
    /// use protocol::{Effect, Input, ProcessId};
    /// use std::time::Duration;
    /// use trace::{MessageId, Step};
    ///
    /// let [me, peer] = [0, 1].map(ProcessId);
    /// let step: Step<&str, u8, &str, &str> = Step {
    ///     process: me,
    ///     at: Duration::from_millis(3),
    ///     own: Duration::from_millis(2),
    ///     input: Input::Message { from: peer, message: 7 },
    ///     received: Some(MessageId { sender: peer, number: 4 }),
    ///     effects: vec![Effect::Emit("seven"), Effect::Send { to: peer, message: 8 }],
    ///     sent_before: 2,
    /// };
    /// let said = step.in_words();
    /// assert_eq!(said.input, Input::Message { from: peer, message: "7".to_owned() });
    /// let answer = MessageId { sender: me, number: 2 };
    /// assert_eq!(said.sent().collect::<Vec<_>>(), [(answer, peer, &"8".to_owned())]);
    /// ```
    pub fn in_words(&self) -> InWords
    where
        C: Display,
        M: Display,
        E: Display,
        T: Display,
    {
        let input = match &self.input {
            Input::Start => Input::Start,
            Input::Command(command) => Input::Command(command.to_string()),
            Input::Message { from, message } => {
                Input::Message { from: *from, message: message.to_string() }
            }
            Input::Timer(timer) => Input::Timer(timer.to_string()),
            Input::Link { peer, link } => Input::Link { peer: *peer, link: *link },
        };
        let effects = self.effects.iter().map(|effect| match effect {
            Effect::Send { to, message } => Effect::Send { to: *to, message: message.to_string() },
            Effect::Emit(event) => Effect::Emit(event.to_string()),
            Effect::SetTimer { timer, after } => {
                Effect::SetTimer { timer: timer.to_string(), after: *after }
            }
            Effect::CancelTimer(timer) => Effect::CancelTimer(timer.to_string()),
            Effect::Close(peer) => Effect::Close(*peer),
            Effect::Reject { peer, why } => Effect::Reject { peer: *peer, why: why.clone() },
        });
        Step {
            process: self.process,
            at: self.at,
            own: self.own,
            input,
            received: self.received,
            effects: effects.collect(),
            sent_before: self.sent_before,
        }
    }
}

impl<C, M, E, T> Entry<Step<C, M, E, T>> {
    /// When it happened, in the driver's time since the run began.
    pub fn at(&self) -> Duration {
        match self {
            Self::Step(step) => step.at,
            Self::Fate(met) => met.at,
            Self::Crash { at, .. } => *at,
        }
    }
}

impl Entry<Told> {
    /// When it happened, in the driver's time since the run began.
    pub fn at(&self) -> Duration {
        match self {
            Self::Step(told) => told.words.at,
            Self::Fate(met) => met.at,
            Self::Crash { at, .. } => *at,
        }
    }
}

/// Moments are written as whole nanoseconds.
pub(crate) mod nanoseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(at: &Duration, to: S) -> Result<S::Ok, S::Error> {
        u64::try_from(at.as_nanos()).unwrap_or(u64::MAX).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_nanos)
    }
}
