//! Nodes on real sockets, all in one thread, among themselves and among strangers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

mod hello;
mod hostile;
mod life;
mod links;
mod restart;
mod time;
