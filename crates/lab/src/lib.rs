//! What all lab binaries share, so that a lab's `main.rs` names its own types and nothing else.
//!
//! A lab is run by hand, by scripts and by tests, and all three want the same of it: a narrative
//! on standard output (or JSON lines, with `--json`), diagnostics on standard error, a last line
//! that says whether what was promised has held, and an exit code that says the same.
//!
//! | exit code | what it means                                    |
//! |-----------|--------------------------------------------------|
//! | 0         | what was promised has held                       |
//! | 1         | it was broken, or a file or a socket failed      |
//! | 2         | the command line makes no sense                  |
//! | 129       | the terminal was closed                          |
//! | 130       | somebody pressed Ctrl-C                          |
//! | 141       | whoever read the output has had enough of it     |
//! | 143       | somebody sent SIGTERM                            |
//!
//! | idea                                             | where                              |
//! |--------------------------------------------------|------------------------------------|
//! | a lab's subcommands                              | [`Commands`], [`run`]              |
//! | the labs that solve mutual exclusion             | [`mutual_exclusion`]               |
//! | the labs with a server and clients               | [`service`]                        |
//! | their demos                                      | [`stage`]                          |
//! | how a subcommand ends                            | [`Verdict`], [`Failure`]           |
//! | where the narrative goes                         | [`Output`]                         |
//! | numbers and durations on the command line        | [`whole_number`], [`duration`]     |
//! | questions to whoever sits there, or to a pipe    | [`Prompt`]                         |
//! | the same, while things happen                    | [`Conversation`]                   |
//! | who may listen where                             | [`Admission`]                      |
//! | what needs sockets, and many of them             | [`block_on`], [`allow_many_connections`] |
//! | who belongs to a fixed membership                | [`Membership`]                     |
//! | Ctrl-C and SIGTERM                               | [`Stop`]                           |

mod address;
mod admission;
mod cli;
mod conversation;
mod crowd;
mod ending;
mod membership;
pub mod mutual_exclusion;
mod number;
mod output;
mod printer;
mod prompt;
mod runtime;
pub mod service;
pub mod stage;
mod stop;
mod terminal;

pub use admission::Admission;
pub use cli::{Commands, run};
pub use conversation::Conversation;
pub use crowd::allow_many_connections;
pub use ending::{Failure, Outcome, Verdict};
pub use membership::Membership;
pub use number::{duration, whole_number};
pub use output::Output;
pub use prompt::Prompt;
pub use runtime::block_on;
pub use stop::Stop;
