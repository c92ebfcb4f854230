//! A client's side of a hub.

use std::{future::poll_fn, net::SocketAddr};

use protocol::Monitor;
use wire::secret::Secret;

use crate::{
    config::{HUB, Limits, MeshError, Part, Settings, Timing, incarnation_now},
    dial,
    node::{Networked, Node, Running},
    notice::Notice,
    peer::{Peer, Peers},
};

/// Which hub a client dials, and with how much patience.
#[derive(Clone, Debug)]
pub struct DialConfig {
    /// The lab's name, as the hub has it.
    pub system: String,
    /// Where the hub is.
    pub addr: SocketAddr,
    /// What the hub wants to be known, if anything.
    pub secret: Option<Secret>,
    /// Which of the client's lives this is.
    pub incarnation: u64,
    /// How long the client waits.
    pub timing: Timing,
    /// How much it stores.
    pub limits: Limits,
    /// Whether it dials until it comes through, and again when the link is lost. If not, the
    /// first [`Down`](Notice::Down), [`Unreachable`](Notice::Unreachable),
    /// [`Refused`](Notice::Refused) or [`RefusedBy`](Notice::RefusedBy) is the end.
    pub redials: bool,
}

impl DialConfig {
    /// A client without a secret, with the usual times and limits, that dials once.
    pub fn new(system: impl Into<String>, addr: SocketAddr) -> Self {
        Self {
            system: system.into(),
            addr,
            secret: None,
            incarnation: incarnation_now(),
            timing: Timing::default(),
            limits: Limits::of_a_hub(),
            redials: false,
        }
    }
}

/// A client process that runs, with a hub as its only peer, which it calls [`HUB`].
///
/// What it says before the link is up waits for it. To the hub, every link that comes up is
/// another client.
///
/// It runs on the [`LocalSet`](tokio::task::LocalSet) on which it was started, whenever that
/// waits for something else. [`close`](Self::close) ends it politely, dropping it at once.
///
/// See the [crate's example](crate#a-server-and-its-clients).
pub struct Dial<P: Networked> {
    node: Running<P>,
}

impl<P: Networked> Dial<P> {
    /// Starts `process`, and dials the hub. `monitor` sees what it sees in a
    /// [`Mesh`](crate::Mesh::start).
    ///
    /// # Errors
    /// When `config` makes no sense.
    ///
    /// # Panics
    /// Outside of a `LocalSet`, or when the process panics.
    pub fn start(
        config: DialConfig,
        process: P,
        monitor: Box<dyn Monitor<P>>,
    ) -> Result<Self, MeshError> {
        let DialConfig { system, addr, secret, incarnation, timing, limits, redials } = config;
        let part = Part::Client { redials };
        let settings = Settings { system, part, secret, incarnation, timing, limits }.check()?;
        let hub = Peers::from_iter([(HUB, Peer::new(addr))]);
        let node = Node::start(settings, hub, None, process, monitor);
        node.spawn(dial::keep_dialling(node.clone(), HUB));
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

    /// Looks at the process, for as long as `look` takes. It may not use the dial meanwhile.
    pub fn with<R>(&self, look: impl FnOnce(&P) -> R) -> R {
        look(&self.node.core.borrow().process)
    }

    /// Hangs up: what was said leaves, and the hub has
    /// [`Timing::linger`](crate::Timing::linger) to hang up too. The process is not told.
    pub async fn close(self) {
        self.node.close().await;
    }
}
