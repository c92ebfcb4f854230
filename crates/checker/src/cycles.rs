//! Runs that never end: is there one on which somebody waits for ever, though everything that is
//! bound to happen happens?
//!
//! Such a run goes round in a part of the graph of states in which each is reached from each
//! other: a strongly connected component. Going round *all* of it is the fairest run there. So if
//! that is not fair, none within it is; and if it is, here is the run. O. Lichtenstein and
//! A. Pnueli, "Checking that Finite State Concurrent Programs Satisfy Their Linear
//! Specification", POPL 1985.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

use protocol::{Application, Claim, Monitor, Property, Violation};

use crate::{
    Checkable, components::components, machine::Machine, retrace::walk, rows::Rows, seen::Seen,
    worker::NOBODY,
};

/// The states in which something is owed to somebody, and the steps from them that are bound to
/// happen. Faults are no part of it: the budget for them is finite, so no cycle has one.
pub(crate) struct Graph {
    seen: Seen,
    /// Of each state, a bit for each property that must hold some time and does not here.
    owed: Vec<u32>,
    /// Where the steps from each state begin, and at last, where those from the last one end.
    starts: Vec<usize>,
    /// Where each step leads, and the number of the duty that it does.
    steps: Vec<(u32, u32)>,
}

/// A run that never ends.
pub(crate) struct Lasso {
    pub(crate) violation: Violation,
    /// The fingerprints of the states on the way there, and once round.
    pub(crate) way: Vec<u64>,
    /// How many steps there are before it goes round.
    pub(crate) repeats_from: usize,
}

/// The properties that must hold some time.
fn eventual<P>(properties: &[Property<P>]) -> impl Iterator<Item = (u32, &Property<P>)> {
    let eventual = properties.iter().filter(|property| property.claim() == Claim::Eventually);
    (0..u32::BITS).map(|bit| 1 << bit).zip(eventual)
}

impl Graph {
    /// Goes through all states once more, and keeps the steps. `None` if they take up too much
    /// memory.
    pub(crate) fn of<P, A, M, W>(machine: &mut Machine<'_, P, A, M, W>) -> Option<Self>
    where
        P: Checkable,
        A: Application<P> + Clone + Eq + Hash,
        M: Monitor<P> + Clone + Eq + Hash,
    {
        let mut graph =
            Self { seen: Seen::default(), owed: Vec::new(), starts: vec![0], steps: Vec::new() };
        let mut duties = HashMap::new();
        let (initial, _) = machine.initial();
        let (mut level, mut next) = (Rows::new(initial.len()), Rows::new(initial.len()));
        graph.seen.note(machine.fingerprint(&initial), NOBODY).ok();
        level.push(&initial);
        let (mut events, mut successor) = (Vec::new(), Vec::new());
        while level.len() > 0 {
            for row in 0..level.len() {
                let state = level.row(row);
                let own = graph.owed.len() as u32;
                let owed = machine.view(state, |view| {
                    let owed = eventual(machine.check.properties)
                        .filter(|(_, property)| property.judge(view).is_err());
                    owed.map(|(bit, _)| bit).sum()
                });
                graph.owed.push(owed);
                machine.find_events(state, &mut events);
                for &event in &events {
                    machine.happen(state, event, &mut successor);
                    let found = graph.seen.note(machine.fingerprint(&successor), own);
                    if found.is_err() {
                        next.push(&successor);
                    }
                    let target = found.unwrap_or_else(|new| new) as u32;
                    if owed != 0 && event.is_bound_to_happen() {
                        let count = duties.len() as u32;
                        let duty = *duties.entry(machine.duty(state, event)).or_insert(count);
                        graph.steps.push((target, duty));
                    }
                }
                graph.starts.push(graph.steps.len());
            }
            if graph.bytes() as u64 > machine.check.bounds.max_memory {
                return None;
            }
            std::mem::swap(&mut level, &mut next);
            next.clear();
        }
        Some(graph)
    }

    fn bytes(&self) -> usize {
        self.seen.bytes() + 12 * self.owed.capacity() + 8 * self.steps.capacity()
    }

    fn steps(&self, state: u32) -> &[(u32, u32)] {
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
                targets.filter(move |&target| is_owed(target))
            };
            let states = (0..self.owed.len() as u32).filter(|&state| is_owed(state));
            let parts = components(self.owed.len(), states, neighbours);
            let mut parts: Vec<_> = parts.into_iter().map(|part| Part::of(self, part)).collect();
            parts.retain(Part::is_fair);
            let part = parts.into_iter().min_by_key(Part::first)?;
            let mut way = self.way_to(part.first());
            let last = walk(machine, &way, false, |_, _, _| {});
            let detail = machine.view(&last, |view| property.judge(view)).err()?;
            let repeats_from = way.len() - 1;
            way.extend(part.round().into_iter().map(|state| self.seen.fingerprint(state as usize)));
            let violation = Violation::new(property.name(), format!("for ever, {detail}"));
            Some(Lasso { violation, way, repeats_from })
        })
    }

    fn way_to(&self, state: u32) -> Vec<u64> {
        let parent =
            |&state: &u32| Some(self.seen.parent(state as usize)).filter(|&it| it != NOBODY);
        let backwards = std::iter::successors(Some(state), parent);
        let mut way: Vec<_> = backwards.map(|it| self.seen.fingerprint(it as usize)).collect();
        way.reverse();
        way
    }
}

