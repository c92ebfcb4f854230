//! Whatever is around the processes: it takes their effects and puts down what comes of them.

use std::{mem, time::Duration};

use protocol::{Application, Effect, EffectOf, Fate, Monitor, Plan, Process, ProcessId, Violation};
use scenario::{Crash, Dice, Partition, Scenario};

use crate::{
    Fates,
    agenda::Agenda,
    clock::Clock,
    links::{Network, nanoseconds},
    timers::Timers,
};

/// The world of the processes.
pub(crate) struct Surroundings<'a, P: Process, A, M> {
    /// The virtual time, in nanoseconds since the start.
    pub(crate) now: u64,
    pub(crate) agenda: Agenda<Happening<'a, P>>,
    dice: Dice,
    pub(crate) network: Network,
    pub(crate) applications: Vec<A>,
    pub(crate) monitor: M,
    /// Of each process: its own clock, its timers, whether and for which time it lives.
    pub(crate) clocks: Vec<Clock>,
    pub(crate) timers: Vec<Timers<P::Timer>>,
    pub(crate) alive: Vec<bool>,
    pub(crate) incarnations: Vec<u64>,
    pub(crate) fates: Fates,
    tolerates_rejections: bool,
    /// A rejection that is not tolerated.
    pub(crate) rejection: Option<Violation>,
}

