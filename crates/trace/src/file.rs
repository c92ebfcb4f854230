//! A trace in a file: a header, a line of JSON for each thing that happened, and how it ended.

use std::{
    io::{self, BufRead, Read, Write},
    time::Duration,
};

use protocol::{Effect, Input, ProcessId, Violation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, error::Category};

use crate::{Entry, InWords, Met, step::nanoseconds, words::visible};

/// The form in which traces are written. Another one has another number.
pub const SCHEMA: u32 = 1;

/// The most processes that a trace can have.
const MOST_PROCESSES: u32 = 1000;

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 1 << 24;

/// How many entries a trace of so many processes may have. A few hundred thousand are more than
/// anybody looks at; and whoever wants all their vector clocks needs as many numbers for each as
/// there are processes.
///
/// ```
/// assert_eq!(trace::room(5), 1 << 18);
/// assert!(trace::room(1000) < trace::room(100));
/// ```
pub fn room(processes: u32) -> u64 {
    const MOST_ENTRIES: u64 = 1 << 18;
    const MOST_NUMBERS: u64 = 1 << 26;
    MOST_ENTRIES.min(MOST_NUMBERS / u64::from(processes.max(1)))
}

/// A whole run, as data that no longer knows which algorithm it was.
///
/// See the [crate's example](crate#example).
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Where it comes from.
    pub header: Header,
    /// What happened, causes before what came of them.
    pub entries: Vec<Entry<Told>>,
    /// How it ended; unknown, if whoever wrote it died.
    pub end: Option<End>,
}

/// Where a trace comes from: the first line of its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The lab, by its package's name.
    pub lab: String,
    /// The lab's version.
    pub version: String,
    /// How the processes differ from the lab's own, if they do, as in "behind reliable links".
    pub variant: Option<String>,
    /// The words behind the lab's name that have such a run again.
    pub arguments: Vec<String>,
    /// What drove the processes.
    pub driver: Driver,
    /// What a process is called, as in "site".
    pub noun: String,
    /// How many processes there are.
    pub processes: u32,
    /// Which life each process began in: what it was made with.
    pub incarnations: Vec<u64>,
    /// The phases that processes go through, the one that matters most last.
    pub phases: Vec<String>,
    /// By the machine's clock, in microseconds since 1970, where that is the driver's.
    pub began: Option<u64>,
    /// What decided the run, in a simulation.
    pub seed: Option<u64>,
    /// What befell the system, as data; null where nobody wrote that down.
    pub scenario: Value,
    /// Who was cut off from whom, and when.
    pub partitions: Vec<Cut>,
}

/// What drives processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Driver {
    /// In virtual time, from a seed.
    Simulator,
    /// Through a run that a search has found. Its times are but places in an order.
    Checker,
    /// Over TCP, in the machine's time.
    Network,
}

/// A time during which messages do not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// From when,
    #[serde(with = "nanoseconds")]
    pub from: Duration,
    /// and until when, in the driver's time since the run began.
    #[serde(with = "nanoseconds")]
    pub until: Duration,
    /// Who is cut off from all others.
    pub processes: Vec<ProcessId>,
}

/// A step as it is told: in words, with what it leads to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The step.
    pub words: InWords,
    /// What the process looks like after it; unknown if it panicked.
    pub after: Option<Portrait>,
    /// The step as the process has it, from which it can be taken again.
    pub data: Data,
}

/// What a process shows of itself.
///
/// See the [crate's example](crate#example).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portrait {
    /// Where it is, if that is worth a word: one of the header's `phases`.
    pub phase: Option<String>,
    /// All that it knows.
    pub state: String,
}

/// A step's input and effects as the process has them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// What it was given: an [`Input`](protocol::Input).
    pub input: Value,
    /// What it did: a list of [`Effect`](protocol::Effect)s.
    pub effects: Value,
}

