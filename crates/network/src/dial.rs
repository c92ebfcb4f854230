//! Dialling: of two processes, the higher id connects to the lower, again and again.

use std::{net::SocketAddr, time::Duration};

use protocol::ProcessId;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};
use tracing::debug;

use crate::{
    config::Timing,
    connection::Connection,
    greeting::{self, Door},
    node::{Networked, Node},
};

/// Keeps up the link to `peer` for as long as the node lives.
pub(crate) async fn keep_dialling<P: Networked>(node: Node<P>, peer: ProcessId) {
    let mut pause = Backoff::new(&node.config.timing);
    loop {
        let Some(attempt) = node.unless_closing(dial(&node, peer)).await else { return };
        if let Some(connection) = attempt {
            pause = Backoff::new(&node.config.timing);
            connection.run(node.clone()).await;
        }
        let Some(()) = node.unless_closing(sleep(pause.next())).await else { return };
    }
}

/// Tries once.
async fn dial<P: Networked>(node: &Node<P>, peer: ProcessId) -> Option<Connection> {
    let addr: SocketAddr = node.config.addresses[peer.index()];
    match timeout(node.config.timing.hello, TcpStream::connect(addr)).await {
        Ok(Ok(stream)) if dialled_itself(&stream) => None,
        Ok(Ok(stream)) => greeting::greet(node, stream, addr, Door::Dialled(peer)).await,
        Ok(Err(error)) => {
            debug!(%peer, %addr, %error, "can't connect yet");
            None
        }
        Err(_) => {
            debug!(%peer, %addr, "no answer yet");
            None
        }
    }
}

/// Whether the socket is connected to itself. TCP allows it: where nobody listens on the port that
/// we dial, the system may give us that very port to dial from.
fn dialled_itself(stream: &TcpStream) -> bool {
    matches!((stream.local_addr(), stream.peer_addr()), (Ok(ours), Ok(theirs)) if ours == theirs)
}

/// Pauses that double up to a limit, so that a peer which is gone costs little and one which is
/// late loses little.
pub(crate) struct Backoff {
    next: Duration,
    last: Duration,
}

impl Backoff {
    pub(crate) fn new(timing: &Timing) -> Self {
        Self { next: timing.first_retry, last: timing.last_retry }
    }

    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.next.min(self.last);
        self.next = pause * 2;
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_limit() {
        let timing = Timing {
            first_retry: Duration::from_millis(20),
            last_retry: Duration::from_millis(100),
            ..Timing::default()
        };
        let mut backoff = Backoff::new(&timing);
        let pauses: Vec<u128> = (0..5).map(|_| backoff.next().as_millis()).collect();
        assert_eq!(pauses, [20, 40, 80, 100, 100]);
    }
}
