//! What a node must know before it starts.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use protocol::ProcessId;
use thiserror::Error;
use wire::{frame, hello::MAX_SYSTEM, secret::Secret};

/// Who belongs to the system, and which of them we are.
#[derive(Clone, Debug)]
pub struct Config {
    /// The lab's name. A node of another lab is refused.
    pub system: String,
    /// Which of the processes is ours.
    pub me: ProcessId,
    /// Where all of them are, ours included: process `i` at index `i`.
    pub addresses: Vec<SocketAddr>,
    /// What all of them know and nobody else does, if anything.
    pub secret: Option<Secret>,
    /// Which of our lives this is. A later life must have a larger number.
    pub incarnation: u64,
    /// How long we wait.
    pub timing: Timing,
    /// How much we store.
    pub limits: Limits,
}

impl Config {
    /// A system without a secret, with the usual times and limits, whose process `me` begins a
    /// new life now.
    pub fn new(system: impl Into<String>, me: ProcessId, addresses: Vec<SocketAddr>) -> Self {
        Self {
            system: system.into(),
            me,
            addresses,
            secret: None,
            incarnation: incarnation_now(),
            timing: Timing::default(),
            limits: Limits::default(),
        }
    }

    /// How many processes there are.
    pub fn size(&self) -> u32 {
        u32::try_from(self.addresses.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn check(&self) -> Result<(), MeshError> {
        let (me, size) = (self.me, self.size());
        if me.0 >= size {
            return Err(MeshError::NoSuchProcess { me, size });
        }
        if self.system.is_empty() || self.system.len() > MAX_SYSTEM {
            return Err(MeshError::SystemName { length: self.system.len() });
        }
        let Timing { heartbeat, silence, .. } = self.timing;
        if heartbeat.is_zero() || silence < 2 * heartbeat {
            return Err(MeshError::Silence { heartbeat, silence });
        }
        let Limits { frame, outbound, pending } = self.limits;
        if frame > frame::MAX || outbound < frame || pending == 0 {
            return Err(MeshError::Limits(self.limits));
        }
        Ok(())
    }
}

/// A number for a process's life that is larger than those of the lives before, as long as
/// nobody turns the clock back: the microseconds since 1970.
pub fn incarnation_now() -> u64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_micros()).unwrap_or(u64::MAX)
}

/// How long a node waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// For a new connection to say hello, from its first byte to its last.
    pub hello: Duration,
    /// Until it says something to a peer to whom it has nothing to say.
    pub heartbeat: Duration,
    /// For a peer that says nothing, before it hangs up. At least two heartbeats.
    pub silence: Duration,
    /// Before it dials a peer again, for the first time. Doubles from then on.
    pub first_retry: Duration,
    /// Before it dials a peer again, at the most.
    pub last_retry: Duration,
    /// For a peer to take the last bytes of a connection and hang up too.
    pub linger: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(5),
            heartbeat: Duration::from_secs(1),
            silence: Duration::from_secs(5),
            first_retry: Duration::from_millis(20),
            last_retry: Duration::from_secs(1),
            linger: Duration::from_secs(1),
        }
    }
}

/// How much a node stores for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest message, in bytes; [`frame::MAX`] at the most.
    pub frame: usize,
    /// What may wait for one peer to be sent, in bytes; at least one message.
    pub outbound: usize,
    /// How many connections may be saying hello at a time without having proved who they are;
    /// at least one. A peer that has proved it is not counted: it makes one at a time.
    pub pending: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { frame: frame::MAX, outbound: 8 << 20, pending: 64 }
    }
}

/// Why a node can't start.
#[derive(Debug, Error)]
pub enum MeshError {
    /// Our id is that of no process.
    #[error("there is no process {me} in a system of {size}: give it an id below {size}")]
    NoSuchProcess {
        /// Our id.
        me: ProcessId,
        /// How many addresses there are.
        size: u32,
    },
    /// The name of the system doesn't fit into a hello.
    #[error("the system's name has {length} bytes: give it 1 to {MAX_SYSTEM}")]
    SystemName {
        /// Of the name, in bytes.
        length: usize,
    },
    /// Peers would be taken for dead between two heartbeats.
    #[error("silence of {silence:?} with a heartbeat each {heartbeat:?}: wait for two at least")]
    Silence {
        /// The interval.
        heartbeat: Duration,
        /// The patience.
        silence: Duration,
    },
    /// The limits let nothing through.
    #[error("{0:?}: frame is {max} at most and outbound no less, pending at least 1", max = frame::MAX)]
    Limits(Limits),
    /// The listener is of no use.
    #[error("the listening socket can't be used: {0}")]
    Listener(#[source] io::Error),
}