/// How a run ended: the last line of its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// When, in the driver's time since the run began.
    #[serde(with = "nanoseconds")]
    pub at: Duration,
    /// What was wrong, if anything was. It shows after the last entry; over a network, it was found
    /// out when all was over.
    pub violation: Option<Violation>,
    /// How many more entries there were, for which there was no room.
    pub left_out: u64,
}

/// Why a file is no trace.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It can't be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It ends before its first line does: whoever was to write it died.
    #[error("it ends before its header does")]
    Beheaded,
    /// A line of it is not what it should be.
    #[error("line {line}: {why}")]
    Line {
        /// Which one, from 1.
        line: usize,
        /// What is wrong with it, and what would be right.
        why: String,
    },
}

/// A line of a trace's file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Header(Box<Header>),
    Step(Box<Told>),
    Fate(Met),
    Crash {
        #[serde(with = "nanoseconds")]
        at: Duration,
        process: ProcessId,
    },
    End(End),
}

/// Writes a trace, line by line, while it happens.
///
/// See the [crate's example](crate#example).
#[derive(Debug)]
pub struct Lines<W> {
    out: W,
    /// The line under way: each is written at once, whole.
    line: Vec<u8>,
}

impl<W: Write> Lines<W> {
    /// Begins with the header.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn new(out: W, header: &Header) -> io::Result<Self> {
        let mut lines = Self { out, line: Vec::new() };
        lines.write("header", header)?;
        Ok(lines)
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn entry(&mut self, entry: &Entry<Told>) -> io::Result<()> {
        serde_json::to_writer(&mut self.line, entry)?;
        self.end_line()
    }

    /// Writes how it ended.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn end(mut self, end: &End) -> io::Result<W> {
        self.leave_out(end)?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// Writes that from here on entries are left out. That it has ended may follow.
    pub(crate) fn leave_out(&mut self, end: &End) -> io::Result<()> {
        self.write("end", end)
    }

    fn write(&mut self, kind: &str, what: &impl Serialize) -> io::Result<()> {
        write!(self.line, "{{\"{kind}\":")?;
        serde_json::to_writer(&mut self.line, what)?;
        self.line.push(b'}');
        self.end_line()
    }

    fn end_line(&mut self) -> io::Result<()> {
        self.line.push(b'\n');
        let result = self.out.write_all(&self.line);
        self.line.clear();
        result
    }
}

/// What is said of a line that is one too many.
const AFTER_THE_END: &str = "nothing comes after the end";

/// What is wrong with a line. That it is the first of its own text says nothing to people.
fn what_is_wrong(error: &serde_json::Error) -> String {
    let (text, line, column) = (error.to_string(), error.line(), error.column());
    let what = text.trim_end_matches(&format!(" at line {line} column {column}"));
    match error.classify() {
        Category::Data => what.to_owned(),
        _ => format!(
            "no JSON at column {column} ({what}): a trace is lines of JSON, as --trace FILE.jsonl \
             writes them"
        ),
    }
}

