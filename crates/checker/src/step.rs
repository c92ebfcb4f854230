//! What a state is like when something has happened in it.

use std::hash::Hash;

use protocol::{Application, Fate, Monitor, ProcessId, Violation};

use crate::{
    Checkable,
    channel::Condition,
    event::Event,
    judge::guarded,
    layout::{Layout, MONITOR},
    local::Local,
    machine::{Machine, NOW},
    reactions::Stimulus,
};

impl<P, A, M, W> Machine<'_, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    /// The state in which everybody has started, every link has come up and every application has
    /// begun; and what was wrong with that.
    pub(crate) fn initial(&mut self) -> (Vec<u32>, Option<Violation>) {
        let mut state = vec![0; self.layout.width()];
        state[MONITOR] = self.monitor_number(self.check.monitor.clone());
        Layout::set_budget(&mut state, self.check.scenario.budget);
        let down = self.channels.number(Default::default());
        state[self.layout.first_channel()..].fill(down);
        for id in ProcessId::all(self.check.scenario.processes) {
            state[self.layout.process(id)] = self.newborn(id, 0);
        }
        let fault = guarded(|| self.start_all(&mut state));
        (state, fault)
    }

    fn start_all(&mut self, state: &mut [u32]) -> Option<Violation> {
        let ids = || ProcessId::all(self.check.scenario.processes);
        let mut faults = Vec::new();
        for id in ids() {
            faults.push(self.give(state, id, Stimulus::Start));
        }
        for (a, b) in self.layout.links.clone().into_iter().filter(|(a, b)| a < b) {
            faults.push(self.connect(state, a, b));
        }
        for id in ids() {
            faults.push(self.begin(state, id));
        }
        faults.into_iter().flatten().next()
    }

    /// A process that has yet to start, in that one of its lives.
    fn newborn(&mut self, id: ProcessId, incarnation: u64) -> u32 {
        let process = (self.check.process)(id, incarnation);
        self.local_number(Local::new(process, (self.check.application)(id), incarnation))
    }

    /// The application of `id` begins.
    fn begin(&mut self, state: &mut [u32], id: ProcessId) -> Option<Violation> {
        let mut local = self.local(state, id).clone();
        let fault = local.begin(id);
        state[self.layout.process(id)] = self.local_number(local);
        fault
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
        guarded(|| self.go_on(next, event))
    }

    /// Makes of a state the one after an event.
    fn go_on(&mut self, next: &mut [u32], event: Event) -> Option<Violation> {
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
                let (from, to) = self.layout.links[link];
                let under_way = self.shut(next, link);
                let fault = self.give(next, to, Stimulus::Down(from));
                self.cut(next, link, &under_way);
                fault
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

    /// The link is down at its receiver; returns what was on its way.
    fn shut(&mut self, state: &mut [u32], link: usize) -> Vec<u32> {
        let channel = self.layout.first_channel() + link;
        let under_way = self.channels.get(state[channel]).messages.clone();
        state[channel] = self.channels.shut(state[channel]);
        under_way
    }

    /// Shows the monitor that these messages will not arrive.
    fn cut(&mut self, state: &mut [u32], link: usize, under_way: &[u32]) {
        for &message in under_way {
            self.meets(state, link, message, Fate::Cut);
        }
    }

    /// Shows the monitor what becomes of a message.
    fn meets(&mut self, state: &mut [u32], link: usize, message: u32, fate: Fate) {
        let (from, to) = self.layout.links[link];
        if Self::WATCHES {
            let mut monitor = self.monitors.get(state[MONITOR]).clone();
            monitor.on_fate(NOW, from, to, self.channels.message(message), fate);
            state[MONITOR] = self.monitor_number(monitor);
        }
    }

    /// What a dead process knew is gone: its last life is as if it had not started.
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
                let under_way = self.shut(state, link);
                self.cut(state, link, &under_way);
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
        let begun = self.begin(state, who);
        fault.or(begun)
    }
}
