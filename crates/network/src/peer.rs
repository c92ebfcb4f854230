//! What a node knows of one of its peers, and whether it may come in.

use std::{collections::HashMap, net::SocketAddr};

use bytes::BytesMut;
use foldhash::fast::FixedState;
use protocol::ProcessId;
use thiserror::Error;

use crate::connection::Link;

/// The other processes. A message is put to one after the other of whom it is for, so that they are
/// found fast; and nobody chooses his own name, so that none are made to collide.
pub(crate) type Peers = HashMap<ProcessId, Peer, FixedState>;

/// One of the other processes.
pub(crate) struct Peer {
    pub(crate) state: State,
    /// Where it is.
    pub(crate) addr: SocketAddr,
    /// Which of its lives was up last, if any was.
    incarnation: Option<u64>,
    /// How many links to it there have been.
    links: u64,
    /// Why that life won't be let in again, if it won't.
    rejected: Option<String>,
}

/// What becomes of a message to a peer.
pub(crate) enum State {
    /// It waits: the peer has not been up yet.
    Awaited { queue: BytesMut },
    /// It is sent.
    Up(Link),
    /// It is lost: the peer was up, or was to be told too much before it was.
    Down,
}

impl Peer {
    pub(crate) fn new(addr: SocketAddr) -> Self {
        let state = State::Awaited { queue: BytesMut::new() };
        Self { state, addr, incarnation: None, links: 0, rejected: None }
    }

    /// Whether a life of this peer may come in; `rejoins`, whether it may have forgotten an
    /// earlier one.
    pub(crate) fn admit(
        &self,
        peer: ProcessId,
        incarnation: u64,
        rejoins: bool,
    ) -> Result<(), AdmissionError> {
        match self.incarnation {
            Some(known) if incarnation < known => Err(AdmissionError::Stale { peer }),
            Some(known) if incarnation > known && rejoins => Ok(()),
            Some(known) if incarnation > known => Err(AdmissionError::Forgot { peer }),
            _ => match &self.rejected {
                Some(why) => Err(AdmissionError::Rejected { peer, why: why.clone() }),
                None => Ok(()),
            },
        }
    }

    /// A life that was admitted begins a new link. Its number, and what has been waiting for it.
    pub(crate) fn greet(&mut self, incarnation: u64) -> (u64, BytesMut) {
        self.incarnation = Some(incarnation);
        self.rejected = None;
        self.links += 1;
        let queue = match &mut self.state {
            State::Awaited { queue } => std::mem::take(queue),
            State::Up(_) | State::Down => BytesMut::new(),
        };
        (self.links, queue)
    }

    /// The life that was up last won't be let in again.
    pub(crate) fn reject(&mut self, why: &str) {
        self.rejected = self.incarnation.map(|_| why.to_owned());
    }

    /// The link, if it is up.
    pub(crate) fn link(&mut self) -> Option<&mut Link> {
        match &mut self.state {
            State::Up(link) => Some(link),
            State::Awaited { .. } | State::Down => None,
        }
    }

    /// How much waits to be written, in bytes.
    pub(crate) fn waiting(&self) -> usize {
        match &self.state {
            State::Awaited { queue } => queue.len(),
            State::Up(link) => link.out.len(),
            State::Down => 0,
        }
    }

    /// Takes the link away, if it is up: it is down from now on.
    pub(crate) fn take_link(&mut self) -> Option<Link> {
        match std::mem::replace(&mut self.state, State::Down) {
            State::Up(link) => Some(link),
            other => {
                self.state = other;
                None
            }
        }
    }
}

/// Why a peer that has proved who it is may not come in all the same.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum AdmissionError {
    #[error(
        "process {peer} was here before and has forgotten what it promised: \
         start all processes again"
    )]
    Forgot { peer: ProcessId },
    #[error("a later life of process {peer} has been here: end this one")]
    Stale { peer: ProcessId },
    #[error("process {peer} was rejected: {why}: start it again, from a correct build")]
    Rejected { peer: ProcessId, why: String },
    #[error("the server has {limit} clients and takes no more: try again later")]
    Full { limit: usize },
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: ProcessId = ProcessId(2);

    fn unknown() -> Peer {
        Peer::new(([127, 0, 0, 1], 1).into())
    }

    fn known(incarnation: u64) -> Peer {
        let mut peer = unknown();
        peer.greet(incarnation);
        peer
    }

    #[test]
    fn any_life_may_be_the_first() {
        assert_eq!(unknown().admit(PEER, 0, false), Ok(()));
        assert_eq!(unknown().admit(PEER, u64::MAX, false), Ok(()));
    }

    #[test]
    fn a_later_life_comes_in_only_where_processes_rejoin() {
        assert_eq!(known(5).admit(PEER, 6, true), Ok(()));
        assert_eq!(known(5).admit(PEER, 6, false), Err(AdmissionError::Forgot { peer: PEER }));
    }

    #[test]
    fn an_earlier_life_never_comes_back() {
        for rejoins in [false, true] {
            let stale = AdmissionError::Stale { peer: PEER };
            assert_eq!(known(5).admit(PEER, 4, rejoins), Err(stale));
        }
    }

    #[test]
    fn a_rejected_life_stays_out_and_a_later_one_is_innocent() {
        let mut peer = known(5);
        peer.reject("lied");
        let rejected = AdmissionError::Rejected { peer: PEER, why: "lied".into() };
        assert_eq!(peer.admit(PEER, 5, true), Err(rejected));
        assert_eq!(peer.admit(PEER, 6, true), Ok(()));
        peer.greet(6);
        assert_eq!(peer.admit(PEER, 6, true), Ok(()));
    }
}
