//! Recorded steps, taken again: a process that is what it says does the same.
//!
//! A picture is drawn of what is told of a step: its words, and what the process looks like after
//! it. So these are told anew, too, out of the data by which the step is taken again, and held
//! against what is there. What nobody can take again is that links and clocks did as is told; that
//! is held against what can be: a message was on its way, a process was alive, and no time goes
//! back.

use std::{fmt, time::Duration};

use protocol::{EffectOf, Input, InputOf, Outbox, Process, ProcessId, Violation};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Data, Driver, End, Entry, Portrait, Step, Tellable, Told, Trace, guard, mail::Mail,
    tell::as_data, words::visible,
};

/// The processes of a recorded run, as far as its steps have been taken again.
pub(crate) struct Again<P, F> {
    /// Which life each begins in.
    lives: Vec<u64>,
    /// Those that are alive.
    processes: Vec<Option<P>>,
    process: F,
}

/// A process after a step, or what it said when it panicked.
type After<'a, P> = Result<&'a P, String>;

impl<P: Process, F: Fn(ProcessId, u64) -> P> Again<P, F> {
    pub(crate) fn new(lives: Vec<u64>, process: F) -> Self {
        Self { processes: lives.iter().map(|_| None).collect(), lives, process }
    }

    /// Has `who` take a step, and returns what it did, and how it is after that.
    pub(crate) fn step(
        &mut self,
        who: ProcessId,
        own: Duration,
        input: InputOf<P>,
    ) -> (Vec<EffectOf<P>>, After<'_, P>) {
        let at = who.index();
        let is_born = matches!(input, Input::Start);
        let slot = &mut self.processes[at];
        let before = slot.take().filter(|_| !is_born);
        let mut effects = Vec::new();
        let after = guard(|| {
            let mut process = before.unwrap_or_else(|| {
                let life = self.lives[at];
                self.lives[at] += 1;
                (self.process)(who, life)
            });
            process.step(input, &mut Outbox::new(own, &mut |effect| effects.push(effect)));
            process
        });
        (effects, after.map(|process| &*slot.insert(process)))
    }

    fn is_alive(&self, who: ProcessId) -> bool {
        self.processes[who.index()].is_some()
    }

    fn die(&mut self, who: ProcessId) -> Result<(), String> {
        let died = self.processes[who.index()].take();
        died.map(drop).ok_or_else(|| "it died without having started".to_owned())
    }
}

/// Something in a trace that came out otherwise when it was taken again, or can't have been.
///
/// Whoever took a step the first time may have known more than its inputs: a clock, a random
/// number, the order of a hash table. Or somebody has changed what is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// Which of the trace's entries it is, from 0.
    pub entry: usize,
    /// Whose step it is, or by whom the message was sent that it tells of.
    pub process: ProcessId,
    /// Whose it is, which of the steps, and when, in words.
    pub place: String,
    /// What is told, and what was done again.
    pub detail: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&visible(&format!("{}: {}", self.place, self.detail)))
    }
}

impl std::error::Error for Divergence {}

impl Trace {
    /// Takes every step again, each process given what it was given then, and returns how many
    /// there were. `process` makes a process, given its name and its life; `portrait` says what it
    /// shows of itself.
    ///
    /// See the [crate's example](crate#example).
    ///
    /// # Errors
    /// At the first that comes out otherwise, or is told otherwise, or can't have been.
    pub fn take_again<P>(
        &self,
        process: impl Fn(ProcessId, u64) -> P,
        portrait: impl Fn(&P) -> Portrait,
    ) -> Result<u64, Divergence>
    where
        P: Tellable
            + Process<Command: DeserializeOwned, Message: DeserializeOwned, Timer: DeserializeOwned>,
    {
        let mut again = Again::new(self.header.incarnations.clone(), process);
        let mut mail = Mail::of(self);
        let (mut steps, mut now) = (0, Duration::ZERO);
        for (number, entry) in self.entries.iter().enumerate() {
            let result = match entry {
                _ if entry.at() < now => Err("it is told after what happened later".to_owned()),
                Entry::Step(told) => {
                    steps += 1;
                    take_again(&mut again, told, &portrait).and_then(|()| mail.take_in(&told.words))
                }
                Entry::Fate(met) => mail.meet(met),
                Entry::Crash { process, .. } => again.die(*process),
            };
            result.map_err(|detail| self.divergence(number, detail))?;
            now = entry.at();
        }
        Ok(steps)
    }

    /// Ends it where it diverges, and says so: what is told from there on is worth nothing.
    pub fn end_at(&mut self, divergence: &Divergence) {
        self.entries.truncate(divergence.entry + 1);
        let at = self.entries.last().map_or(Duration::ZERO, Entry::<Told>::at);
        let violation = Some(Violation::new("diverged", divergence.to_string()));
        self.end = Some(End { at, violation, left_out: 0 });
    }

    fn divergence(&self, entry: usize, detail: String) -> Divergence {
        let process = self.entries[entry].teller();
        let (noun, step) = (&self.header.noun, self.step(entry));
        let at = match self.header.driver {
            Driver::Checker => String::new(),
            _ => format!(", at {}", self.moment(self.entries[entry].at())),
        };
        let place = format!("{noun} {process}, {step}{at}");
        Divergence { entry, process, place, detail }
    }
}

/// Takes a step again, and tells it anew.
fn take_again<P, F>(
    again: &mut Again<P, F>,
    told: &Told,
    portrait: impl Fn(&P) -> Portrait,
) -> Result<(), String>
where
    P: Tellable
        + Process<Command: DeserializeOwned, Message: DeserializeOwned, Timer: DeserializeOwned>,
    F: Fn(ProcessId, u64) -> P,
{
    let Told { words, data: Data { input, effects: did }, after: was } = told;
    let input: InputOf<P> = serde_json::from_value(input.clone())
        .map_err(|error| format!("it was given what these processes do not take: {error}"))?;
    match (again.is_alive(words.process), matches!(input, Input::Start)) {
        (true, true) => return Err("it started without having died".to_owned()),
        (false, false) => return Err("it did something without having started".to_owned()),
        _ => {}
    }
    let (effects, after) = again.step(words.process, words.own, input.clone());
    let does = as_data(&effects);
    match &after {
        Err(text) if was.is_some() => {
            return Err(format!("it did {did}, and now panics: {text}"));
        }
        _ if does != *did => return Err(format!("it did {did}, and now does {does}")),
        _ => {}
    }
    let Step { process, at, own, received, sent_before, .. } = *words;
    let step = Step { process, at, own, input, received, effects, sent_before };
    let anew = Told::of::<P>(&step, after.ok().map(portrait));
    is_told_so("what it was given", &words.input, &anew.words.input)?;
    is_told_so("what it did", &words.effects, &anew.words.effects)?;
    is_told_so("what it then was", was, &anew.after)
}

fn is_told_so<T: PartialEq + Serialize>(what: &str, told: &T, is: &T) -> Result<(), String> {
    if told == is {
        return Ok(());
    }
    let [told, is] = [told, is].map(as_data);
    Err(format!("{what} is told as {told}, and is {is}"))
}
