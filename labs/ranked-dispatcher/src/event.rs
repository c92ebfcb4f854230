//! What the server tells of itself: the lines of the course's session, one an event.

use core::{fmt, net::SocketAddr};

use serde::{Deserialize, Serialize};

/// What happens at the server. As text, what the course's server prints.
///
/// ```
/// use ranked_dispatcher::ServerEvent;
///
/// let addr = "127.0.0.1:47036".parse().unwrap();
/// let line = "socket ('127.0.0.1', 47036) has rank number 0";
/// assert_eq!(ServerEvent::Ranked { addr, rank: 0 }.to_string(), line);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ServerEvent {
    /// A client has joined. The ranking comes next.
    Accepted {
        /// Where it is.
        addr: SocketAddr,
    },
    /// A client has been turned away, for there were so many.
    TurnedAway {
        /// Where it is.
        addr: SocketAddr,
        /// How many there were.
        most: u32,
    },
    /// A client has left.
    Disconnected {
        /// Where it was.
        addr: SocketAddr,
    },
    /// After somebody has left, before the ranking.
    NewRanking,
    /// A line of the ranking.
    Ranked {
        /// Where the client is.
        addr: SocketAddr,
        /// Its rank.
        rank: u32,
    },
    /// The ranking, when nobody is left.
    NobodyLeft,
}

impl fmt::Display for ServerEvent {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Accepted { addr } => write!(f, "Accepted client {}", Socket(addr)),
            Self::TurnedAway { addr, most } => {
                write!(f, "Refused client {}: {most} connections are the most", Socket(addr))
            }
            Self::Disconnected { addr } => {
                write!(f, "[Disconnect]  socket {} has disconnected", Socket(addr))
            }
            Self::NewRanking => f.write_str("[New ranking]"),
            Self::Ranked { addr, rank } => {
                write!(f, "socket {} has rank number {rank}", Socket(addr))
            }
            Self::NobodyLeft => f.write_str("0 connections"),
        }
    }
}

/// `('127.0.0.1', 47036)`
struct Socket<'a>(&'a SocketAddr);

impl fmt::Display for Socket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "('{}', {})", self.0.ip(), self.0.port())
    }
}
