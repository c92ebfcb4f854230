//! `trace`: reads what a run has written down, takes its steps again, and makes pictures of it.

use std::{collections::BTreeSet, fs::File, path::PathBuf};

use mutual_exclusion::counted;
use protocol::ProcessId;
use trace::{Divergence, Entry, Told, Trace};

use super::{
    Lab,
    drawing::{self, Target},
    scribe::AS_STAGED,
    system::{Bare, BehindReliable, System},
    unlocked::Unlocked,
};
use crate::{Failure, Outcome, Output, Verdict};

pub(super) const EXAMPLE: &str = "trace run.jsonl --to run.html";

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// What --trace FILE.jsonl has written; of several nodes of one run, each its own
    #[arg(value_name = "FILE.jsonl", required = true)]
    files: Vec<PathBuf>,
    /// Write it into this file too: .html, .svg, .jsonl, .shiviz or .mmd
    #[arg(long, value_name = "FILE", value_parser = Target::new)]
    to: Vec<Target>,
}

pub(super) fn run<L: Lab>(options: &Options, out: Output) -> Result<Verdict, Failure> {
    let mut traces = options.files.iter().map(read::<L>).collect::<Result<Vec<_>, _>>()?;
    let mut trace = match (traces.pop(), traces.is_empty()) {
        (Some(trace), true) => trace,
        (last, _) => {
            traces.extend(last);
            Trace::merge(traces).map_err(|error| Failure::Usage(error.to_string()))?
        }
    };
    if let Some(violation) = trace.end.as_ref().and_then(|end| end.violation.as_ref()) {
        out.line(format_args!("the run ended with {violation}"))?;
    }
    if trace.end.is_none() {
        out.line("its end is missing: whoever wrote it died, or it was cut off")?;
    }
    let verdict = verdict::<L>(&mut trace)?;
    options.to.iter().try_for_each(|target| target.write(&trace))?;
    Ok(verdict)
}

/// Whether it all comes out the same. Of a trace in which something does not, that is the end.
fn verdict<L: Lab>(trace: &mut Trace) -> Result<Verdict, Failure> {
    if trace.header.variant.as_deref() == Some(AS_STAGED) {
        let text = format!("{}, not taken again: their sites have a past", extent(trace));
        return Ok(Verdict::new(Outcome::Held, text));
    }
    Ok(match take_again::<L>(trace)? {
        Ok(_) => Verdict::new(Outcome::Held, same_again(trace)),
        Err(divergence) => {
            trace.end_at(&divergence);
            Verdict::new(Outcome::Broken, format!("diverged: {divergence}"))
        }
    })
}

fn read<L: Lab>(path: &PathBuf) -> Result<Trace, Failure> {
    let named =
        |error: &dyn std::fmt::Display| Failure::Usage(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(|error| named(&error))?;
    let trace = Trace::read(file).map_err(|error| named(&error))?;
    if trace.header.lab == L::NAME {
        return Ok(trace);
    }
    let (path, lab) = (path.display(), &trace.header.lab);
    Err(Failure::Usage(format!("{path} is of {lab}: cargo run -p {lab} -- trace {path}")))
}

/// Says of a run that it came out the same.
pub(super) fn same_again(trace: &Trace) -> String {
    format!("{}, taken again: each did the same", extent(trace))
}

/// How much a trace tells, and of how many sites, if some have left none.
fn extent(trace: &Trace) -> String {
    let mut steps = 0;
    let mut sites = BTreeSet::new();
    for entry in &trace.entries {
        if let Entry::Step(Told { words, .. }) = entry {
            steps += 1;
            sites.insert(words.process);
        }
    }
    let (told_of, size) = (sites.len() as u64, u64::from(trace.header.processes));
    let part = if told_of < size { format!("{told_of} of ") } else { String::new() };
    format!("{} of {part}{}", counted(steps, "step"), counted(size, "site"))
}

/// Takes all steps again, by sites such as took them the first time.
pub(super) fn take_again<L: Lab>(trace: &Trace) -> Result<Result<u64, Divergence>, Failure> {
    let variant = trace.header.variant.as_deref().unwrap_or_default();
    if let Some(name) = variant.strip_prefix("mutant ") {
        return match L::mutants().iter().find(|mutant| mutant.name() == name) {
            Some(mutant) => Ok(mutant.take_again(trace)),
            None => Err(Failure::Usage(format!("there is no mutant {name} any more"))),
        };
    }
    let is_of = |suffix: &str| suffix.trim() == variant;
    if is_of(Bare::<L>::SUFFIX) {
        Ok(again::<Bare<L>>(trace))
    } else if is_of(BehindReliable::<L>::SUFFIX) {
        Ok(again::<BehindReliable<L>>(trace))
    } else if is_of(Unlocked::SUFFIX) {
        Ok(again::<Unlocked>(trace))
    } else {
        Err(Failure::Usage(format!("there are no sites {variant} any more")))
    }
}

fn again<S: System>(trace: &Trace) -> Result<u64, Divergence> {
    let size = trace.header.processes;
    trace.take_again(|me: ProcessId, life| S::site(me, size, life), drawing::portrait)
}
