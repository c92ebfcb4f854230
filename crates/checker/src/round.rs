//! Going round in a component of the graph of states: how it is done, and whether it is fair.

use std::collections::{HashMap, VecDeque};

use crate::cycles::Graph;

/// A strongly connected component.
pub(crate) struct Part<'g> {
    graph: &'g Graph,
    /// Its states, the one that is soonest reached first.
    states: Vec<u32>,
    /// Of each duty that falls due somewhere in it: in how many of its states, and a step within
    /// it that does the duty.
    duties: HashMap<u32, (usize, Option<(u32, u32)>)>,
}

impl<'g> Part<'g> {
    pub(crate) fn of(graph: &'g Graph, mut states: Vec<u32>) -> Self {
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

    /// Its state that is soonest reached.
    pub(crate) fn first(&self) -> u32 {
        self.states[0]
    }

    /// Whether a run can go round in it and neglect nothing: each duty that is always due is done
    /// in it. A state alone, with no step to itself, is nothing to go round in.
    pub(crate) fn is_fair(&self) -> bool {
        let has_a_step = self.duties.values().any(|(_, done)| done.is_some());
        let is_done = |(due, done): &(usize, Option<_>)| *due < self.states.len() || done.is_some();
        has_a_step && self.duties.values().all(is_done)
    }

    /// Once round, from the first state back to it: each duty is done, or the run comes to where
    /// it is not due. With each state, the duty that is done on the way to it.
    ///
    /// A detour for what is met on the others anyway is left out. There may be a shorter round
    /// still: to find the shortest is to try all orders.
    pub(crate) fn round(&self) -> Vec<(u32, u32)> {
        let mut duties: Vec<u32> = self.duties.keys().copied().collect();
        duties.sort_unstable();
        let (mut detours, mut way) = self.round_by(&duties);
        for duty in detours.clone() {
            let others: Vec<u32> = detours.iter().copied().filter(|it| *it != duty).collect();
            let (fewer, shorter) = self.round_by(&others);
            let is_enough = duties.iter().all(|&duty| self.is_met(duty, &shorter));
            if is_enough && shorter.len() < way.len() {
                (detours, way) = (fewer, shorter);
            }
        }
        way
    }

    /// Once round to meet these duties, and those for which that takes a detour.
    fn round_by(&self, duties: &[u32]) -> (Vec<u32>, Vec<(u32, u32)>) {
        let (mut detours, mut way) = (Vec::new(), Vec::new());
        let at = |way: &[(u32, u32)]| way.last().map_or(self.first(), |(state, _)| *state);
        for &duty in duties {
            if self.is_met(duty, &way) {
                continue;
            }
            detours.push(duty);
            match self.duties[&duty] {
                (due, Some((from, to))) if due == self.states.len() => {
                    way.extend(self.path(at(&way), |state| state == from));
                    way.push((to, duty));
                }
                _ => way.extend(self.path(at(&way), |state| !self.is_due(duty, state))),
            }
        }
        if way.is_empty() {
            // Nothing is always due: any step will do.
            let steps = self.graph.steps(self.first()).iter().copied();
            way.extend(steps.filter(|(to, _)| self.states.binary_search(to).is_ok()).take(1));
        }
        way.extend(self.path(at(&way), |state| state == self.first()));
        (detours, way)
    }

    fn is_due(&self, duty: u32, state: u32) -> bool {
        self.graph.steps(state).iter().any(|(_, due)| *due == duty)
    }

    /// Whether a way from the first state does the duty, or comes to where it is not due.
    fn is_met(&self, duty: u32, way: &[(u32, u32)]) -> bool {
        let is_met = |&(state, done): &(u32, u32)| done == duty || !self.is_due(duty, state);
        !self.is_due(duty, self.first()) || way.iter().any(is_met)
    }

    /// A shortest way within it, without the state that it starts from.
    fn path(&self, from: u32, is_there: impl Fn(u32) -> bool) -> Vec<(u32, u32)> {
        let mut parents = HashMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(state) = queue.pop_front() {
            if is_there(state) {
                let (mut way, mut at) = (Vec::new(), state);
                while let Some(&(parent, duty)) = parents.get(&at) {
                    way.push((at, duty));
                    at = parent;
                }
                way.reverse();
                return way;
            }
            for &(target, duty) in self.graph.steps(state) {
                let is_within = self.states.binary_search(&target).is_ok();
                if is_within && target != from && !parents.contains_key(&target) {
                    parents.insert(target, (state, duty));
                    queue.push_back(target);
                }
            }
        }
        unreachable!("each state of a component is reached from each other")
    }
}
