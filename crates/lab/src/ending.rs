//! How a subcommand ends: with a verdict, or without.

use std::{io, process::ExitCode};

use serde::Serialize;

use crate::{Output, stop};

/// Whether what was promised has held, with the figures: the last line of standard output.
///
/// ```
/// use lab::{Outcome, Verdict};
///
/// let verdict = Verdict::new(Outcome::Held, "mutual exclusion held: 50 entries");
/// assert_eq!(verdict.text, "mutual exclusion held: 50 entries");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// In a word.
    pub outcome: Outcome,
    /// In a line.
    #[serde(rename = "verdict")]
    pub text: String,
}

/// A verdict in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// What was promised has held.
    Held,
    /// It was broken.
    Broken,
    /// Nothing was broken, but what was asked for is not proved.
    Undecided,
    /// Somebody stopped it before it could be said.
    Interrupted,
}

impl Verdict {
    /// A verdict in a word and in a line.
    pub fn new(outcome: Outcome, text: impl Into<String>) -> Self {
        Self { outcome, text: text.into() }
    }
}

/// Why there is no verdict. Each is one line, which names what was wrong and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line, or an answer to a prompt, makes no sense.
    #[error("{0}")]
    Usage(String),
    /// A file, a socket or a process failed.
    #[error("{0}")]
    Failed(String),
    /// Whoever read our output has had enough of it.
    #[error("standard output is closed")]
    OutputClosed,
    /// Somebody stopped us.
    #[error("interrupted")]
    Interrupted,
}

impl From<io::Error> for Failure {
    /// An error of standard output, which is where `?` meets one without a name.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::Failed(format!("can't write to standard output: {error}")),
        }
    }
}

/// Says how it ended, and returns the exit code that says the same.
pub(crate) fn conclude(ending: Result<Option<Verdict>, Failure>, out: Output) -> ExitCode {
    let said = match &ending {
        Ok(Some(verdict)) => out.verdict(verdict),
        _ => Ok(()),
    };
    match said.map_err(Failure::from).and(ending) {
        Ok(Some(Verdict { outcome: Outcome::Held, .. }) | None) => ExitCode::SUCCESS,
        Ok(Some(Verdict { outcome: Outcome::Broken | Outcome::Undecided, .. })) => {
            ExitCode::from(1)
        }
        Ok(Some(Verdict { outcome: Outcome::Interrupted, .. })) | Err(Failure::Interrupted) => {
            ExitCode::from(stop::exit_code())
        }
        // As the shell says of those whom a closed pipe ends: nothing was broken.
        Err(Failure::OutputClosed) => ExitCode::from(141),
        Err(failure) => {
            anstream::eprintln!("error: {failure}");
            ExitCode::from(if matches!(failure, Failure::Usage(_)) { 2 } else { 1 })
        }
    }
}
