//! One thread's means of working out what follows from what.
//!
//! A system has millions of states, but each of its processes has only thousands, and what a
//! process does depends on its own state and the input alone. So it is worked out once for each
//! of those, by the process itself, and looked up ever after.

use std::{collections::HashMap, time::Duration};

use foldhash::fast::FixedState;
use protocol::{
    Application, Effect, EffectOf, Fate, Input, InputOf, Link, Monitor, ProcessId, Violation,
};

use crate::{
    Check, Checkable,
    channel::{Channel, Channels, Condition},
    fingerprint::{fingerprint, of_parts},
    layout::{Layout, MONITOR},
    local::Local,
    pool::{Known, Pool},
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
    pub(crate) layout: Layout,
    pub(crate) locals: Known<'a, Local<P, A>>,
    pub(crate) channels: Channels<'a, P::Message>,
    pub(crate) monitors: Known<'a, M>,
    /// Where in `reactions` it stands what a process does when something befalls it.
    places: HashMap<(ProcessId, u32, Stimulus), usize, FixedState>,
    reactions: Vec<Reaction<P>>,
    /// What was sent from whom to whom, and the numbers of those messages that a channel took, if
    /// anybody wants to know.
    pub(crate) sent: Option<Vec<Sent>>,
}

/// From whom, to whom, and the message's number, if a channel took it.
type Sent = (ProcessId, ProcessId, Option<u32>);

/// What befalls a process, whose state says the rest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stimulus {
    Start,
    /// The command at that place of those asked for.
    Command(usize),
    /// The message of that number.
    Message(ProcessId, u32),
    /// The timer at that place of the set ones.
    Timeout(usize),
    Up(ProcessId, u64),
    Down(ProcessId),
}

/// What a process does.
struct Reaction<P: Checkable> {
    after: u32,
    effects: Vec<EffectOf<P>>,
    /// The numbers of the messages among the effects.
    messages: Vec<u32>,
    fault: Option<Violation>,
}

impl<P: Checkable, A, M> Pools<P, A, M> {
    pub(crate) fn new() -> Self {
        let (locals, channels) = (Pool::new(), Pool::new());
        Self { locals, channels, messages: Pool::new(), monitors: Pool::new() }
    }

    /// About how many bytes they take up: what hangs on a value by pointers is only guessed.
    pub(crate) fn bytes(&self) -> usize {
        const GUESS: usize = 256;
        let locals = self.locals.len() * (size_of::<Local<P, A>>() + GUESS);
        let channels = self.channels.len() * (size_of::<Channel>() + GUESS);
        locals + channels + self.monitors.len() * (size_of::<M>() + GUESS)
    }
}

