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
use scenario::made_up_address;

use crate::{
    Check, Checkable,
    channel::{Channel, Channels, Condition},
    fingerprint::{fingerprint, of_parts},
    layout::{Layout, MONITOR},
    local::{self, Local},
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
    /// What a process in a state does when something befalls it: small, because it is looked up
    /// for every step of the search.
    reactions: HashMap<Occasion, Reaction, FixedState>,
    /// What the reactions put into channels, one reaction's after the other's.
    posts: Vec<Post>,
    /// The effects of the reactions, if anybody watches them.
    effects: HashMap<Occasion, Vec<EffectOf<P>>>,
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
    Command(u32),
    /// The message of that number.
    Message(ProcessId, u32),
    /// The timer at that place of the set ones.
    Timeout(u32),
    /// The link to a peer in that life of its.
    Up(ProcessId, u32),
    Down(ProcessId),
}

/// Which process, in which state, and what befalls it. Two that are alike are not the same: one
/// may send to whom the other is.
type Occasion = (ProcessId, u32, Stimulus);

/// What a process does.
#[derive(Clone, Copy)]
struct Reaction {
    after: u32,
    /// Where in `posts` its own ones are.
    first_post: u32,
    posts: u32,
    is_faulty: bool,
}

/// What a process does to a channel.
#[derive(Clone, Copy)]
enum Post {
    /// It puts the message of that number in.
    Send(ProcessId, u32),
    Close(ProcessId),
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
        let reaction = self.reaction(to, before, stimulus);
        state[self.layout.process(to)] = reaction.after;
        let mut taken = Vec::new(); // Of each message, whether a channel took it.
        let first = reaction.first_post as usize;
        for index in first..first + reaction.posts as usize {
            match self.posts[index] {
                Post::Send(peer, message) => {
                    let is_taken = self.send(state, to, peer, message);
                    if Self::WATCHES {
                        taken.push(is_taken);
                    }
                }
                Post::Close(peer) => {
                    self.end(state, to, peer, Condition::Ending);
                    self.end(state, peer, to, Condition::Breaking);
                }
            }
        }
        if Self::WATCHES {
            self.watch(state, to, before, stimulus, &taken);
        }
        reaction.is_faulty.then(|| self.work_out(to, before, stimulus).fault).flatten()
    }

    /// Puts a message into its channel; returns whether that took it.
    fn send(&mut self, state: &mut [u32], from: ProcessId, to: ProcessId, message: u32) -> bool {
        let place = self.layout.channel(from, to);
        let with = place.and_then(|it| Some((it, self.channels.put(state[it], message)?)));
        if let Some((place, with)) = with {
            state[place] = with;
        }
        if let Some(sent) = &mut self.sent {
            sent.push((from, to, with.map(|_| message)));
        }
        with.is_some()
    }

    fn end(&mut self, state: &mut [u32], from: ProcessId, to: ProcessId, condition: Condition) {
        if let Some(place) = self.layout.channel(from, to) {
            state[place] = self.channels.end(state[place], condition);
        }
    }

    /// Shows the monitor what has just happened to a process that was in the state `before`.
    fn watch(
        &mut self,
        state: &mut [u32],
        to: ProcessId,
        before: u32,
        stimulus: Stimulus,
        taken: &[bool],
    ) {
        let input = self.input(before, stimulus);
        let mut monitor = self.monitors.get(state[MONITOR]).clone();
        monitor.on_input(NOW, to, &self.locals.get(before).process, &input);
        let mut taken = taken.iter();
        for effect in &self.effects[&(to, before, stimulus)] {
            monitor.on_effect(NOW, to, effect);
            if let Effect::Send { to: peer, message } = effect
                && taken.next() == Some(&false)
            {
                monitor.on_fate(NOW, to, *peer, message, Fate::Cut);
            }
        }
        state[MONITOR] = self.monitor_number(monitor);
    }

    /// About how many bytes it remembers what processes do in.
    pub(crate) fn bytes(&self) -> usize {
        const GUESS: usize = 256;
        let entry = size_of::<(Occasion, Reaction)>();
        self.reactions.capacity() * entry + self.effects.len() * GUESS
    }

    pub(crate) fn monitor_number(&mut self, monitor: M) -> u32 {
        self.monitors.number(fingerprint(&monitor), monitor)
    }

    /// What a process in that state does.
    fn reaction(&mut self, me: ProcessId, before: u32, stimulus: Stimulus) -> Reaction {
        if let Some(&reaction) = self.reactions.get(&(me, before, stimulus)) {
            return reaction;
        }
        let local::Reaction { after, effects, fault } = self.work_out(me, before, stimulus);
        let first_post = self.posts.len();
        for effect in &effects {
            match effect {
                Effect::Send { to, message } => {
                    self.posts.push(Post::Send(*to, self.channels.message_number(message)));
                }
                Effect::Close(peer) => self.posts.push(Post::Close(*peer)),
                _ => {}
            }
        }
        let reaction = Reaction {
            after: self.local_number(after),
            first_post: index(first_post),
            posts: index(self.posts.len() - first_post),
            is_faulty: fault.is_some(),
        };
        if Self::WATCHES {
            self.effects.insert((me, before, stimulus), effects);
        }
        self.reactions.insert((me, before, stimulus), reaction);
        reaction
    }

    /// Asks the process itself.
    fn work_out(
        &mut self,
        me: ProcessId,
        before: u32,
        stimulus: Stimulus,
    ) -> local::Reaction<P, A> {
        let input = self.input(before, stimulus);
        let mut local = self.locals.get(before).clone();
        if let Stimulus::Command(place) = stimulus {
            local.asked.remove(place as usize);
        }
        local.react(self.check.scenario, me, input)
    }

    /// What a process in that state is given.
    fn input(&mut self, before: u32, stimulus: Stimulus) -> InputOf<P> {
        let local = self.locals.get(before);
        match stimulus {
            Stimulus::Start => Input::Start,
            Stimulus::Command(place) => Input::Command(local.asked[place as usize].clone()),
            Stimulus::Message(from, number) => {
                Input::Message { from, message: self.channels.message(number).clone() }
            }
            Stimulus::Timeout(place) => {
                let timer =
                    local.timers.iter().nth(place as usize).expect("only what is set runs out");
                Input::Timer(timer.clone())
            }
            Stimulus::Up(peer, incarnation) => {
                let (addr, incarnation) = (made_up_address(peer), u64::from(incarnation));
                Input::Link { peer, link: Link::Up { addr, incarnation } }
            }
            Stimulus::Down(peer) => Input::Link { peer, link: Link::Down },
        }
    }
}

/// A small number, as tables hold it.
fn index(number: usize) -> u32 {
    u32::try_from(number).expect("memory is full before numbers are")
}

/// There is no time here: whatever takes some may take any.
pub(crate) const NOW: Duration = Duration::ZERO;
