//! What two nodes say to each other once both have said hello.

use serde::{Deserialize, Serialize};

/// One frame of a link that is up.
#[derive(Serialize, Deserialize)]
pub(crate) enum Packet<M> {
    /// "I won't listen to you any longer." Nothing follows.
    Refused { why: String },
    /// From process to process.
    Message(M),
    /// "I am still here."
    Heartbeat,
    /// "I ask for nothing more, I only answer."
    Farewell { tally: u64 },
}
