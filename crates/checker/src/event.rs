//! What can happen next.

use protocol::ProcessId;
use scenario::Budget;

/// Something that can happen in a state. Places and numbers are those of that state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A process is given the command at that place of those which its application asked for.
    Command { at: ProcessId, place: usize },
    /// The message at that place of a link's channel arrives. If it overtakes others on a link
    /// that keeps order, that is a fault.
    Delivery { link: usize, place: usize, overtakes: bool },
    /// The timer at that place of a process's set ones runs out. While a message is under way, it
    /// is early, which is a fault.
    Timeout { at: ProcessId, place: usize, is_early: bool },
    /// The receiver of a link's channel learns that it is down.
    Down { link: usize },
    /// The link of which this is one direction comes up again.
    Up { link: usize },
    /// The message at that place is lost.
    Loss { link: usize, place: usize },
    /// The message at that place is doubled.
    Duplication { link: usize, place: usize },
    /// A process dies.
    Crash(ProcessId),
    /// A dead one comes back.
    Restart(ProcessId),
}

impl Event {
    /// Whether it is bound to happen unless something else makes it impossible. Faults never are.
    pub(crate) fn is_bound_to_happen(self) -> bool {
        match self {
            Self::Command { .. } | Self::Down { .. } | Self::Up { .. } => true,
            Self::Delivery { overtakes, .. } => !overtakes,
            Self::Timeout { is_early, .. } => !is_early,
            Self::Loss { .. } | Self::Duplication { .. } | Self::Crash(_) | Self::Restart(_) => {
                false
            }
        }
    }

    /// What remains of the budget when it has happened.
    pub(crate) fn spends(self, mut left: Budget) -> Budget {
        match self {
            Self::Delivery { overtakes: true, .. } => left.reorderings -= 1,
            Self::Timeout { is_early: true, .. } => left.early_timeouts -= 1,
            Self::Loss { .. } => left.losses -= 1,
            Self::Duplication { .. } => left.duplications -= 1,
            Self::Crash(_) => left.crashes -= 1,
            Self::Restart(_) => left.restarts -= 1,
            _ => {}
        }
        left
    }
}
