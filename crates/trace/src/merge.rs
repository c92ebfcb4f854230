//! The traces of single processes become the trace of the run.
//!
//! Each process of a network has written down what happened to *it*. Nobody has seen the whole,
//! and no two clocks agree. But a connection keeps messages in order, so that the one which came
//! in third is the one which was sent third: that joins the traces, and causes go before what
//! came of them, whatever the clocks say.

use std::collections::BTreeMap;

use protocol::ProcessId;

use crate::{End, Entry, Header, Told, Trace, align::align, join::Connections, order};

/// Why traces do not make up one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is no step in any of them.
    #[error("nobody has written down a step")]
    Nothing,
    /// They tell of different systems.
    #[error("one trace is of {one}, another of {other}: merge those of one run")]
    OtherSystem {
        /// The system that the first one tells of.
        one: String,
        /// The system that another tells of.
        other: String,
    },
    /// One tells of several processes.
    #[error("one trace is of {noun}s {one} and {other}: merge those that tell of one each")]
    Several {
        /// What a process is called.
        noun: String,
        /// The first process that it tells of.
        one: ProcessId,
        /// Another.
        other: ProcessId,
    },
    /// Two tell of the same process.
    #[error("two traces are of {noun} {process}: merge one of each")]
    Twice {
        /// What a process is called.
        noun: String,
        /// Which one.
        process: ProcessId,
    },
    /// What one process has seen can't be, after what the others have seen, or itself.
    #[error("{place}: {why}")]
    Contradiction {
        /// Who has seen it, and in which of its own steps.
        place: String,
        /// What it has seen, and what speaks against it.
        why: String,
    },
}

/// What one process has written down.
pub(crate) struct Part {
    pub(crate) process: ProcessId,
    pub(crate) trace: Trace,
}

impl Part {
    /// A trace that is told by one process; `None` if it tells nothing.
    fn new(trace: Trace) -> Result<Option<Self>, MergeError> {
        let mut tellers = trace.entries.iter().map(Entry::teller);
        let Some(process) = tellers.next() else { return Ok(None) };
        match tellers.find(|&other| other != process) {
            Some(other) => {
                let noun = trace.header.noun.clone();
                Err(MergeError::Several { noun, one: process, other })
            }
            None => Ok(Some(Self { process, trace })),
        }
    }

    /// Which of its lives it tells of.
    pub(crate) fn life(&self) -> u64 {
        self.trace.header.incarnations.get(self.process.index()).copied().unwrap_or_default()
    }

    /// Whether it tells all that happened to the process until that ended, or died.
    pub(crate) fn is_complete(&self) -> bool {
        self.trace.end.as_ref().is_none_or(|end| end.left_out == 0)
    }

    /// If nobody has written its end, the process has died.
    fn bury(&mut self) {
        let Trace { entries, end, .. } = &mut self.trace;
        if let (Some(last), None) = (entries.last(), end) {
            entries.push(Entry::Crash { at: last.at(), process: self.process });
        }
    }

    /// What a process is called, with its number.
    pub(crate) fn named(&self, process: ProcessId) -> String {
        format!("{} {process}", self.trace.header.noun)
    }

    pub(crate) fn contradiction(&self, entry: usize, why: String) -> MergeError {
        let (name, step) = (self.named(self.process), self.trace.step(entry));
        MergeError::Contradiction { place: format!("{name}, {step}"), why }
    }
}

impl Trace {
    /// Makes the trace of a run out of those which its processes have written by themselves,
    /// over a network that keeps the messages of a connection in order.
    ///
    /// A process that has left none, or an empty one, is nobody; which of its messages others
    /// have received remains unknown. One whose trace has no end has died. A message that had not
    /// arrived when its connection, or its receiver, came to the end is cut. The earliest trace's
    /// beginning is the run's; clocks by which something came before its cause are put forward by
    /// as much as that takes.
    ///
    /// # Errors
    /// When they tell of different systems, or contradict each other.
    pub fn merge(traces: Vec<Self>) -> Result<Self, MergeError> {
        let mut parts = parts(traces)?;
        let header = header(&parts);
        let violation = parts.iter().find_map(|part| part.trace.end.as_ref()?.violation.clone());
        let left_out = |part: &Part| part.trace.end.as_ref().map_or(0, |end| end.left_out);
        let left_out = parts.iter().map(left_out).fold(0, u64::saturating_add);

        let joined = Connections::join(&parts)?;
        joined.name_arrivals(&mut parts);
        align(&mut parts, &joined);
        let fates = joined.fates(&parts);
        parts.iter_mut().for_each(Part::bury);
        let entries = order::insert(fates, order::by_causality(parts, &header.noun)?);
        let at = entries.iter().map(Entry::<Told>::at).max().unwrap_or_default();
        Ok(Self { header, entries, end: Some(End { at, violation, left_out }) })
    }
}

/// The traces, each of another process of the same system, in the order of their names.
fn parts(traces: Vec<Trace>) -> Result<Vec<Part>, MergeError> {
    if let [first, others @ ..] = &traces[..]
        && let Some(other) = others.iter().find(|other| !is_of_one_system(first, other))
    {
        let [one, other] = [first, other].map(|trace| system(&trace.header));
        return Err(MergeError::OtherSystem { one, other });
    }
    let mut parts = BTreeMap::new();
    for trace in traces {
        if let Some(part) = Part::new(trace)?
            && let Some(twin) = parts.insert(part.process, part)
        {
            let noun = twin.trace.header.noun;
            return Err(MergeError::Twice { noun, process: twin.process });
        }
    }
    match parts.is_empty() {
        true => Err(MergeError::Nothing),
        false => Ok(parts.into_values().collect()),
    }
}

/// What all of them have in common, and the life that each of them tells of.
fn header(parts: &[Part]) -> Header {
    let mut header = parts[0].trace.header.clone();
    header.began = parts.iter().filter_map(|part| part.trace.header.began).min();
    for part in parts {
        if let Some(life) = header.incarnations.get_mut(part.process.index()) {
            *life = part.life();
        }
    }
    header
}

fn is_of_one_system(one: &Trace, other: &Trace) -> bool {
    let (one, other) = (&one.header, &other.header);
    (&one.lab, &one.version, &one.variant, one.processes, &one.phases)
        == (&other.lab, &other.version, &other.variant, other.processes, &other.phases)
}

/// A system in words.
fn system(header: &Header) -> String {
    let Header { lab, version, variant, noun, processes, .. } = header;
    let variant = variant.as_deref().map_or(String::new(), |it| format!(" {it}"));
    format!("{lab} {version}{variant}, {processes} {noun}s")
}
