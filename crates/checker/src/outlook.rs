//! What matters of a state.
//!
//! A state has more in it than its future hangs on: a process remembers what it will never use
//! again, and a message says what makes no difference any more. Where nothing but that is in the
//! way, two states might count as one. Whoever knows the processes can say what matters: an
//! [`Outlook`]. States with one outlook count as one, and only the first of them that is come to
//! is searched.
//!
//! **Nothing is missed** if two states with one outlook have one future. That is so if properties
//! say the same of both, if the same can happen in both, and if it leads from both to states that
//! have one outlook again. Then each run from the one goes side by side with a run from the other,
//! for ever: the outlook is a *bisimulation*. D. Park, "Concurrency and Automata on Infinite
//! Sequences", Theoretical Computer Science, LNCS 104, 1981. (TLC, Lamport's own checker, has it as
//! its `VIEW`.) Who can go first (`ample`) is asked of the state that is searched: what can come of
//! the others comes of it too, and so has a counterpart that is looked at.
//!
//! **An outlook is a claim** about the processes, for whoever makes it to prove.
//! [`try_outlook`] looks for what refutes it, in all states of a system that is small enough.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{Hash, Hasher},
};

use protocol::{Application, Monitor, Violation};

use crate::{
    Check, Checkable, Counterexample, Outlook, Verdict, Whole,
    fingerprint::{fingerprint, hasher},
    machine::{Machine, Pools},
    retrace::retrace,
    tour::Tour,
};

impl<P, A, M, W> Machine<'_, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    /// The fingerprint of what matters of a state.
    pub(crate) fn outlook(&self, outlook: &Outlook<P, A>, state: &[u32]) -> u64 {
        let Self { layout, locals, channels, .. } = self;
        let mut hasher = hasher();
        for &local in layout.processes(state) {
            locals.get(local).hash_surroundings(&mut hasher);
        }
        for &channel in layout.channels(state) {
            let channel = channels.get(channel);
            (channel.condition, channel.met, channel.messages.len()).hash(&mut hasher);
        }
        outlook(&Whole { state, layout, locals, channels }, &mut hasher);
        hasher.finish()
    }

    /// The fingerprint of what can come of a state in one step: what properties say of it, what
    /// can happen, what is wrong with that, and the outlook of where it leads.
    fn future(&mut self, outlook: &Outlook<P, A>, state: &[u32], own: u32, tour: &mut Tour) -> u64 {
        let properties = self.check.properties.iter();
        let judged: Vec<bool> =
            self.view(state, |view| properties.map(|it| it.judge(view).is_ok()).collect());
        let (mut events, mut successor, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        self.find_events(state, &mut events);
        for &event in &events {
            let fault = self.happen(state, event, &mut successor);
            tour.come_to(self.fingerprint(&successor), own, &successor);
            let leads_to = self.outlook(outlook, &successor);
            steps.push((self.duty(state, event), fault.map(|it| it.property), leads_to));
        }
        steps.sort_unstable();
        fingerprint(&(judged, steps))
    }
}

/// Looks for two states with one outlook of which not the same can come.
pub(crate) fn try_outlook<P, A, M, W>(
    check: &Check<P, A, M, W>,
    outlook: &Outlook<P, A>,
) -> Verdict<P>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    let pools = Pools::new();
    let mut machine = Machine::new(check, None, &pools);
    let (mut tour, mut state, mut futures) = (Tour::new(&mut machine), Vec::new(), HashMap::new());
    while let Some(own) = tour.show_next(&mut state) {
        let claims = futures.capacity() * size_of::<(u64, u64)>();
        let bytes = tour.bytes() + machine.bytes() + pools.bytes() + claims;
        if let Some(bound) = check.bounds.hit(&tour.extent(), bytes) {
            let left = tour.extent().unique_states - u64::from(own);
            return Verdict::BoundHit { extent: tour.extent(), bound, left };
        }
        let future = machine.future(outlook, &state, own, &mut tour);
        let known = *futures.entry(machine.outlook(outlook, &state)).or_insert(future);
        if known != future {
            let way = tour.seen.way_to(own);
            let script = retrace(&mut machine, &way, false, &BTreeMap::new());
            let run = Counterexample { script, repeats_from: None };
            let detail = "this state looks like another one, and not the same can come of the two";
            let violation = Violation::new("outlook", detail);
            return Verdict::Violated { extent: tour.extent(), violation, run };
        }
    }
    Verdict::Proved(tour.extent())
}
