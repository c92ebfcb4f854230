//! `demo`: the whole story in one terminal, on real sockets.
//!
//! Two clients share a semaphore, as the course has it; then they nearly wait for each other for
//! ever; then a third falls silent while it holds, is expired, and writes all the same.

use std::{fmt, net::SocketAddr, time::Duration};

use lab::{Commands, Failure, Outcome, Output, Verdict, stage};
use network::{Dial, HUB};
use semaphore::{Client, Event, Late, Response, Server, Settings, Store, Token, Tokens};
use serde::Serialize;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use super::{Command, heard::Heard, server};
use crate::mutants::takes_late_writes;

/// Who holds or waits for something and says nothing for so long is expired.
const SESSION_TIMEOUT: Duration = Duration::from_secs(1);

/// How often clients that are awake say so.
const HEARTBEAT: Duration = Duration::from_millis(200);

/// How long nothing may happen before the demo gives up.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(out: Output) -> Result<Verdict, Failure> {
    let tokens = Tokens::of_epoch(0).expect("the first epoch is small enough");
    let settings = Settings { session_timeout: Some(SESSION_TIMEOUT), ..Settings::default() };
    let (hub, addr) = stage::serve(server::config(), Server::new(settings, tokens))?;

    let mut one = Actor::enter("1", "HELLO alice", addr, out).await?;
    let mut two = Actor::enter("2", "HELLO bob", addr, out).await?;
    share(&mut one, &mut two).await?;
    out.line("")?;
    nearly_deadlock(&mut one, &mut two).await?;
    out.line("")?;
    for actor in [one, two] {
        actor.dial.close().await;
    }
    let carol = Sleeper::enter("carol", addr, out).await?;
    let mut three = Actor::enter("3", "HELLO dave FENCED", addr, out).await?;
    let verdict = write_late(carol, &mut three).await?;
    out.line("")?;
    three.dial.close().await;
    hub.close().await;
    Ok(verdict)
}

/// The course's session.
async fn share(one: &mut Actor, two: &mut Actor) -> Result<(), Failure> {
    one.types("ACQUIRE test_semaphore")?;
    one.hears("LOCK_ACQUIRED test_semaphore").await?;
    two.types("ACQUIRE test_semaphore")?;
    two.hears("WAIT test_semaphore").await?;
    one.types("RELEASE test_semaphore")?;
    one.hears("LOCK_RELEASED test_semaphore").await?;
    two.hears_of("alice").await?;
    two.hears("LOCK_ACQUIRED test_semaphore").await
}

/// Each has what the other wants. Who would close the circle is refused.
async fn nearly_deadlock(one: &mut Actor, two: &mut Actor) -> Result<(), Failure> {
    one.types("ACQUIRE printer")?;
    one.hears("LOCK_ACQUIRED printer").await?;
    two.types("ACQUIRE printer")?;
    two.hears("WAIT printer").await?;
    one.types("ACQUIRE test_semaphore")?;
    one.hears("ERROR DEADLOCK alice -> bob -> alice").await?;
    one.types("RELEASE printer")?;
    one.hears("LOCK_RELEASED printer").await?;
    two.hears_of("alice").await?;
    two.hears("LOCK_ACQUIRED printer").await
}

/// Carol's laptop is closed while she holds the file, and opened again too late.
async fn write_late(mut carol: Sleeper, dave: &mut Actor) -> Result<Verdict, Failure> {
    carol.types("ACQUIRE file").await?;
    let old = carol.hears_a_grant().await?;
    carol.remark("carol falls silent")?;
    dave.types("ACQUIRE file")?;
    dave.hears("WAIT file").await?;
    let new = match dave.hear().await? {
        Response::Acquired { token: Some(token), .. } => token,
        other => return Err(dave.surprise(&other.to_string(), "LOCK_ACQUIRED file <token>")),
    };

    let (mut store, mut careless) = (Store::default(), takes_late_writes::Store::default());
    let first = store.write(new, "dave");
    carol.remark(Write { writer: "dave", token: new, refusal: first.err() })?;
    let late = store.write(old, "carol");
    carol.remark(Write { writer: "carol wakes up, and", token: old, refusal: late.err() })?;
    let is_taken = careless.write(new, "dave").and_then(|()| careless.write(old, "carol")).is_ok();
    let value = careless.value();
    carol.remark(format_args!("a store that looks at no tokens holds what {value} wrote"))?;

    let is_held = late.is_err() && store.value() == "dave" && is_taken;
    // Tokens are numbers of grants, in the first epoch.
    let figures = format!("{new} grants, 1 deadlock refused, 1 holder expired");
    Ok(if is_held {
        let text =
            format!("one holder at a time: {figures}; token {old} came too late after {new}");
        Verdict::new(Outcome::Held, text)
    } else {
        let text = format!("broken: a write with token {old} counts after one with {new}");
        Verdict::new(Outcome::Broken, text)
    })
}

/// A client of whom we say what it asks for.
struct Actor {
    label: &'static str,
    dial: Dial<Client>,
    out: Output,
}

