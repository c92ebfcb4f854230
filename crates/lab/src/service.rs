//! Servers on a hub, and their clients: what is the same in all labs that have them.

use std::{
    fmt::Display,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    time::{Duration, Instant},
};

use network::{Dial, DialConfig, Hub, HubConfig, Networked, Notice};
use serde::Serialize;
use tokio::select;
use wire::secret::Secret;

use crate::{
    Admission, Conversation, Failure, Output, Stop, address::address, allow_many_connections,
    printer::Printer,
};

/// Where a server listens, and whom it serves.
#[derive(Clone, Debug, clap::Args)]
pub struct Place {
    /// Where to listen, if not on this machine alone and at the lab's port; port 0 picks a free one
    #[arg(long, value_name = "ADDR:PORT", value_parser = address)]
    listen: Option<SocketAddr>,
    /// Who is let in.
    #[command(flatten)]
    pub admission: Admission,
}

impl Place {
    /// Listens, at the lab's `port` unless told otherwise, and says so on standard error.
    ///
    /// # Errors
    /// When it can't, or strangers could come in of whom nobody said so.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn listen(&self, port: u16) -> Result<TcpListener, Failure> {
        let addr = self.listen.unwrap_or((Ipv4Addr::LOCALHOST, port).into());
        let listener = self.admission.listen(addr)?;
        anstream::eprintln!("listening on {}", listener.local_addr().unwrap_or(addr));
        Ok(listener)
    }
}

/// Where people find what a server tells. Programs get a record of it.
#[derive(Debug)]
pub enum Told<T> {
    /// On standard output.
    Line(T),
    /// In the log, as a warning, if there are not very many.
    Warning(T),
}

/// Serves whoever comes through `listener`, until somebody wants the server to stop. Of each event
/// is told what `tell` makes of it.
///
/// # Errors
/// When `config` makes no sense or nobody can be told; [`Failure::Interrupted`] otherwise.
///
/// # Panics
/// When the server panics.
pub async fn serve<P, T>(
    listener: TcpListener,
    config: HubConfig<P::Message>,
    server: P,
    tell: impl Fn(P::Event) -> Told<T>,
    out: Output,
) -> Result<(), Failure>
where
    P: Networked,
    T: Display + Serialize,
{
    let mut stop = Stop::listen()?;
    allow_many_connections();
    let printer = Printer::new(out);
    let mut warnings = Warnings { since: Instant::now(), count: 0 };
    let hub = Hub::start(listener, config, server, Box::new(()));
    let mut hub = hub.map_err(|error| Failure::Failed(error.to_string()))?;
    loop {
        select! {
            () = stop.requested() => break,
            notice = hub.next() => if let Notice::Event(event) = notice {
                match tell(event) {
                    Told::Line(told) => printer.tell(Some(told.to_string()), &told)?,
                    Told::Warning(told) => {
                        if warnings.may_have_one(Instant::now()) {
                            tracing::warn!("{told}");
                        }
                        printer.tell(None, &told)?;
                    }
                }
            }
        }
    }
    hub.close().await;
    printer.finish()?;
    Err(Failure::Interrupted)
}

/// The warnings in the log. Whoever comes again and again must not fill it, nor bury what else is
/// said.
struct Warnings {
    /// When they were counted anew.
    since: Instant,
    count: u32,
}

impl Warnings {
    /// How many there may be in a minute.
    const MOST: u32 = 100;

    fn may_have_one(&mut self, now: Instant) -> bool {
        if now.duration_since(self.since) >= Duration::from_secs(60) {
            *self = Self { since: now, count: 0 };
        }
        self.count += 1;
        self.count <= Self::MOST
    }
}

/// Where a client finds its server.
#[derive(Clone, Debug, clap::Args)]
pub struct Destination {
    /// Where the server is, if not on this machine and at the lab's port
    #[arg(long, value_name = "ADDR:PORT", value_parser = address)]
    server: Option<SocketAddr>,
    /// What the server wants to be known. It is proved, not sent
    #[arg(long, env = "SIGNALBOX_SECRET", hide_env_values = true, value_name = "TEXT")]
    secret: Option<Secret>,
}

impl Destination {
    /// How to dial the server of the lab `name`, at its `port` unless told otherwise.
    pub fn dial(&self, name: &str, port: u16) -> DialConfig {
        let addr = self.server.unwrap_or((Ipv4Addr::LOCALHOST, port).into());
        DialConfig { secret: self.secret.clone(), ..DialConfig::new(name, addr) }
    }
}

/// A client at work: a process that is linked to its server, and somebody who gives it commands.
pub struct Session<P: Networked> {
    /// Whoever gives the commands.
    pub conversation: Conversation,
    /// The process.
    pub dial: Dial<P>,
    stop: Stop,
    addr: SocketAddr,
}

/// What happens in a [`Session`].
#[derive(Debug)]
pub enum Happening<E> {
    /// The question was answered, with this line; or nobody answers any more.
    Answer(Option<String>),
    /// The process tells something.
    Event(E),
}

impl<P: Networked> Session<P> {
    /// Begins to dial, and to talk.
    ///
    /// # Errors
    /// When the terminal or the network can't be used.
    ///
    /// # Panics
    /// Outside of a `LocalSet`, or when the process panics.
    pub fn begin(config: DialConfig, client: P, out: Output) -> Result<Self, Failure> {
        let (stop, addr) = (Stop::listen()?, config.addr);
        let dial = Dial::start(config, client, Box::new(()));
        let dial = dial.map_err(|error| Failure::Failed(error.to_string()))?;
        Ok(Self { conversation: Conversation::new(out)?, dial, stop, addr })
    }

    /// What happens next. May be dropped and called again: nothing is lost.
    ///
    /// # Errors
    /// When there is no link to the server, or none any more; or somebody wants the client to stop.
    ///
    /// # Panics
    /// When the process has panicked.
    pub async fn next(&mut self) -> Result<Happening<P::Event>, Failure> {
        let Self { conversation, dial, stop, addr } = self;
        loop {
            let notice = select! {
                biased; // What the server said before is told before what is said to it.
                () = stop.requested() => return Err(Failure::Interrupted),
                notice = dial.next() => notice,
                answer = conversation.answer() => return answer.map(Happening::Answer),
            };
            let why = match notice {
                Notice::Event(event) => return Ok(Happening::Event(event)),
                Notice::Unreachable { why, .. } | Notice::Refused { why, .. } => why,
                Notice::RefusedBy { why, .. } => format!("{addr} has turned us away: {why}"),
                Notice::Rejected { why, .. } => format!("{addr} is no server of this lab: {why}"),
                Notice::Down { .. } => format!("{addr} has hung up: is the server still there?"),
                Notice::Cut { why, .. } => format!("we gave up the link to {addr}: {why}"),
                Notice::Up { .. } | Notice::Farewell { .. } => continue,
            };
            return Err(Failure::Failed(why));
        }
    }

    /// Hangs up: what was said before arrives.
    pub async fn close(self) {
        self.dial.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_a_hundred_warnings_and_the_next_one_has_as_many() {
        let start = Instant::now();
        let mut warnings = Warnings { since: start, count: 0 };
        for minute in 0..2 {
            let now = start + Duration::from_secs(60 * minute);
            let written = (0..1_000).filter(|_| warnings.may_have_one(now)).count();
            assert_eq!(written, 100);
        }
    }
}
