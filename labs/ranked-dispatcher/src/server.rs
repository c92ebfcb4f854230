//! The server: it knows who ranks where, and hands commands down.
//!
//! Every job is in three books: among the jobs, among what its sender has asked for, and among what
//! its executor runs. [`Server::book`] enters it in all of them, and [`Server::strike`] takes it
//! out of all of them. It is answered when it is struck, and so it is answered once.

use alloc::{collections::BTreeMap, vec::Vec};
use core::net::SocketAddr;

use protocol::{Effects, Link, Never, Process, ProcessId};

use crate::{
    Dispatcher, Entry, Job, JobId, Line, MOST_ENTRIES, Member, Message, Ranking, Refusal, Request,
    Response, ServerEvent, Settings, Task,
};

/// The server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    settings: Settings,
    /// No more than the settings allow.
    ranking: Ranking,
    /// The unfinished ones.
    jobs: BTreeMap<JobId, Job>,
    /// The last one that was accepted: no job has a larger number.
    last: JobId,
}

impl Server {
    /// A server to whom nobody is linked.
    pub fn new(settings: Settings) -> Self {
        let (ranking, jobs) = Default::default();
        Self { settings, ranking, jobs, last: JobId(0) }
    }

    fn on_request(
        &mut self,
        from: ProcessId,
        request: Request,
        fx: &mut Effects<Self>,
    ) -> Result<(), Refusal> {
        match request {
            Request::Command(task) => self.command(from, task, fx)?,
            Request::Done { job, text } => self.done(from, job, text, fx)?,
            Request::Status => self.tell_status(from, fx),
        }
        Ok(())
    }

    /// Somebody below is to do this.
    fn command(
        &mut self,
        from: ProcessId,
        task: Task,
        fx: &mut Effects<Self>,
    ) -> Result<(), Refusal> {
        let most = self.settings.most_jobs;
        let asked = self.ranking.get(from).map_or(0, |member| member.asked.len());
        if asked >= most as usize {
            return Err(Refusal::TooMany { most });
        }
        let executor = self.choose(from)?;
        self.last = JobId(self.last.0 + 1);
        let job = Job { task, sender: Some(from), executor, tries: 0, asked_at: fx.now() };
        self.give(self.last, job, fx);
        Ok(())
    }

    /// A job is done, and its answer goes to whoever waits for it.
    fn done(
        &mut self,
        from: ProcessId,
        id: JobId,
        text: Line,
        fx: &mut Effects<Self>,
    ) -> Result<(), Refusal> {
        let is_its = self.jobs.get(&id).is_some_and(|job| job.executor == from);
        let Some(job) = is_its.then(|| self.strike(id)).flatten() else {
            return Err(Refusal::NotYours { job: id });
        };
        let took = fx.now().saturating_sub(job.asked_at);
        let took_ms = took.as_millis().try_into().unwrap_or(u64::MAX);
        if let Some(sender) = job.sender {
            say(sender, Response::Result { job: id, text, took_ms }, fx);
        }
        Ok(())
    }

    /// Who is to run what this client asks for: somebody below it who has room for one more.
    fn choose(&mut self, sender: ProcessId) -> Result<ProcessId, Refusal> {
        let Some(rank) = self.ranking.rank(sender) else { return Err(Refusal::Lowest) };
        let below = &self.ranking.members()[rank + 1..];
        if below.is_empty() {
            return Err(Refusal::Lowest);
        }
        let most = self.settings.most_jobs;
        let has_room = |member: &&Member| member.runs.len() < most as usize;
        let free: Vec<&Member> = below.iter().filter(has_room).collect();
        let loads: Vec<usize> = free.iter().map(|member| member.runs.len()).collect();
        let mut turn = self.ranking.members()[rank].turn;
        let place = self.settings.policy.choose(&loads, &mut turn);
        let executor = free[place.ok_or(Refusal::Busy { most })?].client;
        if let Some(sender) = self.ranking.get_mut(sender) {
            sender.turn = turn;
        }
        Ok(executor)
    }

    /// Tells the executor of a job to run it.
    fn give(&mut self, id: JobId, mut job: Job, fx: &mut Effects<Self>) {
        job.tries += 1;
        say(job.executor, Response::Run { job: id, task: job.task.clone() }, fx);
        self.book(id, job);
    }

    /// Whoever ran a job has left without an answer. Whether it was run, nobody knows.
    fn hand_on(&mut self, id: JobId, fx: &mut Effects<Self>) {
        let Some(job) = self.strike(id) else { return };
        let Some(sender) = job.sender else { return }; // Nobody waits for it.
        let tries = job.tries;
        let next = if tries > self.settings.max_retries {
            Err(Refusal::GivenUp { job: id, tries })
        } else {
            self.choose(sender).map_err(|_| Refusal::NobodyLeft { job: id })
        };
        match next {
            Ok(executor) => self.give(id, Job { executor, ..job }, fx),
            Err(refusal) => say(sender, Response::Refused(refusal), fx),
        }
    }

