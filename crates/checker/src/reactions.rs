//! What a process does when something befalls it, and what follows from that.
//!
//! A system has millions of states, but each of its processes has only thousands, and what a
//! process does depends on its own state and the input alone. So it is worked out once for each
//! of those, by the process itself, and looked up ever after.

use std::hash::Hash;

use protocol::{Application, Effect, Fate, Input, InputOf, Link, Monitor, ProcessId, Violation};
use scenario::made_up_address;

use crate::{
    Checkable, Reduction,
    channel::Condition,
    layout::MONITOR,
    local,
    machine::{Machine, NOW},
};

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
    /// The link to that peer comes up, which is in that one of its lives.
    Up(ProcessId, u32),
    /// The link to that peer is down.
    Down(ProcessId),
}

/// Which process, in which state, and what befalls it. Two that are alike are not the same: one
/// may send to whom the other is.
pub(crate) type Occasion = (ProcessId, u32, Stimulus);

/// What a process does: what it is like afterwards, and where its posts are.
#[derive(Clone, Copy)]
pub(crate) struct Reaction {
    after: u32,
    /// Where in the machine's `posts` its own ones begin, and how many they are.
    first_post: u32,
    posts: u32,
    /// Something is wrong with it: what, the process is asked again.
    is_faulty: bool,
    /// A property that must always hold may see it.
    pub(crate) is_visible: bool,
}

/// What a process does to a channel.
#[derive(Clone, Copy)]
pub(crate) enum Post {
    /// It puts the message of that number in.
    Send(ProcessId, u32),
    /// It closes its link to that peer.
    Close(ProcessId),
}

impl<P, A, M, W> Machine<'_, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
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

    /// What a process in that state does: looked up, or worked out and kept.
    pub(crate) fn reaction(&mut self, me: ProcessId, before: u32, stimulus: Stimulus) -> Reaction {
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
                Effect::Close(peer) => {
                    self.has_hung_up = true;
                    self.posts.push(Post::Close(*peer));
                }
                _ => {}
            }
        }
        let process = &self.locals.get(before).process;
        let is_visible = |it: &Reduction<P, A>| (it.is_visible)(process, &after.process);
        let is_visible = self.reduction.is_some_and(is_visible);
        let reaction = Reaction {
            after: self.local_number(after),
            first_post: index(first_post),
            posts: index(self.posts.len() - first_post),
            is_faulty: fault.is_some(),
            is_visible,
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
