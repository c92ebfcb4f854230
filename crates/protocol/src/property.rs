//! What must be true of the states of a system: [`Property`], judged on a [`View`].

use alloc::{boxed::Box, string::String};

use crate::ProcessId;

/// A state of a whole system, as only somebody outside of it can see it.
///
/// ```
/// use protocol::{ProcessId, View};
///
/// let processes = ["a", "b", "c"];
/// let view = View::new(&processes, &[true, false, true]);
/// let living: Vec<_> = view.living().collect();
/// assert_eq!(living, [(ProcessId(0), &"a"), (ProcessId(2), &"c")]);
/// assert_eq!(view.process(ProcessId(1)), &"b");
/// ```
pub struct View<'a, P> {
    processes: Processes<'a, P>,
    /// Which of them are alive. What a dead one held, it holds no more.
    pub alive: &'a [bool],
    /// Who alone has changed since a state in which every [`Claim::Always`] held; `None` if there
    /// was no such state. A property may look at this one alone, where that is enough.
    pub moved: Option<ProcessId>,
}

/// Where the processes are: a run has them side by side, a search has each one only once, in
/// however many states it stands.
enum Processes<'a, P> {
    SideBySide(&'a [P]),
    Apart(&'a [&'a P]),
}

impl<'a, P> View<'a, P> {
    /// A state of which nothing is known but itself. Process `i` stands at index `i`, the dead
    /// among them.
    pub fn new(processes: &'a [P], alive: &'a [bool]) -> Self {
        Self { processes: Processes::SideBySide(processes), alive, moved: None }
    }

    /// The same, of processes that don't lie side by side.
    ///
    /// ```
    /// use protocol::{ProcessId, View};
    ///
    /// let (a, b) = ("a", "b");
    /// assert_eq!(View::of(&[&a, &b, &a], &[true; 3]).process(ProcessId(2)), &a);
    /// ```
    pub fn of(processes: &'a [&'a P], alive: &'a [bool]) -> Self {
        Self { processes: Processes::Apart(processes), alive, moved: None }
    }

    /// The process of that name, dead or alive.
    ///
    /// # Panics
    /// When there is none.
    pub fn process(&self, id: ProcessId) -> &'a P {
        match self.processes {
            Processes::SideBySide(processes) => &processes[id.index()],
            Processes::Apart(processes) => processes[id.index()],
        }
    }

    /// All processes, the dead among them.
    pub fn processes(&self) -> impl Iterator<Item = &'a P> {
        ProcessId::all(self.alive.len() as u32).map(|id| self.process(id))
    }

    /// The processes that are alive, with their names.
    pub fn living(&self) -> impl Iterator<Item = (ProcessId, &'a P)> {
        let ids = ProcessId::all(self.alive.len() as u32);
        ids.filter(|id| self.alive[id.index()]).map(|id| (id, self.process(id)))
    }
}

/// What a [`Property`] claims of the states of a run.
///
/// ```
/// use protocol::{Claim, Property, View};
///
/// let all_know = |view: &View<bool>| view.processes().all(|knows| *knows);
/// let somebody = Property::sometimes("the news is out", |view: &View<bool>| {
///     view.processes().any(|knows| *knows)
/// });
/// let everybody = Property::eventually("the news is everywhere", move |view: &View<bool>| {
///     if all_know(view) { Ok(()) } else { Err("somebody has not heard".into()) }
/// });
/// assert_eq!((somebody.claim(), everybody.claim()), (Claim::Sometimes, Claim::Eventually));
///
/// let halfway = View::new(&[true, false], &[true, true]);
/// assert_eq!(somebody.judge(&halfway), Ok(()));
/// assert_eq!(everybody.judge(&halfway), Err("somebody has not heard".into()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Claim {
    /// It holds in every state: safety.
    Always,
    /// From every state, a state in which it holds is reached: liveness. A run that comes to
    /// rest in a state where it doesn't hold is a deadlock.
    Eventually,
    /// It holds in some state of some run: a guard against models in which nothing happens.
    Sometimes,
}

/// A named claim about the states of a system.
///
/// ```
/// use protocol::{ProcessId, Property, View};
///
/// let limit = 1;
/// let at_most = Property::always("at most one", move |view: &View<bool>| {
///     let raised = view.living().filter(|(_, raised)| **raised).count();
///     if raised <= limit { Ok(()) } else { Err(format!("{raised} raised their hands")) }
/// });
/// assert!(at_most.judge(&View::new(&[true, true], &[true, false])).is_ok());
/// assert!(at_most.judge(&View::new(&[true, true], &[true, true])).is_err());
/// assert_eq!(at_most.name(), "at most one");
/// ```
pub struct Property<P> {
    name: &'static str,
    claim: Claim,
    holds: Box<Judge<P>>,
}

/// Says why a property does not hold in a state.
type Judge<P> = dyn Fn(&View<P>) -> Result<(), String> + Send + Sync;

impl<P> Property<P> {
    /// A safety property: `holds` in every state, or says in a phrase why not.
    pub fn always(
        name: &'static str,
        holds: impl Fn(&View<P>) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self { name, claim: Claim::Always, holds: Box::new(holds) }
    }

    /// A liveness property: `holds` again and again, or says in a phrase what is missing.
    pub fn eventually(
        name: &'static str,
        holds: impl Fn(&View<P>) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self { name, claim: Claim::Eventually, holds: Box::new(holds) }
    }

    /// A property that some state of some run must have.
    pub fn sometimes(
        name: &'static str,
        holds: impl Fn(&View<P>) -> bool + Send + Sync + 'static,
    ) -> Self {
        let holds = move |view: &View<P>| if holds(view) { Ok(()) } else { Err(String::new()) };
        Self { name, claim: Claim::Sometimes, holds: Box::new(holds) }
    }

    /// What it is called where a violation is reported.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it claims.
    pub fn claim(&self) -> Claim {
        self.claim
    }

    /// Whether it holds in this state.
    ///
    /// # Errors
    /// When it does not: why, as a phrase.
    pub fn judge(&self, view: &View<P>) -> Result<(), String> {
        (self.holds)(view)
    }
}
