//! A client: it asks for tasks to be done, and does what others ask for.
//!
//! It may have asked for any number of things and have any number of things to do: a task is done
//! by the application, in its own time, and so none is waited for here.

use alloc::collections::BTreeMap;
use core::{fmt, mem};

use protocol::{Effects, Link, Never, Process, ProcessId};

use crate::{JobId, Line, Message, Refusal, Request, Response, Task};

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client {
    server: ProcessId,
    is_linked: bool,
    /// None until the server has said it. None while not linked.
    rank: Option<u32>,
    /// How many commands it has asked for and had no answer to. Zero while not linked. Answers come
    /// in any order, and so it can't tell which.
    unanswered: u32,
    /// How many job tables it has asked for and not seen the end of. Zero while not linked.
    tables: u32,
    /// What it has been told to run, and has not answered. Empty while not linked.
    runs: BTreeMap<RunId, JobId>,
    /// The last one of them: none that is to come has the same number.
    last: RunId,
}

/// The number that a client gives to each thing that it is told to run, and never gives again.
///
/// The server has numbered the job, but a server that was started again begins at 1. An
/// application that is still busy with the old job 1 must not answer the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub u64);

/// What an application asks of its client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Somebody below is to do this.
    Ask(Task),
    /// This came of a [`Run`](Event::Run). It goes nowhere if the link over which that came is
    /// gone: the server has given the job to somebody else.
    Done {
        /// Of which.
        run: RunId,
        /// For whoever has asked for it.
        text: Line,
    },
    /// The job table is wanted.
    Status,
}

/// What a client tells its application.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// This is its rank from now on. The first one says that the server can be asked.
    Ranked(u32),
    /// This is to be done, and then answered with [`Command::Done`].
    Run {
        /// What the answer is to name.
        run: RunId,
        /// The server's number.
        job: JobId,
        /// What to do.
        task: Task,
    },
    /// The server has answered this: to a command, or with a line of the job table.
    Answered(Response),
    /// The server can't be asked. What is being done is done for nobody.
    Disconnected {
        /// How many commands will have no answer. Whether they were run, nobody knows.
        unanswered: u32,
    },
    /// The server can't be asked, and so was not asked this.
    NotSent(Command),
}

impl Client {
    /// A client of that server.
    pub fn new(server: ProcessId) -> Self {
        let (is_linked, rank, unanswered, tables, runs) = Default::default();
        Self { server, is_linked, rank, unanswered, tables, runs, last: RunId(0) }
    }

    /// Its rank, once the server has told it.
    pub fn rank(&self) -> Option<u32> {
        self.rank
    }

    /// How many commands it has asked for and had no answer to.
    pub fn unanswered(&self) -> u32 {
        self.unanswered
    }

    fn done(&mut self, run: RunId, text: Line, fx: &mut Effects<Self>) {
        if let Some(job) = self.runs.remove(&run) {
            fx.send(self.server, Message::Request(Request::Done { job, text }));
        }
    }

    fn on_response(&mut self, response: Response, fx: &mut Effects<Self>) {
        match response {
            Response::Rank(rank) => self.on_rank(rank, fx),
            Response::Run { job, task } => self.on_run(job, task, fx),
            answer if self.is_wanted(&answer) => fx.emit(Event::Answered(answer)),
            _ => fx.reject(self.server, "an answer to what was not asked"),
        }
    }

    /// Ranks are told when they change, and nobody moves down.
    fn on_rank(&mut self, rank: u32, fx: &mut Effects<Self>) {
        if self.rank.is_some_and(|former| former <= rank) {
            return fx.reject(self.server, "a rank that is no better than the one before");
        }
        self.rank = Some(rank);
        fx.emit(Event::Ranked(rank));
    }

    fn on_run(&mut self, job: JobId, task: Task, fx: &mut Effects<Self>) {
        if self.rank.is_none_or(|rank| rank == 0) {
            return fx.reject(self.server, "a command, though nobody ranks above");
        }
        if self.runs.values().any(|&other| other == job) {
            return fx.reject(self.server, "a job that is being run already");
        }
        self.last = RunId(self.last.0 + 1);
        self.runs.insert(self.last, job);
        fx.emit(Event::Run { run: self.last, job, task });
    }

    /// Whether it was asked for, or says why there is nothing to ask for. It is answered then.
    fn is_wanted(&mut self, answer: &Response) -> bool {
        let awaited = match answer {
            Response::Refused(Refusal::Full { .. }) => return self.rank.is_none(),
            Response::Entry(_) => return self.tables > 0,
            Response::Status { .. } => &mut self.tables,
            Response::Result { .. } => &mut self.unanswered,
            Response::Refused(refusal) if refusal.is_an_answer() => &mut self.unanswered,
            _ => return false,
        };
        let less = awaited.checked_sub(1);
        *awaited = less.unwrap_or_default();
        less.is_some()
    }

    /// All that depends on the link is lost with it.
    fn lose_link(&mut self, fx: &mut Effects<Self>) {
        self.is_linked = false;
        self.rank = None;
        self.tables = 0;
        self.runs.clear();
        fx.emit(Event::Disconnected { unanswered: mem::take(&mut self.unanswered) });
    }
}

impl Process for Client {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    const REJOINS: bool = true;

    fn on_command(&mut self, command: Command, fx: &mut Effects<Self>) {
        let request = match command {
            Command::Done { run, text } => return self.done(run, text, fx),
            _ if !self.is_linked => return fx.emit(Event::NotSent(command)),
            Command::Ask(task) => {
                self.unanswered += 1;
                Request::Command(task)
            }
            Command::Status => {
                self.tables += 1;
                Request::Status
            }
        };
        fx.send(self.server, Message::Request(request));
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        match message {
            Message::Response(response) if from == self.server => self.on_response(response, fx),
            _ => fx.reject(from, "not a response of the server"),
        }
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, fx: &mut Effects<Self>) {
        match link {
            _ if peer != self.server => {}
            Link::Up { .. } => self.is_linked = true,
            Link::Down => self.lose_link(fx),
        }
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Ask(task) => write!(f, "ask for {task}"),
            Self::Done { run, text } => write!(f, "answer its run {run}: {text}"),
            Self::Status => f.write_str("ask for the job table"),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Ranked(rank) => write!(f, "has rank {rank}"),
            Self::Run { run, job, task } => write!(f, "runs job {job}, its run {run}: {task}"),
            Self::Answered(response) => write!(f, "hears {response}"),
            Self::Disconnected { .. } => f.write_str("is disconnected"),
            Self::NotSent(command) => write!(f, "can't {command}"),
        }
    }
}
