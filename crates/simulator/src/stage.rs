//! What is around the processes of a run that follows a script.

use std::{collections::BTreeMap, time::Duration};

use protocol::{Application, Effect, EffectOf, Fate, Monitor, Plan, Process, ProcessId, Violation};
use scenario::{Chance, Order, Scenario};
use trace::{Name, Names};

use crate::{
    clock::Clock,
    links::{Channel, Network},
};

/// What is around the processes when nobody but the script decides: everything that could happen
/// waits until it is asked for.
pub(crate) struct Stage<P: Process, A, M> {
    pub(crate) now: Duration,
    pub(crate) names: Names,
    pub(crate) monitor: M,
    pub(crate) network: Network,
    /// What is on its way in each channel, the oldest first. Nothing where the channel is down.
    pub(crate) under_way: BTreeMap<(ProcessId, ProcessId), Vec<Flying<P::Message>>>,
    /// How many messages have ever been sent.
    sent: u64,
    /// Of each process: its application, the commands that are to come, its clock, its timers
    /// with the moments before which they don't run out, whether and for which time it lives.
    pub(crate) applications: Vec<A>,
    pub(crate) asked: Vec<Vec<P::Command>>,
    pub(crate) clocks: Vec<Clock>,
    pub(crate) timers: Vec<BTreeMap<P::Timer, Duration>>,
    pub(crate) alive: Vec<bool>,
    pub(crate) incarnations: Vec<u64>,
    /// Channels that go down at their receiver whatever is still under way in them.
    pub(crate) breaking: Vec<(ProcessId, ProcessId)>,
    /// Links that come up again because one of the two has restarted.
    pub(crate) reviving: Vec<(ProcessId, ProcessId)>,
    pub(crate) rejection: Option<Violation>,
    pub(crate) rules: Rules,
}

/// What the scenario lets happen.
pub(crate) struct Rules {
    /// A message may overtake another.
    pub(crate) overtaking: bool,
    /// Connections may break and come back.
    pub(crate) breaking: bool,
    rejections: bool,
}

pub(crate) struct Flying<M> {
    pub(crate) name: Name,
    /// Its place in the order of sending.
    pub(crate) place: u64,
    pub(crate) message: M,
}