impl<'a, P, A, M, W> Machine<'a, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + std::hash::Hash,
    M: Monitor<P> + Clone + Eq + std::hash::Hash,
{
    pub(crate) fn new(check: &'a Check<'a, P, A, M, W>, pools: &'a Pools<P, A, M>) -> Self {
        let links = &check.scenario.links;
        Self {
            check,
            layout: Layout::new(check.scenario.processes, links.topology),
            locals: Known::new(&pools.locals),
            channels: Channels::new(links.order, &pools.channels, &pools.messages),
            monitors: Known::new(&pools.monitors),
            places: HashMap::default(),
            reactions: Vec::new(),
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
        let monitor = [self.monitors.fingerprint(state[MONITOR]), Layout::budget_word(state)];
        let locals = self.layout.processes(state).iter().map(|&it| self.locals.fingerprint(it));
        let channels = self.layout.channels(state).iter();
        let channels = channels.map(|&it| self.channels.fingerprint(it));
        of_parts(monitor.into_iter().chain(locals).chain(channels))
    }

    pub(crate) fn local_number(&mut self, local: Local<P, A>) -> u32 {
        self.locals.number(fingerprint(&local), local)
    }

    /// Whether there is a monitor that watches anything: the others cost nothing.
    pub(crate) const WATCHES: bool = size_of::<M>() > 0;

    /// Lets something befall a process, and puts what follows from it into `state`. Returns what
    /// was wrong with it.
    pub(crate) fn give(
        &mut self,
        state: &mut [u32],
        to: ProcessId,
        stimulus: Stimulus,
    ) -> Option<Violation> {
        let before = state[self.layout.process(to)];
        let place = self.reaction(to, before, stimulus);
        let mut monitor = Self::WATCHES.then(|| {
            let input = self.input(before, stimulus);
            let mut monitor = self.monitors.get(state[MONITOR]).clone();
            monitor.on_input(NOW, to, &self.locals.get(before).process, &input);
            monitor
        });
        let Self { layout, channels, reactions, sent, .. } = self;
        let reaction = &reactions[place];
        state[layout.process(to)] = reaction.after;
        let mut messages = reaction.messages.iter();
        for effect in &reaction.effects {
            if let Some(monitor) = &mut monitor {
                monitor.on_effect(NOW, to, effect);
            }
            match effect {
                Effect::Send { to: peer, message } => {
                    let number = messages.next().expect("each message has its number");
                    let channel = layout.channel(to, *peer);
                    let with = channel.and_then(|it| Some((it, channels.put(state[it], *number)?)));
                    if let Some(sent) = sent {
                        sent.push((to, *peer, with.map(|_| *number)));
                    }
                    match (with, &mut monitor) {
                        (Some((channel, with)), _) => state[channel] = with,
                        (None, Some(it)) => it.on_fate(NOW, to, *peer, message, Fate::Cut),
                        (None, None) => {}
                    }
                }
                Effect::Close(peer) => {
                    for (from, to, condition) in
                        [(to, *peer, Condition::Ending), (*peer, to, Condition::Breaking)]
                    {
                        let Some(channel) = layout.channel(from, to) else { continue };
                        state[channel] = channels.end(state[channel], condition);
                    }
                }
                _ => {}
            }
        }
        let fault = reaction.fault.clone();
        if let Some(monitor) = monitor {
            state[MONITOR] = self.monitor_number(monitor);
        }
        fault
    }

    pub(crate) fn monitor_number(&mut self, monitor: M) -> u32 {
        self.monitors.number(fingerprint(&monitor), monitor)
    }

    /// Where it stands what a process in that state does.
    fn reaction(&mut self, me: ProcessId, before: u32, stimulus: Stimulus) -> usize {
        if let Some(&place) = self.places.get(&(me, before, stimulus)) {
            return place;
        }
        let input = self.input(before, stimulus);
        let mut local = self.locals.get(before).clone();
        if let Stimulus::Command(place) = stimulus {
            local.asked.remove(place);
        }
        let crate::local::Reaction { after, effects, fault } = local.react(me, input);
        let messages = effects.iter().filter_map(|effect| match effect {
            Effect::Send { message, .. } => Some(self.channels.message_number(message)),
            _ => None,
        });
        let messages = messages.collect();
        let after = self.local_number(after);
        self.reactions.push(Reaction { after, effects, messages, fault });
        self.places.insert((me, before, stimulus), self.reactions.len() - 1);
        self.reactions.len() - 1
    }

    /// What a process in that state is given.
    fn input(&mut self, before: u32, stimulus: Stimulus) -> InputOf<P> {
        let local = self.locals.get(before);
        match stimulus {
            Stimulus::Start => Input::Start,
            Stimulus::Command(place) => Input::Command(local.asked[place].clone()),
            Stimulus::Message(from, number) => {
                Input::Message { from, message: self.channels.message(number).clone() }
            }
            Stimulus::Timeout(place) => {
                let timer = local.timers.iter().nth(place).expect("only what is set runs out");
                Input::Timer(timer.clone())
            }
            Stimulus::Up(peer, incarnation) => {
                let addr = scenario::made_up_address(peer);
                Input::Link { peer, link: Link::Up { addr, incarnation } }
            }
            Stimulus::Down(peer) => Input::Link { peer, link: Link::Down },
        }
    }
}

/// There is no time here: whatever takes some may take any.
pub(crate) const NOW: Duration = Duration::ZERO;
