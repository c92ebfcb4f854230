//! Dialling: of two members of a mesh, the higher connects to the lower, and a client to its hub,
//! again and again.

use std::time::Duration;

use protocol::ProcessId;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{
    config::{Part, Timing},
    connection::Connection,
    greeting::{self, Door},
    node::{Networked, Node},
};

/// Keeps up the link to `peer` for as long as the node lives, or makes it once.
pub(crate) async fn keep_dialling<P: Networked>(node: Node<P>, peer: ProcessId) {
    let mut pause = Backoff::new(&node.settings.timing);
    loop {
        let Some(attempt) = node.unless_closing(dial(&node, peer)).await else { return };
        if let Some(connection) = attempt {
            pause = Backoff::new(&node.settings.timing);
            connection.run(node.clone()).await;
        }
        if let Part::Client { redials: false } = node.settings.part {
            return;
        }
        let Some(()) = node.unless_closing(sleep(pause.next())).await else { return };
    }
}

/// Tries once.
async fn dial<P: Networked>(node: &Node<P>, peer: ProcessId) -> Option<Connection> {
    let addr = node.addr(peer);
    let why = match timeout(node.settings.timing.hello, TcpStream::connect(addr)).await {
        Ok(Ok(stream)) if dialled_itself(&stream) => "nobody is there".to_owned(),
        Ok(Ok(stream)) => return greeting::greet(node, stream, addr, Door::Dialled(peer)).await,
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer".to_owned(),
    };
    let who = match node.settings.part {
        Part::Client { .. } => "the server",
        Part::Member { .. } | Part::Hub { .. } => "it",
    };
    node.not_reached(peer, format!("can't connect to {addr}: {why}: is {who} running?"));
    None
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
