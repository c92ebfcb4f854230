//! What a trace tells, how several become one, and the forms in which others read it.
//!
//! `GOLDEN=overwrite cargo test -p trace` writes the pictures in `tests/golden` anew.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod again;
mod by_hand;
mod clocks;
mod file;
mod forged;
mod hostile;
mod merge;
mod mermaid;
mod recorder;
mod runs;
mod shiviz;
mod split;
mod svg;
mod xml;
