//! The subcommands.

mod client;
mod demo;
mod member;
mod server;
mod told;

use clap::Subcommand;
use lab::{Commands, Failure, Output, Verdict, block_on};

/// Where the relay is unless told otherwise.
const PORT: u16 = 5000;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The relay, and then a group that agrees on an order without one, on real sockets of this
    /// machine (the default)
    Demo,
    /// The relay: what a client says, all others hear. `nc` is a full client of it
    Server(server::Options),
    /// A client of the relay
    Client(client::Options),
    /// A member of a group that does without a server, and hears everything in an order
    Member(member::Options),
}

impl Commands for Command {
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const ABOUT: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("", "server\n  # and client in two more terminals"),
        ("demo", "demo"),
        ("server", "server --history 10"),
        ("client", "client"),
        (
            "member",
            "member --id 0 --size 3 --order total\n  # and --id 1, --id 2 in two more terminals",
        ),
    ];

    fn demo() -> Self {
        Self::Demo
    }

    fn obey(self, out: Output) -> Result<Option<Verdict>, Failure> {
        match self {
            Self::Demo => block_on(demo::run(out)).map(Some),
            Self::Server(options) => block_on(server::run(options, out)).map(|()| None),
            Self::Client(options) => block_on(client::run(&options, out)).map(|()| None),
            Self::Member(options) => block_on(member::run(&options, out)).map(|()| None),
        }
    }
}
