//! A run told line by line.

use std::{
    collections::BTreeSet,
    fmt::{self, Write},
    mem,
    time::Duration,
};

use protocol::{Effect, EffectOf, Fate, Input, InputOf, Link, Monitor, Process, ProcessId};

/// Writes what happens, a line for each input, effect and fate, in the words of the course:
/// messages, commands and events say themselves. To stop a timer that is not set is to do
/// nothing, and is not told. What a message meets as soon as it is sent, it meets in the same line.
///
/// ```
/// use protocol::{Input, Monitor, ProcessId};
/// use ricart_agrawala::{Message, Site};
/// use simulator::Narrator;
/// use std::time::Duration;
///
/// let mut narrator = Narrator::new("site", String::new());
/// let site = Site::new(ProcessId(0), ProcessId(0).peers(2));
/// let input = Input::Message { from: ProcessId(1), message: Message::Reply };
/// Monitor::<Site>::on_input(&mut narrator, Duration::from_millis(2), ProcessId(0), &site, &input);
/// assert_eq!(narrator.finish(), Ok("     2.000000 ms  site 0 <- site 1: reply\n".into()));
/// ```
pub struct Narrator<W> {
    /// What a process is called.
    noun: &'static str,
    margin: Margin,
    /// The timers that are set, by whom and how they are called.
    timers: BTreeSet<(ProcessId, String)>,
    /// The message that the last line says was sent: what it meets at once stands in that line.
    sent: Option<Sent>,
    /// Whether a line has begun. It ends with the beginning of the next one.
    is_in_line: bool,
    out: W,
    /// The first error of `out`, after which nothing more is written.
    result: fmt::Result,
}

/// What stands before a line.
enum Margin {
    /// The virtual time.
    Time,
    /// Nothing: everybody starts and is linked, which goes without saying. Only what may come of
    /// it is told.
    Beginning,
    /// The number of the event, on its first line.
    Number(Option<usize>),
}

/// A message, as its line tells of it.
#[derive(PartialEq)]
struct Sent {
    at: Duration,
    from: ProcessId,
    to: ProcessId,
    message: String,
}

impl<W: Write> Narrator<W> {
    /// Writes into `out`, and calls a process `noun`.
    pub fn new(noun: &'static str, out: W) -> Self {
        let (margin, timers) = (Margin::Time, BTreeSet::new());
        Self { noun, margin, timers, sent: None, is_in_line: false, out, result: Ok(()) }
    }

    /// Writes numbers of events in the place of times.
    pub(crate) fn numbered(noun: &'static str, out: W) -> Self {
        Self { margin: Margin::Beginning, ..Self::new(noun, out) }
    }

    /// What comes next belongs to the event of this number.
    pub(crate) fn begin_event(&mut self, number: usize) {
        self.margin = Margin::Number(Some(number));
        self.sent = None; // What a message meets is an event of its own.
    }

    /// What was written into, at the end.
    ///
    /// # Errors
    /// When it could not all be written.
    pub fn finish(mut self) -> Result<W, fmt::Error> {
        self.end_line();
        self.result.map(|()| self.out)
    }

    fn end_line(&mut self) {
        self.sent = None;
        if mem::take(&mut self.is_in_line) {
            self.result = self.result.and_then(|()| self.out.write_char('\n'));
        }
    }

    /// Begins a line about the process `who`.
    fn line(&mut self, now: Duration, who: ProcessId, what: fmt::Arguments) {
        self.end_line();
        let Self { noun, margin, is_in_line, out, result, .. } = self;
        if result.is_err() {
            return;
        }
        *is_in_line = true;
        *result = match margin {
            Margin::Time => {
                let milliseconds = now.as_nanos() / 1_000_000;
                let rest = now.as_nanos() % 1_000_000;
                write!(out, "{milliseconds:>6}.{rest:06} ms  ")
            }
            Margin::Number(number) => match number.take() {
                Some(number) => write!(out, "{number:>3}  "),
                None => write!(out, "     "),
            },
            Margin::Beginning => write!(out, "     "),
        };
        *result = result.and_then(|()| write!(out, "{noun} {who} {what}"));
    }
}

impl<P, W> Monitor<P> for Narrator<W>
where
    P: Process,
    P::Command: fmt::Display,
    P::Message: fmt::Display,
    P::Event: fmt::Display,
    P::Timer: fmt::Display,
    W: Write,
{
    fn on_input(&mut self, now: Duration, at: ProcessId, _process: &P, input: &InputOf<P>) {
        let noun = self.noun;
        if matches!(self.margin, Margin::Beginning) {
            return;
        }
        match input {
            Input::Start => self.line(now, at, format_args!("starts")),
            Input::Command(command) => self.line(now, at, format_args!("is told to {command}")),
            Input::Message { from, message } => {
                self.line(now, at, format_args!("<- {noun} {from}: {message}"));
            }
            Input::Timer(timer) => {
                self.timers.remove(&(at, timer.to_string()));
                self.line(now, at, format_args!("timer {timer} runs out"));
            }
            Input::Link { peer, link: Link::Up { incarnation: 0, .. } } => {
                self.line(now, at, format_args!("is linked to {noun} {peer}"));
            }
            Input::Link { peer, link: Link::Up { incarnation, .. } } => self.line(
                now,
                at,
                format_args!("is linked to {noun} {peer} in its life {incarnation}"),
            ),
            Input::Link { peer, link: Link::Down } => {
                self.line(now, at, format_args!("has lost the link to {noun} {peer}"));
            }
        }
    }

    fn on_effect(&mut self, now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        let noun = self.noun;
        let changes_something = match effect {
            Effect::SetTimer { timer, .. } => {
                self.timers.insert((by, timer.to_string()));
                true
            }
            Effect::CancelTimer(timer) => self.timers.remove(&(by, timer.to_string())),
            _ => true,
        };
        let may_matter = matches!(effect, Effect::Send { .. } | Effect::SetTimer { .. })
            || !matches!(self.margin, Margin::Beginning);
        if !changes_something || !may_matter {
            return;
        }
        match effect {
            Effect::Send { to, message } => {
                self.line(now, by, format_args!("-> {noun} {to}: {message}"));
                self.sent = Some(Sent { at: now, from: by, to: *to, message: message.to_string() });
            }
            Effect::Emit(event) => self.line(now, by, format_args!("{event}")),
            Effect::SetTimer { timer, after } => {
                self.line(now, by, format_args!("sets timer {timer} to {after:?}"));
            }
            Effect::CancelTimer(timer) => self.line(now, by, format_args!("stops timer {timer}")),
            Effect::Close(peer) => self.line(now, by, format_args!("hangs up on {noun} {peer}")),
            Effect::Reject { peer, why } => {
                self.line(now, by, format_args!("rejects {noun} {peer}: {why}"));
            }
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
        let noun = self.noun;
        if fate == Fate::Overtaken && !matches!(self.margin, Margin::Time) {
            return; // Where events are numbered, their order shows it.
        }
        let this = Sent { at: now, from, to, message: message.to_string() };
        if self.sent.take() == Some(this) {
            self.result = self.result.and_then(|()| write!(self.out, " ({fate})"));
        } else {
            self.line(now, from, format_args!("-> {noun} {to}: {message} ({fate})"));
        }
    }

    fn on_crash(&mut self, now: Duration, who: ProcessId) {
        self.timers.retain(|(whose, _)| *whose != who);
        self.line(now, who, format_args!("dies"));
    }
}
