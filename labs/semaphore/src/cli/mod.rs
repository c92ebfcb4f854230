//! The subcommands.

mod client;
mod demo;
mod epochs;
mod heard;
mod server;

use std::time::Duration;

use clap::Subcommand;
use lab::{Commands, Failure, Output, Verdict, block_on};

/// The shortest heartbeat of a client.
const SHORTEST_HEARTBEAT: Duration = Duration::from_millis(10);

/// The longest time for which anybody is told to wait.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Where the server is unless told otherwise.
const PORT: u16 = 5555;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The whole story on real sockets of this machine: waiting, deadlock, a late write (the
    /// default)
    Demo,
    /// The server, which owns the semaphores. `nc` is a full client of it
    Server(server::Options),
    /// A client that asks you what to ask for
    Client(client::Options),
}

impl Commands for Command {
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const ABOUT: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("", "server\n  # and client 1, client 2 in two more terminals"),
        ("demo", "demo"),
        ("server", "server --permits printer=3"),
        ("client", "client 1"),
    ];

    fn demo() -> Self {
        Self::Demo
    }

    fn obey(self, out: Output) -> Result<Option<Verdict>, Failure> {
        match self {
            Self::Demo => block_on(demo::run(out)).map(Some),
            Self::Server(options) => block_on(server::run(options, out)).map(|()| None),
            Self::Client(options) => block_on(client::run(options, out)).map(|()| None),
        }
    }
}