impl<P, A, M> Stage<P, A, M>
where
    P: Process<Command: Clone + PartialEq, Message: Clone>,
    A: Application<P>,
    M: Monitor<P>,
{
    pub(crate) fn new<W>(scenario: &Scenario<W>, applications: Vec<A>, monitor: M) -> Self {
        let size = applications.len();
        let links = &scenario.links;
        Self {
            now: Duration::ZERO,
            names: Names::default(),
            monitor,
            network: Network::new(scenario.links, scenario.processes),
            under_way: BTreeMap::new(),
            sent: 0,
            applications,
            asked: vec![Vec::new(); size],
            clocks: Clock::all(scenario.processes, &scenario.clocks),
            timers: vec![BTreeMap::new(); size],
            alive: vec![true; size],
            incarnations: vec![0; size],
            breaking: Vec::new(),
            reviving: Vec::new(),
            rejection: None,
            rules: Rules {
                overtaking: links.order == Order::Unordered
                    || links.reordering != Chance::NEVER
                    || scenario.budget.reorderings > 0,
                breaking: scenario.partitions.iter().any(|partition| partition.noticed),
                rejections: scenario.tolerate_rejections,
            },
        }
    }

    pub(crate) fn channel(&mut self, from: ProcessId, to: ProcessId) -> &mut Channel {
        self.network.channel(from, to)
    }

    pub(crate) fn position(&self, from: ProcessId, to: ProcessId, name: Name) -> Option<usize> {
        self.under_way.get(&(from, to))?.iter().position(|flying| flying.name == name)
    }

    /// Takes a message that is under way off its way.
    pub(crate) fn take_off(
        &mut self,
        from: ProcessId,
        to: ProcessId,
        name: Name,
    ) -> Flying<P::Message> {
        let position = self.position(from, to, name).expect("what is possible is under way");
        self.under_way.entry((from, to)).or_default().remove(position)
    }

    pub(crate) fn double(&mut self, from: ProcessId, to: ProcessId, name: Name) -> P::Message {
        let position = self.position(from, to, name).expect("what is possible is under way");
        let place = self.sent;
        self.sent += 1;
        let flying = self.under_way.entry((from, to)).or_default();
        let message = flying[position].message.clone();
        flying.insert(position + 1, Flying { name, place, message: message.clone() });
        message
    }

    /// Both directions are open from now on.
    pub(crate) fn open(&mut self, a: ProcessId, b: ProcessId) {
        for (from, to) in [(a, b), (b, a)] {
            let incarnation = self.incarnations[from.index()];
            self.channel(from, to).open(incarnation);
            self.reviving.retain(|&pair| pair != (from, to));
            self.breaking.retain(|&channel| channel != (from, to)); // Another connection was meant.
        }
    }

    /// Nothing passes any more, and what is under way is cut.
    pub(crate) fn shut(&mut self, from: ProcessId, to: ProcessId) {
        self.channel(from, to).shut();
        self.breaking.retain(|&channel| channel != (from, to));
        for Flying { message, .. } in self.under_way.remove(&(from, to)).unwrap_or_default() {
            self.monitor.on_fate(self.now, from, to, &message, Fate::Cut);
        }
    }

    pub(crate) fn kill(&mut self, who: ProcessId, is_noticed: bool) {
        self.alive[who.index()] = false;
        self.timers[who.index()].clear();
        self.asked[who.index()].clear();
        self.monitor.on_crash(self.now, who);
        for peer in who.peers(self.alive.len() as u32) {
            self.shut(peer, who);
            if is_noticed {
                self.channel(who, peer).begin_to_end();
            }
        }
    }

    /// The links to the former life of `who` are bound to break, and come up to the new one.
    pub(crate) fn revive(&mut self, who: ProcessId) {
        self.alive[who.index()] = true;
        for peer in who.peers(self.alive.len() as u32) {
            self.channel(peer, who).met = None;
            self.breaking.push((who, peer));
            self.reviving.extend([(who, peer), (peer, who)]);
        }
    }

    pub(crate) fn with_plan(
        &mut self,
        of: ProcessId,
        ask: impl FnOnce(&mut A, &mut Plan<P::Command>),
    ) {
        let asked = &mut self.asked[of.index()];
        let mut sink = |_, command| asked.push(command);
        ask(&mut self.applications[of.index()], &mut Plan::new(&mut sink));
    }

    /// Takes what a process wants, in the middle of its step.
    pub(crate) fn take(&mut self, by: ProcessId, effect: EffectOf<P>) {
        self.monitor.on_effect(self.now, by, &effect);
        match effect {
            Effect::Send { to, message } => {
                let size = self.alive.len();
                assert!(
                    to != by && to.index() < size,
                    "process {by} of {size} sends to process {to}: a process sends to its peers"
                );
                let name = self.names.next(by, to);
                if !self.channel(by, to).accepts() {
                    return self.monitor.on_fate(self.now, by, to, &message, Fate::Cut);
                }
                let place = self.sent;
                self.sent += 1;
                let flying = Flying { name, place, message };
                self.under_way.entry((by, to)).or_default().push(flying);
            }
            Effect::Emit(event) => {
                self.with_plan(by, |application, plan| application.on_event(&event, plan));
            }
            Effect::SetTimer { timer, after } => {
                let due = self.now.saturating_add(self.clocks[by.index()].lasts(after));
                self.timers[by.index()].insert(timer, due);
            }
            Effect::CancelTimer(timer) => {
                self.timers[by.index()].remove(&timer);
            }
            Effect::Close(peer) => {
                let size = self.alive.len();
                assert!(
                    peer != by && peer.index() < size,
                    "process {by} of {size} closes its link to process {peer}: a process closes \
                     links to its peers"
                );
                self.channel(by, peer).begin_to_end();
                self.breaking.push((peer, by));
            }
            Effect::Reject { peer, why } => {
                if !self.rules.rejections {
                    let detail = format!("process {by} rejects what process {peer} did: {why}");
                    self.rejection.get_or_insert(Violation::new("nobody rejects", detail));
                }
            }
        }
    }
}
