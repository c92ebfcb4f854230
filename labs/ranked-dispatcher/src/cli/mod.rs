//! The subcommands.

mod client;
mod demo;
mod execute;
mod server;
mod told;

use clap::Subcommand;
use lab::{Commands, Failure, Output, Verdict, block_on};

/// Where the server is unless told otherwise.
const PORT: u16 = 4000;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The whole story on real sockets of this machine: commands go down, and one is handed on
    /// (the default)
    Demo,
    /// The server, which ranks clients and hands commands down. `nc` is a full client of it
    Server(server::Options),
    /// A client that asks you for commands, and runs those of others
    Client(client::Options),
}

impl Commands for Command {
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const ABOUT: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("", "server 10\n  # and client in some more terminals"),
        ("demo", "demo"),
        ("server", "server 10 --policy least-loaded"),
        ("client", "client --results"),
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
