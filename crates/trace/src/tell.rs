//! Typed steps become told ones: said in words, and shown with what they lead to.

use std::{
    fmt::Display,
    io::{self, Write},
    time::Duration,
};

use protocol::{Process, ProcessId, Violation};
use serde::Serialize;
use serde_json::Value;

use crate::{Data, End, Entry, Keep, Lines, Portrait, StepOf, Told, again::Again};

/// A process whose steps can be told: everything says itself, and can be written down.
pub trait Tellable:
    Process<
        Command: Clone + Display + Serialize,
        Message: Clone + Display + Serialize,
        Event: Clone + Display + Serialize,
        Timer: Display + Serialize,
    >
{
}

impl<P> Tellable for P where
    P: Process<
            Command: Clone + Display + Serialize,
            Message: Clone + Display + Serialize,
            Event: Clone + Display + Serialize,
            Timer: Display + Serialize,
        >
{
}

/// Tells what was recorded, and takes each step again to see what it leads to.
///
/// `process` makes a process, given its name and its life, from 0; `portrait` says what it shows
/// of itself. See the [crate's example](crate#example).
pub fn tell<'a, P>(
    entries: impl IntoIterator<Item = &'a Entry<StepOf<P>>>,
    size: u32,
    process: impl Fn(ProcessId, u64) -> P,
    portrait: impl Fn(&P) -> Portrait,
) -> Vec<Entry<Told>>
where
    P: Tellable + 'a,
    P::Command: 'a,
    P::Message: 'a,
    P::Event: 'a,
    P::Timer: 'a,
{
    let mut again = Again::new(vec![0; ProcessId(size).index()], process);
    let told = entries.into_iter().map(|entry| {
        told::<P>(entry, |step| {
            let (_, after) = again.step(step.process, step.own, step.input.clone());
            after.ok().map(&portrait)
        })
    });
    told.collect()
}

fn told<P: Tellable>(
    entry: &Entry<StepOf<P>>,
    after: impl FnOnce(&StepOf<P>) -> Option<Portrait>,
) -> Entry<Told> {
    match entry {
        Entry::Step(step) => Entry::Step(Told::of::<P>(step, after(step))),
        Entry::Fate(met) => Entry::Fate(*met),
        Entry::Crash { at, process } => Entry::Crash { at: *at, process: *process },
    }
}

impl Told {
    pub(crate) fn of<P: Tellable>(step: &StepOf<P>, after: Option<Portrait>) -> Self {
        let data = Data { input: as_data(&step.input), effects: as_data(&step.effects) };
        Self { words: step.in_words(), after, data }
    }
}

/// What can't be written down can't be taken again, and will be found to differ.
pub(crate) fn as_data(it: &impl Serialize) -> Value {
    serde_json::to_value(it).unwrap_or_else(|error| Value::String(error.to_string()))
}

/// Writes entries down as they come, as long as there is room.
///
/// Each is a write of its own, done before its step has come to an end. What others hear from a
/// process they hear after that, as long as its messages leave at the end of a step, so that its
/// file tells of it even if the process is killed; and so the file says that there is no more room
/// as soon as there is none.
pub struct Journal<W, F> {
    lines: Lines<W>,
    portrait: F,
    room: u64,
    left_out: u64,
    last: Duration,
    /// The first error, after which nothing more is written.
    result: io::Result<()>,
}

impl<W: Write, F> Journal<W, F> {
    /// Has room for so many entries. `portrait` says what a process shows of itself.
    pub fn new(lines: Lines<W>, room: u64, portrait: F) -> Self {
        Self { lines, portrait, room, left_out: 0, last: Duration::ZERO, result: Ok(()) }
    }

    /// Writes how it ended.
    ///
    /// # Errors
    /// When anything could not be written.
    pub fn end(self, violation: Option<Violation>) -> io::Result<W> {
        self.result?;
        self.lines.end(&End { at: self.last, violation, left_out: self.left_out })
    }
}

impl<P, W, F> Keep<P> for Journal<W, F>
where
    P: Tellable,
    W: Write,
    F: Fn(&P) -> Portrait,
{
    fn keep(&mut self, entry: Entry<StepOf<P>>, after: Option<&P>) {
        if self.result.is_err() {
            return;
        }
        if self.room == 0 {
            self.left_out += 1;
            if self.left_out == 1 {
                let end = End { at: self.last, violation: None, left_out: 1 };
                self.result = self.lines.leave_out(&end);
            }
            return;
        }
        self.room -= 1;
        self.last = entry.at();
        let told = told::<P>(&entry, |_| after.map(&self.portrait));
        self.result = self.lines.entry(&told);
    }
}
