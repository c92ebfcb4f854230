//! What the server tells whoever runs it.

use core::{fmt, net::SocketAddr};

use serde::{Deserialize, Serialize};

use crate::Name;

/// What happens at the server by itself, and not because a client has asked.
///
/// ```
/// use semaphore::{Name, ServerEvent};
///
/// let (client, addr) = (Name::new("alice")?, "127.0.0.1:47036".parse().unwrap());
/// let expired = ServerEvent::Expired { client, addr, silent_ms: 2000 };
/// let line = "expired client alice (127.0.0.1, 47036): it said nothing for 2000 ms";
/// assert_eq!(expired.to_string(), line);
/// # Ok::<(), semaphore::Refusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ServerEvent {
    /// A client is taken for dead.
    Expired {
        /// Who.
        client: Name,
        /// Where it is.
        addr: SocketAddr,
        /// For how many milliseconds it said nothing.
        silent_ms: u64,
    },
}

impl fmt::Display for ServerEvent {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self::Expired { client, addr, silent_ms } = self;
        let (ip, port) = (addr.ip(), addr.port());
        write!(f, "expired client {client} ({ip}, {port}): it said nothing for {silent_ms} ms")
    }
}
