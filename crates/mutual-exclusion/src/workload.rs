//! Who asks when, and stays how long.

use core::time::Duration;

use protocol::{Application, Delay, Plan};
use serde::{Deserialize, Serialize};

use crate::{Command, Event, MutualExclusion};

/// What the application of every site does: think, ask, stay inside for a while, and again.
///
/// ```
/// use mutual_exclusion::Workload;
///
/// let workload = Workload::high_contention(10);
/// assert_eq!(workload.entries, 10);
/// assert!(Workload::low_contention(10).think.mean() > 100 * workload.hold.mean());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// How often each site enters.
    pub entries: u32,
    /// How long a site does something else before it asks.
    pub think: Delay,
    /// How long it stays inside.
    pub hold: Delay,
    /// After how many entries a site takes a pause; 0 for never.
    #[serde(default)]
    pub burst: u32,
    /// How long that pause is.
    #[serde(default = "no_delay")]
    pub pause: Delay,
}

fn no_delay() -> Delay {
    Delay::NONE
}

impl Workload {
    /// Everybody wants to be inside all the time.
    pub fn high_contention(entries: u32) -> Self {
        // Longer, often enough, than a message takes: a wrong reply that arrives when its sender
        // has left harms nobody, and would never be found.
        let hold = Delay::Uniform { min: Duration::ZERO, max: Duration::from_millis(10) };
        Self { entries, think: Delay::NONE, hold, burst: 0, pause: Delay::NONE }
    }

    /// Now two compete, now five, now nobody: what finds most mistakes, because a site is asked
    /// in each of its phases, by older and by younger requests.
    pub fn mixed_contention(entries: u32) -> Self {
        let rest = Duration::from_millis(40);
        let think = Delay::Exponential { min: Duration::ZERO, rest };
        Self { think, ..Self::high_contention(entries) }
    }

    /// Requests are so rare that two seldom meet.
    pub fn low_contention(entries: u32) -> Self {
        let rest = Duration::from_secs(1);
        let think = Delay::Exponential { min: Duration::ZERO, rest };
        Self { think, ..Self::high_contention(entries) }
    }

    /// Five entries in a row, then a long pause.
    pub fn bursts(entries: u32) -> Self {
        let rest = Duration::from_secs(1);
        let pause = Delay::Exponential { min: Duration::ZERO, rest };
        Self { burst: 5, pause, ..Self::high_contention(entries) }
    }

    /// The application of one site that does this.
    pub fn worker(self) -> Worker {
        Worker { workload: self, asked: 0 }
    }
}

/// The application of one site, at work on its [`Workload`].
///
/// ```
/// use mutual_exclusion::{Command, Event, Workload};
/// use protocol::{Application, Plan};
/// use ricart_agrawala::Site;
///
/// let workload = Workload::high_contention(1);
/// let mut worker = workload.worker();
/// let mut asked = Vec::new();
/// let mut sink = |after, command| asked.push((after, command));
/// let mut plan = Plan::new(&mut sink);
/// Application::<Site>::on_start(&mut worker, &mut plan);
/// Application::<Site>::on_event(&mut worker, &Event::Entered, &mut plan);
/// assert!(Application::<Site>::is_done(&worker));
/// assert_eq!(asked, [(workload.think, Command::Enter), (workload.hold, Command::Leave)]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Worker {
    workload: Workload,
    /// How often it has asked to enter, including the request that is still being thought over.
    asked: u32,
}

impl Worker {
    fn ask_again(&mut self, plan: &mut Plan<Command>) {
        let Workload { entries, think, burst, pause, .. } = self.workload;
        if self.asked == entries {
            return;
        }
        let burst_is_over = burst > 0 && self.asked > 0 && self.asked.is_multiple_of(burst);
        self.asked += 1;
        plan.ask(if burst_is_over { pause } else { think }, Command::Enter);
    }
}

impl<P: MutualExclusion> Application<P> for Worker {
    fn on_start(&mut self, plan: &mut Plan<Command>) {
        self.ask_again(plan);
    }

    fn on_event(&mut self, event: &Event, plan: &mut Plan<Command>) {
        match event {
            Event::Entered => plan.ask(self.workload.hold, Command::Leave),
            Event::Left => self.ask_again(plan),
        }
    }

    fn is_done(&self) -> bool {
        self.asked == self.workload.entries
    }
}
