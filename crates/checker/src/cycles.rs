//! Runs that never end: is there one on which somebody waits for ever, though everything that is
//! bound to happen happens?
//!
//! There are finitely many states, so such a run comes to some of them again and again, and those
//! are reached from each other: they lie in one strongly connected component of the graph of the
//! states where the property does not hold. Going round *all* of a component is the fairest run
//! there. So if that is not fair, none within it is; and if it is, here is the run. O. Lichtenstein
//! and A. Pnueli, "Checking that Finite State Concurrent Programs Satisfy Their Linear
//! Specification", POPL 1985.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use protocol::{Application, Claim, Monitor, Property, Violation};

use crate::{
    Checkable,
    components::components,
    judge::panicked,
    machine::{Machine, Pools},
    retrace::walk,
    round::Part,
    tour::Tour,
};

/// How many properties can be among those that must hold some time.
pub(crate) const MOST_EVENTUAL: usize = u32::BITS as usize;

/// All states, and, from those in which a property does not hold that must hold some time, the
/// steps that are bound to happen. Faults are no part of it: the budget for them is finite, so no
/// cycle has one.
pub(crate) struct Graph {
    tour: Tour,
    /// Of each state, a bit for each property that must hold some time and does not here.
    owed: Vec<u32>,
    /// Where the steps from each state begin, and at last, where those from the last one end.
    starts: Vec<usize>,
    /// Where each step leads, and the number of the duty that it does. It leads [`NOWHERE`] if the
    /// duty is due, but can't be done in that state.
    steps: Vec<(u32, u32)>,
    /// The duties, by number.
    duties: Vec<u64>,
}

/// Where a step leads that can't be taken.
const NOWHERE: u32 = u32::MAX;

/// Why there is no graph.
pub(crate) enum NoGraph {
    /// It would take up too much memory. So far, the steps from so many states have been kept.
    Memory { kept: u64 },
    /// A property panics in the last of these states.
    Panic { violation: Violation, way: Vec<u64> },
}

/// A run that never ends.
pub(crate) struct Lasso {
    pub(crate) violation: Violation,
    /// The fingerprints of the states on the way there, and once round.
    pub(crate) way: Vec<u64>,
    /// Which of those steps must do which duty.
    pub(crate) duties: BTreeMap<usize, u64>,
    /// How many steps there are before it goes round.
    pub(crate) repeats_from: usize,
}

/// The properties that must hold some time, each with its bit.
fn eventual<P>(properties: &[Property<P>]) -> impl Iterator<Item = (u32, &Property<P>)> {
    let eventual = properties.iter().filter(|property| property.claim() == Claim::Eventually);
    (0..u32::BITS).map(|bit| 1 << bit).zip(eventual)
}

impl Graph {
    /// Goes through all states once more, and keeps the steps.
    pub(crate) fn of<P, A, M, W>(
        machine: &mut Machine<'_, P, A, M, W>,
        pools: &Pools<P, A, M>,
    ) -> Result<Self, NoGraph>
    where
        P: Checkable,
        A: Application<P> + Clone + Eq + Hash,
        M: Monitor<P> + Clone + Eq + Hash,
    {
        let (owed, starts, steps, duties) = (Vec::new(), vec![0], Vec::new(), Vec::new());
        let mut graph = Self { tour: Tour::new(machine), owed, starts, steps, duties };
        let (mut state, mut numbers) = (Vec::new(), HashMap::new());
        while let Some(own) = graph.tour.show_next(&mut state) {
            let bytes = graph.bytes() + machine.bytes() + pools.bytes();
            if machine.check.bounds.is_full(bytes) {
                return Err(NoGraph::Memory { kept: own.into() });
            }
            if let Err(text) = graph.add(machine, &state, own, &mut numbers) {
                let (violation, way) = (panicked(text), graph.tour.seen.way_to(own));
                return Err(NoGraph::Panic { violation, way });
            }
        }
        Ok(graph)
    }

