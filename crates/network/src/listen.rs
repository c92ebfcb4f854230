//! Listening: of two processes, the lower id waits to be dialled.

use std::{collections::VecDeque, net::SocketAddr};

use tokio::{
    net::{TcpListener, TcpStream},
    select,
    sync::oneshot,
    time::sleep,
};
use tracing::{debug, warn};

use crate::{
    dial::Backoff,
    greeting::{self, Door},
    node::{Networked, Node},
};

/// Takes connections for as long as the node lives.
pub(crate) async fn accept<P: Networked>(node: Node<P>, listener: TcpListener) {
    // Whoever is saying hello, the oldest first. To drop one's entry is to turn it away.
    let mut pending: VecDeque<oneshot::Sender<()>> = VecDeque::new();
    let mut pause = Backoff::new(&node.config.timing);
    loop {
        let (stream, addr) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Such as too many open files. It may pass, and must not spin until then.
                warn!(%error, "can't accept connections at the moment");
                sleep(pause.next()).await;
                continue;
            }
        };
        pause = Backoff::new(&node.config.timing);
        pending.retain(|hello| !hello.is_closed());
        if pending.len() == node.config.limits.pending {
            pending.pop_front();
        }
        let (hello, turned_away) = oneshot::channel();
        pending.push_back(hello);
        node.spawn(serve(node.clone(), stream, addr, turned_away));
    }
}

/// Hears whoever has connected, from the first byte to the last.
async fn serve<P: Networked>(
    node: Node<P>,
    stream: TcpStream,
    addr: SocketAddr,
    turned_away: oneshot::Receiver<()>,
) {
    debug!(%addr, "somebody has connected");
    let greeted = node.unless_closing(async {
        select! {
            greeted = greeting::greet(&node, stream, addr, Door::Answered) => greeted,
            _ = turned_away => {
                warn!(%addr, "turned away: too many connections have not said hello yet");
                None
            }
        }
    });
    let greeted = greeted.await.flatten();
    if let Some(connection) = greeted {
        connection.run(node).await;
    }
}
