//! Recorded steps, taken again: a process that is what it says does the same.

use std::{fmt, time::Duration};

use protocol::{EffectOf, Input, InputOf, Outbox, Process, ProcessId};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Entry, Told, Trace, guard};

/// The processes of a recorded run, as far as its steps have been taken again.
pub(crate) struct Again<P, F> {
    /// Which life each begins in.
    lives: Vec<u64>,
    processes: Vec<Option<P>>,
    process: F,
}

impl<P: Process, F: Fn(ProcessId, u64) -> P> Again<P, F> {
    pub(crate) fn new(lives: Vec<u64>, process: F) -> Self {
        Self { processes: lives.iter().map(|_| None).collect(), lives, process }
    }

    /// Has `who` take a step, and returns how it is after it, and what it did.
    ///
    /// # Errors
    /// When it panics: what it says then.
    pub(crate) fn step(
        &mut self,
        who: ProcessId,
        own: Duration,
        input: InputOf<P>,
    ) -> Result<(&P, Vec<EffectOf<P>>), String> {
        let at = who.index();
        let is_born = matches!(input, Input::Start);
        let mut process = match self.processes[at].take().filter(|_| !is_born) {
            Some(process) => process,
            None => {
                let life = self.lives[at];
                self.lives[at] += 1;
                guard(|| (self.process)(who, life))?
            }
        };
        let mut effects = Vec::new();
        guard(|| process.step(input, &mut Outbox::new(own, &mut |effect| effects.push(effect))))?;
        Ok((self.processes[at].insert(process), effects))
    }
}

/// A step that came out otherwise when it was taken again.
///
/// Whoever took it the first time knew more than its inputs: a clock, a random number, the order
/// of a hash table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// Which of the trace's entries it is, from 0.
    pub entry: usize,
    /// Whose step it is.
    pub process: ProcessId,
    /// When it was taken.
    pub at: Duration,
    /// What was done then, and what was done again.
    pub detail: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { entry, process, at, detail } = self;
        let milliseconds = at.as_secs_f64() * 1e3;
        write!(f, "process {process}, entry {}, at {milliseconds:.3} ms: {detail}", entry + 1)
    }
}

impl std::error::Error for Divergence {}

impl Trace {
    /// Takes every step again, each process given what it was given then, and returns how many
    /// there were. `process` makes a process, given its name and its life.
    ///
    /// See the [crate's example](crate#example).
    ///
    /// # Errors
    /// At the first step that comes out otherwise.
    pub fn take_again<P>(&self, process: impl Fn(ProcessId, u64) -> P) -> Result<u64, Divergence>
    where
        P: Process<
                Command: DeserializeOwned,
                Message: DeserializeOwned + Serialize,
                Event: Serialize,
                Timer: DeserializeOwned + Serialize,
            >,
    {
        let mut again = Again::new(self.header.incarnations.clone(), process);
        let mut steps = 0;
        for (number, entry) in self.entries.iter().enumerate() {
            let Entry::Step(told) = entry else { continue };
            take_again(&mut again, told).map_err(|detail| Divergence {
                entry: number,
                process: told.words.process,
                at: told.words.at,
                detail,
            })?;
            steps += 1;
        }
        Ok(steps)
    }
}

fn take_again<P, F>(again: &mut Again<P, F>, told: &Told) -> Result<(), String>
where
    P: Process<
            Command: DeserializeOwned,
            Message: DeserializeOwned + Serialize,
            Event: Serialize,
            Timer: DeserializeOwned + Serialize,
        >,
    F: Fn(ProcessId, u64) -> P,
{
    let Told { words, data, after } = told;
    let input = serde_json::from_value(data.input.clone())
        .map_err(|error| format!("it was given what these processes do not take: {error}"))?;
    let did = &data.effects;
    match again.step(words.process, words.own, input) {
        Err(_) if after.is_none() => Ok(()), // It panicked then, too.
        Err(text) => Err(format!("it did {did}, and now panics: {text}")),
        Ok((_, effects)) => match serde_json::to_value(&effects) {
            Ok(does) if does == *did => Ok(()),
            Ok(does) => Err(format!("it did {did}, and now does {does}")),
            Err(error) => Err(error.to_string()),
        },
    }
}