impl Actor {
    async fn enter(
        label: &'static str,
        hello: &str,
        addr: SocketAddr,
        out: Output,
    ) -> Result<Self, Failure> {
        let hello = hello.parse().expect("a hello");
        let client = Client::new(HUB, Some(hello), Some(HEARTBEAT));
        let dial = stage::dial(Command::NAME, addr, client)?;
        let mut actor = Self { label, dial, out };
        while !matches!(actor.next().await?, Event::Connected) {}
        Ok(actor)
    }

    fn types(&self, line: &str) -> Result<(), Failure> {
        let client = self.label;
        self.out.tell(&Typed { client, line })?;
        self.dial.command(line.parse().expect("a request"));
        Ok(())
    }

    /// The next thing that it hears is this.
    async fn hears(&mut self, expected: &str) -> Result<(), Failure> {
        let line = self.hear().await?.to_string();
        if line == expected { Ok(()) } else { Err(self.surprise(&line, expected)) }
    }

    /// The next thing that it hears is that somebody has released something.
    async fn hears_of(&mut self, name: &str) -> Result<(), Failure> {
        match self.hear().await? {
            Response::Announced { client, .. } if client.as_str() == name => Ok(()),
            other => Err(self.surprise(&other.to_string(), &format!("a release by {name}"))),
        }
    }

    fn surprise(&self, heard: &str, expected: &str) -> Failure {
        Failure::Failed(format!("client {} hears `{heard}` instead of `{expected}`", self.label))
    }

    /// What it hears next, and has not been doing by itself.
    async fn hear(&mut self) -> Result<Response, Failure> {
        loop {
            match self.next().await? {
                Event::Answered(Response::Pong) => {}
                Event::Answered(response) | Event::Told(response) => {
                    self.out.tell(&Heard { client: self.label, response: &response })?;
                    return Ok(response);
                }
                other => return Err(self.surprise(&other.to_string(), "an answer")),
            }
        }
    }

    async fn next(&mut self) -> Result<Event, Failure> {
        stage::next(format_args!("client {}", self.label), async || self.dial.next().await).await
    }
}

/// A client that speaks text, and says nothing by itself: no heartbeat either.
struct Sleeper {
    name: &'static str,
    stream: BufReader<TcpStream>,
    out: Output,
}

impl Sleeper {
    async fn enter(name: &'static str, addr: SocketAddr, out: Output) -> Result<Self, Failure> {
        let stream = TcpStream::connect(addr).await.map_err(|error| lost(&error))?;
        let mut sleeper = Self { name, stream: BufReader::new(stream), out };
        sleeper.types(&format!("HELLO {name} FENCED")).await?;
        Ok(sleeper)
    }

    async fn types(&mut self, line: &str) -> Result<(), Failure> {
        self.out.tell(&Aside::Typed { client: self.name, line })?;
        self.stream.write_all(format!("{line}\n").as_bytes()).await.map_err(|error| lost(&error))
    }

    /// The token of the grant that it hears next.
    async fn hears_a_grant(&mut self) -> Result<Token, Failure> {
        let mut line = String::new();
        let read = timeout(PATIENCE, self.stream.read_line(&mut line)).await;
        read.map_err(|_| Failure::Failed(format!("{} has heard nothing", self.name)))?
            .map_err(|error| lost(&error))?;
        self.out.tell(&Aside::Heard { client: self.name, response: line.trim_end() })?;
        match line.parse() {
            Ok(Response::Acquired { token: Some(token), .. }) => Ok(token),
            _ => Err(Failure::Failed(format!("{} hears `{}`", self.name, line.trim_end()))),
        }
    }

    fn remark(&self, text: impl fmt::Display) -> Result<(), Failure> {
        Ok(self.out.tell(&Aside::Remark { text: text.to_string() })?)
    }
}

fn lost(error: &std::io::Error) -> Failure {
    Failure::Failed(format!("the connection is lost: {error}"))
}

/// What somebody types at a client's prompt.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "typed")]
struct Typed<'a> {
    client: &'a str,
    line: &'a str,
}

impl fmt::Display for Typed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { client, line } = self;
        write!(f, "Client {client} - Enter command (ACQUIRE/RELEASE) and semaphore name: {line}")
    }
}

/// What goes over a wire without any client of ours, and what happens besides.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Aside<'a> {
    Typed { client: &'a str, line: &'a str },
    Heard { client: &'a str, response: &'a str },
    Remark { text: String },
}

impl fmt::Display for Aside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Typed { client, line } => write!(f, "{client} (nc): {line}"),
            Self::Heard { response, .. } => f.write_str(response),
            Self::Remark { text } => f.write_str(text),
        }
    }
}

/// What became of a write.
struct Write {
    writer: &'static str,
    token: Token,
    refusal: Option<Late>,
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { writer, token, refusal } = self;
        write!(f, "{writer} writes with token {token}: ")?;
        match refusal {
            None => f.write_str("stored"),
            Some(late) => late.fmt(f),
        }
    }
}
