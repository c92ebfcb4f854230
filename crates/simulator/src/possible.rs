//! What can happen next in a run that follows a script, and what is bound to.

use protocol::{Application, Fate, Monitor, Process, ProcessId};
use trace::{Name, What};

use crate::stage::Stage;

type WhatOf<P> = What<<P as Process>::Command, <P as Process>::Timer>;

impl<P, A, M> Stage<P, A, M>
where
    P: Process<Command: Clone + PartialEq, Message: Clone>,
    A: Application<P>,
    M: Monitor<P>,
{
    /// What happens now if this is asked for: perhaps to another message of the same channel, or
    /// nothing.
    pub(crate) fn possible(&mut self, what: &WhatOf<P>) -> Option<WhatOf<P>> {
        let is_possible = match what {
            What::Command { at, command } => self.asked[at.index()].contains(command),
            What::Delivery { from, to, message } => {
                let message = self.deliverable(*from, *to, *message)?;
                return Some(What::Delivery { from: *from, to: *to, message });
            }
            What::Fate { from, to, message, fate: Fate::Cut } => {
                self.position(*from, *to, *message).is_some()
            }
            What::Fate { from, to, message, fate } => {
                let (from, to) = (*from, *to);
                let message = self.latest(from, to, *message)?;
                return Some(What::Fate { from, to, message, fate: *fate });
            }
            What::Timeout { at, timer } => {
                self.timers[at.index()].get(timer).is_some_and(|due| *due <= self.now)
            }
            What::Crash { who, .. } => self.alive[who.index()],
            What::Restart(who) => !self.alive[who.index()],
            What::Up(a, b) => {
                (self.rules.breaking || self.reviving.contains(&(*a, *b)))
                    && self.can_connect(*a, *b)
            }
            What::Down { at, peer } => {
                self.channel(*peer, *at).is_up_at_receiver()
                    && (self.rules.breaking || self.is_going_down(*peer, *at))
            }
        };
        is_possible.then(|| what.clone())
    }

    /// What is bound to happen, if anything is: with nothing left, the system is at rest. What
    /// `may_omit` says the applications need not ask for is never bound to.
    pub(crate) fn next(&mut self, may_omit: &dyn Fn(&P::Command) -> bool) -> Option<WhatOf<P>> {
        let oldest = self.under_way.iter().filter_map(|(&(from, to), flying)| {
            let first = flying.first()?;
            Some((first.place, What::Delivery { from, to, message: first.name }))
        });
        if let Some((_, delivery)) = oldest.min_by_key(|(place, _)| *place) {
            return Some(delivery);
        }
        let size = self.alive.len() as u32;
        let ids = move || ProcessId::all(size);
        let obliged = ids().find_map(|at| {
            let command = self.asked[at.index()].iter().find(|command| !may_omit(command))?;
            Some(What::Command { at, command: command.clone() })
        });
        if obliged.is_some() {
            return obliged;
        }
        for (peer, at) in ids().flat_map(move |peer| ids().map(move |at| (peer, at))) {
            if self.is_going_down(peer, at) {
                return Some(What::Down { at, peer });
            }
        }
        for (a, b) in self.reviving.clone() {
            if self.can_connect(a, b) {
                return Some(What::Up(a, b));
            }
        }
        let timers = ids().zip(&self.timers);
        let next = timers.filter_map(|(at, timers)| {
            let (timer, due) = timers.iter().min_by_key(|(_, due)| **due)?;
            Some((*due, What::Timeout { at, timer: timer.clone() }))
        });
        let (due, timeout) = next.min_by_key(|(due, _)| *due)?;
        self.now = self.now.max(due);
        Some(timeout)
    }

    /// The message of that name, if the links may deliver it, or else the one that is first.
    fn deliverable(&self, from: ProcessId, to: ProcessId, name: Name) -> Option<Name> {
        let position = self.position(from, to, name).filter(|_| self.rules.overtaking);
        let flying = self.under_way.get(&(from, to))?;
        Some(flying.get(position.unwrap_or(0))?.name)
    }

    /// The message of that name, or else the one that was sent last.
    fn latest(&self, from: ProcessId, to: ProcessId, name: Name) -> Option<Name> {
        let flying = self.under_way.get(&(from, to))?;
        let position = self.position(from, to, name);
        position.map_or(flying.last(), |position| flying.get(position)).map(|flying| flying.name)
    }

    pub(crate) fn can_connect(&mut self, a: ProcessId, b: ProcessId) -> bool {
        [(a, b), (b, a)].iter().all(|&(from, to)| {
            let incarnation = self.incarnations[from.index()];
            let channel = self.network.channel(from, to);
            let knows_an_earlier_life = channel.met.is_some_and(|met| met != incarnation);
            let can_open = channel.can_open() && (P::REJOINS || !knows_an_earlier_life);
            can_open && self.alive[from.index()] && self.network.has(from, to)
        })
    }

    /// Whether the receiver is bound to have it down next.
    pub(crate) fn is_going_down(&mut self, from: ProcessId, to: ProcessId) -> bool {
        let is_empty = self.under_way.get(&(from, to)).is_none_or(Vec::is_empty);
        let channel = self.network.channel(from, to);
        (channel.is_ending() && is_empty)
            || (channel.is_up_at_receiver() && self.breaking.contains(&(from, to)))
    }
}