    /// Keeps the steps from one more state, the one of the number `own`. `Err` if a property
    /// panics.
    fn add<P, A, M, W>(
        &mut self,
        machine: &mut Machine<'_, P, A, M, W>,
        state: &[u32],
        own: u32,
        numbers: &mut HashMap<u64, u32>,
    ) -> Result<(), String>
    where
        P: Checkable,
        A: Application<P> + Clone + Eq + Hash,
        M: Monitor<P> + Clone + Eq + Hash,
    {
        let properties = machine.check.properties;
        let owed = trace::guard(|| {
            machine.view(state, |view| {
                let owed = eventual(properties).filter(|(_, it)| it.judge(view).is_err());
                owed.map(|(bit, _)| bit).sum()
            })
        })?;
        let (mut events, mut successor) = (Vec::new(), Vec::new());
        machine.find_events(state, &mut events);
        for event in events {
            machine.happen(state, event, &mut successor);
            let target = self.tour.come_to(machine.fingerprint(&successor), own, &successor);
            if owed != 0 && event.is_bound_to_happen() {
                let duty = self.number_of(machine.duty(state, event), numbers);
                self.steps.push((target, duty));
            }
        }
        if owed != 0 {
            for duty in machine.timers_due(state) {
                let duty = self.number_of(duty, numbers);
                self.steps.push((NOWHERE, duty));
            }
        }
        self.owed.push(owed);
        self.starts.push(self.steps.len());
        Ok(())
    }

    fn number_of(&mut self, duty: u64, numbers: &mut HashMap<u64, u32>) -> u32 {
        *numbers.entry(duty).or_insert_with(|| {
            self.duties.push(duty);
            self.duties.len() as u32 - 1
        })
    }

    fn bytes(&self) -> usize {
        self.tour.bytes() + 12 * self.owed.capacity() + 8 * self.steps.capacity()
    }

    /// Where the steps from a state lead, and which duty each does.
    pub(crate) fn steps(&self, state: u32) -> &[(u32, u32)] {
        &self.steps[self.starts[state as usize]..self.starts[state as usize + 1]]
    }

    /// A fair run that never ends and on which, from some state on, a property that must hold
    /// some time never does; the one that is soonest there.
    pub(crate) fn find_starvation<P, A, M, W>(
        &self,
        machine: &mut Machine<'_, P, A, M, W>,
    ) -> Option<Lasso>
    where
        P: Checkable,
        A: Application<P> + Clone + Eq + Hash,
        M: Monitor<P> + Clone + Eq + Hash,
    {
        let properties = machine.check.properties;
        eventual(properties).find_map(|(bit, property)| {
            let is_owed = |state: u32| self.owed[state as usize] & bit != 0;
            let neighbours = |state: u32| {
                let targets = self.steps(state).iter().map(|(target, _)| *target);
                targets.filter(move |&target| target != NOWHERE && is_owed(target))
            };
            let states = (0..self.owed.len() as u32).filter(|&state| is_owed(state));
            let parts = components(self.owed.len(), states, neighbours);
            let parts = parts.into_iter().map(|part| Part::of(self, part)).filter(Part::is_fair);
            let part = parts.min_by_key(Part::first)?;
            let mut way = self.tour.seen.way_to(part.first());
            let last = walk(machine, &way, false, &BTreeMap::new(), |_, _, _| {});
            let detail = machine.view(&last, |view| property.judge(view)).err()?;
            let repeats_from = way.len() - 1;
            let mut duties = BTreeMap::new();
            for (state, duty) in part.round() {
                duties.insert(way.len(), self.duties[duty as usize]);
                way.push(self.tour.seen.fingerprint(state as usize));
            }
            let violation = Violation::new(property.name(), format!("for ever, {detail}"));
            Some(Lasso { violation, way, duties, repeats_from })
        })
    }
}
