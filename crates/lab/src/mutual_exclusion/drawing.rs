//! Runs written down and drawn: `--trace FILE`, and what a failing run leaves behind.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fmt,
    io::{self, Write},
    path::{Path, PathBuf},
    process,
    time::Duration,
};

use mutual_exclusion::{MutualExclusion, Phase, Workload};
use protocol::{ProcessId, Violation};
use scenario::Scenario;
use trace::{
    Chunks, Cut, Driver, End, Entry, Header, Met, Portrait, Recorder, SCHEMA, StepOf, Told, Trace,
    tell,
};

use super::Solution;
use crate::Failure;

/// Where a run is to be drawn.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Drawing {
    /// Write what happened into this file: .html or .svg is a picture, .jsonl is for programs,
    /// .shiviz and .mmd (Mermaid) are for other tools
    #[arg(long, value_name = "FILE", value_parser = Target::new)]
    pub(super) trace: Option<Target>,
}

/// A file, and what is to be written into it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    path: PathBuf,
    form: Form,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Html,
    Svg,
    JsonLines,
    ShiViz,
    Mermaid,
}

impl Target {
    /// The file of that name, whose end says what it will hold.
    pub(super) fn new(name: &str) -> Result<Self, String> {
        let path = PathBuf::from(name);
        let form = match path.extension().and_then(|end| end.to_str()) {
            Some("html") => Form::Html,
            Some("svg") => Form::Svg,
            Some("jsonl") => Form::JsonLines,
            Some("shiviz") => Form::ShiViz,
            Some("mmd") => Form::Mermaid,
            _ => {
                return Err("end the file's name with .html, .svg, .jsonl, .shiviz or .mmd".into());
            }
        };
        if path.is_dir() {
            return Err("there is a folder of that name".into());
        }
        // It would be put in the place of the old one, whose owner does not want that.
        if path.metadata().is_ok_and(|file| file.permissions().readonly()) {
            return Err("the file of that name is read-only: choose another".into());
        }
        let folder = folder_of(&path);
        if !folder.is_dir() {
            return Err(format!("there is no folder {}: make it first", folder.display()));
        }
        match readable_by_all().tempfile_in(folder) {
            Ok(_) => Ok(Self { path, form }),
            Err(_) => Err(format!("{} takes no new file: choose another", folder.display())),
        }
    }

    /// A picture that a failing run leaves in the folder for temporary files.
    pub(super) fn of_failure(name: impl fmt::Display) -> Self {
        Self { path: env::temp_dir().join(format!("{name}.html")), form: Form::Html }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Draws a run that went wrong, and says where. Where it can't be drawn, that is a pity and
    /// no more: it can still be had again.
    pub(super) fn draw_failure(&self, trace: &Trace) -> Option<String> {
        let elsewhere = || Self { path: self.another_path(), form: self.form };
        let drawn = self.write(trace).map(|()| self.clone());
        let drawn = drawn.or_else(|_| elsewhere().write(trace).map(|()| elsewhere()));
        match drawn {
            Ok(target) => Some(target.path.display().to_string()),
            Err(failure) => {
                tracing::warn!("{failure}");
                None
            }
        }
    }

    /// Of a path that may belong to another user of the machine, one that does not.
    fn another_path(&self) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        self.path.with_file_name(format!("{}-{name}", process::id()))
    }

    /// Writes the run, whole or not at all.
    pub(super) fn write(&self, trace: &Trace) -> Result<(), Failure> {
        self.try_to_write(trace).map_err(|error| {
            Failure::Failed(format!("can't write the trace to {}: {error}", self.path.display()))
        })
    }

