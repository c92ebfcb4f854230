//! What can happen in a state, and what the state is like afterwards.

use protocol::{Application, Fate, Monitor, ProcessId, Violation};
use scenario::{Budget, Order};

use crate::{
    Checkable,
    channel::Condition,
    event::Event,
    fingerprint::fingerprint,
    layout::{Layout, MONITOR},
    local::Local,
    machine::{Machine, NOW, Stimulus},
};

impl<P, A, M, W> Machine<'_, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + std::hash::Hash,
    M: Monitor<P> + Clone + Eq + std::hash::Hash,
{
    /// Everybody starts, every link comes up, every application begins. Returns what was wrong
    /// with that, too.
    pub(crate) fn initial(&mut self) -> (Vec<u32>, Option<Violation>) {
        let mut state = vec![0; self.layout.width()];
        let mut faults = Vec::new();
        state[MONITOR] = self.monitor_number(self.check.monitor.clone());
        Layout::set_budget(&mut state, self.check.scenario.budget);
        let down = self.channels.number(Default::default());
        state[self.layout.first_channel()..].fill(down);
        let ids = || ProcessId::all(self.check.scenario.processes);
        for id in ids() {
            state[self.layout.process(id)] = self.newborn(id, 0);
        }
        for id in ids() {
            faults.push(self.give(&mut state, id, Stimulus::Start));
        }
        for (a, b) in self.layout.links.clone().into_iter().filter(|(a, b)| a < b) {
            faults.push(self.connect(&mut state, a, b));
        }
        for id in ids() {
            self.begin(&mut state, id);
        }
        (state, faults.into_iter().flatten().next())
    }

    fn newborn(&mut self, id: ProcessId, incarnation: u64) -> u32 {
        let process = (self.check.process)(id, incarnation);
        self.local_number(Local::new(process, (self.check.application)(id), incarnation))
    }

    fn begin(&mut self, state: &mut [u32], id: ProcessId) {
        let place = self.layout.process(id);
        let mut local = self.locals.get(state[place]).clone();
        local.begin();
        state[place] = self.local_number(local);
    }

    /// Both directions are open before either end hears of it, so that whoever hears of it can
    /// answer at once.
    fn connect(&mut self, state: &mut [u32], a: ProcessId, b: ProcessId) -> Option<Violation> {
        let directions = [(a, b), (b, a)];
        for (from, to) in directions {
            let incarnation = self.local(state, from).incarnation;
            if let Some(channel) = self.layout.channel(from, to) {
                state[channel] = self.channels.open(state[channel], incarnation);
            }
        }
        let faults = directions.map(|(from, to)| {
            let incarnation = self.local(state, from).incarnation;
            self.give(state, to, Stimulus::Up(from, incarnation as u32))
        });
        faults.into_iter().flatten().next()
    }

    pub(crate) fn local(&self, state: &[u32], id: ProcessId) -> &Local<P, A> {
        self.locals.get(state[self.layout.process(id)])
    }

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
            // On a link that keeps order, what befalls a message may as well befall it last.
            if left.losses > 0 && !overtakes {
                events.push(Event::Loss { link, place });
            }
            if left.duplications > 0 && !overtakes {
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
            Event::Timeout { at, place, .. } => {
                fingerprint(&(1, at, local(at).timers.iter().nth(place)))
            }
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

    /// Lets an event happen in `state`: what follows is in `next`. Returns what was wrong with it.
    pub(crate) fn happen(
        &mut self,
        state: &[u32],
        event: Event,
        next: &mut Vec<u32>,
    ) -> Option<Violation> {
        next.clear();
        next.extend_from_slice(state);
        if !event.is_bound_to_happen() {
            Layout::set_budget(next, event.spends(Layout::budget(state)));
        }
        match event {
            Event::Command { at, place } => self.give(next, at, Stimulus::Command(place as u32)),
            Event::Timeout { at, place, .. } => {
                self.give(next, at, Stimulus::Timeout(place as u32))
            }
            Event::Delivery { link, place, .. } => {
                let (from, to) = self.layout.links[link];
                let message = self.take(next, link, place);
                self.give(next, to, Stimulus::Message(from, message))
            }
            Event::Down { link } => {
                self.shut(next, link);
                let (from, to) = self.layout.links[link];
                self.give(next, to, Stimulus::Down(from))
            }
            Event::Up { link } => {
                let (a, b) = self.layout.links[link];
                self.connect(next, a, b)
            }
            Event::Loss { link, place } => {
                let message = self.take(next, link, place);
                self.meets(next, link, message, Fate::Lost);
                None
            }
            Event::Duplication { link, place } => {
                let channel = self.layout.first_channel() + link;
                let message = self.channels.get(next[channel]).messages[place];
                next[channel] = self.channels.double(next[channel], place);
                self.meets(next, link, message, Fate::Duplicated);
                None
            }
            Event::Crash(who) => {
                self.kill(next, who);
                None
            }
            Event::Restart(who) => self.revive(next, who),
        }
    }

    /// Takes a message off its way.
    fn take(&mut self, state: &mut [u32], link: usize, place: usize) -> u32 {
        let channel = self.layout.first_channel() + link;
        let message = self.channels.get(state[channel]).messages[place];
        state[channel] = self.channels.take(state[channel], place);
        message
    }

    /// The channel is down at its receiver, and what was on its way is cut.
    fn shut(&mut self, state: &mut [u32], link: usize) {
        let channel = self.layout.first_channel() + link;
        for message in self.channels.get(state[channel]).messages.clone() {
            self.meets(state, link, message, Fate::Cut);
        }
        state[channel] = self.channels.shut(state[channel]);
    }

    fn meets(&mut self, state: &mut [u32], link: usize, message: u32, fate: Fate) {
        let (from, to) = self.layout.links[link];
        if Self::WATCHES {
            let mut monitor = self.monitors.get(state[MONITOR]).clone();
            monitor.on_fate(NOW, from, to, self.channels.message(message), fate);
            state[MONITOR] = self.monitor_number(monitor);
        }
    }

    /// The dead are all alike: what they knew is gone.
    fn kill(&mut self, state: &mut [u32], who: ProcessId) {
        let incarnation = self.local(state, who).incarnation;
        let process = (self.check.process)(who, incarnation);
        let application = (self.check.application)(who);
        let dead = Local { is_alive: false, ..Local::new(process, application, incarnation) };
        state[self.layout.process(who)] = self.local_number(dead);
        if Self::WATCHES {
            let mut monitor = self.monitors.get(state[MONITOR]).clone();
            monitor.on_crash(NOW, who);
            state[MONITOR] = self.monitor_number(monitor);
        }
        for link in 0..self.layout.links.len() {
            let (from, to) = self.layout.links[link];
            let channel = self.layout.first_channel() + link;
            if to == who {
                self.shut(state, link);
            } else if from == who {
                state[channel] = self.channels.end(state[channel], Condition::Ending);
            }
        }
    }

    /// Those who were linked to the former life of `who` learn that it is over, and then of the
    /// new one.
    fn revive(&mut self, state: &mut [u32], who: ProcessId) -> Option<Violation> {
        let incarnation = self.local(state, who).incarnation + 1;
        state[self.layout.process(who)] = self.newborn(who, incarnation);
        for link in 0..self.layout.links.len() {
            let (from, to) = self.layout.links[link];
            let channel = self.layout.first_channel() + link;
            if to == who {
                state[channel] = self.channels.forget(state[channel]);
            } else if from == who {
                state[channel] = self.channels.end(state[channel], Condition::Breaking);
            }
        }
        let fault = self.give(state, who, Stimulus::Start);
        self.begin(state, who);
        fault
    }
}