    /// Enters a job in all books.
    fn book(&mut self, id: JobId, job: Job) {
        if let Some(sender) = job.sender.and_then(|sender| self.ranking.get_mut(sender)) {
            sender.asked.insert(id);
        }
        if let Some(executor) = self.ranking.get_mut(job.executor) {
            executor.runs.insert(id);
        }
        self.jobs.insert(id, job);
    }

    /// Takes a job out of all books.
    fn strike(&mut self, id: JobId) -> Option<Job> {
        let job = self.jobs.remove(&id)?;
        if let Some(sender) = job.sender.and_then(|sender| self.ranking.get_mut(sender)) {
            sender.asked.remove(&id);
        }
        if let Some(executor) = self.ranking.get_mut(job.executor) {
            executor.runs.remove(&id);
        }
        Some(job)
    }

    /// A client takes the last rank, if there is room for it.
    fn join(&mut self, client: ProcessId, addr: SocketAddr, fx: &mut Effects<Self>) {
        let most = self.settings.most_clients;
        let rank = self.ranking.members().len() as u32;
        if rank >= most {
            say(client, Response::Refused(Refusal::Full { most }), fx);
            fx.close(client);
            return fx.emit(ServerEvent::TurnedAway { addr, most });
        }
        self.ranking.join(client, addr);
        say(client, Response::Rank(rank), fx);
        fx.emit(ServerEvent::Accepted { addr });
        self.show_ranking(fx);
    }

    /// A client has left. What it asked for is still run, but for nobody; what it ran is handed on.
    fn leave(&mut self, client: ProcessId, fx: &mut Effects<Self>) {
        let Some((rank, member)) = self.ranking.leave(client) else { return };
        for id in member.asked {
            if let Some(job) = self.jobs.get_mut(&id) {
                job.sender = None;
            }
        }
        for (rank, member) in self.ranking.members().iter().enumerate().skip(rank) {
            say(member.client, Response::Rank(rank as u32), fx);
        }
        for id in member.runs {
            self.hand_on(id, fx);
        }
        fx.emit(ServerEvent::Disconnected { addr: member.addr });
        fx.emit(ServerEvent::NewRanking);
        self.show_ranking(fx);
    }

    fn show_ranking(&self, fx: &mut Effects<Self>) {
        for (rank, member) in self.ranking.members().iter().enumerate() {
            fx.emit(ServerEvent::Ranked { addr: member.addr, rank: rank as u32 });
        }
        if self.ranking.members().is_empty() {
            fx.emit(ServerEvent::NobodyLeft);
        }
    }

    /// A job, with ranks as they are now.
    fn entry(&self, id: JobId, job: &Job) -> Option<Entry> {
        let rank = |client| self.ranking.rank(client).map(|rank| rank as u32);
        let (from, to) = (job.sender.and_then(rank), rank(job.executor)?);
        Some(Entry { job: id, from, to, tries: job.tries, task: job.task.clone() })
    }

    fn tell_status(&self, to: ProcessId, fx: &mut Effects<Self>) {
        let oldest = self.jobs.iter().take(MOST_ENTRIES);
        for entry in oldest.filter_map(|(id, job)| self.entry(*id, job)) {
            say(to, Response::Entry(entry), fx);
        }
        say(to, Response::Status { jobs: self.jobs.len() as u32 }, fx);
    }
}

impl Process for Server {
    type Command = Never;
    type Message = Message;
    type Event = ServerEvent;
    type Timer = Never;

    const REJOINS: bool = true;

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        let Message::Request(request) = message else {
            return fx.reject(from, "a response, which only the server gives");
        };
        if self.ranking.get(from).is_none() {
            return; // It was under way when we turned it away.
        }
        if let Err(refusal) = self.on_request(from, request, fx) {
            say(from, Response::Refused(refusal), fx);
        }
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, fx: &mut Effects<Self>) {
        match link {
            Link::Up { addr, .. } => self.join(peer, addr, fx),
            Link::Down => self.leave(peer, fx),
        }
    }
}

impl Dispatcher for Server {
    fn ranking(&self) -> &Ranking {
        &self.ranking
    }

    fn jobs(&self) -> &BTreeMap<JobId, Job> {
        &self.jobs
    }
}

fn say(to: ProcessId, response: Response, fx: &mut Effects<Server>) {
    fx.send(to, Message::Response(response));
}
