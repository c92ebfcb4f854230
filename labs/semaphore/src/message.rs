//! What clients and the server say to each other. As text, each is the line on the wire.

use alloc::vec::Vec;
use core::{fmt, net::SocketAddr};

use serde::{Deserialize, Serialize};

use crate::{Name, Refusal, Token};

/// A request or a response: what goes over a link between a client and the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Message {
    /// From a client.
    Request(Request),
    /// From the server.
    Response(Response),
}

/// What a client asks for. The server answers each request with one response, at once and in
/// order, but for a `HELLO` that it accepts in silence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Request {
    /// "This is my name."
    Hello {
        /// Nobody else's.
        name: Name,
        /// Whether to be told the tokens of grants.
        fenced: bool,
    },
    /// Dijkstra's P: a permit, if need be after waiting for it.
    Acquire {
        /// Of which semaphore.
        semaphore: Name,
        /// For how long to wait at the most.
        timeout_ms: Option<u32>,
    },
    /// A permit, if there is one.
    Try {
        /// Of which semaphore.
        semaphore: Name,
    },
    /// Dijkstra's V: gives the permit back.
    Release {
        /// Of which semaphore.
        semaphore: Name,
    },
    /// Who holds what? The answer is an [`Account`](Response::Account) of each semaphore, but of no
    /// more than [`MOST_SHOWN`], and then [`Status`](Response::Status).
    Status,
    /// "I live."
    Ping,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Response {
    /// The permit is yours: the answer, or later than a [`Wait`](Self::Wait).
    Acquired {
        /// Of which semaphore.
        semaphore: Name,
        /// Which grant it is: of a single-permit semaphore, to a client that wants to know.
        token: Option<Token>,
    },
    /// You will be told.
    Wait {
        /// For which semaphore.
        semaphore: Name,
    },
    /// You hold it no more.
    Released {
        /// Which semaphore.
        semaphore: Name,
    },
    /// The time that you would wait is over, and so is the waiting. Comes later than a
    /// [`Wait`](Self::Wait).
    TimedOut {
        /// For which semaphore.
        semaphore: Name,
    },
    /// Another client has released something. Nobody asked.
    Announced {
        /// Who.
        client: Name,
        /// Where it is.
        addr: SocketAddr,
        /// What.
        semaphore: Name,
    },
    /// One semaphore, before the [`Status`](Self::Status) that it belongs to.
    Account(Account),
    /// The end of the answer to `STATUS`.
    Status {
        /// How many semaphores there are, shown or not.
        semaphores: u32,
    },
    /// "So do I."
    Pong,
    /// No, and why not.
    Refused(Refusal),
}

/// How many semaphores a `STATUS` shows, and how many holders of each.
pub const MOST_SHOWN: usize = 100;

/// How things stand with a semaphore.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Account {
    /// Which one.
    pub semaphore: Name,
    /// How many can hold it at once.
    pub permits: u32,
    /// How many wait for it.
    pub waiting: u32,
    /// Who holds it; no more than [`MOST_SHOWN`].
    pub holders: Vec<Name>,
}

impl Response {
    /// The semaphore for which a client waits no more to whom the server says this by itself.
    pub fn ended_wait(&self) -> Option<Name> {
        match self {
            Self::Acquired { semaphore, .. } | Self::TimedOut { semaphore } => {
                Some(semaphore.clone())
            }
            Self::Refused(refusal) => refusal.out_of_tokens(),
            _ => None,
        }
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Request(request) => request.fmt(f),
            Self::Response(response) => response.fmt(f),
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Hello { name, fenced: false } => write!(f, "HELLO {name}"),
            Self::Hello { name, fenced: true } => write!(f, "HELLO {name} FENCED"),
            Self::Acquire { semaphore, timeout_ms: None } => write!(f, "ACQUIRE {semaphore}"),
            Self::Acquire { semaphore, timeout_ms: Some(ms) } => {
                write!(f, "ACQUIRE {semaphore} TIMEOUT {ms}")
            }
            Self::Try { semaphore } => write!(f, "TRY {semaphore}"),
            Self::Release { semaphore } => write!(f, "RELEASE {semaphore}"),
            Self::Status => f.write_str("STATUS"),
            Self::Ping => f.write_str("PING"),
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Acquired { semaphore, token: None } => write!(f, "LOCK_ACQUIRED {semaphore}"),
            Self::Acquired { semaphore, token: Some(token) } => {
                write!(f, "LOCK_ACQUIRED {semaphore} {token}")
            }
            Self::Wait { semaphore } => write!(f, "WAIT {semaphore}"),
            Self::Released { semaphore } => write!(f, "LOCK_RELEASED {semaphore}"),
            Self::TimedOut { semaphore } => {
                write!(f, "ERROR TIMEOUT {semaphore} was not free in time: acquire it again")
            }
            Self::Announced { client, addr, semaphore } => {
                let (ip, port) = (addr.ip(), addr.port());
                write!(f, "Client {client} ({ip}, {port}) released semaphore {semaphore}")
            }
            Self::Account(account) => account.fmt(f),
            Self::Status { semaphores } => write!(f, "STATUS {semaphores}"),
            Self::Pong => f.write_str("PONG"),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { semaphore, permits, waiting, holders } = self;
        write!(f, "SEMAPHORE {semaphore} PERMITS {permits} WAITING {waiting} HOLDERS")?;
        holders.iter().try_for_each(|holder| write!(f, " {holder}"))
    }
}
