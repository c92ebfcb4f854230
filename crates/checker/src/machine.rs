//! What one thread has learned: the parts that states are made of, and what processes do.

use std::{collections::HashMap, hash::Hash, time::Duration};

use foldhash::fast::FixedState;
use protocol::{Application, EffectOf, Monitor, ProcessId};

use crate::{
    Check, Checkable, Reduction,
    channel::{Channel, Channels},
    fingerprint::{fingerprint, of_parts},
    layout::{Layout, MONITOR},
    local::Local,
    pool::{Known, Pool},
    reactions::{Occasion, Post, Reaction},
};

/// The parts that states are made of, for all threads.
pub(crate) struct Pools<P: Checkable, A, M> {
    locals: Pool<Local<P, A>>,
    channels: Pool<Channel>,
    messages: Pool<P::Message>,
    monitors: Pool<M>,
}

/// What one thread works with.
pub(crate) struct Machine<'a, P: Checkable, A, M, W> {
    pub(crate) check: &'a Check<'a, P, A, M, W>,
    /// What it leaves out, if anything.
    pub(crate) reduction: Option<&'a Reduction<'a, P, A>>,
    /// Whether a process has closed a link.
    pub(crate) has_hung_up: bool,
    pub(crate) layout: Layout,
    pub(crate) locals: Known<'a, Local<P, A>>,
    pub(crate) channels: Channels<'a, P::Message>,
    pub(crate) monitors: Known<'a, M>,
    /// What processes do. The entries are small, because one is looked up in every step of the
    /// search.
    pub(crate) reactions: HashMap<Occasion, Reaction, FixedState>,
    /// What the reactions do to channels, one reaction's after the other's.
    pub(crate) posts: Vec<Post>,
    /// The effects of the reactions, if anybody watches them.
    pub(crate) effects: HashMap<Occasion, Vec<EffectOf<P>>>,
    /// What was sent from whom to whom, and the numbers of those messages that a channel took, if
    /// anybody wants to know.
    pub(crate) sent: Option<Vec<Sent>>,
}

/// From whom, to whom, and the message's number, if a channel took it.
type Sent = (ProcessId, ProcessId, Option<u32>);

impl<P: Checkable, A, M> Pools<P, A, M> {
    pub(crate) fn new() -> Self {
        let (locals, channels) = (Pool::new(), Pool::new());
        Self { locals, channels, messages: Pool::new(), monitors: Pool::new() }
    }

    /// About how many bytes they take up.
    pub(crate) fn bytes(&self) -> usize {
        let Self { locals, channels, messages, monitors } = self;
        locals.bytes() + channels.bytes() + messages.bytes() + monitors.bytes()
    }
}

impl<'a, P, A, M, W> Machine<'a, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    /// Whether the monitor watches anything. One that has nothing to remember costs nothing.
    pub(crate) const WATCHES: bool = size_of::<M>() > 0;

    pub(crate) fn new(
        check: &'a Check<'a, P, A, M, W>,
        reduction: Option<&'a Reduction<'a, P, A>>,
        pools: &'a Pools<P, A, M>,
    ) -> Self {
        let links = &check.scenario.links;
        Self {
            check,
            reduction,
            has_hung_up: false,
            layout: Layout::new(check.scenario.processes, links.topology),
            locals: Known::new(&pools.locals),
            channels: Channels::new(links.order, &pools.channels, &pools.messages),
            monitors: Known::new(&pools.monitors),
            reactions: HashMap::default(),
            posts: Vec::new(),
            effects: HashMap::default(),
            sent: None,
        }
    }

    /// Makes sure that all the parts of a state are known.
    pub(crate) fn learn(&mut self, state: &[u32]) {
        self.monitors.learn(state[MONITOR]);
        self.layout.processes(state).iter().for_each(|&local| self.locals.learn(local));
        self.layout.channels(state).iter().for_each(|&channel| self.channels.learn(channel));
    }

    /// The fingerprint of a state, which hangs on what its parts are and not on their numbers.
    pub(crate) fn fingerprint(&self, state: &[u32]) -> u64 {
        if let Some(outlook) = self.reduction.and_then(|it| it.outlook) {
            return self.outlook(outlook, state);
        }
        let monitor = [self.monitors.fingerprint(state[MONITOR]), Layout::budget_word(state)];
        let locals = self.layout.processes(state).iter().map(|&it| self.locals.fingerprint(it));
        let channels = self.layout.channels(state).iter();
        let channels = channels.map(|&it| self.channels.fingerprint(it));
        of_parts(monitor.into_iter().chain(locals).chain(channels))
    }

    /// A process and all that belongs to it.
    pub(crate) fn local(&self, state: &[u32], id: ProcessId) -> &Local<P, A> {
        self.locals.get(state[self.layout.process(id)])
    }

    /// The number of a process that is like this.
    pub(crate) fn local_number(&mut self, local: Local<P, A>) -> u32 {
        self.locals.number(fingerprint(&local), local)
    }

    /// The number of a monitor that is like this.
    pub(crate) fn monitor_number(&mut self, monitor: M) -> u32 {
        self.monitors.number(fingerprint(&monitor), monitor)
    }

    /// About how many bytes all that it has learned takes up.
    pub(crate) fn bytes(&self) -> usize {
        const GUESS: usize = 256;
        let reactions = self.reactions.capacity() * size_of::<(Occasion, Reaction)>()
            + self.posts.capacity() * size_of::<Post>()
            + self.effects.len() * GUESS;
        let parts = self.locals.bytes() + self.channels.bytes() + self.monitors.bytes();
        reactions + parts
    }
}

/// There is no time here: whatever takes some may take any.
pub(crate) const NOW: Duration = Duration::ZERO;
