//! One process and all that belongs to it: a part of a state.

use std::{
    collections::BTreeSet,
    hash::{Hash, Hasher},
    time::Duration,
};

use protocol::{
    Application, Effect, EffectOf, Input, InputOf, Outbox, Plan, Process, ProcessId, Violation,
};
use scenario::Scenario;

use crate::{Checkable, judge::panicked};

/// A process, its application, and what is to come for it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Local<P: Process, A> {
    pub(crate) process: P,
    pub(crate) application: A,
    /// The commands that the application has asked for and the process has not been given.
    pub(crate) asked: Vec<P::Command>,
    /// The timers that are set. When they run out is not said.
    pub(crate) timers: BTreeSet<P::Timer>,
    pub(crate) is_alive: bool,
    /// Which of its lives this is, or was.
    pub(crate) incarnation: u64,
}

/// What a process does when it is given an input.
pub(crate) struct Reaction<P: Process, A> {
    pub(crate) after: Local<P, A>,
    /// All that it wants, in order.
    pub(crate) effects: Vec<EffectOf<P>>,
    /// It has panicked, or rejected what a peer did.
    pub(crate) fault: Option<Violation>,
}

impl<P: Checkable, A: Application<P> + Clone> Local<P, A> {
    /// A process that has yet to start.
    pub(crate) fn new(process: P, application: A, incarnation: u64) -> Self {
        let (asked, timers) = (Vec::new(), BTreeSet::new());
        Self { process, application, asked, timers, is_alive: true, incarnation }
    }

    /// The application of `me` begins.
    pub(crate) fn begin(&mut self, me: ProcessId) -> Option<Violation> {
        let Self { application, asked, .. } = self;
        let mut ask = |_, command| asked.push(command);
        let start = || application.on_start(&mut Plan::new(&mut ask));
        trace::guard(start).err().map(|text| has_panicked(me, &text))
    }

    /// What the process `me`, in this state, does when it is given `input`.
    pub(crate) fn react<W>(
        &self,
        scenario: &Scenario<W>,
        me: ProcessId,
        input: InputOf<P>,
    ) -> Reaction<P, A> {
        let size = scenario.processes;
        let is_peer = |id: ProcessId| id != me && id.0 < size;
        let mut after = self.clone();
        if let Input::Timer(timer) = &input {
            after.timers.remove(timer);
        }
        let (mut effects, mut fault) = (Vec::new(), None);
        let Self { process, application, asked, timers, .. } = &mut after;
        let mut sink = |effect: EffectOf<P>| {
            match &effect {
                Effect::Emit(event) => {
                    let mut ask = |_, command| asked.push(command);
                    application.on_event(event, &mut Plan::new(&mut ask));
                }
                Effect::SetTimer { timer, .. } => _ = timers.insert(timer.clone()),
                Effect::CancelTimer(timer) => _ = timers.remove(timer),
                Effect::Send { to, .. } => assert!(
                    is_peer(*to),
                    "process {me} of {size} sends to process {to}: a process sends to its peers"
                ),
                Effect::Close(peer) => assert!(
                    is_peer(*peer),
                    "process {me} of {size} closes its link to process {peer}: a process closes \
                     links to its peers"
                ),
                Effect::Reject { peer, why } => {
                    if !scenario.tolerate_rejections && fault.is_none() {
                        let detail = format!("process {me} rejects what process {peer} did: {why}");
                        fault = Some(Violation::new("nobody rejects", detail));
                    }
                }
            }
            effects.push(effect);
        };
        let step = || process.step(input, &mut Outbox::new(Duration::ZERO, &mut sink));
        match trace::guard(step) {
            Ok(()) => Reaction { after, effects, fault },
            Err(text) => {
                let panic = has_panicked(me, &text);
                Reaction { after: self.clone(), effects: Vec::new(), fault: Some(panic) }
            }
        }
    }
}

impl<P: Checkable, A: Hash> Local<P, A> {
    /// Puts all but the process into a fingerprint.
    pub(crate) fn hash_surroundings(&self, into: &mut impl Hasher) {
        let Self { process: _, application, asked, timers, is_alive, incarnation } = self;
        (application, asked, timers, is_alive, incarnation).hash(into);
    }
}

/// A process, or its application.
fn has_panicked(who: ProcessId, text: &str) -> Violation {
    panicked(format!("process {who}: {text}"))
}
