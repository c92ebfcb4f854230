//! Processes that count: so many of them, each so far, and the states are a grid.

use std::num::NonZeroUsize;

use checker::{Bounds, Check, Verdict};
use protocol::{Application, Delay, Effects, Never, Plan, Process, ProcessId, Property, View};
use scenario::Scenario;

/// Counts its clicks.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Clicker(pub(crate) u32);

impl Process for Clicker {
    type Command = ();
    type Message = Never;
    type Event = ();
    type Timer = Never;

    fn on_command(&mut self, (): (), fx: &mut Effects<Self>) {
        self.0 += 1;
        fx.emit(());
    }

    fn on_message(&mut self, _from: ProcessId, message: Never, _fx: &mut Effects<Self>) {
        match message {}
    }
}

/// Clicks so often, one click after the other.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Finger {
    pub(crate) clicks_left: u32,
    /// Waits for more even when it has made all its clicks.
    pub(crate) is_insatiable: bool,
}

impl Finger {
    fn click(&mut self, plan: &mut Plan<()>) {
        if self.clicks_left > 0 {
            self.clicks_left -= 1;
            plan.ask(Delay::NONE, ());
        }
    }
}

impl Application<Clicker> for Finger {
    fn on_start(&mut self, plan: &mut Plan<()>) {
        self.click(plan);
    }

    fn on_event(&mut self, (): &(), plan: &mut Plan<()>) {
        self.click(plan);
    }

    fn is_done(&self) -> bool {
        self.clicks_left == 0 && !self.is_insatiable
    }
}

/// So many clickers, so many clicks of each: `(clicks + 1) ^ clickers` states.
#[derive(Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) clickers: u32,
    pub(crate) clicks: u32,
    pub(crate) bounds: Bounds,
    pub(crate) threads: usize,
}

impl Grid {
    pub(crate) fn new(clickers: u32, clicks: u32) -> Self {
        Self { clickers, clicks, bounds: Bounds::default(), threads: 1 }
    }

    pub(crate) fn check(self, properties: &[Property<Clicker>]) -> Verdict<Clicker> {
        let check = Check {
            scenario: &Scenario::new(self.clickers, ()),
            properties,
            process: &|_, _| Clicker(0),
            application: &|_| Finger { clicks_left: self.clicks, is_insatiable: false },
            monitor: (),
            bounds: self.bounds,
            threads: NonZeroUsize::new(self.threads).unwrap(),
        };
        check.run(&mut |_| {})
    }
}

/// All clicks together are fewer than that.
pub(crate) fn fewer_than(limit: u32) -> Property<Clicker> {
    Property::always("few clicks", move |view: &View<Clicker>| {
        let sum: u32 = view.processes().map(|clicker| clicker.0).sum();
        if sum < limit { Ok(()) } else { Err(format!("{sum} clicks")) }
    })
}