    fn try_to_write(&self, trace: &Trace) -> io::Result<()> {
        let mut file = readable_by_all().tempfile_in(folder_of(&self.path))?;
        match self.form {
            Form::JsonLines => trace.write(io::BufWriter::new(&mut file))?.flush()?,
            Form::Html => file.write_all(trace.to_html().as_bytes())?,
            Form::Svg => file.write_all(trace.to_svg().as_bytes())?,
            Form::ShiViz => file.write_all(trace.to_shiviz().as_bytes())?,
            Form::Mermaid => file.write_all(trace.to_mermaid().as_bytes())?,
        }
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

/// Where a file is, or is to be.
fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    folder.unwrap_or(Path::new("."))
}

/// Temporary files that are as open as others, because they become what was asked for.
fn readable_by_all<'a>() -> tempfile::Builder<'a, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

/// What a site shows of itself.
pub(super) fn portrait<P: MutualExclusion + fmt::Debug>(site: &P) -> Portrait {
    let phase = match site.phase() {
        Phase::Idle => None,
        Phase::Waiting => Some(WAITING.to_owned()),
        Phase::Inside => Some(INSIDE.to_owned()),
    };
    Portrait { phase, state: format!("{site:?}") }
}

const WAITING: &str = "waiting";
const INSIDE: &str = "inside";

/// The header of a run of `size` sites of the lab.
///
/// `variant`: how they differ from the lab's own, if they do.
pub(super) fn header(lab: &str, driver: Driver, size: u32, variant: &str) -> Header {
    Header {
        schema: SCHEMA,
        lab: lab.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        variant: Some(variant.trim()).filter(|it| !it.is_empty()).map(str::to_owned),
        arguments: Vec::new(),
        driver,
        noun: "site".to_owned(),
        processes: size,
        incarnations: vec![0; ProcessId(size).index()],
        phases: vec![WAITING.to_owned(), INSIDE.to_owned()],
        began: None,
        seed: None,
        scenario: serde_json::Value::Null,
        partitions: Vec::new(),
    }
}

/// A run of the simulator or the checker, of which everything was recorded.
///
/// `site` makes a site, given its name and its life.
pub(super) fn whole_run<P: Solution>(
    header: Header,
    recorder: Recorder<P, Chunks<P>>,
    violation: Option<Violation>,
    site: impl Fn(ProcessId, u64) -> P,
) -> Trace {
    let chunks = recorder.finish();
    let entries = tell::<P>(chunks.entries(), header.processes, site, portrait);
    let at = chunks.entries().last().map_or(Duration::ZERO, Entry::<StepOf<P>>::at);
    Trace { header, entries, end: Some(End { at, violation, left_out: chunks.left_out() }) }
}

/// The words on this command line that decide the run, without those that draw it.
pub(super) fn arguments() -> Vec<String> {
    let mut words = env::args().skip(1);
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        if word == "--trace" {
            words.next();
        } else if !word.starts_with("--trace=") {
            kept.push(word);
        }
    }
    kept
}

/// Puts places in an order where a search had moments: the n-th event is at n milliseconds.
pub(super) fn in_order(mut trace: Trace) -> Trace {
    let moments: BTreeSet<Duration> = trace.entries.iter().map(Entry::<Told>::at).collect();
    let places: BTreeMap<Duration, Duration> =
        moments.into_iter().zip((0..).map(Duration::from_millis)).collect();
    for entry in &mut trace.entries {
        match entry {
            Entry::Step(Told { words, .. }) => words.at = places[&words.at],
            Entry::Fate(Met { at, .. }) | Entry::Crash { at, .. } => *at = places[at],
        }
    }
    if let Some(end) = &mut trace.end {
        end.at = places.values().next_back().copied().unwrap_or_default();
    }
    trace
}

/// What records a run of `size` sites, of which everything is seen.
pub(super) fn recorder<P: Solution>(size: u32) -> Recorder<P, Chunks<P>> {
    Recorder::new(size, Chunks::new(trace::room(size)))
}

/// Puts into the header what the scenario lets befall the system.
pub(super) fn befallen_by(header: Header, scenario: &Scenario<Workload>) -> Header {
    let cut = |partition: &scenario::Partition| Cut {
        from: partition.from,
        until: partition.until.unwrap_or(scenario.deadline),
        processes: partition.side.clone(),
    };
    Header {
        scenario: serde_json::to_value(scenario).unwrap_or_default(),
        partitions: scenario.partitions.iter().map(cut).collect(),
        ..header
    }
}
