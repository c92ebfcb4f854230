//! What the simulator promises, a claim a test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod careless;
mod connections;
mod crashes;
mod determinism;
mod lasso;
mod links;
mod narrator;
mod panics;
mod partitions;
mod puppet;
mod ricart_agrawala;
mod shrink;
mod shrink_rules;
mod time;
mod verdicts;
