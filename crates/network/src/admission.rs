//! Admission: who may come in, and what becomes of those who may not.

use std::{io, net::SocketAddr};

use protocol::ProcessId;
use tracing::debug;
use wire::hello::{Hello, Party};

use crate::{
    config::HUB,
    greeting::{GreetingError, Partner},
    news::Reason,
    node::{Networked, Node},
    notice::Notice,
    peer::AdmissionError,
};

impl<P: Networked> Node<P> {
    /// Whether whoever has proved to be `hello.from` may come in.
    pub(crate) fn may_enter(&self, hello: &Hello) -> Result<(), AdmissionError> {
        let shell = &self.core.borrow().shell;
        let admit = |peer, rejoins| shell.peers[&peer].admit(peer, hello.incarnation, rejoins);
        match hello.from {
            Party::Process(peer) => admit(peer, P::REJOINS),
            Party::Server => admit(HUB, true),
            Party::Client => shell.has_room(),
        }
    }

    /// Whether a client that has no name for itself may come in.
    pub(crate) fn has_room(&self) -> Result<(), AdmissionError> {
        self.core.borrow().shell.has_room()
    }

    /// A connection became no link.
    pub(crate) fn greeting_failed(
        &self,
        partner: Partner,
        addr: SocketAddr,
        error: &GreetingError,
    ) {
        let shell = &mut self.core.borrow_mut().shell;
        let why = error.to_string();
        let (peer, reason) = match partner {
            Partner::Stranger => (None, Reason::Stranger(addr.ip(), error.kind())),
            Partner::Seat(peer) => (Some(peer), Reason::Seat(peer, why.clone())),
            Partner::Peer(peer) => (Some(peer), Reason::Peer(peer, why.clone())),
        };
        match (error, partner) {
            (GreetingError::Broken(_), Partner::Seat(peer) | Partner::Peer(peer)) => {
                shell.not_reached(peer, why);
            }
            (GreetingError::Broken(_), _) => debug!(?partner, %addr, "{why}"),
            (GreetingError::RefusedBy(_), Partner::Seat(peer)) => {
                shell.refused_by(peer, why, false);
            }
            (GreetingError::RefusedBy(_), Partner::Peer(peer)) => {
                shell.refused_by(peer, why, true);
            }
            (GreetingError::RefusedBy(_), Partner::Stranger) => {
                shell.news.log(reason, &format!("{addr}, a stranger, turned us away: {why}"));
            }
            _ => {
                if shell.news.log(reason, &format!("turned {addr} away: {why}")) {
                    shell.notices.push(Notice::Refused { peer, addr, why });
                }
            }
        }
    }

    /// We dialled a peer, and nobody was there.
    pub(crate) fn not_reached(&self, peer: ProcessId, why: String) {
        self.core.borrow_mut().shell.not_reached(peer, why);
    }

    /// Nobody can connect at the moment.
    pub(crate) fn cannot_accept(&self, error: &io::Error) {
        let line = format!("can't accept connections at the moment: {error}");
        self.core.borrow_mut().shell.news.log(Reason::Listener(error.kind()), &line);
    }
}
