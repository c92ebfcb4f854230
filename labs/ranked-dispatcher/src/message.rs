//! What clients and the server say to each other. As text, each is the line on the wire.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{Line, Refusal, Task};

/// A request or a response: what goes over a link between a client and the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Message {
    /// From a client.
    Request(Request),
    /// From the server.
    Response(Response),
}

/// What a client says.
///
/// ```
/// use ranked_dispatcher::{JobId, Line, Request};
///
/// let request: Request = "DONE 7 i am  done\r".parse()?;
/// assert_eq!(request, Request::Done { job: JobId(7), text: Line::new("i am  done")? });
///
/// let refusal = "DONE".parse::<Request>().unwrap_err();
/// assert_eq!(refusal.to_string(), "`DONE`: say DONE <job> <text>");
/// # Ok::<(), ranked_dispatcher::Refusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Request {
    /// Somebody below me is to do this. There is one answer, sooner or later: a
    /// [`Result`](Response::Result), or [`Refused`](Response::Refused).
    Command(Task),
    /// This came of what I was told to [`Run`](Response::Run).
    Done {
        /// Which it was.
        job: JobId,
        /// For whoever has asked for it.
        text: Line,
    },
    /// Who runs what? The answer is an [`Entry`](Response::Entry) for each unfinished job, the
    /// oldest first and not more than [`MOST_ENTRIES`], and then [`Status`](Response::Status).
    Status,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Response {
    /// This is your rank, from now on. Nobody asked.
    Rank(u32),
    /// Do this, and say when it is [`Done`](Request::Done). Nobody asked.
    Run {
        /// What the answer is to name.
        job: JobId,
        /// What to do.
        task: Task,
    },
    /// This came of a command of yours.
    Result {
        /// Which job it was.
        job: JobId,
        /// What whoever ran it says.
        text: Line,
        /// How many milliseconds have passed since the command came, by the server's clock.
        took_ms: u64,
    },
    /// No, and why not.
    Refused(Refusal),
    /// One job, before the [`Status`](Self::Status) that it belongs to.
    Entry(Entry),
    /// The end of the table.
    Status {
        /// How many unfinished jobs there are in all.
        jobs: u32,
    },
}

/// The number of a job: of a command that was accepted. Larger than those of all jobs before it,
/// while the server lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub u64);

/// How many jobs a table shows.
pub const MOST_ENTRIES: usize = 100;

/// An unfinished job, as the table shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Which one.
    pub job: JobId,
    /// The rank of who asked for it; none, if that client has left.
    pub from: Option<u32>,
    /// The rank of who runs it.
    pub to: u32,
    /// How many clients have been told to run it, this one included.
    pub tries: u32,
    /// What is to be done.
    pub task: Task,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Request(request) => request.fmt(f),
            Self::Response(response) => response.fmt(f),
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Command(task) => write!(f, "COMMAND {task}"),
            Self::Done { job, text } => write!(f, "DONE {job} {text}"),
            Self::Status => f.write_str("STATUS"),
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Rank(rank) => write!(f, "RANK {rank}"),
            Self::Run { job, task } => write!(f, "RUN {job} {task}"),
            Self::Result { job, text, took_ms } => write!(f, "RESULT {job} {text} ({took_ms} ms)"),
            Self::Refused(refusal) => write!(f, "REFUSED {refusal}"),
            Self::Entry(entry) => entry.fmt(f),
            Self::Status { jobs } => write!(f, "STATUS {jobs}"),
        }
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { job, from, to, tries, task } = self;
        write!(f, "JOB {job} FROM ")?;
        match from {
            Some(rank) => rank.fmt(f)?,
            None => f.write_str("nobody")?,
        }
        write!(f, " TO {to} TRY {tries} {task}")
    }
}
