//! One of a stage's sites on its socket: bare, or behind reliable links.

use std::net::TcpListener;

use mutual_exclusion::{Command, Event};
use network::{Config, Mesh, MeshError, Notice};
use protocol::{Inside, Monitor, Reliable};

use super::{Links, Solution};

/// A site that runs. Whoever watches or directs it sees the algorithm, in either case.
pub(super) enum Actor<P: Solution> {
    Bare(Mesh<P>),
    Reliable(Mesh<Reliable<P>>),
}

impl<P: Solution> Actor<P> {
    pub(super) fn start(
        listener: TcpListener,
        config: Config,
        site: P,
        links: Links,
        monitor: impl Monitor<P> + 'static,
    ) -> Result<Self, MeshError> {
        if links.reliable {
            let site = Reliable::new(site, config.incarnation);
            Mesh::start(listener, config, site, Box::new(Inside(monitor))).map(Self::Reliable)
        } else {
            Mesh::start(listener, config, site, Box::new(monitor)).map(Self::Bare)
        }
    }

    pub(super) fn command(&self, command: Command) {
        match self {
            Self::Bare(mesh) => mesh.command(command),
            Self::Reliable(mesh) => mesh.command(command),
        }
    }

    /// Looks at the algorithm.
    pub(super) fn with<T>(&self, look: impl FnOnce(&P) -> T) -> T {
        match self {
            Self::Bare(mesh) => mesh.with(look),
            Self::Reliable(mesh) => mesh.with(|site| look(site.inner())),
        }
    }

    pub(super) async fn next(&mut self) -> Notice<Event> {
        match self {
            Self::Bare(mesh) => mesh.next().await,
            Self::Reliable(mesh) => mesh.next().await,
        }
    }

    pub(super) async fn close(self) {
        match self {
            Self::Bare(mesh) => mesh.close().await,
            Self::Reliable(mesh) => mesh.close().await,
        }
    }
}
