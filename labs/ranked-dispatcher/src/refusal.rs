//! Why something is refused: a line that says what would be right.

use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{JobId, Line};

/// What is not done. On the wire, `REFUSED` stands before its text.
///
/// ```
/// use ranked_dispatcher::Refusal;
///
/// let text = "nobody ranks below you to run it: wait until somebody joins";
/// assert_eq!(Refusal::Lowest.to_string(), text);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// It is not understood. Answers no command: there was none.
    Unclear(Line),
    /// So many clients are there already. The connection is closed.
    Full {
        /// How many.
        most: u32,
    },
    /// A command of the lowest rank.
    Lowest,
    /// A command of a client that waits for so many answers already.
    TooMany {
        /// How many.
        most: u32,
    },
    /// A command while everybody below has so many to run already.
    Busy {
        /// How many.
        most: u32,
    },
    /// The last answer to a command that was accepted: whoever could run it has left.
    NobodyLeft {
        /// The command's job.
        job: JobId,
    },
    /// The last answer to a command that was accepted: it was tried often enough.
    GivenUp {
        /// The command's job.
        job: JobId,
        /// How often.
        tries: u32,
    },
    /// An answer to what the client was not told to run, or has answered.
    NotYours {
        /// What it answered.
        job: JobId,
    },
}

impl Refusal {
    /// Whether it is the answer to a command.
    pub fn is_an_answer(&self) -> bool {
        match self {
            Self::Lowest
            | Self::TooMany { .. }
            | Self::Busy { .. }
            | Self::NobodyLeft { .. }
            | Self::GivenUp { .. } => true,
            Self::Unclear(_) | Self::Full { .. } | Self::NotYours { .. } => false,
        }
    }

    /// What was said is not understood; says what would be.
    pub(crate) fn unclear(what: &str, right: &str) -> Self {
        let text = format!("{}: {right}", shown(what));
        Self::Unclear(Line::new(text).expect("a short line: what it quotes is cut and escaped"))
    }

    /// The refusal that says this: each is asked whether it would. One that nobody says is a text
    /// and no more.
    pub(crate) fn that_says(text: Line) -> Self {
        let number = |place| {
            let digits = text.as_str().split(|c: char| !c.is_ascii_digit());
            let numbers = digits.filter_map(|digits| digits.parse::<u64>().ok());
            numbers.take(2).nth(place).unwrap_or_default()
        };
        let count = |place| number(place).try_into().unwrap_or_default();
        let (job, most) = (JobId(number(0)), count(0));
        let known = [
            Self::Full { most },
            Self::Lowest,
            Self::TooMany { most },
            Self::Busy { most },
            Self::NobodyLeft { job },
            Self::GivenUp { job, tries: count(1) },
            Self::NotYours { job },
        ];
        let said = known.into_iter().find(|refusal| refusal.to_string() == text.as_str());
        said.unwrap_or(Self::Unclear(text))
    }
}

/// A stranger's text, fit to be shown to him: in one line, and not for long.
fn shown(text: &str) -> String {
    const LONG: usize = 32;
    let start: String = text.chars().take(LONG).collect();
    let dots = if start.len() < text.len() { "..." } else { "" };
    format!("`{}{dots}`", start.escape_debug())
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Unclear(text) => text.fmt(f),
            Self::Full { most } => {
                write!(f, "no more than {most} clients can be here: try later")
            }
            Self::Lowest => {
                f.write_str("nobody ranks below you to run it: wait until somebody joins")
            }
            Self::TooMany { most } => {
                write!(f, "you have asked for {most}, and wait for the answers: wait for one")
            }
            Self::Busy { most } => write!(f, "everybody below you has {most} to run: try later"),
            Self::NobodyLeft { job } => {
                write!(f, "job {job}: who ran it has left, and nobody below can take it: try later")
            }
            Self::GivenUp { job, tries } => {
                write!(f, "job {job} is given up: whoever runs it leaves, {tries} so far")
            }
            Self::NotYours { job } => {
                write!(f, "job {job} is not yours: answer each RUN, and answer it once")
            }
        }
    }
}

impl core::error::Error for Refusal {}
