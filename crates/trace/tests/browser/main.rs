//! The HTML file, opened, clicked, typed at and scrubbed in a real browser.
//!
//! `.ci/run` runs these: they need Chromium, and who has nothing but Rust can test all the rest.

// Chromium comes from Debian's packages.
#![cfg(target_os = "linux")]

mod chromium;
mod details;
mod drawing;
mod filtering;
mod harness;
mod opening;
mod past;
mod pipe;
mod speed;
mod stepping;
mod traces;
mod viewer;
