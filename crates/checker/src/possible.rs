//! What can happen in a state.

use std::hash::Hash;

use protocol::{Application, Monitor, ProcessId};
use scenario::{Budget, Order};

use crate::{
    Checkable, channel::Condition, event::Event, fingerprint::fingerprint, layout::Layout,
    machine::Machine,
};

impl<P, A, M, W> Machine<'_, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    /// Puts all that can happen in a state into `events`, always in the same order.
    pub(crate) fn find_events(&self, state: &[u32], events: &mut Vec<Event>) {
        events.clear();
        let left = Layout::budget(state);
        let channels = self.layout.channels(state);
        let nothing_under_way =
            channels.iter().all(|&channel| self.channels.get(channel).messages.is_empty());
        for at in ProcessId::all(self.layout.size) {
            let local = self.local(state, at);
            events.extend((0..local.asked.len()).map(|place| Event::Command { at, place }));
            let is_early = !nothing_under_way;
            if !is_early || left.early_timeouts > 0 {
                let timers = 0..local.timers.len();
                events.extend(timers.map(|place| Event::Timeout { at, place, is_early }));
            }
            if local.is_alive && left.crashes > 0 {
                events.push(Event::Crash(at));
            }
            if !local.is_alive && left.restarts > 0 {
                events.push(Event::Restart(at));
            }
        }
        for link in 0..channels.len() {
            self.find_events_of(state, link, left, events);
        }
    }

    fn find_events_of(&self, state: &[u32], link: usize, left: Budget, events: &mut Vec<Event>) {
        let channel = self.channels.get(self.layout.channels(state)[link]);
        let keeps_order = self.check.scenario.links.order == Order::Fifo;
        let places = channel.places(!keeps_order || left.reorderings > 0);
        for place in (0..places).filter(|&place| !channel.is_repeated(place)) {
            let overtakes = keeps_order && place > 0;
            events.push(Event::Delivery { link, place, overtakes });
            // On a link that keeps order, a message may as well be lost at the last moment.
            if left.losses > 0 && !overtakes {
                events.push(Event::Loss { link, place });
            }
            if left.duplications > 0 {
                events.push(Event::Duplication { link, place });
            }
        }
        match channel.condition {
            Condition::Ending if channel.messages.is_empty() => events.push(Event::Down { link }),
            Condition::Breaking => events.push(Event::Down { link }),
            Condition::Down if self.can_connect(state, link) => events.push(Event::Up { link }),
            _ => {}
        }
    }

    /// Whether the link of which this is one direction comes up again, because one of the two is
    /// another than it was. The direction with the smaller sender speaks for both.
    fn can_connect(&self, state: &[u32], link: usize) -> bool {
        let (a, b) = self.layout.links[link];
        let directions = [(a, b), (b, a)].map(|(from, to)| {
            let channel = self.layout.channel(from, to).map(|it| self.channels.get(state[it]));
            channel.map(|it| (it, self.local(state, from)))
        });
        let [Some(there), Some(back)] = directions else { return false };
        let both = [there, back];
        let can_open = both.iter().all(|(channel, sender)| {
            let is_known = channel.met.is_none_or(|met| met == sender.incarnation);
            channel.condition == Condition::Down && sender.is_alive && (P::REJOINS || is_known)
        });
        a < b && can_open && both.iter().any(|(it, sender)| it.met != Some(sender.incarnation))
    }

    /// To whom something is owed by an event that is bound to happen: a process's next command, a
    /// link's next message, or, where messages overtake each other, that message. A fair run does
    /// not leave it undone for ever while it could be done.
    pub(crate) fn duty(&self, state: &[u32], event: Event) -> u64 {
        let local = |at| self.local(state, at);
        match event {
            Event::Command { at, place } => fingerprint(&(0, at, &local(at).asked[place])),
            Event::Timeout { at, place, .. } => timers_duty(at, local(at).timers.iter().nth(place)),
            Event::Delivery { link, place, .. } => {
                let channel = self.channels.get(self.layout.channels(state)[link]);
                let keeps_order = self.check.scenario.links.order == Order::Fifo;
                fingerprint(&(2, link, (!keeps_order).then(|| channel.messages[place])))
            }
            Event::Down { link } => fingerprint(&(3, link)),
            Event::Up { link } => fingerprint(&(4, link)),
            Event::Loss { .. }
            | Event::Duplication { .. }
            | Event::Crash(_)
            | Event::Restart(_) => {
                unreachable!("no fault is owed to anybody")
            }
        }
    }

    /// The timers that are set. They are owed to their processes though nothing lets them run out
    /// as long as a message is under way: no timer waits for ever because others talk.
    pub(crate) fn timers_due(&self, state: &[u32]) -> Vec<u64> {
        let ids = ProcessId::all(self.layout.size);
        let timers = |at| self.local(state, at).timers.iter().map(move |it| (at, it));
        ids.flat_map(timers).map(|(at, timer)| timers_duty(at, Some(timer))).collect()
    }
}

fn timers_duty(at: ProcessId, timer: Option<&impl Hash>) -> u64 {
    fingerprint(&(1, at, timer))
}
