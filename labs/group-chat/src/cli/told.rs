//! What is told to whoever sits there, in the course's words.

use std::{
    fmt::{self, Display},
    net::SocketAddr,
};

use group_chat::{multicast, relay};
use serde::Serialize;

/// The relay can be reached.
#[derive(Serialize)]
pub(super) struct Running {
    pub(super) addr: SocketAddr,
}

/// What the relay tells.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct RelayTells(pub(super) relay::server::Event);

/// What a client of the relay tells.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct ClientTells(pub(super) relay::client::Event);

/// There is no relay.
#[derive(Serialize)]
pub(super) struct FailedToConnect {
    pub(super) connected: bool,
}

/// What a member of a group tells.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct MemberTells(pub(super) multicast::Event);

impl Display for Running {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Server running on {}", self.addr)
    }
}

impl Display for RelayTells {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0.printed())
    }
}

impl Display for ClientTells {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0.printed())
    }
}

impl Display for FailedToConnect {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Failed to connect.")
    }
}

impl Display for MemberTells {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0.printed())
    }
}
