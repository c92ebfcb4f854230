//! What is searched, and how far.

use std::{hash::Hash, num::NonZeroUsize};

use protocol::{Application, Claim, Monitor, Process, ProcessId, Property};
use scenario::{Budget, Order, Scenario};

use crate::{
    Bound, Extent, Outlook, Reduction, Verdict, cycles::MOST_EVENTUAL, machine::Machine,
    outlook::try_outlook, search::search,
};

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
    /// likelihoods, moments, partitions and clocks counts for nothing here.
    pub scenario: &'a Scenario<W>,
    /// What must be true of the states.
    pub properties: &'a [Property<P>],
    /// Makes a process, given its name and its incarnation: 0 at first, and one more at each
    /// restart.
    pub process: &'a (dyn Fn(ProcessId, u64) -> P + Sync),
    /// Makes the application of a process, afresh at each restart.
    pub application: &'a (dyn Fn(ProcessId) -> A + Sync),
    /// Watches every history. It is a part of the state: what it remembers tells states apart
    /// that are one without it.
    pub monitor: M,
    /// How far to search.
    pub bounds: Bounds,
    /// How many threads search. The verdict does not hang on it, unless a bound is hit or
    /// something is [left out](Self::run_reduced).
    pub threads: NonZeroUsize,
}

/// How far to search.
///
/// A search stops at a bound when something is left to be done there. One that comes to its end
/// within the bounds is as good as one without any.
///
/// ```
/// let bounds = checker::Bounds { max_states: 1_000_000, ..Default::default() };
/// assert_eq!((bounds.max_depth, bounds.max_memory), (u32::MAX, 2 << 30));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// When it has found more states than that, it stops: not at once, but after some thousands
    /// for each thread.
    pub max_states: u64,
    /// It takes all the steps from states that can be reached in that many steps or fewer, and
    /// none from any other. So it finds what goes wrong in the first `max_depth + 1` steps of a
    /// run, but for a deadlock after the last of them.
    pub max_depth: u32,
    /// When it takes up about as many bytes as that, it stops.
    pub max_memory: u64,
}

impl Default for Bounds {
    /// As many states and steps as there are, in two gibibytes.
    fn default() -> Self {
        Self { max_states: u64::MAX, max_depth: u32::MAX, max_memory: 2 << 30 }
    }
}

impl Bounds {
    /// Which of them a search has hit that has come so far and takes up so many bytes, if it has
    /// something left to do.
    pub(crate) fn hit(&self, extent: &Extent, bytes: usize) -> Option<Bound> {
        if extent.unique_states > self.max_states {
            Some(Bound::States)
        } else if extent.depth > self.max_depth {
            Some(Bound::Depth)
        } else {
            self.is_full(bytes).then_some(Bound::Memory)
        }
    }

    /// Whether so many bytes are as many as it may take up.
    pub(crate) fn is_full(&self, bytes: usize) -> bool {
        bytes as u64 >= self.max_memory
    }
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
    /// When the scenario is not valid, when more than 32 properties claim to hold
    /// [eventually](Claim::Eventually), or when a process or an application can't be made for the
    /// first time. Any later panic in what is checked, or in a property or the monitor, is a
    /// violation instead.
    pub fn run(&self, report: &mut dyn FnMut(&Extent)) -> Verdict<P> {
        self.assert_valid();
        search(self, None, report)
    }

    /// Searches all but what makes no difference. It proves what [`run`](Self::run) proves, and
    /// finds something wrong where that does. But of two broken properties it may find the other
    /// one, and a run that goes wrong need not be as short as any, nor the same on any number of
    /// threads.
    ///
    /// See the example of [`Reduction`].
    ///
    /// # Panics
    /// As [`run`](Self::run) does; when its outlook panics; and it may where that is
    /// [refuted](Self::try_outlook).
    pub fn run_reduced(
        &self,
        reduction: &Reduction<P, A>,
        report: &mut dyn FnMut(&Extent),
    ) -> Verdict<P> {
        self.assert_valid();
        search(self, self.can_be_reduced().then_some(reduction), report)
    }

    /// Searches all, on one thread, and holds an outlook against it: of two states with one outlook
    /// the same must come. Where it does not, `outlook` is violated, by a run that comes to one of
    /// the two. What else may be wrong is not looked for.
    ///
    /// See the example of [`Reduction`].
    ///
    /// # Panics
    /// As [`run`](Self::run) does; when the outlook or a property panics; and when nothing can be
    /// left out in this scenario, so that no search asks for an outlook.
    pub fn try_outlook(&self, outlook: &Outlook<P, A>) -> Verdict<P> {
        self.assert_valid();
        assert!(self.can_be_reduced(), "in this scenario nothing is left out of a search");
        try_outlook(self, outlook)
    }

    /// Whether anything can be left out: links keep order, nothing goes wrong, and no monitor
    /// watches.
    fn can_be_reduced(&self) -> bool {
        let Scenario { links, budget, .. } = self.scenario;
        let is_watched = Machine::<P, A, M, W>::WATCHES;
        links.order == Order::Fifo && *budget == Budget::NOTHING && !is_watched
    }

    /// What only whoever checks can get wrong.
    fn assert_valid(&self) {
        if let Err(error) = self.scenario.validate() {
            panic!("only a valid scenario can be checked: {error}");
        }
        let claims = self.properties.iter().map(Property::claim);
        let eventual = claims.filter(|claim| *claim == Claim::Eventually).count();
        assert!(
            eventual <= MOST_EVENTUAL,
            "{eventual} properties must hold eventually, and a state has bits for {MOST_EVENTUAL}"
        );
    }
}
