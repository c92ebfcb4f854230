//! Who uses a process: an [`Application`] gives commands and hears events.

use crate::{Delay, Process};

/// What sits on top of one process and uses it; a workload is one.
///
/// Like the process below, it is deterministic and owns nothing of the outside: it says *what*
/// it will ask and *how long* that is to take, and the driver draws the delay and keeps the time.
///
/// ```
/// use protocol::{Application, Delay, Effects, Never, Plan, Process, ProcessId};
/// use std::time::Duration;
///
/// struct Echo;
///
/// impl Process for Echo {
///     type Command = &'static str;
///     type Message = Never;
///     type Event = &'static str;
///     type Timer = Never;
///
///     fn on_command(&mut self, command: &'static str, fx: &mut Effects<Self>) {
///         fx.emit(command);
///     }
///
///     fn on_message(&mut self, _from: ProcessId, message: Never, _fx: &mut Effects<Self>) {
///         match message {}
///     }
/// }
///
/// /// Says "tick" and waits to hear it, so many times.
/// struct Ticker {
///     ticks_left: u32,
/// }
///
/// impl Ticker {
///     fn tick(&mut self, plan: &mut Plan<&'static str>) {
///         if self.ticks_left > 0 {
///             self.ticks_left -= 1;
///             plan.ask(Delay::Constant(Duration::from_secs(1)), "tick");
///         }
///     }
/// }
///
/// impl Application<Echo> for Ticker {
///     fn on_start(&mut self, plan: &mut Plan<&'static str>) {
///         self.tick(plan);
///     }
///
///     fn on_event(&mut self, _event: &&'static str, plan: &mut Plan<&'static str>) {
///         self.tick(plan);
///     }
///
///     fn is_done(&self) -> bool {
///         self.ticks_left == 0
///     }
/// }
///
/// let mut planned = Vec::new();
/// let mut sink = |after, command| planned.push((after, command));
/// Ticker { ticks_left: 3 }.on_start(&mut Plan::new(&mut sink));
/// assert_eq!(planned, [(Delay::Constant(Duration::from_secs(1)), "tick")]);
/// ```
pub trait Application<P: Process> {
    /// The process has started.
    fn on_start(&mut self, plan: &mut Plan<P::Command>);

    /// The process has told something.
    fn on_event(&mut self, event: &P::Event, plan: &mut Plan<P::Command>);

    /// Whether it has asked for everything that it ever will. What it asked for last may still
    /// be under way.
    fn is_done(&self) -> bool;
}

/// What an application speaks through: commands for its process, each after a delay.
///
/// See the example of [`Application`].
pub struct Plan<'a, C> {
    sink: &'a mut dyn FnMut(Delay, C),
}

impl<'a, C> Plan<'a, C> {
    /// A plan whose commands go into `sink`, each with the delay to be drawn for it.
    pub fn new(sink: &'a mut dyn FnMut(Delay, C)) -> Self {
        Self { sink }
    }

    /// Has `command` given to the process when a delay drawn from `after` has passed.
    pub fn ask(&mut self, after: Delay, command: C) {
        (self.sink)(after, command);
    }
}
