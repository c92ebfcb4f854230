//! No algorithm at all: what `--no-lock` runs, so that a student sees what the lock is for.

use mutual_exclusion::{Command, Cost, Event, MutualExclusion, Phase};
use protocol::{Effects, Never, Process, ProcessId};

/// A site that asks nobody and enters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Unlocked {
    phase: Phase,
}

impl Unlocked {
    pub(super) fn new() -> Self {
        Self { phase: Phase::Idle }
    }
}

impl Process for Unlocked {
    type Command = Command;
    type Message = Never;
    type Event = Event;
    type Timer = Never;

    fn on_command(&mut self, command: Command, fx: &mut Effects<Self>) {
        let (phase, event) = match command {
            Command::Enter => (Phase::Inside, Event::Entered),
            Command::Leave => (Phase::Idle, Event::Left),
        };
        self.phase = phase;
        fx.emit(event);
    }

    fn on_message(&mut self, _from: ProcessId, message: Never, _fx: &mut Effects<Self>) {
        match message {}
    }
}

impl MutualExclusion for Unlocked {
    /// It has no notion of before.
    const BYPASSES: u32 = u32::MAX;

    fn phase(&self) -> Phase {
        self.phase
    }

    fn waits_for(&self) -> Vec<ProcessId> {
        Vec::new()
    }

    fn is_request(message: &Never) -> bool {
        match *message {}
    }

    fn messages_per_entry(_sites: u64) -> Cost {
        Cost::Exactly(0)
    }
}
