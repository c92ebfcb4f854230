//! Everything that goes through a wire, without a wire.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod frame;
mod hello;
mod secret;
mod text;
