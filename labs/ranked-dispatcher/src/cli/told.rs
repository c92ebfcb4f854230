//! What is told to whoever sits there, in the course's words.

use std::fmt::{self, Display};

use ranked_dispatcher::{Response, Task};
use serde::{Serialize, Serializer};

/// The server has started.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "starting")]
pub(super) struct Starting {
    pub(super) clients: u32,
}

/// A client has another rank, or its first one.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "assigned")]
pub(super) struct Assigned {
    pub(super) rank: u32,
}

/// A client runs what somebody above has asked for.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "executing")]
pub(super) struct Executing<'a> {
    #[serde(serialize_with = "as_text")]
    pub(super) task: &'a Task,
    /// What it says meanwhile.
    pub(super) executing: &'a str,
}

/// A client has been answered.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "answered")]
pub(super) struct Answer<'a> {
    #[serde(serialize_with = "as_text")]
    pub(super) response: &'a Response,
}

/// Programs know the wire.
fn as_text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

impl Display for Starting {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "[STARTING] Listening for {} clients...", self.clients)
    }
}

impl Display for Assigned {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Assigned rank: {}", self.rank)
    }
}

impl Display for Executing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { task, executing } = self;
        writeln!(f, "[Processing]......")?;
        writeln!(f, "[Received] received command {task} from server:")?;
        writeln!(f, "[Executing] {executing}")
    }
}

impl Display for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.response {
            Response::Result { job, text, took_ms } => {
                write!(f, "[Result] job {job}: {text} ({took_ms} ms)")
            }
            Response::Refused(refusal) => write!(f, "[Refused] {refusal}"),
            other => other.fmt(f),
        }
    }
}
