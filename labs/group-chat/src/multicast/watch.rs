//! Who says and delivers what, watched from outside, whatever the algorithm.

use alloc::string::String;
use core::{fmt, time::Duration};

use protocol::{Effect, EffectOf, Input, InputOf, Monitor, ProcessId, Violation};

use crate::multicast::{Command, Event, Member};

/// A message, as those know it who watch from outside. In an experiment, no member says the same
/// thing twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Saying {
    /// Whose it is.
    pub by: ProcessId,
    /// What it says.
    pub text: String,
}

/// What must be true of who delivers what, and when.
pub trait Rule {
    /// What it is called where a violation is reported.
    const NAME: &'static str;

    /// A member says this.
    fn on_said(&mut self, saying: &Saying);

    /// The member `at` delivers this.
    ///
    /// # Errors
    /// When it should not: what was seen, as a phrase.
    fn on_delivered(&mut self, at: ProcessId, saying: &Saying) -> Result<(), String>;

    /// A member has died.
    fn on_crash(&mut self, _who: ProcessId) {}

    /// Nothing is left to happen.
    ///
    /// # Errors
    /// When something is missing: what, as a phrase.
    fn at_rest(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Holds a rule against a run.
///
/// ```
/// use group_chat::multicast::{Command, Event, Fifo, FifoOrder, Watch};
/// use protocol::{Effect, Input, Monitor, ProcessId};
/// use std::time::Duration;
///
/// let (mut watch, [a, b]) = (Watch::<FifoOrder>::default(), [0, 1].map(ProcessId));
/// let fifo = Fifo::new(a, vec![b]);
/// for text in ["one", "two"] {
///     let input = Input::Command(Command::Say(text.into()));
///     Monitor::<Fifo>::on_input(&mut watch, Duration::ZERO, a, &fifo, &input);
/// }
/// let effect = Effect::Emit(Event::Delivered { from: a, text: "two".into() });
/// Monitor::<Fifo>::on_effect(&mut watch, Duration::ZERO, b, &effect);
/// let violation = Monitor::<Fifo>::violation(&watch).unwrap();
/// let detail = r#"member 1 delivers "two" of member 0 before "one", which was said first"#;
/// assert_eq!((violation.property.as_ref(), violation.detail.as_str()), ("FIFO order", detail));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Watch<R> {
    rule: R,
    violation: Option<Violation>,
}

impl<R: Rule> Watch<R> {
    /// A watch over a run that has not begun.
    pub fn new(rule: R) -> Self {
        Self { rule, violation: None }
    }
}

impl<P: Member, R: Rule> Monitor<P> for Watch<R> {
    fn on_input(&mut self, _now: Duration, at: ProcessId, _process: &P, input: &InputOf<P>) {
        if let Input::Command(Command::Say(text)) = input {
            self.rule.on_said(&Saying { by: at, text: text.clone() });
        }
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        if let Effect::Emit(Event::Delivered { from, text }) = effect {
            let saying = Saying { by: *from, text: text.clone() };
            if let Err(detail) = self.rule.on_delivered(by, &saying) {
                self.violation.get_or_insert(Violation::new(R::NAME, detail));
            }
        }
    }

    fn on_crash(&mut self, _now: Duration, who: ProcessId) {
        self.rule.on_crash(who);
    }

    fn violation(&self) -> Option<Violation> {
        self.violation.clone()
    }

    fn violation_at_rest(&self) -> Option<Violation> {
        self.rule.at_rest().err().map(|detail| Violation::new(R::NAME, detail))
    }
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?} of member {}", self.text, self.by)
    }
}
