//! Semaphores by name, owned by a server: remote process synchronisation.
//!
//! E. W. Dijkstra, "Cooperating Sequential Processes", Technological University Eindhoven, 1965
//! (EWD 123); reprinted in F. Genuys (ed.), *Programming Languages*, Academic Press, 1968, 43–112.
//!
//! **Idea.** A semaphore is a number of permits, and two operations. **P** takes a permit, and
//! waits while there is none; **V** gives it back, so that one of those who wait can go on.
//! Dijkstra's processes share a memory, in which the semaphores are. Ours share nothing: the
//! semaphores are on a server, P is a request and its answer, and to wait is to be answered later.
//!
//! **Assumes.** What a client and the server say to each other arrives once and in order, until
//! the link between them ends, as over TCP. Anybody may die at any moment, and may come back
//! without its memory. A link that is silent need not be dead, but a session timeout has it taken
//! for dead. Each life of the server is handed the tokens of a larger epoch than all before it.
//!
//! **Guarantees.**
//! - Never more holders than permits, and nobody releases what another holds.
//! - Who waits longest is next.
//! - Who waits is granted once the holders have released, or are dead: a session that ends, by a
//!   broken link or by silence, takes along all that was held and waited for.
//! - Among semaphores of one permit, nobody is let into a deadlock: whoever would wait for himself
//!   is refused, and told the cycle.
//! - Tokens only ever grow.
//!
//! **Does not guarantee** that two clients never *believe* to hold one permit. Who was expired
//! learns of it when the news gets through, and if its machine slept, or the network did, it goes
//! on meanwhile as if nothing had happened. No lock service can rule that out. But each grant has
//! a [`Token`] that is larger than all before, and whatever the semaphore guards can remember the
//! largest that it has seen, and refuse a write with a smaller one. These are the *sequencers* of
//! M. Burrows, "The Chubby Lock Service for Loosely-Coupled Distributed Systems", OSDI 2006,
//! 335–350, §2.4. A client with a heartbeat at least finds out by itself that the server is out of
//! reach: by its own clock, at most two heartbeats after it has last asked for something.
//!
//! | Dijkstra's                    | here                               | why                        |
//! |-------------------------------|------------------------------------|----------------------------|
//! | P(S)                          | [`Request::Acquire`], or `Try`     | the course's word          |
//! | V(S)                          | [`Request::Release`]               | the course's word          |
//! | the value of S                | permits, less holders              | holders die: we keep who they are, not how many |
//! | which of those who wait goes on is left open | who waits longest   | nobody starves             |
//! | anybody may call V            | only who holds                     | what dies with its holder must have one |
//!
//! | idea                                         | where                                        |
//! |----------------------------------------------|----------------------------------------------|
//! | what is said, and how it looks on the wire   | [`Request`], [`Response`], [`parse`]         |
//! | why something is refused                     | [`Refusal`], [`Code`]                        |
//! | who owns the semaphores                      | [`Server`], [`Settings`], [`ServerEvent`]    |
//! | who asks                                     | [`Client`], [`Event`]                        |
//! | who would wait for himself                   | [`cycle`]                                    |
//! | numbers of grants, and who looks at them     | [`Token`], [`Tokens`], [`Store`]             |
//! | what must be true                            | [`properties()`], [`FirstComeFirstServed`], [`GrowingTokens`] |
//! | what clients do in experiments               | [`Workload`], [`Worker`]                     |
//!
//! # Example
//!
//! A server, driven by hand:
//!
//! ```
//! use protocol::{Effect, Input, Link, Outbox, Process, ProcessId};
//! use semaphore::{Message, Server, Settings, Tokens};
//! use std::time::Duration;
//!
//! let mut server = Server::new(Settings::default(), Tokens::of_epoch(0).unwrap());
//! let [alice, bob] = [1, 2].map(ProcessId);
//! let mut said = Vec::new();
//! let mut step = |input| {
//!     let mut sink = |effect| if let Effect::Send { to, message } = effect {
//!         said.push(format!("{to}: {message}"));
//!     };
//!     server.step(input, &mut Outbox::new(Duration::ZERO, &mut sink));
//! };
//! for (client, name) in [(alice, "alice"), (bob, "bob")] {
//!     let addr = "127.0.0.1:47036".parse().unwrap();
//!     step(Input::Link { peer: client, link: Link::Up { addr, incarnation: 0 } });
//!     for line in [format!("HELLO {name}"), "ACQUIRE door".into()] {
//!         step(Input::Message { from: client, message: semaphore::parse(&line)? });
//!     }
//! }
//! step(Input::Link { peer: alice, link: Link::Down });
//! assert_eq!(said, ["1: LOCK_ACQUIRED door", "2: WAIT door", "2: LOCK_ACQUIRED door"]);
//! # Ok::<(), semaphore::Refusal>(())
//! ```

#![no_std]

extern crate alloc;

// What is said.
mod message;
mod name;
mod refusal;
mod text;
mod token;

// What the server keeps.
mod deadlock;
mod semaphore;
mod session;
mod settings;
mod timer;

// What they are for.
mod store;

// Who says it.
mod client;
mod event;
mod server;

// What is tried, and what must be true.
mod monitors;
mod properties;
mod worker;

pub use self::semaphore::Semaphore;
pub use client::{Client, Event};
pub use deadlock::cycle;
pub use event::ServerEvent;
pub use message::{Account, MOST_SHOWN, Message, Request, Response};
pub use monitors::{FirstComeFirstServed, GrowingTokens, SERVER};
pub use name::{LONGEST_NAME, Name};
pub use properties::{
    Clerk, System, belief, contention, liveness, no_cycle, nothing_dead, permits, properties,
    stale_belief,
};
pub use refusal::{Code, Refusal};
pub use server::Server;
pub use session::{Session, Sessions};
pub use settings::Settings;
pub use store::{Late, Store};
pub use text::parse;
pub use timer::{HeartbeatTimer, Patience, ServerTimer};
pub use token::{Token, Tokens};
pub use worker::{List, Worker, Workload};