impl Trace {
    /// Writes all of it.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write<W: Write>(&self, out: W) -> io::Result<W> {
        let mut lines = Lines::new(out, &self.header)?;
        self.entries.iter().try_for_each(|entry| lines.entry(entry))?;
        match &self.end {
            Some(end) => lines.end(end),
            None => Ok(lines.out),
        }
    }

    /// Reads what was written. A last line that was cut off, because whoever wrote it died, is
    /// passed over.
    ///
    /// # Errors
    /// When it can't be read, or is no trace.
    pub fn read(from: impl Read) -> Result<Self, ReadError> {
        let mut lines = io::BufReader::new(from);
        let mut text = Vec::new();
        let mut trace: Option<Self> = None;
        for number in 1.. {
            text.clear();
            let read = lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text)?;
            let is_whole = text.ends_with(b"\n");
            if read == 0 || !is_whole && (read as u64) < LONGEST_LINE {
                break;
            }
            let wrong = |why: String| ReadError::Line { line: number, why: visible(&why) };
            if !is_whole {
                return Err(wrong(format!("longer than {LONGEST_LINE} bytes, as no line is")));
            }
            if trace.as_ref().is_some_and(Self::is_over) {
                return Err(wrong(AFTER_THE_END.to_owned()));
            }
            let line =
                serde_json::from_slice(&text).map_err(|error| wrong(what_is_wrong(&error)))?;
            match (&mut trace, line) {
                (None, Line::Header(header)) => {
                    header.check().map_err(wrong)?;
                    trace = Some(Self { header: *header, entries: Vec::new(), end: None });
                }
                (None, _) => return Err(wrong("a trace begins with its header".to_owned())),
                (Some(trace), line) => trace.add(line).map_err(wrong)?,
            }
        }
        trace.ok_or(ReadError::Beheaded)
    }

    /// Whether nothing more may come. Where there was no room for all, that it has ended may.
    fn is_over(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.left_out == 0)
    }

    fn add(&mut self, line: Line) -> Result<(), String> {
        let entry = match line {
            Line::End(end) => {
                self.end = Some(end);
                return Ok(());
            }
            _ if self.end.is_some() => return Err(AFTER_THE_END.to_owned()),
            Line::Header(_) => return Err("a trace has one header".to_owned()),
            Line::Step(told) => Entry::Step(*told),
            Line::Fate(met) => Entry::Fate(met),
            Line::Crash { at, process } => Entry::Crash { at, process },
        };
        self.header.knows(&processes_in(&entry))?;
        let most = room(self.header.processes);
        if self.entries.len() as u64 >= most {
            let noun = &self.header.noun;
            return Err(format!("there is room for {most} entries of so many {noun}s"));
        }
        self.entries.push(entry);
        Ok(())
    }
}

impl Header {
    /// Whether it can be the header of a trace; if not, why.
    fn check(&self) -> Result<(), String> {
        let Self { schema, lab, version, noun, processes, .. } = self;
        let is_of_packages = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if !lab.chars().all(is_of_packages) {
            return Err(format!("{lab:?} is no package's name, as a lab's is"));
        }
        if *schema != SCHEMA {
            return Err(format!(
                "written in form {schema} by {lab} {version}; this is form {SCHEMA}"
            ));
        }
        if *processes > MOST_PROCESSES {
            return Err(format!("{processes} {noun}s: there are {MOST_PROCESSES} at the most"));
        }
        if self.incarnations.len() != ProcessId(*processes).index() {
            let lives = self.incarnations.len();
            return Err(format!("{processes} {noun}s, but {lives} first lives: each has one"));
        }
        self.partitions.iter().try_for_each(|cut| self.knows(&cut.processes))
    }

    fn knows(&self, processes: &[ProcessId]) -> Result<(), String> {
        let Self { noun, processes: count, .. } = self;
        match processes.iter().find(|process| process.0 >= *count) {
            Some(process) => {
                Err(format!("there is no {noun} {process}: there are {count}, from 0"))
            }
            None => Ok(()),
        }
    }
}

/// All processes that an entry names.
fn processes_in(entry: &Entry<Told>) -> Vec<ProcessId> {
    match entry {
        Entry::Step(Told { words, .. }) => {
            let given = match &words.input {
                Input::Message { from, .. } => Some(*from),
                Input::Link { peer, .. } => Some(*peer),
                Input::Start | Input::Command(_) | Input::Timer(_) => None,
            };
            let meant = words.effects.iter().filter_map(|effect| match effect {
                Effect::Send { to: peer, .. } | Effect::Close(peer) => Some(*peer),
                Effect::Reject { peer, .. } => Some(*peer),
                Effect::Emit(_) | Effect::SetTimer { .. } | Effect::CancelTimer(_) => None,
            });
            let sender = words.received.map(|message| message.sender);
            [words.process].into_iter().chain(given).chain(sender).chain(meant).collect()
        }
        Entry::Fate(met) => vec![met.message.sender, met.to],
        Entry::Crash { process, .. } => vec![*process],
    }
}
