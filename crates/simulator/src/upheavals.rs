//! What befalls connections and lives: links come and go, partitions divide, processes die and
//! come back.

use std::{mem, time::Duration};

use protocol::{Application, Input, Link, Monitor, Process, ProcessId};
use scenario::{Crash, Partition, made_up_address};

use crate::simulation::Simulation;

impl<P, A, M, W> Simulation<'_, P, A, M, W>
where
    P: Process<Message: Clone>,
    A: Application<P>,
    M: Monitor<P>,
{
    /// The link between the two comes up, if nothing is in its way. Both directions are open
    /// before either end hears of it, so that whoever hears of it can answer at once.
    pub(crate) fn connect(&mut self, a: ProcessId, b: ProcessId) {
        let directions = [(a, b), (b, a)];
        if !directions.iter().all(|&(from, to)| self.can_connect(from, to)) {
            return;
        }
        if self.is_cut(a, b) {
            self.surroundings.network.channel(a, b).overdue.connection = true;
            return;
        }
        for (from, to) in directions {
            let incarnation = self.surroundings.incarnations[from.index()];
            self.surroundings.network.channel(from, to).open(incarnation);
        }
        for (from, to) in directions {
            let incarnation = self.surroundings.incarnations[from.index()];
            let link = Link::Up { addr: made_up_address(from), incarnation };
            self.step(to, Input::Link { peer: from, link });
        }
    }

    /// Whether a silent partition is in the way of either direction: no connection gets through.
    fn is_cut(&mut self, a: ProcessId, b: ProcessId) -> bool {
        let network = &mut self.surroundings.network;
        network.channel(a, b).cuts > 0 || network.channel(b, a).cuts > 0
    }

    fn can_connect(&mut self, from: ProcessId, to: ProcessId) -> bool {
        let around = &mut self.surroundings;
        let is_linked = around.network.has(from, to);
        let incarnation = around.incarnations[from.index()];
        let channel = around.network.channel(from, to);
        let knows_an_earlier_life = channel.met.is_some_and(|met| met != incarnation);
        let is_refused = !P::REJOINS && knows_an_earlier_life;
        is_linked && around.alive[from.index()] && channel.can_open() && !is_refused
    }

    /// The channel from `from` goes down at `to`. What was under way in it is cut.
    pub(crate) fn go_down(&mut self, from: ProcessId, to: ProcessId) {
        let was_down = self.surroundings.network.channel(from, to).shut();
        if !was_down {
            // So it lives: at the dead, everything is down.
            self.step(to, Input::Link { peer: from, link: Link::Down });
        }
    }

    pub(crate) fn divide(&mut self, partition: &Partition, begins: bool) {
        let ids = || ProcessId::all(self.experiment.scenario.processes);
        let pairs = || ids().flat_map(|a| ids().map(move |b| (a, b)));
        let cut: Vec<_> = pairs().filter(|&(from, to)| partition.cuts(from, to)).collect();
        for &(from, to) in &cut {
            let channel = self.surroundings.network.channel(from, to);
            let count = if partition.noticed { &mut channel.breaks } else { &mut channel.cuts };
            *count = if begins { *count + 1 } else { *count - 1 };
        }
        for (from, to) in cut {
            match (partition.noticed, begins) {
                (true, true) => self.go_down(from, to),
                (true, false) => self.connect(from, to),
                (false, true) => {}
                (false, false) => self.catch_up(from, to),
            }
        }
    }

    /// What a silent partition kept back comes through, if none is in the way any more.
    fn catch_up(&mut self, from: ProcessId, to: ProcessId) {
        if self.is_cut(from, to) {
            return;
        }
        for (from, to) in [(from, to), (to, from)] {
            self.surroundings.catch_up_on_hangup(from, to);
            if mem::take(&mut self.surroundings.network.channel(from, to).overdue.connection) {
                self.reconnect(from, to);
            }
        }
    }

    /// The link to the former life of `who` ends at `peer`, and one to the present life begins.
    fn reconnect(&mut self, who: ProcessId, peer: ProcessId) {
        if self.is_cut(who, peer) {
            self.surroundings.network.channel(who, peer).overdue.connection = true;
            return;
        }
        if !self.surroundings.alive[who.index()] {
            return; // It has died again. If it comes back, it is met then.
        }
        let incarnation = self.surroundings.incarnations[who.index()];
        if self.surroundings.network.channel(who, peer).met != Some(incarnation) {
            self.go_down(who, peer);
        }
        self.connect(who, peer);
    }

    pub(crate) fn kill(&mut self, crash: &Crash) {
        let who = crash.process;
        self.at_work = Some(who);
        let around = &mut self.surroundings;
        around.alive[who.index()] = false;
        around.timers[who.index()].cancel_all();
        around.monitor.on_crash(Duration::from_nanos(around.now), who);
        for peer in who.peers(self.experiment.scenario.processes) {
            around.network.channel(peer, who).shut();
            if crash.noticed {
                around.hang_up(who, peer);
            }
        }
        self.judge();
    }

    pub(crate) fn revive(&mut self, who: ProcessId) {
        self.at_work = Some(who);
        let around = &mut self.surroundings;
        around.alive[who.index()] = true;
        around.incarnations[who.index()] += 1;
        let incarnation = around.incarnations[who.index()];
        around.applications[who.index()] = (self.experiment.application)(who);
        self.processes[who.index()] = (self.experiment.process)(who, incarnation);
        self.step(who, Input::Start);
        for peer in who.peers(self.experiment.scenario.processes) {
            self.surroundings.network.channel(peer, who).met = None;
            self.reconnect(who, peer);
        }
        self.start_application(who);
    }
}
