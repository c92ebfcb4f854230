//! The process model: what an algorithm is, apart from whatever runs it.
//!
//! A distributed algorithm is easy to state and hard to trust, because it is usually buried in
//! sockets, threads and timers. Here it is a value that implements [`Process`]: it is given one
//! [`Input`] at a time, changes itself, and says what it wants through an [`Outbox`]. It owns no
//! socket, no thread and no clock, so that the same value runs over TCP, in a seeded simulation
//! under faults, and through every interleaving of a model checker.
//!
//! **Assumes** nothing of links and failures: what is lost, doubled or reordered is the driver's
//! affair, and each algorithm says what it needs.
//!
//! | idea                                  | where                                    |
//! |---------------------------------------|------------------------------------------|
//! | what an algorithm does                | [`Process`], [`Input`], [`Effect`]       |
//! | how it speaks                         | [`Outbox`], [`Effects`]                  |
//! | what comes and goes beneath it        | [`Link`]                                 |
//! | who uses it                           | [`Application`], [`Plan`], [`Delay`]     |
//! | what must be true of a state          | [`Property`], [`View`]                   |
//! | what must be true of a history        | [`Monitor`], [`Fate`], [`Violation`]     |
//! | two kinds of process in one system    | [`Either`]                               |
//! | links that lose, made reliable        | [`Reliable`], [`Inside`]                 |
//! | the order of events                   | [`LamportClock`], [`VectorClock`]        |
//!
//! The state machine with explicit effects is the I/O automaton of N. Lynch and M. Tuttle,
//! "Hierarchical Correctness Proofs for Distributed Algorithms", PODC 1987, 137–151, made executable.
//!
//! # Example
//!
//! A process that answers every greeting, driven by hand:
//!
//! ```
//! use protocol::{Effect, Effects, Input, Never, Outbox, Process, ProcessId};
//! use std::time::Duration;
//!
//! struct Greeter;
//!
//! impl Process for Greeter {
//!     type Command = Never;
//!     type Message = &'static str;
//!     type Event = Never;
//!     type Timer = Never;
//!
//!     fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
//!         match command {}
//!     }
//!
//!     fn on_message(&mut self, from: ProcessId, message: &'static str, fx: &mut Effects<Self>) {
//!         match message {
//!             "hello" => fx.send(from, "hello yourself"),
//!             _ => fx.reject(from, "only greetings are understood"),
//!         }
//!     }
//! }
//!
//! let mut said = Vec::new();
//! let mut sink = |effect| said.push(effect);
//! let mut fx = Outbox::new(Duration::ZERO, &mut sink);
//! Greeter.step(Input::Message { from: ProcessId(7), message: "hello" }, &mut fx);
//! assert_eq!(said, [Effect::Send { to: ProcessId(7), message: "hello yourself" }]);
//! ```

#![no_std]

extern crate alloc;

mod application;
mod delay;
mod effect;
mod either;
mod logical_clock;
mod monitor;
mod process;
mod property;
mod reliable;

pub use application::{Application, Plan};
pub use delay::{Delay, DelayError, parse_duration};
pub use effect::{Effect, Effects, Outbox, Sink};
pub use either::Either;
pub use logical_clock::{LamportClock, Timestamp, VectorClock};
pub use monitor::{Fate, Monitor, Violation};
pub use process::{EffectOf, Input, InputOf, Link, Never, Process, ProcessId};
pub use property::{Claim, Property, View};
pub use reliable::{Inside, Lives, Packet, Reliable, ReliableTimer};
