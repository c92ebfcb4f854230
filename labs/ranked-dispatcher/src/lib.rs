//! Commands flow down the ranks: a server hands them on, and clients run them for each other.
//!
//! J. H. Saltzer, D. P. Reed and D. D. Clark, "End-to-End Arguments in System Design", ACM TOCS
//! 2(4):277–288, 1984. <https://doi.org/10.1145/357401.357402>
//!
//! **Idea.** Clients rank in the order in which they came. Whatever one asks for is run by one that
//! ranks below it, and its answer goes back up. Both know the server alone. So the server keeps the
//! books: who ranks where, who runs what, and for whom. A job stays in them until it is answered,
//! whoever leaves meanwhile.
//!
//! **Assumes.** What a client and the server say to each other arrives once and in order, until
//! the link between them ends, as over TCP. A link whose other end is gone does end. Anybody may
//! die at any moment, and may come back without its memory, as the last in the ranking.
//!
//! **Guarantees.**
//! - A command is run by a strictly lower rank, or refused.
//! - Every command is answered, and once: with a result, or with why there is none. If whoever ran
//!   it has left, another one below is told to; if none is left, its sender is told so.
//! - Nobody waits for anybody else's slow command, nor for an earlier one of its own.
//! - Everybody knows its rank, and nothing that is not in the table of tasks is ever run.
//! - Nothing grows without bounds: neither the ranking, nor what anybody has asked for or runs.
//!
//! **Does not guarantee** that a command is run once. When a link ends before the answer has come,
//! the server can't know whether the command was run and only the answer is lost. To hand it on is
//! to run it *at least once*, to give up is to run it *at most once*, and nothing that a server in
//! the middle could do is both. That takes the two ends, which alone know what the command does:
//! the end-to-end argument. What is promised to happen once, the answer, is what the server does
//! itself.
//!
//! | the course's                 | here                            | why                           |
//! |------------------------------|---------------------------------|-------------------------------|
//! | a rank number for each client | a place in the [`Ranking`]     | what is not written down can't be wrong |
//! | a thread for each client     | one process, and a book of jobs | a slow command is a line in a book |
//! | the next rank runs a command | [`Policy::Next`], one of three  | others below may have less to do |
//! | a client that leaves takes along what it ran | a job is handed on | its sender waits              |
//!
//! | idea                                         | where                                        |
//! |----------------------------------------------|----------------------------------------------|
//! | what is said, and how it looks on the wire   | [`Request`], [`Response`], [`Line`]          |
//! | what can be asked for                        | [`Task`]                                     |
//! | why something is refused                     | [`Refusal`]                                  |
//! | who keeps the books                          | [`Server`], [`Settings`], [`ServerEvent`]    |
//! | what is in them                              | [`Ranking`], [`Job`]                         |
//! | who of those below                           | [`Policy`]                                   |
//! | who asks, and who runs                       | [`Client`], [`Command`], [`Event`]           |
//! | what must be true                            | [`properties()`], [`Witness`]                |
//! | what clients do in experiments               | [`Workload`], [`Worker`]                     |
//!
//! # Example
//!
//! A server, driven by hand:
//!
//! ```
//! use protocol::{Effect, Input, Link, Outbox, Process, ProcessId};
//! use ranked_dispatcher::{Message, Server, Settings};
//! use std::time::Duration;
//!
//! let mut server = Server::new(Settings::default());
//! let [alice, bob, carol] = [1, 2, 3].map(ProcessId);
//! let mut said = Vec::new();
//! let mut step = |input| {
//!     let mut sink = |effect| if let Effect::Send { to, message } = effect {
//!         said.push(format!("{to}: {message}"));
//!     };
//!     server.step(input, &mut Outbox::new(Duration::ZERO, &mut sink));
//! };
//! for client in [alice, bob, carol] {
//!     let addr = "127.0.0.1:47036".parse().unwrap();
//!     step(Input::Link { peer: client, link: Link::Up { addr, incarnation: 0 } });
//! }
//! let mut hear = |from, line: &str| {
//!     let message = Message::Request(line.parse()?);
//!     step(Input::Message { from, message });
//!     Ok::<(), ranked_dispatcher::Refusal>(())
//! };
//! hear(alice, "COMMAND sum 40 2")?;
//! hear(bob, "DONE 1 42")?;
//! assert_eq!(said[3..], ["2: RUN 1 sum 40 2", "1: RESULT 1 42 (0 ms)"]);
//! # Ok::<(), ranked_dispatcher::Refusal>(())
//! ```

#![no_std]

extern crate alloc;

// What is said.
mod line;
mod message;
mod refusal;
mod task;
mod text;

// What the server keeps.
mod job;
mod policy;
mod ranking;
mod settings;

// Who says it.
mod client;
mod event;
mod server;

// What is tried, and what must be true.
mod properties;
mod witness;
mod worker;

pub use client::{Client, Command, Event, RunId};
pub use event::ServerEvent;
pub use job::Job;
pub use line::{LONGEST_LINE, Line};
pub use message::{Entry, JobId, MOST_ENTRIES, Message, Request, Response};
pub use policy::Policy;
pub use properties::{
    Dispatcher, System, handed_on, liveness, loads, nothing_dead, orphaned, properties,
};
pub use ranking::{Member, Ranking};
pub use refusal::Refusal;
pub use server::Server;
pub use settings::Settings;
pub use task::{LONGEST_SLEEP_MS, Task};
pub use witness::{SERVER, Witness};
pub use worker::{Worker, Workload};
