//! What must be true of every history: a witness hears all that is said to the server and all that
//! it says, and keeps books of its own.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::{mem, time::Duration};

use protocol::{Effect, EffectOf, Either, Input, InputOf, Link, Monitor, ProcessId, Violation};

use crate::{Dispatcher, JobId, Line, Message, Refusal, Request, Response, System, Task};

/// Holds a server to its word.
///
/// | claim            | what is claimed                                                            |
/// |------------------|----------------------------------------------------------------------------|
/// | ranks            | who has been there for longer ranks higher, and everybody was told its rank |
/// | down the ranks   | whoever is told to run a job ranks below who asked for it, at that moment  |
/// | numbers grow     | each new job has a larger number than all before                           |
/// | retries          | no job is given to more clients than the settings allow                    |
/// | answers          | a job is answered once, to who asked for it, with what its task comes to   |
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Witness {
    max_retries: u32,
    /// Who is linked to the server, in the order of arrival, and the rank that it was told last.
    ranking: Vec<(ProcessId, Option<u32>)>,
    /// Who has given which command that has led to nothing yet. None between two steps of the
    /// server.
    asking: Option<(ProcessId, Task)>,
    /// All jobs of this life of the server.
    jobs: BTreeMap<JobId, Heard>,
    violation: Option<Violation>,
}

/// What was heard of a job.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Heard {
    /// Who asked for it; nobody, once that client has left.
    sender: Option<ProcessId>,
    /// What was asked for.
    task: Task,
    /// How many clients were told to run it.
    tries: u32,
    is_answered: bool,
}

/// The server, in a system of it and its clients.
pub const SERVER: ProcessId = ProcessId(0);

impl Witness {
    /// A witness that has heard nothing yet of a server with so many retries.
    pub fn new(max_retries: u32) -> Self {
        let (ranking, asking, jobs, violation) = Default::default();
        Self { max_retries, ranking, asking, jobs, violation }
    }

    fn on_rank(&mut self, to: ProcessId, rank: u32) {
        for (_, told) in self.ranking.iter_mut().filter(|(client, _)| *client == to) {
            *told = Some(rank);
        }
    }

    /// Somebody is told to run a job: a new one, or one that is handed on.
    fn on_run(&mut self, to: ProcessId, id: JobId) {
        if let Some((sender, task)) = self.asking.take() {
            if let Some((last, _)) = self.jobs.last_key_value().filter(|(last, _)| id <= **last) {
                return self.accuse("numbers grow", format!("job {id} comes after job {last}"));
            }
            let sender = Some(sender);
            self.jobs.insert(id, Heard { sender, task, tries: 0, is_answered: false });
        }
        let Some(job) = self.jobs.get_mut(&id).filter(|job| !job.is_answered) else {
            return self.accuse("answers", format!("job {id} is run, and nobody waits for it"));
        };
        job.tries += 1;
        let Heard { sender, tries, .. } = *job;
        if tries - 1 > self.max_retries {
            let detail = format!("job {id} is given to {tries} clients, one after the other");
            return self.accuse("retries", detail);
        }
        let Some(sender) = sender else { return };
        if self.rank(to) <= self.rank(sender) {
            let detail = format!("job {id} of client {sender} is given to client {to}");
            self.accuse("down the ranks", detail);
        }
    }

    /// Somebody is told what came of a job, or that nothing will come of it.
    fn on_answer(&mut self, to: ProcessId, id: JobId, text: Option<&Line>) {
        let Some(job) = self.jobs.get_mut(&id) else {
            return self.accuse("answers", format!("job {id} is answered, and there is none"));
        };
        let is_its = job.sender == Some(to);
        let was_answered = mem::replace(&mut job.is_answered, true);
        let is_right = text.is_none_or(|text| job.task.answer().is_none_or(|right| right == *text));
        if !is_its {
            self.accuse("answers", format!("client {to} has the answer to another's job {id}"));
        } else if was_answered {
            self.accuse("answers", format!("client {to} has two answers to its job {id}"));
        } else if !is_right {
            self.accuse("answers", format!("client {to} has a wrong answer to its job {id}"));
        }
    }

    /// A client is heard no more.
    fn on_departure(&mut self, of: ProcessId) {
        self.ranking.retain(|(client, _)| *client != of);
        for job in self.jobs.values_mut().filter(|job| job.sender == Some(of)) {
            job.sender = None;
        }
    }

    fn rank(&self, of: ProcessId) -> Option<usize> {
        self.ranking.iter().position(|(client, _)| *client == of)
    }

    fn accuse(&mut self, claim: &'static str, detail: String) {
        self.violation.get_or_insert(Violation::new(claim, detail));
    }
}

impl<S: Dispatcher> Monitor<System<S>> for Witness {
    fn on_input(
        &mut self,
        _now: Duration,
        _at: ProcessId,
        process: &System<S>,
        input: &InputOf<System<S>>,
    ) {
        if let Either::Second(_) = process {
            return;
        }
        self.asking = None;
        match input {
            Input::Message { from, message: Message::Request(Request::Command(task)) } => {
                self.asking = Some((*from, task.clone()));
            }
            Input::Link { peer, link: Link::Up { .. } } => self.ranking.push((*peer, None)),
            Input::Link { peer, link: Link::Down } => self.on_departure(*peer),
            _ => {}
        }
    }

    fn on_effect(&mut self, _now: Duration, _by: ProcessId, effect: &EffectOf<System<S>>) {
        let (to, response) = match effect {
            Effect::Send { to, message: Message::Response(response) } => (*to, response),
            // A client hangs up on nobody: it was turned away.
            Effect::Close(client) => return self.on_departure(*client),
            _ => return,
        };
        match response {
            Response::Rank(rank) => self.on_rank(to, *rank),
            Response::Run { job, .. } => self.on_run(to, *job),
            Response::Result { job, text, .. } => self.on_answer(to, *job, Some(text)),
            Response::Refused(Refusal::NobodyLeft { job } | Refusal::GivenUp { job, .. }) => {
                self.on_answer(to, *job, None);
            }
            Response::Refused(_) => self.asking = None,
            Response::Entry(_) | Response::Status { .. } => {}
        }
    }

    fn on_crash(&mut self, _now: Duration, who: ProcessId) {
        if who == SERVER {
            self.ranking.clear();
            self.jobs.clear();
        }
    }

    fn violation(&self) -> Option<Violation> {
        let mut ranking = self.ranking.iter().enumerate();
        let misled = ranking.find(|(rank, (_, told))| *told != Some(*rank as u32));
        let misled = misled.map(|(rank, (client, told))| {
            let told = told.map_or("none".to_string(), |told| told.to_string());
            let detail = format!("client {client} has rank {rank}, and was told {told}");
            Violation::new("ranks", detail)
        });
        self.violation.clone().or(misled)
    }
}
