//! What must be true of the history of a run: a [`Monitor`] follows it, step by step.

use alloc::{borrow::Cow, string::String};
use core::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{EffectOf, InputOf, Process, ProcessId};

/// Follows a run, and says when its history is not as it should be: order, fairness, counts.
///
/// Drivers show it every input before the step, every effect as it comes, and the process after
/// the step; `now` is the driver's own time since the start, which no process can see. A model checker has the monitor
/// as a part of its state. A pair of monitors is a monitor.
///
/// ```
/// use protocol::{EffectOf, Effect, Monitor, Process, ProcessId, Violation};
/// use std::time::Duration;
///
/// /// At most so many messages.
/// struct Frugal { messages_left: u32 }
///
/// impl<P: Process> Monitor<P> for Frugal {
///     fn on_effect(&mut self, _now: Duration, _by: ProcessId, effect: &EffectOf<P>) {
///         if let Effect::Send { .. } = effect {
///             self.messages_left = self.messages_left.saturating_sub(1);
///         }
///     }
///
///     fn violation(&self) -> Option<Violation> {
///         (self.messages_left == 0).then(|| Violation::new("frugality", "too much was said"))
///     }
/// }
/// ```
pub trait Monitor<P: Process> {
    /// The process of the name `at` is about to be given `input`.
    fn on_input(&mut self, _now: Duration, _at: ProcessId, _process: &P, _input: &InputOf<P>) {}

    /// The process `by` has had an effect.
    fn on_effect(&mut self, _now: Duration, _by: ProcessId, _effect: &EffectOf<P>) {}

    /// The process `at` has taken its step, and is now as it is shown. Its own clock showed `own`
    /// meanwhile. Not told of a step in which it panicked, nor by a model checker, which works out
    /// many steps at once.
    fn on_step_end(&mut self, _now: Duration, _own: Duration, _at: ProcessId, _process: &P) {}

    /// A message on its way from `from` to `to` met its fate.
    fn on_fate(
        &mut self,
        _now: Duration,
        _from: ProcessId,
        _to: ProcessId,
        _message: &P::Message,
        _fate: Fate,
    ) {
    }

    /// The process `who` died, with all that it knew.
    fn on_crash(&mut self, _now: Duration, _who: ProcessId) {}

    /// What was wrong with the history so far, if anything was. Asked after every step.
    fn violation(&self) -> Option<Violation> {
        None
    }

    /// What was wrong with the whole, asked once when the run is over with nothing left to do.
    fn violation_at_rest(&self) -> Option<Violation> {
        None
    }
}

/// What may happen to a message on its way, other than to arrive once.
///
/// ```
/// assert_eq!(protocol::Fate::Overtaken.to_string(), "overtaken");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The link lost it.
    Lost,
    /// The link made a second one of it.
    Duplicated,
    /// It was overtaken by a message that was sent after it on the same link.
    Overtaken,
    /// A partition, a broken connection or a dead receiver was in its way.
    Cut,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Lost => "lost",
            Self::Duplicated => "duplicated",
            Self::Overtaken => "overtaken",
            Self::Cut => "cut",
        })
    }
}

/// A property that was found broken, and how.
///
/// ```
/// use protocol::Violation;
///
/// let violation = Violation::new("safety", "sites 0 and 2 are inside at once");
/// assert_eq!(violation.to_string(), "safety: sites 0 and 2 are inside at once");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Violation {
    /// The name of the property.
    pub property: Cow<'static, str>,
    /// What was seen, as a phrase.
    pub detail: String,
}

impl Violation {
    /// A violation of the property of that name; `detail` says what was seen.
    pub fn new(property: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self { property: property.into(), detail: detail.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.property, self.detail)
    }
}

impl core::error::Error for Violation {}

/// Watches nothing.
impl<P: Process> Monitor<P> for () {}

/// Watches if there is one.
impl<P: Process, M: Monitor<P>> Monitor<P> for Option<M> {
    fn on_input(&mut self, now: Duration, at: ProcessId, process: &P, input: &InputOf<P>) {
        if let Some(monitor) = self {
            monitor.on_input(now, at, process, input);
        }
    }

    fn on_effect(&mut self, now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        if let Some(monitor) = self {
            monitor.on_effect(now, by, effect);
        }
    }

    fn on_step_end(&mut self, now: Duration, own: Duration, at: ProcessId, process: &P) {
        if let Some(monitor) = self {
            monitor.on_step_end(now, own, at, process);
        }
    }

    fn on_fate(
        &mut self,
        now: Duration,
        from: ProcessId,
        to: ProcessId,
        message: &P::Message,
        fate: Fate,
    ) {
        if let Some(monitor) = self {
            monitor.on_fate(now, from, to, message, fate);
        }
    }

    fn on_crash(&mut self, now: Duration, who: ProcessId) {
        if let Some(monitor) = self {
            monitor.on_crash(now, who);
        }
    }

    fn violation(&self) -> Option<Violation> {
        self.as_ref()?.violation()
    }

    fn violation_at_rest(&self) -> Option<Violation> {
        self.as_ref()?.violation_at_rest()
    }
}

impl<P: Process, A: Monitor<P>, B: Monitor<P>> Monitor<P> for (A, B) {
    fn on_input(&mut self, now: Duration, at: ProcessId, process: &P, input: &InputOf<P>) {
        self.0.on_input(now, at, process, input);
        self.1.on_input(now, at, process, input);
    }

    fn on_effect(&mut self, now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        self.0.on_effect(now, by, effect);
        self.1.on_effect(now, by, effect);
    }

    fn on_step_end(&mut self, now: Duration, own: Duration, at: ProcessId, process: &P) {
        self.0.on_step_end(now, own, at, process);
        self.1.on_step_end(now, own, at, process);
    }

    fn on_fate(
        &mut self,
        now: Duration,
        from: ProcessId,
        to: ProcessId,
        message: &P::Message,
        fate: Fate,
    ) {
        self.0.on_fate(now, from, to, message, fate);
        self.1.on_fate(now, from, to, message, fate);
    }

    fn on_crash(&mut self, now: Duration, who: ProcessId) {
        self.0.on_crash(now, who);
        self.1.on_crash(now, who);
    }

    fn violation(&self) -> Option<Violation> {
        self.0.violation().or_else(|| self.1.violation())
    }

    fn violation_at_rest(&self) -> Option<Violation> {
        self.0.violation_at_rest().or_else(|| self.1.violation_at_rest())
    }
}
