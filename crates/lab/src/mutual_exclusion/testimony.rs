//! `cluster --trace FILE`: what the sites have written down, put together, held against the
//! algorithm, and drawn.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use protocol::{ProcessId, Violation};
use serde::Serialize;
use trace::{Divergence, MergeError, ReadError, Trace};

use super::{Lab, drawing::Target, node::Work, retell};
use crate::{Failure, Outcome, Output, Verdict};

/// What the sites of a cluster write down, each into a file of its own, and what is to become of
/// it.
pub(super) struct Testimony<'a> {
    /// Where it is to be drawn, if it is: to write it down costs a site half as much again as its
    /// work, so that nobody does who was not asked.
    pub(super) target: Option<&'a Target>,
    /// Where the sites' files are.
    pub(super) folder: &'a Path,
    pub(super) size: u32,
    pub(super) work: &'a Work,
}

/// What is told of it.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "taken-again")]
struct Record<'a> {
    /// How many steps came out the same.
    steps: u64,
    /// Which was the first that came out otherwise.
    divergence: Option<String>,
    picture: &'a Path,
}

/// The file of a site.
pub(super) fn file(folder: &Path, site: ProcessId) -> PathBuf {
    folder.join(format!("site-{site}.jsonl"))
}

impl Testimony<'_> {
    /// Has every site's steps taken again by the algorithm alone, draws the run, and says how it
    /// went: as `verdict` has it, unless a site has done what the algorithm does not do.
    pub(super) fn conclude<L: Lab>(
        &self,
        verdict: Verdict,
        out: Output,
    ) -> Result<Verdict, Failure> {
        let Some(target) = self.target else {
            if verdict.outcome == Outcome::Broken {
                out.line("to look at such a run: the same again with --trace run.html")?;
            }
            return Ok(verdict);
        };
        let mut trace = match self.merged()? {
            Ok(trace) => trace,
            // Those who were stopped or died before they took a step have nothing to tell.
            Err(MergeError::Nothing) => return Ok(verdict),
            Err(contradiction) => return Ok(diverged(&contradiction)),
        };
        let again = retell::take_again::<L>(&trace)?;
        let verdict = again.as_ref().err().map_or(verdict, |divergence| diverged(divergence));
        trace.header.arguments = self.arguments();
        if let Some(end) = &mut trace.end {
            end.violation = violation(&verdict);
        }
        target.write(&trace)?;
        tell(&trace, again, target.path(), out)?;
        Ok(verdict)
    }

    /// The traces of all sites, as one.
    fn merged(&self) -> Result<Result<Trace, MergeError>, Failure> {
        let parts = ProcessId::all(self.size).map(|site| read(&file(self.folder, site)));
        let parts = parts.filter_map(Result::transpose).collect::<Result<_, _>>()?;
        Ok(Trace::merge(parts))
    }

    /// The words that have such a run again.
    fn arguments(&self) -> Vec<String> {
        let cluster = ["cluster", "--size", &self.size.to_string()].map(str::to_owned);
        cluster.into_iter().chain(self.work.words()).collect()
    }
}

/// Says what came of it when all was taken again, and where the picture is.
fn tell(
    trace: &Trace,
    again: Result<u64, Divergence>,
    picture: &Path,
    out: Output,
) -> Result<(), Failure> {
    let steps = *again.as_ref().unwrap_or(&0);
    let divergence = again.err().map(|divergence| divergence.to_string());
    if divergence.is_none() {
        out.line(retell::same_again(trace))?;
    }
    out.record(&Record { steps, divergence, picture })?;
    out.line(format_args!("to look at it: {}", picture.display()))?;
    Ok(())
}

/// Reads what a site has written; nothing, if it died before it had begun.
fn read(path: &Path) -> Result<Option<Trace>, Failure> {
    let read = File::open(path).map_err(ReadError::from).and_then(Trace::read);
    match read {
        Ok(trace) => Ok(Some(trace)),
        Err(ReadError::Beheaded) => Ok(None),
        Err(ReadError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(Failure::Failed(format!("can't read the trace {}: {error}", path.display())))
        }
    }
}

fn diverged(from: &dyn std::error::Error) -> Verdict {
    Verdict::new(Outcome::Broken, format!("diverged: {from}"))
}

/// What a verdict says was broken.
fn violation(verdict: &Verdict) -> Option<Violation> {
    let is_broken = verdict.outcome == Outcome::Broken;
    let (property, detail) = verdict.text.split_once(": ").filter(|_| is_broken)?;
    Some(Violation::new(property.to_owned(), detail))
}
