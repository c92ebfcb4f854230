//! Addresses on the command line.

use std::net::SocketAddr;

/// Reads an address. No name is looked up: whom it means may change.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "write an IP address and a port up to 65535, as in 127.0.0.1:7100 or [::1]:7100".to_owned()
    })
}
