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

    /// Once round, from the first state back to it: for each duty, the run does it, or comes to
    /// where it is not due. With each state, the duty that must be done on the way to it, if any.
    pub(crate) fn round(&self) -> Vec<(u32, Option<u32>)> {
        let mut way: Vec<(u32, Option<u32>)> = Vec::new();
        let at = |way: &[(u32, Option<u32>)]| way.last().map_or(self.first(), |(state, _)| *state);
        let mut duties: Vec<_> = self.duties.iter().collect();
        duties.sort_unstable();
        for (duty, (due, done)) in duties {
            match done {
                Some((from, to)) if *due == self.states.len() => {
                    way.extend(self.path(at(&way), |state| state == *from));
                    way.push((*to, Some(*duty)));
                }
                _ => {
                    let is_due = |state| self.graph.steps(state).iter().any(|(_, it)| it == duty);
                    way.extend(self.path(at(&way), |state| !is_due(state)));
                }
            }
        }
        if way.is_empty() {
            // Nothing is always due: any step will do.
            let steps = self.graph.steps(self.first()).iter().map(|(target, _)| (*target, None));
            way.extend(steps.filter(|(to, _)| self.states.binary_search(to).is_ok()).take(1));
        }
        way.extend(self.path(at(&way), |state| state == self.first()));
        way
    }

    /// A shortest way within it, without the state that it starts from.
    fn path(&self, from: u32, is_there: impl Fn(u32) -> bool) -> Vec<(u32, Option<u32>)> {
        let mut parents = HashMap::from([(from, from)]);
        let mut queue = VecDeque::from([from]);
        while let Some(state) = queue.pop_front() {
            if is_there(state) {
                let parent = |it: &u32| parents.get(it).copied().filter(|parent| parent != it);
                let backwards = std::iter::successors(Some(state), parent);
                let mut way: Vec<_> = backwards.map(|state| (state, None)).collect();
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
