//! Each property passes an honest history and catches a broken one that the others let pass.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod exclusion;
mod fairness;
mod measures;
mod states;
mod workload;

use core::time::Duration;

use mutual_exclusion::{Command, Cost, Event, MutualExclusion, Phase};
use protocol::{
    Effect, EffectOf, Effects, Fate, Input, InputOf, Monitor, Never, Process, ProcessId,
};

/// A site that only shows something: its histories are written by hand.
struct Site {
    phase: Phase,
    waits_for: Vec<ProcessId>,
}

#[derive(Clone, Copy)]
enum Message {
    Request,
    Reply,
}

impl Process for Site {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    fn on_command(&mut self, _command: Command, _fx: &mut Effects<Self>) {}

    fn on_message(&mut self, _from: ProcessId, _message: Message, _fx: &mut Effects<Self>) {}
}

impl MutualExclusion for Site {
    const BYPASSES: u32 = 2;

    fn phase(&self) -> Phase {
        self.phase
    }

    fn waits_for(&self) -> Vec<ProcessId> {
        self.waits_for.clone()
    }

    fn is_request(message: &Message) -> bool {
        matches!(message, Message::Request)
    }

    fn messages_per_entry(sites: u64) -> Cost {
        Cost::Between { least: sites - 1, most: 2 * (sites - 1) }
    }
}

/// A history, told to a monitor moment by moment.
struct History<M> {
    monitor: M,
    now: Duration,
}

impl<M: Monitor<Site>> History<M> {
    fn new(monitor: M) -> Self {
        Self { monitor, now: Duration::ZERO }
    }

    fn at(&mut self, milliseconds: u64) -> &mut Self {
        self.now = Duration::from_millis(milliseconds);
        self
    }

    fn input(&mut self, at: u32, input: &InputOf<Site>) -> &mut Self {
        let site = Site { phase: Phase::Idle, waits_for: Vec::new() };
        self.monitor.on_input(self.now, ProcessId(at), &site, input);
        self
    }

    fn effect(&mut self, by: u32, effect: &EffectOf<Site>) -> &mut Self {
        self.monitor.on_effect(self.now, ProcessId(by), effect);
        self
    }

    /// Asks, without a word to the others.
    fn wants(&mut self, site: u32) -> &mut Self {
        self.input(site, &Input::Command(Command::Enter))
    }

    fn enters(&mut self, site: u32) -> &mut Self {
        self.effect(site, &Effect::Emit(Event::Entered))
    }

    fn leaves(&mut self, site: u32) -> &mut Self {
        self.input(site, &Input::Command(Command::Leave)).effect(site, &Effect::Emit(Event::Left))
    }

    fn sends(&mut self, from: u32, to: u32, message: Message) -> &mut Self {
        self.effect(from, &Effect::Send { to: ProcessId(to), message })
    }

    fn receives(&mut self, from: u32, to: u32, message: Message) -> &mut Self {
        self.input(to, &Input::Message { from: ProcessId(from), message })
    }

    fn fate(&mut self, from: u32, to: u32, message: Message, fate: Fate) -> &mut Self {
        self.monitor.on_fate(self.now, ProcessId(from), ProcessId(to), &message, fate);
        self
    }

    fn dies(&mut self, site: u32) -> &mut Self {
        self.monitor.on_crash(self.now, ProcessId(site));
        self
    }

    fn violation(&self) -> Option<String> {
        self.monitor.violation().map(|violation| violation.to_string())
    }

    fn violation_at_rest(&self) -> Option<String> {
        self.monitor.violation_at_rest().map(|violation| violation.to_string())
    }
}
