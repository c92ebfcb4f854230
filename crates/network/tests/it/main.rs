//! Nodes, hubs and clients on real sockets, all in one thread, among themselves and among
//! strangers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod stranger;
mod support;

mod dial;
mod door;
mod hello;
mod hostile;
mod hub;
mod life;
mod links;
mod restart;
mod time;
mod turns;
