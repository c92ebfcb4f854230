//! Writes the script of a run down.

use std::{collections::BTreeMap, time::Duration};

use protocol::{Effect, EffectOf, Fate, Input, InputOf, Link, Monitor, Process, ProcessId};
use scenario::Scenario;
use trace::{BEGINNING, Happened, HappenedTo, Name, Names, Script, ScriptOf, What};

use crate::links::Network;

/// Messages and their names.
type Named<M> = Vec<(Name, M)>;

/// Writes the script of a run while it happens.
pub(crate) struct Recorder<P: Process> {
    events: Vec<HappenedTo<P>>,
    names: Names,
    last_id: u32,
    /// How many inputs of the beginning are still to come.
    beginning: usize,
    /// The messages under way between two processes, the oldest first.
    under_way: BTreeMap<(ProcessId, ProcessId), Named<P::Message>>,
    /// A link that came up, of which one end has not heard yet.
    half_up: Option<(ProcessId, ProcessId)>,
    /// Of each crash that is still to come: who, and whether its peers notice.
    crashes: Vec<(ProcessId, bool)>,
}

impl<P: Process> Recorder<P> {
    pub(crate) fn new<W>(scenario: &Scenario<W>) -> Self {
        let network = Network::new(scenario.links, scenario.processes);
        let ids = || ProcessId::all(scenario.processes);
        let links = ids().flat_map(|a| ids().map(move |b| (a, b)));
        let mut crashes: Vec<_> = scenario.crashes.iter().collect();
        crashes.sort_by_key(|crash| crash.at);
        Self {
            events: Vec::new(),
            names: Names::default(),
            last_id: BEGINNING,
            beginning: ids().len() + links.filter(|&(a, b)| network.has(a, b)).count(),
            under_way: BTreeMap::new(),
            half_up: None,
            crashes: crashes.into_iter().map(|crash| (crash.process, crash.noticed)).collect(),
        }
    }

    pub(crate) fn finish(self) -> ScriptOf<P> {
        Script { events: self.events }
    }

    /// Writes an event down, and returns its name.
    fn write(&mut self, now: Duration, what: What<P::Command, P::Timer>) -> u32 {
        self.last_id += 1;
        self.events.push(Happened { id: self.last_id, at: now, what });
        self.last_id
    }
}

impl<P> Recorder<P>
where
    P: Process<Message: PartialEq>,
{
    /// Takes the oldest of these messages off its way. Which of several equal ones it was makes
    /// no difference to anybody.
    fn take(&mut self, from: ProcessId, to: ProcessId, message: &P::Message) -> Option<Name> {
        let under_way = self.under_way.get_mut(&(from, to))?;
        let position = under_way.iter().position(|(_, other)| other == message)?;
        Some(under_way.remove(position).0)
    }
}

impl<P> Monitor<P> for Recorder<P>
where
    P: Process<Command: Clone, Message: Clone + PartialEq>,
{
    fn on_input(&mut self, now: Duration, at: ProcessId, _process: &P, input: &InputOf<P>) {
        if self.beginning > 0 {
            self.beginning -= 1;
            return;
        }
        let half_up = self.half_up.take();
        let what = match input {
            Input::Start => What::Restart(at),
            Input::Command(command) => What::Command { at, command: command.clone() },
            Input::Message { from, message } => match self.take(*from, at, message) {
                Some(message) => What::Delivery { from: *from, to: at, message },
                None => unreachable!("only what was sent arrives"),
            },
            Input::Timer(timer) => What::Timeout { at, timer: timer.clone() },
            Input::Link { peer, link: Link::Up { .. } } if half_up == Some((at, *peer)) => return,
            Input::Link { peer, link: Link::Up { .. } } => {
                self.half_up = Some((*peer, at));
                What::Up(*peer, at)
            }
            Input::Link { peer, link: Link::Down } => What::Down { at, peer: *peer },
        };
        let id = self.write(now, what);
        self.names.begin_event(id);
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        if let Effect::Send { to, message } = effect {
            let name = self.names.next(by, *to);
            self.under_way.entry((by, *to)).or_default().push((name, message.clone()));
        }
    }

    fn on_fate(
        &mut self,
        now: Duration,
        from: ProcessId,
        to: ProcessId,
        message: &P::Message,
        fate: Fate,
    ) {
        let under_way = self.under_way.entry((from, to)).or_default();
        let name = match fate {
            Fate::Overtaken => return,
            Fate::Cut => self.take(from, to, message),
            // These befall a message as soon as it is sent.
            Fate::Lost => under_way.pop().map(|(name, _)| name),
            Fate::Duplicated => {
                under_way.extend(under_way.last().cloned());
                under_way.last().map(|(name, _)| *name)
            }
        };
        if let Some(message) = name {
            self.write(now, What::Fate { from, to, message, fate });
        }
    }

    fn on_crash(&mut self, now: Duration, who: ProcessId) {
        let position = self.crashes.iter().position(|&(crashes, _)| crashes == who);
        let is_noticed = position.is_some_and(|position| self.crashes.remove(position).1);
        self.write(now, What::Crash { who, is_noticed });
    }
}
