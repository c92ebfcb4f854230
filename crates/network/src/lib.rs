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
//! There are two ways to come together. In a [`Mesh`], the membership is fixed, and everybody
//! knows where everybody is. To a [`Hub`], anybody may connect: each connection is a peer of its
//! own, with a name that no other has, until it ends; [`Dial`] is a client's side of it. A hub
//! serves two wires on one port. A client that begins with the magic of `wire::hello` speaks
//! frames, as the members of a mesh do; any other first byte, or a silence, means text, so that
//! `nc` is a full client. Where no text is spoken, whoever speaks it is told so in a line of it.
//!
//! **Assumes** that peers follow the protocol once they have proved that they belong
//! (`wire::hello`). What does not prove it is turned away; what proves it and misbehaves is cut
//! off.
//!
//! **Guarantees**, of the connection to each peer: messages arrive in order and once, none
//! before `Link::Up` and none after `Link::Down`. What a member of a mesh or a client says before
//! the first `Up` waits for it; what is sent between a `Down` and the next `Up` is lost, and a
//! `Down` may lose what was under way. Who hangs up says everything first. A member of a mesh that
//! comes back without its memory is let in only where
//! [`REJOINS`](protocol::Process::REJOINS) says so. Whatever strangers do, memory and log stay
//! bounded; who does not take what is sent to him is cut off, and nobody waits for him.
//!
//! | idea                                         | where            |
//! |----------------------------------------------|------------------|
//! | what the application holds                   | [`Mesh`], [`Hub`], [`Dial`] |
//! | what it is told                              | [`Notice`]       |
//! | who belongs, how long, how much              | [`Config`], [`HubConfig`], [`DialConfig`] |
//! | inputs, steps, effects                       | `node.rs`, `core.rs`, `shell.rs` |
//! | who may be let in, and what waits for it     | `peer.rs`, `admission.rs` |
//! | a connection, from hello to last byte        | `greeting.rs`, `talk.rs`, `plain.rs`, `connection.rs`, `inbox.rs`, `order.rs`, `ending.rs` |
//! | coming together                              | `dial.rs`, `listen.rs` |
//! | whom to warn of, and how often               | `news.rs`        |
//! | what goes to many                            | `saying.rs`      |
//! | time                                         | `timers.rs`, `pulse.rs`, `dialogue.rs` |
//!
//! # Example
//!
//! ## Two members of a mesh
//!
//! Each has its own, here on one thread:
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
//!
//! ## A server and its clients
//!
//! One counts, the others ask for it; one of these is a program, and the other might be a person
//! with `nc`:
//!
//! ```
//! use network::{Dial, DialConfig, HUB, Hub, HubConfig, Notice, Text, listen};
//! use protocol::{Effects, Never, Process, ProcessId};
//! use serde::{Deserialize, Serialize};
//! use std::fmt;
//! use tokio::{io::{AsyncBufReadExt, AsyncWriteExt, BufReader}, net::TcpStream};
//! use wire::text::{Codec, Complaint};
//!
//! #[derive(Serialize, Deserialize)]
//! enum Message {
//!     Add(u64),
//!     Total(u64),
//! }
//!
//! #[derive(Default)]
//! struct Counter {
//!     total: u64,
//! }
//!
//! impl Process for Counter {
//!     type Command = Never;
//!     type Message = Message;
//!     type Event = Never;
//!     type Timer = Never;
//!
//!     fn on_command(&mut self, command: Never, _: &mut Effects<Self>) {
//!         match command {}
//!     }
//!
//!     fn on_message(&mut self, client: ProcessId, message: Message, fx: &mut Effects<Self>) {
//!         let Message::Add(number) = message else {
//!             return fx.reject(client, "a client asks and does not answer");
//!         };
//!         self.total = self.total.saturating_add(number);
//!         fx.send(client, Message::Total(self.total));
//!     }
//! }
//!
//! struct Client;
//!
//! impl Process for Client {
//!     type Command = u64;
//!     type Message = Message;
//!     type Event = u64;
//!     type Timer = Never;
//!
//!     fn on_command(&mut self, number: u64, fx: &mut Effects<Self>) {
//!         fx.send(HUB, Message::Add(number));
//!     }
//!
//!     fn on_message(&mut self, server: ProcessId, message: Message, fx: &mut Effects<Self>) {
//!         match message {
//!             Message::Total(total) => fx.emit(total),
//!             Message::Add(_) => fx.reject(server, "a server answers and does not ask"),
//!         }
//!     }
//! }
//!
//! /// `ADD <number>`, answered by `TOTAL <number>`.
//! struct Lines;
//!
//! impl Codec for Lines {
//!     type Message = Message;
//!
//!     fn decode(&self, line: &str) -> Result<Message, Complaint> {
//!         let number = line.strip_prefix("ADD ").and_then(|number| number.parse().ok());
//!         number.map(Message::Add).ok_or_else(|| Complaint::new("SYNTAX", "say ADD <number>"))
//!     }
//!
//!     fn encode(&self, message: &Message, out: &mut dyn fmt::Write) -> fmt::Result {
//!         match message {
//!             Message::Add(number) => writeln!(out, "ADD {number}"),
//!             Message::Total(total) => writeln!(out, "TOTAL {total}"),
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = listen("127.0.0.1:0".parse()?)?;
//! let addr = listener.local_addr()?;
//! tokio::task::LocalSet::new()
//!     .run_until(async {
//!         let config = HubConfig::new("counter", Some(Text::lines(Lines)));
//!         let hub = Hub::start(listener, config, Counter::default(), Box::new(()))?;
//!
//!         let mut person = BufReader::new(TcpStream::connect(addr).await?);
//!         person.write_all(b"ADD seven\nADD 7\n").await?;
//!         let mut answers = String::new();
//!         person.read_line(&mut answers).await?;
//!         person.read_line(&mut answers).await?;
//!         assert_eq!(answers, "ERROR SYNTAX say ADD <number>\nTOTAL 7\n");
//!
//!         let mut client =
//!             Dial::start(DialConfig::new("counter", addr), Client, Box::new(()))?;
//!         client.command(3); // Waits until the link is up.
//!         let total = loop {
//!             if let Notice::Event(total) = client.next().await {
//!                 break total;
//!             }
//!         };
//!         assert_eq!(total, 10);
//!         client.close().await;
//!         drop(person);
//!         hub.close().await;
//!         Ok(())
//!     })
//!     .await
//! # }
//! ```

mod admission;
mod client;
mod config;
mod connection;
mod core;
mod dial;
mod dialogue;
mod ending;
mod greeting;
mod hub;
mod inbox;
mod listen;
mod mesh;
mod news;
mod node;
mod notice;
mod order;
mod packet;
mod peer;
mod plain;
mod pulse;
mod saying;
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
