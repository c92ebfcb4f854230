//! Where the narrative goes: lines for people, or JSON lines for programs.

use std::{
    fmt::{self, Display},
    io::{self, Write},
};

use anstyle::{AnsiColor, Effects, Style};
use serde::Serialize;

use crate::{Outcome, Verdict};

/// Standard output, as the narrative or as JSON lines. Colours are for terminals only, and for
/// none where `NO_COLOR` is set.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
}

impl Output {
    /// JSON lines if `json`, the narrative otherwise.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a program reads this.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// A line of the narrative.
    ///
    /// # Errors
    /// When standard output can't be written to.
    pub fn line(self, line: impl Display) -> io::Result<()> {
        if self.json { Ok(()) } else { writeln!(anstream::stdout().lock(), "{line}") }
    }

    /// A record for programs.
    ///
    /// # Errors
    /// When standard output can't be written to.
    pub fn record(self, record: &impl Serialize) -> io::Result<()> {
        if !self.json {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, record)?;
        out.write_all(b"\n")?;
        out.flush()
    }

    /// Something that people read as it is shown, and programs as a record.
    ///
    /// # Errors
    /// When standard output can't be written to.
    pub fn tell(self, told: &(impl Display + Serialize)) -> io::Result<()> {
        self.line(told)?;
        self.record(told)
    }

    /// The last line.
    pub(crate) fn verdict(self, verdict: &Verdict) -> io::Result<()> {
        let style = match verdict.outcome {
            Outcome::Held => AnsiColor::Green.on_default(),
            Outcome::Broken => AnsiColor::Red.on_default(),
            Outcome::Undecided | Outcome::Interrupted => AnsiColor::Yellow.on_default(),
        };
        self.line(painted(style.effects(Effects::BOLD), &verdict.text))?;
        self.record(verdict)
    }

    /// The narrative as a sink for formatted text. It comes out in whole lines, so that another
    /// thread can have the last one.
    pub(crate) fn narrative(self) -> Narrative {
        Narrative { out: io::LineWriter::new(anstream::stdout()) }
    }
}

/// See [`Output::narrative`].
pub(crate) struct Narrative {
    out: io::LineWriter<anstream::Stdout>,
}

impl fmt::Write for Narrative {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.write_all(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

impl Narrative {
    /// Whatever is still buffered is written.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// `text` in a style.
pub(crate) fn painted(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
