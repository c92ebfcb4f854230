//! Where each part of a state stands.
//!
//! A state is a row of numbers: one for the monitor, two for what remains of the budget, one for
//! each process with all that belongs to it, and one for each direction of each link. Each number
//! stands for a part that many states have in common.

use protocol::ProcessId;
use scenario::{Budget, Topology};

/// The places of the parts in a state of one system.
pub(crate) struct Layout {
    /// How many processes there are.
    pub(crate) size: u32,
    /// From whom to whom each channel leads.
    pub(crate) links: Vec<(ProcessId, ProcessId)>,
    /// The channel from `i` to `j` at `i * size + j`, if there is one.
    channels: Vec<Option<usize>>,
}

pub(crate) const MONITOR: usize = 0;
const BUDGET: usize = 1;
const PROCESSES: usize = 3;

impl Layout {
    pub(crate) fn new(size: u32, topology: Topology) -> Self {
        let is_linked = |a: ProcessId, b: ProcessId| match topology {
            Topology::Mesh => a != b,
            Topology::Star => a != b && (a.0 == 0 || b.0 == 0),
        };
        let ids = || ProcessId::all(size);
        let pairs: Vec<_> = ids().flat_map(|a| ids().map(move |b| (a, b))).collect();
        let links: Vec<_> = pairs.iter().copied().filter(|&(a, b)| is_linked(a, b)).collect();
        let first = PROCESSES + size as usize;
        let place = |pair| Some(first + links.iter().position(|link| *link == pair)?);
        Self { size, channels: pairs.into_iter().map(place).collect(), links }
    }

    /// How many numbers a state is.
    pub(crate) fn width(&self) -> usize {
        PROCESSES + self.size as usize + self.links.len()
    }

    /// Where the process `id` stands.
    pub(crate) fn process(&self, id: ProcessId) -> usize {
        PROCESSES + id.index()
    }

    /// Where the processes stand.
    pub(crate) fn processes<'s>(&self, state: &'s [u32]) -> &'s [u32] {
        &state[PROCESSES..PROCESSES + self.size as usize]
    }

    /// Where the channel from one to the other stands, if there is one.
    pub(crate) fn channel(&self, from: ProcessId, to: ProcessId) -> Option<usize> {
        *self.channels.get(from.index() * self.size as usize + to.index())?
    }

    /// Where the channels stand.
    pub(crate) fn channels<'s>(&self, state: &'s [u32]) -> &'s [u32] {
        &state[self.first_channel()..]
    }

    /// Where the first channel stands, that of the first link.
    pub(crate) fn first_channel(&self) -> usize {
        PROCESSES + self.size as usize
    }

    /// What remains of the budget.
    pub(crate) fn budget(state: &[u32]) -> Budget {
        let [losses, duplications, reorderings, crashes] = state[BUDGET].to_le_bytes();
        let [restarts, early_timeouts, ..] = state[BUDGET + 1].to_le_bytes();
        Budget { losses, duplications, reorderings, crashes, restarts, early_timeouts }
    }

    pub(crate) fn set_budget(state: &mut [u32], budget: Budget) {
        let Budget { losses, duplications, reorderings, crashes, .. } = budget;
        let Budget { restarts, early_timeouts, .. } = budget;
        state[BUDGET] = u32::from_le_bytes([losses, duplications, reorderings, crashes]);
        state[BUDGET + 1] = u32::from_le_bytes([restarts, early_timeouts, 0, 0]);
    }

    /// The two numbers of the budget as one.
    pub(crate) fn budget_word(state: &[u32]) -> u64 {
        u64::from(state[BUDGET]) << 32 | u64::from(state[BUDGET + 1])
    }
}
