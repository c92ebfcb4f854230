//! What a trace tells, and the forms in which others read it.
//!
//! `GOLDEN=overwrite cargo test -p trace` writes the pictures in `tests/golden` anew.

mod clocks;
mod file;
mod hostile;
mod mermaid;
mod recorder;
mod runs;
mod shiviz;
mod svg;
mod xml;
