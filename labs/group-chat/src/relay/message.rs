//! What clients and the relay say to each other.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::{fmt, net::SocketAddr};

use serde::{Deserialize, Serialize};

use crate::{escaped, relay::encode};

/// What goes over a link between a client and the relay.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Message {
    /// From a client.
    Request(Request),
    /// From the relay.
    Response(Response),
}

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Request {
    /// A piece of text for all others: a line with its line feed, or a part of one without. No
    /// line feed stands anywhere else, and it has [`LONGEST_PIECE`](crate::relay::LONGEST_PIECE)
    /// bytes at the most.
    Say(String),
    /// "Call me that." A word for which [`is_name`](crate::relay::is_name) holds.
    Name(String),
    /// "Who is here?"
    Who,
}

/// What the relay says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Response {
    /// Another client has said something.
    Relayed {
        /// Who.
        from: Speaker,
        /// What, as it came; shared, because it goes to many.
        text: Arc<str>,
    },
    /// You are called that from now on.
    Named(String),
    /// You are not called that: another client is.
    Taken(String),
    /// These are here, you among them.
    Present {
        /// Those who came first.
        speakers: Vec<Speaker>,
        /// How many there are beside.
        more: u32,
    },
}

/// A client, as the others know it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Speaker {
    /// It has said no name.
    At(SocketAddr),
    /// No other has this name.
    Named(Arc<str>),
}

/// What it is on the wire, in one line: control characters are escaped, its line feed among them.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut text = String::new();
        encode(self, &mut text)?;
        f.write_str(&escaped(&text))
    }
}

/// What a client is told to do.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Say(text) => write!(f, "say {text:?}"),
            Self::Name(name) => write!(f, "take the name {name}"),
            Self::Who => f.write_str("ask who is here"),
        }
    }
}

/// In the words of the course's server, which was a Python script.
impl fmt::Display for Speaker {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::At(addr) => write!(f, "('{}', {})", addr.ip(), addr.port()),
            Self::Named(name) => f.write_str(name),
        }
    }
}
