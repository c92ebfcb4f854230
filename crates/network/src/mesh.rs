//! The mesh: a process among its peers, as the application sees it.

use std::{future::poll_fn, net::TcpListener};

use protocol::{Monitor, ProcessId};

use crate::{
    config::{Config, MeshError},
    dial, listen,
    node::{Networked, Node, Running},
    notice::Notice,
    peer::Peer,
};

/// A process that runs, connected to its peers.
///
/// It runs on the [`LocalSet`](tokio::task::LocalSet) on which it was started, whenever that
/// waits for something else. [`close`](Self::close) ends it politely, dropping it at once.
///
/// See the [crate's example](crate#two-members-of-a-mesh).
pub struct Mesh<P: Networked> {
    node: Running<P>,
}

impl<P: Networked> Mesh<P> {
    /// Starts `process`, with its peers to be connected as soon as they are there. They are
    /// expected on `listener`, which is bound to our own address in `config.addresses`.
    ///
    /// `monitor` sees every input before the step and every effect of it, and messages that are
    /// lost because a link is down. It is never asked for its verdict.
    ///
    /// # Errors
    /// When `config` makes no sense, or the listener is of no use.
    ///
    /// # Panics
    /// Outside of a `LocalSet`, or when the process panics.
    pub fn start(
        listener: TcpListener,
        config: Config,
        process: P,
        monitor: Box<dyn Monitor<P>>,
    ) -> Result<Self, MeshError> {
        let me = config.me;
        let seats = ProcessId::all(config.size()).zip(&config.addresses);
        let others = seats.filter(|&(id, _)| id != me).map(|(id, &addr)| (id, Peer::new(addr)));
        let peers = others.collect();
        let settings = config.settings()?;
        let listener = listen::on(listener)?;

        let node = Node::start(settings, peers, None, process, monitor);
        node.spawn_service(listen::accept(node.clone(), listener));
        for lower in ProcessId::all(me.0) {
            node.spawn(dial::keep_dialling(node.clone(), lower));
        }
        Ok(Self { node: Running(node) })
    }

    /// Gives the process a command. What it says to that leaves once the application waits for
    /// whatever it may be: answers to several commands in a row share one write to each peer.
    pub fn command(&self, command: P::Command) {
        self.node.command(command);
    }

    /// What happened next. May be dropped and called again: nothing is lost.
    ///
    /// # Panics
    /// When the process has panicked.
    pub async fn next(&mut self) -> Notice<P::Event> {
        poll_fn(|context| self.node.poll_notice(context)).await
    }

    /// Looks at the process, for as long as `look` takes. It may not use the mesh meanwhile.
    pub fn with<R>(&self, look: impl FnOnce(&P) -> R) -> R {
        look(&self.node.core.borrow().process)
    }

    /// Says farewell to all peers: "I ask for nothing more, I only answer." Whoever is not
    /// up is told when it is. `tally` is how much work was done here, in the lab's unit.
    pub fn farewell(&self, tally: u64) {
        self.node.farewell(tally);
    }

    /// Ends it: what was said leaves, every connection is ended from our side, and peers have
    /// [`Timing::linger`](crate::Timing::linger) to do so from theirs. Then nothing is left of
    /// it. The process is not told of the ends of its links.
    pub async fn close(self) {
        self.node.close().await;
    }
}
