//! Listening: of two processes, the lower id waits to be dialled.
//!
//! Anybody can connect and say nothing, again and again, until the system has no more files to
//! give. So only so many may be at it at a time, and a newcomer takes the place of the oldest:
//! there is always a way in. One thing must not be taken from anybody, though: once a peer has
//! proved who it is and has our proof, it holds the link for up, and what it sends counts.

use std::{cell::Cell, collections::VecDeque, io, net::SocketAddr, rc::Rc};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    select,
    sync::oneshot,
    time::sleep,
};
use tracing::debug;

use crate::{
    config::MeshError,
    dial::Backoff,
    greeting::{self, Door, GreetingError, Partner},
    node::{Networked, Node},
};

/// How far a guest has come. When others need the room, the first of these go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// It was turned away, and may still take the reason.
    Refused,
    /// It has proved nothing so far.
    Unproven,
    /// It has proved who it is, and stays.
    Proven,
}

/// Those who have connected and are no link yet, the oldest first.
#[derive(Default)]
struct Lobby {
    guests: VecDeque<Guest>,
}

struct Guest {
    /// Set by its task.
    standing: Rc<Cell<Standing>>,
    /// Has its task drop the connection, by a word: to drop this does nothing. Closed once the
    /// guest has left the lobby.
    evict: oneshot::Sender<()>,
}

/// How many connections may wait until the node takes them.
const BACKLOG: u32 = 4096;

/// A listener at that address, for a [`Hub`](crate::Hub) or a [`Mesh`](crate::Mesh), with room
/// for a crowd: the standard library's keeps 128 waiting, and lets the others try again after a
/// second.
///
/// # Errors
/// When nobody may listen there, such as because somebody else does.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn listen(addr: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    #[cfg(unix)] // Elsewhere it would let two programs listen on one port.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)?.into_std()
}

/// The listener, as the node needs it.
pub(crate) fn on(listener: std::net::TcpListener) -> Result<TcpListener, MeshError> {
    listener.set_nonblocking(true).map_err(MeshError::Listener)?;
    TcpListener::from_std(listener).map_err(MeshError::Listener)
}

/// Takes connections for as long as the node lives.
pub(crate) async fn accept<P: Networked>(node: Node<P>, listener: TcpListener) {
    let mut lobby = Lobby::default();
    let mut pause = Backoff::new(&node.settings.timing);
    loop {
        match listener.accept().await {
            Ok((stream, addr)) => {
                pause = Backoff::new(&node.settings.timing);
                let (standing, evicted) = lobby.enter(node.settings.limits.pending);
                node.spawn(serve(node.clone(), stream, addr, standing, evicted));
            }
            Err(error) => {
                // Such as too many open files. It may pass, and must not spin until then.
                node.cannot_accept(&error);
                sleep(pause.next()).await;
            }
        }
    }
}

impl Lobby {
    /// Takes a newcomer in. Of those who have not proved who they are, the newcomer included,
    /// no more than `limit` stay.
    fn enter(&mut self, limit: usize) -> (Rc<Cell<Standing>>, oneshot::Receiver<()>) {
        // Most servers have room, and need not look who has left.
        if self.guests.len() >= limit {
            self.guests.retain(|guest| !guest.evict.is_closed());
        }
        while self.guests.len() >= limit && self.not_proven().count() >= limit {
            let Some(first_to_go) = self.first_to_go() else { break };
            // Who has left by now needs no telling.
            let _ = first_to_go.evict.send(());
        }
        let (evict, evicted) = oneshot::channel();
        let standing = Rc::new(Cell::new(Standing::Unproven));
        self.guests.push_back(Guest { standing: Rc::clone(&standing), evict });
        (standing, evicted)
    }

    fn not_proven(&self) -> impl Iterator<Item = (usize, &Guest)> {
        let guests = self.guests.iter().enumerate();
        guests.filter(|(_, guest)| guest.standing.get() != Standing::Proven)
    }

    /// Takes the oldest of those out who were refused, or else of those who may yet prove
    /// themselves.
    fn first_to_go(&mut self) -> Option<Guest> {
        let (place, _) = self.not_proven().min_by_key(|(_, guest)| guest.standing.get())?;
        self.guests.remove(place)
    }
}

/// Hears whoever has connected, from the first byte to the last.
async fn serve<P: Networked>(
    node: Node<P>,
    stream: TcpStream,
    addr: SocketAddr,
    standing: Rc<Cell<Standing>>,
    evicted: oneshot::Receiver<()>,
) {
    debug!(%addr, "somebody has connected");
    let greeted = node.unless_closing(async {
        select! {
            biased; // Who is evicted proves nothing any more: it would be evicted in spite of it.
            Ok(()) = evicted => {
                if standing.get() == Standing::Unproven {
                    node.greeting_failed(Partner::Stranger, addr, &GreetingError::Crowded);
                }
                None
            }
            greeted = greeting::greet(&node, stream, addr, Door::Answered(&standing)) => greeted,
        }
    });
    let greeted = greeted.await.flatten();
    if let Some(connection) = greeted {
        connection.run(node).await;
    }
}
