//! What a node must know before it starts.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use protocol::ProcessId;
use thiserror::Error;
use wire::{
    frame,
    hello::{MAX_SYSTEM, Party},
    secret::Secret,
};

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

    pub(crate) fn settings(self) -> Result<Settings, MeshError> {
        let (me, size) = (self.me, self.size());
        if me.0 >= size {
            return Err(MeshError::NoSuchProcess { me, size });
        }
        let Self { system, secret, incarnation, timing, limits, .. } = self;
        let part = Part::Member { me, size };
        Settings { system, part, secret, incarnation, timing, limits }.check()
    }
}

/// What a node must know, in whatever way it comes together with others.
pub(crate) struct Settings {
    pub(crate) system: String,
    pub(crate) part: Part,
    pub(crate) secret: Option<Secret>,
    pub(crate) incarnation: u64,
    pub(crate) timing: Timing,
    pub(crate) limits: Limits,
}

/// The part that a node plays in its system.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// One of a mesh.
    Member { me: ProcessId, size: u32 },
    /// The server of so many clients at the most.
    Hub { clients: usize },
    /// A client of a hub. Whether it dials again what it has lost.
    Client { redials: bool },
}

/// What a hub is called by itself and by each of its clients.
pub const HUB: ProcessId = ProcessId(0);

/// What a client calls itself. The hub has another name for it.
pub(crate) const CLIENT: ProcessId = ProcessId(1);

impl Settings {
    pub(crate) fn me(&self) -> ProcessId {
        match self.part {
            Part::Member { me, .. } => me,
            Part::Hub { .. } => HUB,
            Part::Client { .. } => CLIENT,
        }
    }

    /// Whether peers come and go, each time under another name.
    pub(crate) fn has_guests(&self) -> bool {
        matches!(self.part, Part::Hub { .. })
    }

    pub(crate) fn party(&self) -> Party {
        match self.part {
            Part::Member { me, .. } => Party::Process(me),
            Part::Hub { .. } => Party::Server,
            Part::Client { .. } => Party::Client,
        }
    }

    /// How many processes there are, as a hello has it.
    pub(crate) fn size(&self) -> u32 {
        match self.part {
            Part::Member { size, .. } => size,
            Part::Hub { .. } | Part::Client { .. } => 0,
        }
    }

    pub(crate) fn check(self) -> Result<Self, MeshError> {
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
        Ok(self)
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
    /// The longest message, in bytes, or line of text; [`frame::MAX`] at the most.
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

impl Limits {
    /// What a hub and its clients allow each other: the clients are many, and may be anybody.
    pub(crate) fn of_a_hub() -> Self {
        Self { frame: 64 << 10, outbound: 1 << 20, pending: 16 << 10 }
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