/// What the agenda holds.
pub(crate) enum Happening<'a, P: Process> {
    Arrival {
        from: ProcessId,
        to: ProcessId,
        connection: u32,
        message: P::Message,
    },
    Command {
        at: ProcessId,
        incarnation: u64,
        command: P::Command,
    },
    Timeout {
        at: ProcessId,
        timer: P::Timer,
        setting: u64,
    },
    /// The end of a connection reaches one of its ends.
    Hangup {
        from: ProcessId,
        to: ProcessId,
        connection: u32,
        /// Whether the receiver ended it itself, and needs no network to learn of it.
        is_own: bool,
    },
    PartitionBegins(&'a Partition),
    PartitionHeals(&'a Partition),
    Death(&'a Crash),
    Rebirth(ProcessId),
}

impl<'a, P, A, M> Surroundings<'a, P, A, M>
where
    P: Process<Message: Clone>,
    A: Application<P>,
    M: Monitor<P>,
{
    /// Everybody lives, nothing is linked, and the scenario's faults are still to come.
    pub(crate) fn new<W>(
        scenario: &'a Scenario<W>,
        applications: Vec<A>,
        seed: u64,
        monitor: M,
    ) -> Self {
        let ids = || ProcessId::all(scenario.processes);
        Self {
            now: 0,
            agenda: planned(scenario),
            dice: Dice::new(seed),
            network: Network::new(scenario.links, scenario.processes),
            applications,
            monitor,
            clocks: Clock::all(scenario.processes, &scenario.clocks),
            timers: ids().map(|_| Timers::new()).collect(),
            alive: ids().map(|_| true).collect(),
            incarnations: ids().map(|_| 0).collect(),
            fates: Fates::default(),
            tolerates_rejections: scenario.tolerate_rejections,
            rejection: None,
        }
    }

    /// Whether what was put down has lost its meaning since: the timer was stopped or set again,
    /// the process has died, the connection has ended.
    #[inline]
    pub(crate) fn is_void(&mut self, happening: &Happening<P>) -> bool {
        match happening {
            Happening::Command { at, incarnation, .. } => {
                !self.alive[at.index()] || self.incarnations[at.index()] != *incarnation
            }
            Happening::Timeout { at, timer, setting } => {
                !self.timers[at.index()].counts(timer, *setting)
            }
            Happening::Hangup { from, to, connection, .. } => {
                !self.network.channel(*from, *to).is_connected(*connection)
            }
            _ => false,
        }
    }

    /// Takes what a process wants, in the middle of its step.
    pub(crate) fn take(&mut self, by: ProcessId, effect: EffectOf<P>) {
        self.monitor.on_effect(Duration::from_nanos(self.now), by, &effect);
        match effect {
            Effect::Send { to, message } => self.transmit(by, to, message),
            Effect::Emit(event) => {
                self.with_plan(by, |application, plan| application.on_event(&event, plan));
            }
            Effect::SetTimer { timer, after } => {
                let length = nanoseconds(self.clocks[by.index()].lasts(after));
                let moment = self.now.saturating_add(length); // A timer may be set to for ever.
                let setting = self.timers[by.index()].set(timer.clone());
                self.agenda.put(moment, Happening::Timeout { at: by, timer, setting });
            }
            Effect::CancelTimer(timer) => self.timers[by.index()].cancel(&timer),
            Effect::Close(peer) => self.close(by, peer),
            Effect::Reject { peer, why } => {
                if !self.tolerates_rejections {
                    let detail = format!("process {by} rejects what process {peer} did: {why}");
                    self.rejection.get_or_insert(Violation::new("nobody rejects", detail));
                }
            }
        }
    }

    pub(crate) fn with_plan(
        &mut self,
        of: ProcessId,
        ask: impl FnOnce(&mut A, &mut Plan<P::Command>),
    ) {
        let Self { now, agenda, dice, applications, incarnations, .. } = self;
        let incarnation = incarnations[of.index()];
        let mut sink = |after, command| {
            let moment = *now + dice.draw_nanoseconds(&after);
            agenda.put(moment, Happening::Command { at: of, incarnation, command });
        };
        ask(&mut applications[of.index()], &mut Plan::new(&mut sink));
    }

    /// Sends a message on its way, if there is one.
    fn transmit(&mut self, from: ProcessId, to: ProcessId, message: P::Message) {
        let size = self.alive.len();
        assert!(
            to != from && to.index() < size,
            "process {from} of {size} sends to process {to}: a process sends to its peers"
        );
        self.fates.sent += 1;
        let channel = *self.network.channel(from, to);
        if !channel.accepts() {
            return self.meets(from, to, &message, Fate::Cut);
        }
        if self.network.loses(&mut self.dice) {
            return self.meets(from, to, &message, Fate::Lost);
        }
        if self.network.duplicates(&mut self.dice) {
            self.meets(from, to, &message, Fate::Duplicated);
            self.put_arrival(from, to, channel.connection, message.clone());
        }
        self.put_arrival(from, to, channel.connection, message);
    }

    fn put_arrival(
        &mut self,
        from: ProcessId,
        to: ProcessId,
        connection: u32,
        message: P::Message,
    ) {
        let moment = self.network.arrival(self.now, from, to, &mut self.dice);
        self.agenda.put(moment, Happening::Arrival { from, to, connection, message });
    }

    /// Whether a message that has come to the end of its way is delivered.
    pub(crate) fn admits(
        &mut self,
        place: u64,
        from: ProcessId,
        to: ProcessId,
        connection: u32,
        message: &P::Message,
    ) -> bool {
        let channel = self.network.channel(from, to);
        if !channel.delivers(connection) {
            self.meets(from, to, message, Fate::Cut);
            return false;
        }
        if channel.is_overtaken(place) {
            self.meets(from, to, message, Fate::Overtaken);
        }
        self.fates.delivered += 1;
        true
    }

    fn meets(&mut self, from: ProcessId, to: ProcessId, message: &P::Message, fate: Fate) {
        self.fates.count(fate);
        self.monitor.on_fate(Duration::from_nanos(self.now), from, to, message, fate);
    }

    /// A process ends its connection to `peer`, and has it down as soon as its step is over.
    fn close(&mut self, by: ProcessId, peer: ProcessId) {
        let size = self.alive.len();
        assert!(
            peer != by && peer.index() < size,
            "process {by} of {size} closes its link to process {peer}: a process closes links to \
             its peers"
        );
        self.hang_up(by, peer);
        let connection = self.network.channel(peer, by).connection;
        let (from, to, is_own) = (peer, by, true);
        self.agenda.put(self.now, Happening::Hangup { from, to, connection, is_own });
    }

    /// The connection ends at `from`; the other end learns of it after what was sent before.
    pub(crate) fn hang_up(&mut self, from: ProcessId, to: ProcessId) {
        if self.network.channel(from, to).begin_to_end() {
            self.announce_hangup(from, to);
        }
    }

    fn announce_hangup(&mut self, from: ProcessId, to: ProcessId) {
        let moment = self.network.end(self.now, from, to, &mut self.dice);
        let connection = self.network.channel(from, to).connection;
        self.agenda.put(moment, Happening::Hangup { from, to, connection, is_own: false });
    }

    /// Whether the end of a connection comes through to the receiver. If not, it does so when the
    /// partition in its way has healed.
    pub(crate) fn hangup_arrives(&mut self, from: ProcessId, to: ProcessId, is_own: bool) -> bool {
        let channel = self.network.channel(from, to);
        channel.overdue.hangup = channel.cuts > 0 && !is_own;
        !channel.overdue.hangup
    }

    /// A silent partition has healed: what it kept back comes now.
    pub(crate) fn catch_up_on_hangup(&mut self, from: ProcessId, to: ProcessId) {
        if mem::take(&mut self.network.channel(from, to).overdue.hangup) {
            self.announce_hangup(from, to);
        }
    }
}

/// The faults that the scenario has at fixed moments.
fn planned<'a, P: Process, W>(scenario: &'a Scenario<W>) -> Agenda<Happening<'a, P>> {
    let mut agenda = Agenda::new(scenario.links.delay.mean());
    for partition in &scenario.partitions {
        agenda.put(nanoseconds(partition.from), Happening::PartitionBegins(partition));
        if let Some(until) = partition.until {
            agenda.put(nanoseconds(until), Happening::PartitionHeals(partition));
        }
    }
    for crash in &scenario.crashes {
        agenda.put(nanoseconds(crash.at), Happening::Death(crash));
        if let Some(restart) = crash.restart {
            agenda.put(nanoseconds(restart), Happening::Rebirth(crash.process));
        }
    }
    agenda
}
