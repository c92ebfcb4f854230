//! What came of a search.

use std::{fmt, time::Duration};

use protocol::{Process, Violation};
use trace::ScriptOf;

use crate::fingerprint::chance_of_collision;

/// What a search has come to.
///
/// Its text is a line that begins with `Proved`, `BoundHit` or `Violated`. See the
/// [crate's example](crate#example).
pub enum Verdict<P: Process> {
    /// Every property holds in every run. Every state that this scenario can come to was looked
    /// at, but for those that have the fingerprint of another one, and those that a
    /// [`Reduction`](crate::Reduction) has left out.
    Proved(Extent),
    /// Nothing was found wrong, but not everything was looked at.
    BoundHit {
        /// What was looked at.
        extent: Extent,
        /// Which bound it was.
        bound: Bound,
        /// How many of the states that were found were still to be worked on. Those that follow
        /// from them are not counted: nobody has found them.
        left: u64,
    },
    /// Something is wrong.
    Violated {
        /// What was looked at.
        extent: Extent,
        /// What is wrong.
        violation: Violation,
        /// How it comes to that.
        run: Counterexample<P>,
    },
}

/// A run that goes wrong: no run in which anything goes wrong is shorter, unless this one never
/// ends, or something was [left out](crate::Check::run_reduced) of the search, or there is none to
/// show, because no state is like what some state should be.
///
/// See the [crate's example](crate#example).
pub struct Counterexample<P: Process> {
    /// What happens. Another driver can let the same happen again.
    pub script: ScriptOf<P>,
    /// From which of the steps on everything is repeated for ever, if the run never ends.
    pub repeats_from: Option<usize>,
}

/// How much was looked at.
///
/// See the [crate's example](crate#example).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Extent {
    /// How many states.
    pub unique_states: u64,
    /// How many times one was come to, the initial one included.
    pub total_states: u64,
    /// How many steps lead to the state that is farthest away, by the shortest way.
    pub depth: u32,
    /// Whether what [makes no difference](crate::Reduction) was passed over: not, where all was
    /// searched after all.
    pub is_reduced: bool,
    /// How long it took.
    pub elapsed: Duration,
}

/// What keeps a search from going on.
///
/// See the [crate's example](crate#example).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// [`Bounds::max_states`](crate::Bounds::max_states).
    States,
    /// [`Bounds::max_depth`](crate::Bounds::max_depth).
    Depth,
    /// [`Bounds::max_memory`](crate::Bounds::max_memory).
    Memory,
}

impl Extent {
    /// About how likely it is that a state was taken for another one and never looked at:
    /// the chance that any two of so many have one fingerprint.
    ///
    /// ```
    /// let extent = checker::Extent { unique_states: 1 << 20, ..Default::default() };
    /// assert!(extent.chance_of_a_missed_state() < 1e-7);
    /// ```
    pub fn chance_of_a_missed_state(&self) -> f64 {
        chance_of_collision(self.unique_states)
    }
}

impl<P: Process> Verdict<P> {
    /// How much was looked at.
    pub fn extent(&self) -> &Extent {
        match self {
            Self::Proved(extent)
            | Self::BoundHit { extent, .. }
            | Self::Violated { extent, .. } => extent,
        }
    }
}

impl<P: Process> fmt::Display for Verdict<P> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Proved(extent) => {
                let chance = extent.chance_of_a_missed_state();
                write!(f, "Proved: {extent}; chance of a missed state {chance:.0e}")
            }
            Self::BoundHit { extent, bound, left } => {
                write!(f, "BoundHit: {bound}, with {left} states left to work on: {extent}")
            }
            Self::Violated { violation, run, .. } => {
                write!(f, "Violated: {violation} (after {} steps)", run.script.len())
            }
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::States => "no more states allowed",
            Self::Depth => "no more steps allowed",
            Self::Memory => "no more memory allowed",
        })
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { unique_states, total_states, depth, is_reduced, elapsed } = self;
        let reduced = if *is_reduced { ", reduced" } else { "" };
        let seconds = elapsed.as_secs_f64();
        write!(f, "{unique_states} states, come to {total_states} times, ")?;
        write!(f, "depth {depth}{reduced}, {seconds:.1} s")
    }
}
