//! Traces of single processes, put down by hand.

use std::time::Duration;

use protocol::{Effect, Fate, Input, Link, ProcessId};
use serde_json::Value;
use trace::{Data, Driver, End, Entry, Header, InWords, MessageId, Met, SCHEMA, Step, Told, Trace};

/// What one process writes down. A millisecond passes with each entry.
pub(crate) struct Teller {
    me: ProcessId,
    trace: Trace,
    sent: u64,
}

/// A message: for whom, and what it says.
type Words<'a> = (u32, &'a str);

impl Teller {
    /// The process `me` of three, in its only life.
    pub(crate) fn new(me: u32) -> Self {
        let header = Header {
            schema: SCHEMA,
            lab: "telephone".into(),
            version: "0.1.0".into(),
            variant: None,
            arguments: Vec::new(),
            driver: Driver::Network,
            noun: "speaker".into(),
            processes: 3,
            incarnations: ProcessId::all(3)
                .map(|id| if id.0 == me { life(me) } else { 0 })
                .collect(),
            phases: Vec::new(),
            began: Some(1_000_000),
            seed: None,
            scenario: Value::Null,
            partitions: Vec::new(),
        };
        Self { me: ProcessId(me), trace: Trace { header, entries: Vec::new(), end: None }, sent: 0 }
    }

    /// … that has begun so much later than others.
    pub(crate) fn later(mut self, by: Duration) -> Self {
        self.trace.header.began = Some(1_000_000 + by.as_micros() as u64);
        self
    }

    pub(crate) fn up(self, peer: u32) -> Self {
        self.up_in(peer, life(peer))
    }

    pub(crate) fn up_in(self, peer: u32, incarnation: u64) -> Self {
        let link = Link::Up { addr: ([127, 0, 0, 1], 7100).into(), incarnation };
        self.step(Input::Link { peer: ProcessId(peer), link }, &[])
    }

    pub(crate) fn down(self, peer: u32) -> Self {
        self.step(Input::Link { peer: ProcessId(peer), link: Link::Down }, &[])
    }

    /// It is told to say that.
    pub(crate) fn says(self, words: &[Words]) -> Self {
        self.step(Input::Command("speak".to_owned()), words)
    }

    pub(crate) fn hears(self, from: u32, said: &str) -> Self {
        self.answers(from, said, &[])
    }

    /// It hears that, and says this.
    pub(crate) fn answers(self, from: u32, said: &str, words: &[Words]) -> Self {
        self.step(Input::Message { from: ProcessId(from), message: said.to_owned() }, words)
    }

    /// What it said last was cut at once.
    pub(crate) fn cut(mut self, to: u32) -> Self {
        let message = MessageId { sender: self.me, number: self.sent - 1 };
        let met = Met { at: self.now(), message, to: ProcessId(to), fate: Fate::Cut };
        self.trace.entries.push(Entry::Fate(met));
        self
    }

    /// It waits.
    pub(crate) fn waits(mut self, time: Duration) -> Self {
        if let Some(Entry::Step(told)) = self.trace.entries.last_mut() {
            told.words.at += time;
        }
        self
    }

    fn step(mut self, input: Input<String, String, String>, words: &[Words]) -> Self {
        let send =
            |&(to, said): &Words| Effect::Send { to: ProcessId(to), message: said.to_owned() };
        let words: InWords = Step {
            process: self.me,
            at: self.now() + Duration::from_millis(1),
            own: Duration::ZERO,
            input,
            received: None,
            effects: words.iter().map(send).collect(),
            sent_before: self.sent,
        };
        self.sent += words.effects.len() as u64;
        let data = Data { input: Value::Null, effects: Value::Null };
        self.trace.entries.push(Entry::Step(Told { words, after: None, data }));
        self
    }

    fn now(&self) -> Duration {
        self.trace.entries.last().map_or(Duration::ZERO, Entry::<Told>::at)
    }

    /// It has come to its end, and said so.
    pub(crate) fn ends(self) -> Trace {
        self.ends_without(0)
    }

    /// … and so many entries are missing.
    pub(crate) fn ends_without(self, left_out: u64) -> Trace {
        let end = Some(End { at: self.now(), violation: None, left_out });
        Trace { end, ..self.trace }
    }

    /// It has died.
    pub(crate) fn dies(self) -> Trace {
        self.trace
    }
}

/// Which life of a process there is.
pub(crate) fn life(process: u32) -> u64 {
    100 + u64::from(process)
}

/// Who has received which message of whom, in order, as `1 <- 0.2`: the third that 0 has sent.
/// A `?` stands for one that nobody knows.
pub(crate) fn received(trace: &Trace) -> Vec<String> {
    let steps = trace.entries.iter().filter_map(|entry| match entry {
        Entry::Step(told) => Some(&told.words),
        _ => None,
    });
    let received = steps.filter_map(|step| match (&step.input, step.received) {
        (Input::Message { .. }, Some(MessageId { sender, number })) => {
            Some(format!("{} <- {sender}.{number}", step.process))
        }
        (Input::Message { from, .. }, None) => Some(format!("{} <- {from}.?", step.process)),
        _ => None,
    });
    received.collect()
}

/// What was cut, in order, as `0.2 -> 1`, and who died, as `1 died`.
pub(crate) fn cut(trace: &Trace) -> Vec<String> {
    let cut = trace.entries.iter().filter_map(|entry| match entry {
        Entry::Step(_) => None,
        Entry::Fate(Met { message: MessageId { sender, number }, to, fate, .. }) => {
            assert_eq!(*fate, Fate::Cut);
            Some(format!("{sender}.{number} -> {to}"))
        }
        Entry::Crash { process, .. } => Some(format!("{process} died")),
    });
    cut.collect()
}
