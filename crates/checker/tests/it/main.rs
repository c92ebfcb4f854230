//! What the checker promises, a claim a test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bounds;
mod chatter;
mod clickers;
mod fairness;
mod family;
mod faults;
mod liveness;
mod oracle;
mod panics;
mod puppet;
mod reduction;
mod replay;
mod safety;
mod solutions;
mod system;
mod wrong_sites;
