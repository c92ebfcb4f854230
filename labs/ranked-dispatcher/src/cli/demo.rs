//! `demo`: the whole story in one terminal, on real sockets.
//!
//! Three clients join. The first two have something done for them, the last one is told that nobody
//! ranks below it; then one leaves in the middle of its work, which is handed on.

use std::{
    fmt::{self, Display},
    net::SocketAddr,
};

use lab::{
    Commands, Failure, Outcome, Output, Verdict,
    stage::{self, Narrator},
};
use network::{Dial, HUB, Hub};
use ranked_dispatcher::{
    Client, Dispatcher, Event, Response, RunId, Server, ServerEvent, Settings, Task,
};
use serde::Serialize;

use super::{
    Command, execute, server,
    told::{Answer, Assigned, Executing, Starting},
};

pub(super) async fn run(out: Output) -> Result<Verdict, Failure> {
    let mut story = Story::begin(out)?;
    let mut zero = story.join().await?;
    let mut one = story.join().await?;
    let mut two = story.join().await?;

    zero.types(&mut story, "print")?;
    one.runs(&mut story).await?;
    zero.is_answered(&mut story).await?;
    one.types(&mut story, "debug")?;
    two.runs(&mut story).await?;
    one.is_answered(&mut story).await?;
    two.types(&mut story, "print")?;
    two.is_answered(&mut story).await?;

    zero.types(&mut story, "echo hello")?;
    one.begins(&mut story).await?;
    story.leaves(one).await?;
    two.is_ranked(&mut story).await?;
    two.runs(&mut story).await?;
    zero.is_answered(&mut story).await?;
    let verdict = story.verdict();
    out.line("")?;
    for client in [zero, two] {
        client.dial.close().await;
    }
    story.hub.close().await;
    Ok(verdict)
}

/// The server, and what is told of all.
struct Story {
    hub: Hub<Server>,
    addr: SocketAddr,
    narrator: Narrator,
    /// How many clients are there.
    present: usize,
    tally: Tally,
}

/// What has come of commands.
#[derive(Default)]
struct Tally {
    commands: u32,
    runs: u32,
    results: u32,
    refusals: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    Server,
    Client { rank: u32 },
}

impl Story {
    fn begin(out: Output) -> Result<Self, Failure> {
        let settings = Settings::default();
        let clients = settings.most_clients;
        let (hub, addr) = stage::serve(server::config(), Server::new(settings))?;
        let (narrator, tally) = (Narrator::new(out), Tally::default());
        let mut story = Self { hub, addr, narrator, present: 0, tally };
        story.narrator.tell(Speaker::Server, &Starting { clients })?;
        Ok(story)
    }

    /// A client joins, and takes the last rank.
    async fn join(&mut self) -> Result<Actor, Failure> {
        let dial = stage::dial(Command::NAME, self.addr, Client::new(HUB))?;
        self.present += 1;
        self.server_tells(1 + self.present).await?;
        let mut actor = Actor { dial, rank: 0 };
        actor.is_ranked(self).await?;
        Ok(actor)
    }

    /// A client leaves, whatever it is doing.
    async fn leaves(&mut self, actor: Actor) -> Result<(), Failure> {
        drop(actor);
        self.present -= 1;
        self.server_tells(2 + self.present).await
    }

    /// The next lines of the server.
    async fn server_tells(&mut self, lines: usize) -> Result<(), Failure> {
        for _ in 0..lines {
            let event: ServerEvent =
                stage::next("the server", async || self.hub.next().await).await?;
            self.narrator.tell(Speaker::Server, &event)?;
        }
        Ok(())
    }

    fn verdict(&self) -> Verdict {
        let &Tally { commands, runs, results, refusals } = &self.tally;
        let handed_on = runs - results;
        let is_held =
            commands == results + refusals && self.hub.with(|server| server.jobs().is_empty());
        let (outcome, claim) = if is_held {
            (Outcome::Held, "every command was answered once")
        } else {
            (Outcome::Broken, "broken: not every command was answered once")
        };
        let figures = format!("{commands} commands, {results} results, {refusals} refused");
        Verdict::new(outcome, format!("{claim}: {figures}; {handed_on} was handed on"))
    }
}

/// A client of whom we say what it asks for.
struct Actor {
    dial: Dial<Client>,
    rank: u32,
}

impl Actor {
    fn types(&mut self, story: &mut Story, line: &str) -> Result<(), Failure> {
        let task: Task = line.parse().expect("a task");
        story.tally.commands += 1;
        story.narrator.tell(self.speaker(), &Typed { rank: self.rank, line })?;
        self.dial.command(ranked_dispatcher::Command::Ask(task));
        Ok(())
    }

    /// It is told its rank.
    async fn is_ranked(&mut self, story: &mut Story) -> Result<(), Failure> {
        match self.next().await? {
            Event::Ranked(rank) => self.rank = rank,
            other => return Err(self.surprise(&other, "a rank")),
        }
        story.narrator.tell(self.speaker(), &Assigned { rank: self.rank })
    }

    /// It begins to run what somebody above has asked for.
    async fn begins(&mut self, story: &mut Story) -> Result<(RunId, Task), Failure> {
        match self.next().await? {
            Event::Run { run, task, .. } => {
                story.tally.runs += 1;
                let executing = &execute::while_running(&task);
                story.narrator.tell(self.speaker(), &Executing { task: &task, executing })?;
                Ok((run, task))
            }
            other => Err(self.surprise(&other, "a command")),
        }
    }

    /// It runs what somebody above has asked for.
    async fn runs(&mut self, story: &mut Story) -> Result<(), Failure> {
        let (run, task) = self.begins(story).await?;
        let text = execute::answer(&task);
        self.dial.command(ranked_dispatcher::Command::Done { run, text });
        Ok(())
    }

    /// What it has asked for is answered.
    async fn is_answered(&mut self, story: &mut Story) -> Result<(), Failure> {
        let response = match self.next().await? {
            Event::Answered(response) => response,
            other => return Err(self.surprise(&other, "an answer")),
        };
        match response {
            Response::Result { .. } => story.tally.results += 1,
            _ => story.tally.refusals += 1,
        }
        story.narrator.tell(self.speaker(), &Answer { response: &response })
    }

    fn speaker(&self) -> Speaker {
        Speaker::Client { rank: self.rank }
    }

    async fn next(&mut self) -> Result<Event, Failure> {
        stage::next("a client", async || self.dial.next().await).await
    }

    fn surprise(&self, heard: &Event, expected: &str) -> Failure {
        Failure::Failed(format!("the client of rank {} {heard}, and expects {expected}", self.rank))
    }
}

/// What somebody types at a client's prompt.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "typed")]
struct Typed<'a> {
    rank: u32,
    line: &'a str,
}

impl Display for Typed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Enter command: {}", self.line)
    }
}

impl Display for Speaker {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Server => f.write_str("Server"),
            Self::Client { rank } => write!(f, "Client of rank {rank}"),
        }
    }
}
