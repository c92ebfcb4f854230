//! What is told to whoever sits there, in the course's words.

use std::{
    fmt::{self, Display},
    net::SocketAddr,
};

use group_chat::{
    multicast,
    relay::{self, Response, Speaker},
};
use protocol::ProcessId;
use serde::{Serialize, Serializer};

/// The relay can be reached.
pub(super) struct Running {
    pub(super) addr: SocketAddr,
}

/// What the relay tells.
pub(super) struct RelayTells(pub(super) relay::server::Event);

/// What a client of the relay tells.
pub(super) struct ClientTells(pub(super) relay::client::Event);

/// There is no relay.
pub(super) struct FailedToConnect;

/// What a member of a group tells.
pub(super) struct MemberTells {
    pub(super) member: ProcessId,
    pub(super) event: multicast::Event,
}

/// The same for programs: a shape of its own, so that what goes over the wire can have another.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Record<'a> {
    Running { addr: SocketAddr },
    New { addr: SocketAddr },
    Said { from: Known<'a>, text: &'a str },
    Connected,
    FailedToConnect,
    Disconnected,
    Heard { from: Known<'a>, text: &'a str },
    Named { name: &'a str },
    Taken { name: &'a str },
    Present { speakers: Vec<Known<'a>>, more: u32 },
    NotSent { what: String },
    TooLong,
    Delivered { member: ProcessId, from: ProcessId, text: &'a str },
}

/// A client of the relay, by its name or by where it is.
#[derive(Serialize)]
#[serde(untagged)]
enum Known<'a> {
    At(SocketAddr),
    Named(&'a str),
}

impl<'a> From<&'a Speaker> for Known<'a> {
    fn from(speaker: &'a Speaker) -> Self {
        match speaker {
            Speaker::At(addr) => Self::At(*addr),
            Speaker::Named(name) => Self::Named(name),
        }
    }
}

impl<'a> From<&'a Running> for Record<'a> {
    fn from(Running { addr }: &'a Running) -> Self {
        Self::Running { addr: *addr }
    }
}

impl<'a> From<&'a RelayTells> for Record<'a> {
    fn from(RelayTells(event): &'a RelayTells) -> Self {
        match event {
            relay::server::Event::Connected(addr) => Self::New { addr: *addr },
            relay::server::Event::Said { from, text } => Self::Said { from: from.into(), text },
        }
    }
}

impl<'a> From<&'a ClientTells> for Record<'a> {
    fn from(ClientTells(event): &'a ClientTells) -> Self {
        match event {
            relay::client::Event::Connected => Self::Connected,
            relay::client::Event::Disconnected => Self::Disconnected,
            relay::client::Event::NotSent(request) => Self::NotSent { what: request.to_string() },
            relay::client::Event::TooLong => Self::TooLong,
            relay::client::Event::Heard(response) => response.into(),
        }
    }
}

impl<'a> From<&'a Response> for Record<'a> {
    fn from(response: &'a Response) -> Self {
        match response {
            Response::Relayed { from, text } => Self::Heard { from: from.into(), text },
            Response::Named(name) => Self::Named { name },
            Response::Taken(name) => Self::Taken { name },
            Response::Present { speakers, more } => {
                Self::Present { speakers: speakers.iter().map(Known::from).collect(), more: *more }
            }
        }
    }
}

impl From<&FailedToConnect> for Record<'_> {
    fn from(FailedToConnect: &FailedToConnect) -> Self {
        Self::FailedToConnect
    }
}

impl<'a> From<&'a MemberTells> for Record<'a> {
    fn from(MemberTells { member, event }: &'a MemberTells) -> Self {
        let multicast::Event::Delivered { from, text } = event;
        Self::Delivered { member: *member, from: *from, text }
    }
}

macro_rules! told_as_record {
    ($($told:ty),*) => {$(
        impl Serialize for $told {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Record::from(self).serialize(serializer)
            }
        }
    )*};
}

told_as_record!(Running, RelayTells, ClientTells, FailedToConnect, MemberTells);

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
        f.write_str(&self.event.printed())
    }
}
