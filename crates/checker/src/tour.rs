//! All the states of a system, one after the other.

use std::{hash::Hash, mem, time::Instant};

use protocol::{Application, Monitor};

use crate::{
    Checkable, Extent,
    machine::Machine,
    rows::Rows,
    seen::{NOBODY, Seen},
};

/// A way round all states, those first that are reached in the fewest steps.
pub(crate) struct Tour {
    /// All that it has come to, by number: in the order in which it did.
    pub(crate) seen: Seen,
    started: Instant,
    /// How often it has come to a state.
    met: u64,
    /// How many states it has shown: those of the smallest numbers.
    shown: u32,
    depth: u32,
    /// The states of that depth, and how many of them it has shown.
    level: Rows,
    row: usize,
    /// Those of the depth after that.
    next: Rows,
}

impl Tour {
    /// It begins in the initial state.
    pub(crate) fn new<P, A, M, W>(machine: &mut Machine<'_, P, A, M, W>) -> Self
    where
        P: Checkable,
        A: Application<P> + Clone + Eq + Hash,
        M: Monitor<P> + Clone + Eq + Hash,
    {
        let started = Instant::now();
        let (initial, _) = machine.initial();
        let mut seen = Seen::default();
        seen.note(machine.fingerprint(&initial), NOBODY).ok();
        let (mut level, next) = (Rows::new(initial.len()), Rows::new(initial.len()));
        level.push(&initial);
        Self { seen, started, met: 1, shown: 0, depth: 0, level, row: 0, next }
    }

    /// Shows the next state, and returns its number.
    pub(crate) fn show_next(&mut self, state: &mut Vec<u32>) -> Option<u32> {
        if self.row == self.level.len() {
            mem::swap(&mut self.level, &mut self.next);
            self.next.clear();
            self.row = 0;
            self.depth += u32::from(self.level.len() > 0);
        }
        let is_left = self.row < self.level.len();
        is_left.then(|| {
            state.clear();
            state.extend_from_slice(self.level.row(self.row));
            self.row += 1;
            self.shown += 1;
            self.shown - 1
        })
    }

    /// A step leads to this state from the one of the number `from`. Returns its number.
    pub(crate) fn come_to(&mut self, fingerprint: u64, from: u32, state: &[u32]) -> u32 {
        self.met += 1;
        let found = self.seen.note(fingerprint, from);
        if found.is_err() {
            self.next.push(state);
        }
        found.unwrap_or_else(|new| new) as u32
    }

    pub(crate) fn extent(&self) -> Extent {
        Extent {
            unique_states: self.seen.len() as u64,
            total_states: self.met,
            depth: self.depth,
            is_reduced: false,
            elapsed: self.started.elapsed(),
        }
    }

    /// How many bytes it takes up.
    pub(crate) fn bytes(&self) -> usize {
        self.seen.bytes() + self.level.bytes() + self.next.bytes()
    }
}
