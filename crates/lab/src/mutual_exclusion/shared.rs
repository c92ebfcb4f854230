//! One monitor for several nodes of one thread, which can be looked at while they run.

use std::{
    cell::{Ref, RefCell, RefMut},
    rc::Rc,
    time::Duration,
};

use protocol::{EffectOf, Fate, InputOf, Monitor, Process, ProcessId, Violation};

/// A monitor with several owners.
pub(super) struct Shared<M>(Rc<RefCell<M>>);

impl<M> Shared<M> {
    pub(super) fn new(monitor: M) -> Self {
        Self(Rc::new(RefCell::new(monitor)))
    }

    /// Looks at it. No node may take a step meanwhile, so let go of it before the next `await`.
    pub(super) fn look(&self) -> Ref<'_, M> {
        self.0.borrow()
    }

    /// The same, to take something out of it.
    pub(super) fn look_closely(&self) -> RefMut<'_, M> {
        self.0.borrow_mut()
    }

    /// Takes it back, once the nodes have ended.
    ///
    /// # Panics
    /// When a node still has it.
    pub(super) fn take_back(self) -> M {
        Rc::into_inner(self.0).expect("nodes that have ended own nothing").into_inner()
    }
}

impl<M> Clone for Shared<M> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<P: Process, M: Monitor<P>> Monitor<P> for Shared<M> {
    fn on_input(&mut self, now: Duration, at: ProcessId, process: &P, input: &InputOf<P>) {
        self.0.borrow_mut().on_input(now, at, process, input);
    }

    fn on_effect(&mut self, now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        self.0.borrow_mut().on_effect(now, by, effect);
    }

    fn on_step_end(&mut self, now: Duration, own: Duration, at: ProcessId, process: &P) {
        self.0.borrow_mut().on_step_end(now, own, at, process);
    }

    fn on_fate(
        &mut self,
        now: Duration,
        from: ProcessId,
        to: ProcessId,
        message: &P::Message,
        fate: Fate,
    ) {
        self.0.borrow_mut().on_fate(now, from, to, message, fate);
    }

    fn on_crash(&mut self, now: Duration, who: ProcessId) {
        self.0.borrow_mut().on_crash(now, who);
    }

    fn violation(&self) -> Option<Violation> {
        self.0.borrow().violation()
    }

    fn violation_at_rest(&self) -> Option<Violation> {
        self.0.borrow().violation_at_rest()
    }
}
