//! What is waited for, and how long.

use core::fmt;

use protocol::ProcessId;
use serde::{Deserialize, Serialize};

use crate::Name;

/// How long a client waits for a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Not at all: `TRY`.
    None,
    /// So many milliseconds.
    Ms(u32),
    /// Until its turn comes.
    Endless,
}

/// The timers of the server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ServerTimer {
    /// When it runs out, this client has said nothing for too long. Set while it holds or waits for
    /// something, if there is a session timeout.
    Session(ProcessId),
    /// When it runs out, this client has waited long enough. Set only while it waits.
    Patience {
        /// Who.
        client: ProcessId,
        /// For which semaphore.
        semaphore: Name,
    },
}

/// The timer of a client: time to say that it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HeartbeatTimer;

impl fmt::Display for ServerTimer {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Session(client) => write!(f, "for any word of {client}"),
            Self::Patience { client, semaphore } => write!(f, "of {client} for {semaphore}"),
        }
    }
}

impl fmt::Display for HeartbeatTimer {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("of the heartbeat")
    }
}
