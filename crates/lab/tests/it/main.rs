//! What the labs' binaries stand on, held to what it says of itself.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod stage;
