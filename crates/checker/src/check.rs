//! What is searched, how far, and what came of it.

use std::{fmt, hash::Hash, num::NonZeroUsize, time::Duration};

use protocol::{Application, Monitor, Process, ProcessId, Property, Violation};
use scenario::Scenario;
use trace::ScriptOf;

use crate::{fingerprint::chance_of_collision, search::search};

/// A process that can be checked: its states can be told apart, kept, and given to threads.
///
/// See the [crate's example](crate#example).
pub trait Checkable:
    Process<
        Command: Clone + Eq + Hash + Send + Sync,
        Message: Clone + Eq + Hash + Send + Sync,
        Event: Send,
        Timer: Hash + Send + Sync,
    > + Clone
    + Eq
    + Hash
    + Send
    + Sync
{
}

impl<P> Checkable for P where
    P: Process<
            Command: Clone + Eq + Hash + Send + Sync,
            Message: Clone + Eq + Hash + Send + Sync,
            Event: Send,
            Timer: Hash + Send + Sync,
        > + Clone
        + Eq
        + Hash
        + Send
        + Sync
{
}

/// A scenario, the system that it befalls, and what must be true of it, however things go.
///
/// See the [crate's example](crate#example).
pub struct Check<'a, P: Process, A, M, W> {
    /// Who, over which links, with which [`Budget`](scenario::Budget) of faults. What it says of
    /// likelihoods, of moments and of clocks counts for nothing here.
    pub scenario: &'a Scenario<W>,
    /// What must be true of the states.
    pub properties: &'a [Property<P>],
    /// Makes a process, given its name and its incarnation: 0 at first, and one more at each
    /// restart.
    pub process: &'a (dyn Fn(ProcessId, u64) -> P + Sync),
    /// Makes the application of a process, afresh at each restart.
    pub application: &'a (dyn Fn(ProcessId) -> A + Sync),
    /// Watches every history. Two states in which it stands otherwise are two states.
    pub monitor: M,
    /// How far to search.
    pub bounds: Bounds,
    /// How many threads search. What they find does not hang on it.
    pub threads: NonZeroUsize,
}

/// How far to search.
///
/// ```
/// assert_eq!(checker::Bounds::default().max_depth, u32::MAX);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many states are looked at.
    pub max_states: u64,
    /// How many steps a run has.
    pub max_depth: u32,
    /// About how many bytes the search takes up.
    pub max_memory: u64,
}

impl Default for Bounds {
    /// As many states and steps as there are, in two gigabytes.
    fn default() -> Self {
        Self { max_states: u64::MAX, max_depth: u32::MAX, max_memory: 2 << 30 }
    }
}

/// What a search has come to.
///
/// Its text is a line that begins with `Proved`, `BoundHit` or `Violated`.
pub enum Verdict<P: Process> {
    /// Every state that can be reached was looked at, and every property holds.
    Proved(Extent),
    /// Nothing was found wrong, but there is more to look at.
    BoundHit {
        /// What was looked at.
        extent: Extent,
        /// What kept the search from going on.
        bound: Bound,
        /// How many states were still to be worked on.
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

/// A run that goes wrong. No run in which the same is wrong is shorter, except where it never
/// ends.
pub struct Counterexample<P: Process> {
    /// What happens.
    pub script: ScriptOf<P>,
    /// From which of the events on everything is repeated for ever, if the run never ends.
    pub repeats_from: Option<usize>,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Extent {
    /// How many states.
    pub unique_states: u64,
    /// How many times one was come to, the initial one included.
    pub total_states: u64,
    /// How many steps the longest of the shortest ways to a state has.
    pub depth: u32,
    /// How long it took.
    pub elapsed: Duration,
}

/// What keeps a search from going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// [`Bounds::max_states`].
    States,
    /// [`Bounds::max_depth`].
    Depth,
    /// [`Bounds::max_memory`].
    Memory,
}

impl<P, A, M, W> Check<'_, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash + Send + Sync,
    M: Monitor<P> + Clone + Eq + Hash + Send + Sync,
    W: Sync,
{
    /// Searches, and reports from time to time how far it is.
    ///
    /// # Panics
    /// When the scenario is not valid, or a process or an application can't be made.
    pub fn run(&self, report: &mut dyn FnMut(&Extent)) -> Verdict<P> {
        if let Err(error) = self.scenario.validate() {
            panic!("only a valid scenario can be checked: {error}");
        }
        search(self, report)
    }
}

impl Extent {
    /// How likely it is at the most that a state was taken for another one and never looked at.
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
                write!(f, "Violated: {violation} (after {} events)", run.script.len())
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
        let Self { unique_states, total_states, depth, elapsed } = self;
        let seconds = elapsed.as_secs_f64();
        write!(f, "{unique_states} states, come to {total_states} times, ")?;
        write!(f, "depth {depth}, {seconds:.1} s")
    }
}
