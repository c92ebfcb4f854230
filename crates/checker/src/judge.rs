//! What is wrong with a state, if anything is.

use protocol::{Application, Claim, Monitor, ProcessId, Property, View, Violation};

use crate::{Checkable, layout::MONITOR, machine::Machine};

impl<P, A, M, W> Machine<'_, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + std::hash::Hash,
    M: Monitor<P> + Clone + Eq + std::hash::Hash,
{
    /// What must never be. Those properties that must hold somewhere and hold here are taken out
    /// of `unseen`.
    pub(crate) fn judge(&self, state: &[u32], unseen: &mut Vec<&Property<P>>) -> Option<Violation> {
        self.view(state, |view| {
            unseen.retain(|property| property.judge(view).is_err());
            self.broken(Claim::Always, view)
        })
        .or_else(|| self.monitor(state).violation())
    }

    /// What must not be where nothing is left that is bound to happen.
    pub(crate) fn judge_at_rest(&self, state: &[u32]) -> Option<Violation> {
        let is_waiting = |id: &ProcessId| {
            let local = self.local(state, *id);
            local.is_alive && !local.application.is_done()
        };
        let unfinished = || ProcessId::all(self.layout.size).find(is_waiting);
        let owed = self.view(state, |view| self.broken(Claim::Eventually, view));
        let owed = owed.map(|owed| owed.detail);
        let owed = owed.or_else(|| Some(format!("process {} is not done", unfinished()?)));
        let deadlock = owed.map(|detail| Violation::new("deadlock", detail));
        deadlock.or_else(|| self.monitor(state).violation_at_rest())
    }

    fn monitor(&self, state: &[u32]) -> &M {
        self.monitors.get(state[MONITOR])
    }

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
