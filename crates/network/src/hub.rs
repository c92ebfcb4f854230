//! The hub: a server process, to which anybody may connect.

use std::{future::poll_fn, net::TcpListener};

use protocol::Monitor;
use wire::secret::Secret;

use crate::{
    config::{Limits, MeshError, Part, Settings, Timing, incarnation_now},
    dialogue, listen,
    node::{Networked, Node, Running},
    notice::Notice,
    peer::Peers,
    plain::Text,
};

/// Whom a hub serves, and with how much patience.
pub struct HubConfig<M> {
    /// The lab's name. A client of another lab is refused.
    pub system: String,
    /// What all clients must know, if anything.
    pub secret: Option<Secret>,
    /// Which of the server's lives this is. A later life must have a larger number.
    pub incarnation: u64,
    /// How long the hub waits. Clients that speak frames send heartbeats, and are dropped when
    /// they are silent.
    pub timing: Timing,
    /// How much the hub stores.
    pub limits: Limits,
    /// How many clients may be there at a time.
    pub clients: usize,
    /// How clients are understood that speak text. Without it, they are refused.
    pub text: Option<Text<M>>,
}

impl<M> HubConfig<M> {
    /// A hub without a secret, with the usual times and limits, that serves up to ten thousand
    /// clients and a few more.
    pub fn new(system: impl Into<String>, text: Option<Text<M>>) -> Self {
        Self {
            system: system.into(),
            secret: None,
            incarnation: incarnation_now(),
            timing: Timing::default(),
            limits: Limits::of_a_hub(),
            clients: 16 << 10,
            text,
        }
    }
}

/// A server process that runs, with whoever connects as its peers.
///
/// Every connection is a peer of its own, under a name that nobody else has: up from the moment
/// at which its wire is known, down for ever when it ends. The server itself is [`HUB`](crate::HUB).
///
/// It runs on the [`LocalSet`](tokio::task::LocalSet) on which it was started, whenever that
/// waits for something else. [`close`](Self::close) ends it politely, dropping it at once.
///
/// See the [crate's example](crate#a-server-and-its-clients).
pub struct Hub<P: Networked> {
    node: Running<P>,
}

impl<P: Networked> Hub<P> {
    /// Starts `process`, with its clients to come through `listener`. `monitor` sees what it sees
    /// in a [`Mesh`](crate::Mesh::start).
    ///
    /// # Errors
    /// When `config` makes no sense, or the listener is of no use.
    ///
    /// # Panics
    /// Outside of a `LocalSet`, or when the process panics.
    pub fn start(
        listener: TcpListener,
        config: HubConfig<P::Message>,
        process: P,
        monitor: Box<dyn Monitor<P>>,
    ) -> Result<Self, MeshError> {
        let HubConfig { system, secret, incarnation, timing, limits, clients, text } = config;
        let part = Part::Hub { clients };
        let settings = Settings { system, part, secret, incarnation, timing, limits }.check()?;
        let listener = listen::on(listener)?;
        let node = Node::start(settings, Peers::default(), text, process, monitor);
        node.spawn_service(listen::accept(node.clone(), listener));
        node.spawn_service(dialogue::answer(node.clone()));
        Ok(Self { node: Running(node) })
    }

    /// Gives the process a command. What it says to that leaves once the application waits for
    /// whatever it may be.
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

    /// Looks at the process, for as long as `look` takes. It may not use the hub meanwhile.
    pub fn with<R>(&self, look: impl FnOnce(&P) -> R) -> R {
        look(&self.node.core.borrow().process)
    }

    /// Ends it: what was said leaves, every connection is ended from our side, and clients have
    /// [`Timing::linger`](crate::Timing::linger) to do so from theirs. Then nothing is left of
    /// it. The process is not told of the ends of its links.
    pub async fn close(self) {
        self.node.close().await;
    }
}
