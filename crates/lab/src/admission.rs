//! Who may listen where, and whom it serves.

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use wire::secret::Secret;

use crate::Failure;

/// Who is let in. Only this machine is served without a secret.
#[derive(Clone, Debug, clap::Args)]
pub struct Admission {
    /// What all others must know. Programs prove that they do, and don't send it; on a text wire
    /// it is the first line, SECRET and this text, and travels in the clear
    #[arg(long, env = "SIGNALBOX_SECRET", hide_env_values = true, value_name = "TEXT")]
    pub secret: Option<Secret>,
    /// Serve anybody, even beyond this machine, without a secret
    #[arg(long, conflicts_with = "secret")]
    pub open: bool,
}

impl Admission {
    /// Listens on `addr`; port 0 picks a free one.
    ///
    /// # Errors
    /// When the address can be reached from other machines and there is no secret, or when it
    /// can't be listened on.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn listen(&self, addr: SocketAddr) -> Result<TcpListener, Failure> {
        if !addr.ip().is_loopback() && self.secret.is_none() {
            if !self.open {
                return Err(Failure::Usage(format!(
                    "{addr} can be reached from other machines: give --secret (or set \
                     SIGNALBOX_SECRET), or --open to serve anybody"
                )));
            }
            tracing::warn!("{addr} serves anybody who can reach this machine");
        }
        network::listen(addr).map_err(|error| {
            let remedy = match error.kind() {
                io::ErrorKind::AddrInUse => "choose another, or end whatever listens there",
                io::ErrorKind::AddrNotAvailable => "choose an address of this machine",
                io::ErrorKind::PermissionDenied => "choose a port above 1023",
                _ => "choose another",
            };
            Failure::Failed(format!("can't listen on {addr}: {error}; {remedy}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listen(addr: &str, secret: Option<&str>, open: bool) -> Result<(), String> {
        let secret = secret.map(|text| text.parse().unwrap());
        let admission = Admission { secret, open };
        admission.listen(addr.parse().unwrap()).map(drop).map_err(|failure| failure.to_string())
    }

    #[tokio::test]
    async fn only_this_machine_is_served_without_a_secret() {
        assert_eq!(listen("127.0.0.1:0", None, false), Ok(()));
        let refusal = listen("0.0.0.0:0", None, false).unwrap_err();
        assert!(refusal.contains("give --secret"), "{refusal}");
    }

    #[tokio::test]
    async fn a_port_in_use_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = taken.local_addr().unwrap().to_string();
        let failure = listen(&addr, None, false).unwrap_err();
        assert!(failure.starts_with(&format!("can't listen on {addr}")), "{failure}");
    }
}
