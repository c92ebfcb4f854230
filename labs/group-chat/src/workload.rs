//! What is said in an experiment.

use alloc::{format, string::String, vec::Vec};
use core::{mem, time::Duration};

use protocol::{Application, Delay, Either, Plan, ProcessId};
use serde::{Deserialize, Serialize};

use crate::{
    multicast::{Command, Event, Member},
    relay::{Exchange, Request, System, client, decode},
};

/// What is said in an experiment, and within which time.
///
/// ```
/// use group_chat::Workload;
///
/// let workload = Workload::chatter(2, 3);
/// assert_eq!(workload.lines[1], ["1.1", "1.2", "1.3"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// How long after the start each line is said.
    pub within: Delay,
    /// What each process says, by its number, in any order. No member of a multicast group may say
    /// the same thing twice.
    pub lines: Vec<Vec<String>>,
}

impl Workload {
    /// These lines, so soon after each other that they cross on their way.
    pub fn new(lines: &[&[&str]]) -> Self {
        let own = |lines: &&[&str]| lines.iter().map(|&line| line.into()).collect();
        let within = Delay::Uniform { min: Duration::ZERO, max: Duration::from_millis(20) };
        Self { within, lines: lines.iter().map(own).collect() }
    }

    /// So many members, and so many lines of each.
    pub fn chatter(members: u32, lines: u32) -> Self {
        let lines_of = |member| (1..=lines).map(|line| format!("{member}.{line}")).collect();
        let max = Duration::from_millis(10) * lines;
        let within = Delay::Uniform { min: Duration::ZERO, max };
        Self { within, lines: (0..members).map(lines_of).collect() }
    }

    /// The application of a process, which says its lines.
    pub fn talker(&self, of: ProcessId) -> Talker {
        Talker {
            within: self.within,
            lines: self.lines.get(of.index()).cloned().unwrap_or_default(),
        }
    }
}

/// The application of one process: it says its lines, and does not care what it hears.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Talker {
    within: Delay,
    /// What it has not asked for yet: all or nothing.
    lines: Vec<String>,
}

impl Talker {
    fn talk<C>(&mut self, plan: &mut Plan<C>, say: impl Fn(String) -> C) {
        for line in mem::take(&mut self.lines) {
            plan.ask(self.within, say(line));
        }
    }
}

/// A member begins at once.
impl<P: Member> Application<P> for Talker {
    fn on_start(&mut self, plan: &mut Plan<Command>) {
        self.talk(plan, Command::Say);
    }

    fn on_event(&mut self, _event: &Event, _plan: &mut Plan<Command>) {}

    fn is_done(&self) -> bool {
        true
    }
}

/// A client begins when it is connected. Each of its lines is a piece, or a command.
impl<R: Exchange> Application<System<R>> for Talker {
    fn on_start(&mut self, _plan: &mut Plan<Either<R::Command, Request>>) {}

    fn on_event(
        &mut self,
        event: &Either<R::Event, client::Event>,
        plan: &mut Plan<Either<R::Command, Request>>,
    ) {
        if let Either::Second(client::Event::Connected) = event {
            self.talk(plan, |line| Either::Second(decode(&line)));
        }
    }

    fn is_done(&self) -> bool {
        true
    }
}
