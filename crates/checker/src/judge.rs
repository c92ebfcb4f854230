//! What is wrong with a state, if anything is.

use std::hash::Hash;

use protocol::{Application, Claim, Monitor, ProcessId, Property, View, Violation};

use crate::{Checkable, layout::MONITOR, machine::Machine};

impl<P, A, M, W> Machine<'_, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    /// What must never be. Those properties that must hold somewhere and hold here are taken out
    /// of `unseen`.
    pub(crate) fn judge(&self, state: &[u32], unseen: &mut Vec<&Property<P>>) -> Option<Violation> {
        guarded(|| {
            let broken = self.view(state, |view| {
                unseen.retain(|property| property.judge(view).is_err());
                self.broken(Claim::Always, view)
            });
            broken.or_else(|| self.monitor(state).violation())
        })
    }

    /// What must not be where nothing is left that is bound to happen.
    pub(crate) fn judge_at_rest(&self, state: &[u32]) -> Option<Violation> {
        guarded(|| self.deadlock(state).or_else(|| self.monitor(state).violation_at_rest()))
    }

    /// Who waits for what will never come.
    fn deadlock(&self, state: &[u32]) -> Option<Violation> {
        let is_waiting = |id: &ProcessId| {
            let local = self.local(state, *id);
            local.is_alive && !local.application.is_done()
        };
        let unfinished = || ProcessId::all(self.layout.size).find(is_waiting);
        let owed = self.view(state, |view| self.broken(Claim::Eventually, view));
        let owed = owed.map(|owed| owed.detail);
        let owed = owed.or_else(|| Some(format!("process {} is not done", unfinished()?)));
        owed.map(|detail| Violation::new("deadlock", detail))
    }

    fn monitor(&self, state: &[u32]) -> &M {
        self.monitors.get(state[MONITOR])
    }

    /// The first of the properties with that claim that does not hold.
    fn broken(&self, claim: Claim, view: &View<P>) -> Option<Violation> {
        let properties = self.check.properties.iter().filter(|it| it.claim() == claim);
        properties.filter_map(|it| Some(Violation::new(it.name(), it.judge(view).err()?))).next()
    }

    /// The state as properties see it.
    pub(crate) fn view<T>(&self, state: &[u32], look: impl FnOnce(&View<P>) -> T) -> T {
        let locals = || self.layout.processes(state).iter().map(|&local| self.locals.get(local));
        let processes: Vec<&P> = locals().map(|local| &local.process).collect();
        let alive: Vec<bool> = locals().map(|local| local.is_alive).collect();
        look(&View::of(&processes, &alive))
    }
}

/// What `look` finds wrong, or that it panics. All that is written by whoever checks is called
/// under such a guard: processes, applications, properties, monitors.
pub(crate) fn guarded(look: impl FnOnce() -> Option<Violation>) -> Option<Violation> {
    trace::guard(look).unwrap_or_else(|text| Some(panicked(text)))
}

/// What is wrong when something panics.
pub(crate) fn panicked(detail: String) -> Violation {
    Violation::new("nobody panics", detail)
}
