//! Drives a [`Process`](protocol::Process) over TCP.
//!
//! An algorithm that is proved in a simulation still has to run: among processes that start in
//! any order, over connections that break, next to programs that talk nonsense to its port. This
//! crate takes the same value that the simulator and the checker take, and gives it the network.
//!
//! **Idea.** One thread owns the process and all its sockets. Nothing is locked and nothing is
//! handed from thread to thread: the task that reads a connection steps the process itself, for
//! every message that one read has brought, and whatever the process said meanwhile leaves in
//! one write for each peer. While it is stepped, nothing else happens.
//!
//! **Assumes** a fixed membership whose addresses everybody knows ([`Config`]), and peers that
//! follow the protocol once they have proved that they belong (`wire::hello`). What does not
//! prove it is turned away; what proves it and misbehaves is cut off.
//!
//! **Guarantees**, of the connection to each peer: messages arrive in order and once, none
//! before `Link::Up` and none after `Link::Down`. What is sent before the first `Up` waits for
//! it; what is sent between a `Down` and the next `Up` is lost, and a `Down` may lose what was
//! under way. A process that comes back without its memory is let in only where
//! [`REJOINS`](protocol::Process::REJOINS) says so. Whatever strangers do, memory and log stay bounded.
//!
//! | idea                                         | where            |
//! |----------------------------------------------|------------------|
//! | what the application holds                   | [`Mesh`]         |
//! | what it is told                              | [`Notice`]       |
//! | who belongs, how long, how much              | [`Config`]       |
//! | inputs, steps, effects                       | `node.rs`, `core.rs`, `shell.rs` |
//! | who may be let in, and what waits for it     | `peer.rs`        |
//! | a connection, from hello to last byte        | `greeting.rs`, `talk.rs`, `connection.rs` |
//! | coming together                              | `dial.rs`, `listen.rs` |
//! | whom to warn of, and how often               | `news.rs`        |
//! | time                                         | `timers.rs`, `pulse.rs` |
//!
//! # Example
//!
//! Two processes, each with its own mesh, here on one thread:
//!
//! ```
//! use network::{Config, Mesh, Notice};
//! use protocol::{Effects, Never, Process, ProcessId};
//! use std::net::TcpListener;
//!
//! struct Greeter;
//!
//! impl Process for Greeter {
//!     type Command = ProcessId; // Whom to greet.
//!     type Message = String;
//!     type Event = String;
//!     type Timer = Never;
//!
//!     fn on_command(&mut self, whom: ProcessId, fx: &mut Effects<Self>) {
//!         fx.send(whom, "good morning".into());
//!     }
//!
//!     fn on_message(&mut self, from: ProcessId, message: String, fx: &mut Effects<Self>) {
//!         fx.emit(format!("{from} says {message}"));
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listeners = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
//! let addresses = vec![listeners[0].local_addr()?, listeners[1].local_addr()?];
//! let [config_0, config_1] =
//!     [0, 1].map(|id| Config::new("greeting", ProcessId(id), addresses.clone()));
//! let [listener_0, listener_1] = listeners;
//!
//! tokio::task::LocalSet::new()
//!     .run_until(async {
//!         let mut zero = Mesh::start(listener_0, config_0, Greeter, Box::new(()))?;
//!         let one = Mesh::start(listener_1, config_1, Greeter, Box::new(()))?;
//!         one.command(ProcessId(0)); // Waits until they have found each other.
//!         let heard = loop {
//!             if let Notice::Event(heard) = zero.next().await {
//!                 break heard;
//!             }
//!         };
//!         assert_eq!(heard, "1 says good morning");
//!         one.close().await;
//!         zero.close().await;
//!         Ok(())
//!     })
//!     .await
//! # }
//! ```

mod client;
mod config;
mod connection;
mod core;
mod dial;
mod ending;
mod greeting;
mod hub;
mod inbox;
mod listen;
mod mesh;
mod news;
mod node;
mod notice;
mod packet;
mod peer;
mod plain;
mod pulse;
mod shell;
mod talk;
mod timers;

pub use client::{Dial, DialConfig};
pub use config::{Config, HUB, Limits, MeshError, Timing, incarnation_now};
pub use hub::{Hub, HubConfig};
pub use listen::listen;
pub use mesh::Mesh;
pub use node::Networked;
pub use notice::Notice;
pub use plain::Text;
