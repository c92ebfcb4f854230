//! What the application is told, in the order in which it happened.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    task::{Context, Poll, Waker},
};

use protocol::ProcessId;

/// Something that the application should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice<E> {
    /// The process has told something.
    Event(E),
    /// Messages can pass to and from a peer.
    Up {
        /// Who it is.
        peer: ProcessId,
        /// Where it is: in a mesh, where it listens.
        addr: SocketAddr,
    },
    /// Messages no longer pass. Every `Up` is followed by one of these before the next.
    Down {
        /// Who it is.
        peer: ProcessId,
    },
    /// A peer asks for nothing more and only answers. Told again when it has reconnected.
    Farewell {
        /// Who it is.
        peer: ProcessId,
        /// How much work it did, in the lab's unit.
        tally: u64,
    },
    /// We turned somebody away who said hello. The same reason is told once, until a link comes
    /// up.
    Refused {
        /// Who it is, where we know: we dialled it, or it has proved to be one of us.
        peer: Option<ProcessId>,
        /// Where it is.
        addr: SocketAddr,
        /// What was wrong, and what would be right.
        why: String,
    },
    /// A client has dialled its hub in vain. The same reason is told once, until the link comes
    /// up.
    Unreachable {
        /// Who should be there.
        peer: ProcessId,
        /// Where, what was wrong, and what would be right.
        why: String,
    },
    /// A peer turned us away: when we said hello, or later because of what our process did. The
    /// same reason is told once, until a link comes up.
    RefusedBy {
        /// Who it is, or should be.
        peer: ProcessId,
        /// What was wrong, in its words.
        why: String,
        /// Whether it had proved before that it is this peer: always on a link that was up, and
        /// during the hello once its proof was found to be right. Such a refusal stands: to try
        /// again in this life is of no use. Without a proof, it may be anybody who sits where the
        /// peer should; or the peer, which finds that we don't belong together (another secret,
        /// system or list of addresses), and proves nothing to those. Where there is no secret,
        /// the proof says no more than that it follows the protocol.
        proven: bool,
    },
    /// A peer did what a correct one can't do. Its link is closed, and it won't be let in again
    /// in this life.
    Rejected {
        /// Who it is.
        peer: ProcessId,
        /// What was wrong with it.
        why: String,
    },
    /// We gave a link up: the peer was silent or slow, or was to be sent what can't be sent.
    Cut {
        /// Who it is.
        peer: ProcessId,
        /// What was wrong.
        why: String,
    },
}

/// Notices on their way to the application. It is up to the application not to let them pile up.
pub(crate) struct Notices<E> {
    waiting: VecDeque<Notice<E>>,
    /// The application, while it waits.
    reader: Option<Waker>,
}

impl<E> Notices<E> {
    pub(crate) fn new() -> Self {
        Self { waiting: VecDeque::new(), reader: None }
    }

    pub(crate) fn push(&mut self, notice: Notice<E>) {
        self.waiting.push_back(notice);
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    pub(crate) fn poll(&mut self, context: &Context) -> Poll<Notice<E>> {
        match self.waiting.pop_front() {
            Some(notice) => Poll::Ready(notice),
            None => {
                self.reader = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
