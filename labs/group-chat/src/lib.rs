//! Group communication: who hears what, and in which order.
//!
//! Two talk over a link, and what the one says the other hears, in order. With a third, there are
//! three links, and nothing keeps what goes over one in order with what goes over another. Member 0
//! asks, member 1 answers, and member 2 may hear the answer first. What can a group rely on?
//!
//! Here are two answers, as different as can be:
//!
//! | idea                                                   | where         |
//! |--------------------------------------------------------|---------------|
//! | a server in the middle, to which anybody may connect: it passes on what it hears | [`relay`] |
//! | no server, and members who are known from the start: they hold messages back until it is their turn | [`multicast`] |
//! | what is said in experiments with either                | [`Workload`], [`Talker`] |
//!
//! # Example
//!
//! Member 2 gets the answer before the question:
//!
//! ```
//! use group_chat::multicast::{Causal, Command};
//! use protocol::{Effect, Input, Outbox, Process, ProcessId};
//! use std::time::Duration;
//!
//! let [a, b, c] = [0, 1, 2].map(ProcessId);
//! let mut members = [a, b, c].map(|me| Causal::new(me, me.peers(3)));
//! let mut delivered = Vec::new();
//! let mut step = |at: ProcessId, input| {
//!     let mut sent = None; // The same to all.
//!     let mut sink = |effect| match effect {
//!         Effect::Send { message, .. } => sent = Some(message),
//!         Effect::Emit(event) => delivered.push(format!("{at} {event}")),
//!         _ => {}
//!     };
//!     members[at.index()].step(input, &mut Outbox::new(Duration::ZERO, &mut sink));
//!     sent
//! };
//! let question = step(a, Input::Command(Command::Say("lunch?".into()))).unwrap();
//! step(b, Input::Message { from: a, message: question.clone() });
//! let answer = step(b, Input::Command(Command::Say("yes".into()))).unwrap();
//! step(c, Input::Message { from: b, message: answer });
//! step(c, Input::Message { from: a, message: question });
//! assert_eq!(delivered[3..], [
//!     r#"2 delivers "lunch?" of member 0"#,
//!     r#"2 delivers "yes" of member 1"#,
//! ]);
//! ```

#![no_std]

extern crate alloc;

pub mod multicast;
pub mod relay;

mod escaped;
mod workload;

use escaped::escaped;

pub use workload::{Talker, Workload};