/// A strongly connected component.
struct Part<'g> {
    graph: &'g Graph,
    /// Its states, the one that is soonest reached first.
    states: Vec<u32>,
    /// Of each duty that falls due somewhere in it: in how many of its states, and a step within
    /// it that does the duty.
    duties: HashMap<u32, (usize, Option<(u32, u32)>)>,
}

impl<'g> Part<'g> {
    fn of(graph: &'g Graph, mut states: Vec<u32>) -> Self {
        states.sort_unstable();
        let mut duties = HashMap::new();
        for &state in &states {
            let mut due: Vec<u32> = Vec::new();
            for &(target, duty) in graph.steps(state) {
                let (count, done) = duties.entry(duty).or_insert((0, None));
                if !due.contains(&duty) {
                    due.push(duty);
                    *count += 1;
                }
                if done.is_none() && states.binary_search(&target).is_ok() {
                    *done = Some((state, target));
                }
            }
        }
        Self { graph, states, duties }
    }

    fn first(&self) -> u32 {
        self.states[0]
    }

    /// Whether a run can go round in it and neglect nothing: each duty that is always due is done
    /// in it. A state alone, with no step to itself, is nothing to go round in.
    fn is_fair(&self) -> bool {
        let has_a_step = self.duties.values().any(|(_, done)| done.is_some());
        let is_done = |(due, done): &(usize, Option<_>)| *due < self.states.len() || done.is_some();
        has_a_step && self.duties.values().all(is_done)
    }

    /// Once round, from the first state back to it: for each duty, the run does it, or comes to
    /// where it is not due.
    fn round(&self) -> Vec<u32> {
        let mut way = Vec::new();
        let mut duties: Vec<_> = self.duties.iter().collect();
        duties.sort_unstable();
        for (duty, (due, done)) in duties {
            let at = *way.last().unwrap_or(&self.first());
            match done {
                Some((from, to)) if *due == self.states.len() => {
                    way.extend(self.path(at, |state| state == *from));
                    way.push(*to);
                }
                _ => {
                    let is_due = |state| self.graph.steps(state).iter().any(|(_, it)| it == duty);
                    way.extend(self.path(at, |state| !is_due(state)));
                }
            }
        }
        if way.is_empty() {
            // Nothing is always due: any step will do.
            let steps = self.graph.steps(self.first()).iter().map(|(target, _)| *target);
            way.extend(steps.filter(|target| self.states.binary_search(target).is_ok()).take(1));
        }
        let at = *way.last().unwrap_or(&self.first());
        way.extend(self.path(at, |state| state == self.first()));
        way
    }

    /// A shortest way within it, without the state that it starts from.
    fn path(&self, from: u32, is_there: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut parents = HashMap::from([(from, from)]);
        let mut queue = VecDeque::from([from]);
        while let Some(state) = queue.pop_front() {
            if is_there(state) {
                let parent = |it: &u32| parents.get(it).copied().filter(|parent| parent != it);
                let backwards = std::iter::successors(Some(state), parent);
                let mut way: Vec<_> = backwards.collect();
                way.pop();
                way.reverse();
                return way;
            }
            for &(target, _) in self.graph.steps(state) {
                let is_within = self.states.binary_search(&target).is_ok();
                if is_within && !parents.contains_key(&target) {
                    parents.insert(target, state);
                    queue.push_back(target);
                }
            }
        }
        unreachable!("each state of a component is reached from each other")
    }
}
