//! Drives processes through every interleaving.

mod channel;
mod check;
mod components;
mod cycles;
mod event;
mod fingerprint;
mod judge;
mod layout;
mod local;
mod machine;
mod pool;
mod possible;
mod retrace;
mod rows;
mod search;
mod seen;
mod worker;

pub use check::{Bound, Bounds, Check, Checkable, Counterexample, Extent, Verdict};
