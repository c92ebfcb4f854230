//! What clients do in an experiment.

use alloc::{collections::VecDeque, vec::Vec};
use core::time::Duration;

use protocol::{Application, Delay, Either, Plan, Process, ProcessId};
use serde::{Deserialize, Serialize};

use crate::{Client, Command, Event, Line, Message, Refusal, Response, SERVER, Task};

/// What the clients of an experiment do: ask, and do what they are told to run.
///
/// ```
/// use protocol::ProcessId;
/// use ranked_dispatcher::Workload;
///
/// assert!(Workload::new(2, &["print", "sum 1 2"]).is_ok());
/// assert!(Workload::new(2, &["rm -rf /"]).is_err());
/// # Ok::<(), ranked_dispatcher::Refusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// How many commands each client gives.
    pub commands: u32,
    /// How many of them it gives before it has an answer.
    pub at_once: u32,
    /// How long a client does something else before each command.
    pub think: Delay,
    /// How long a task takes, if it is none that says how long.
    pub work: Delay,
    /// What is asked for. Client 1 begins with the first, client 2 with the second, and so on; each
    /// goes through all of them, and again.
    pub tasks: Vec<Task>,
}

impl Workload {
    /// Clients that ask again as soon as they have an answer.
    ///
    /// # Errors
    /// When a task is none.
    pub fn new(commands: u32, tasks: &[&str]) -> Result<Self, Refusal> {
        let tasks = tasks.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        let work = Delay::Uniform { min: Duration::ZERO, max: Duration::from_millis(10) };
        Ok(Self { commands, at_once: 1, think: Delay::NONE, work, tasks })
    }

    /// The application of a process: of a client that does this, or of the server, which does
    /// nothing by itself.
    pub fn worker(&self, of: ProcessId) -> Worker {
        let commands = if of == SERVER { 0 } else { self.commands as usize };
        let tasks = self.tasks.iter().cycle().skip(of.index().saturating_sub(1));
        Worker {
            tasks: tasks.take(commands).cloned().collect(),
            at_once: self.at_once,
            think: self.think,
            work: self.work,
            is_ranked: false,
            under_way: 0,
        }
    }
}

/// The application of one client, at work.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Worker {
    /// What is still to be asked for, the next one first.
    tasks: VecDeque<Task>,
    at_once: u32,
    think: Delay,
    work: Delay,
    /// Whether the server can be asked.
    is_ranked: bool,
    /// How many commands it has given, or is about to, and had no answer to.
    under_way: u32,
}

impl Worker {
    /// Asks for the next thing, if it may.
    fn go_on(&mut self, plan: &mut Plan<Command>) {
        while self.is_ranked
            && self.under_way < self.at_once
            && let Some(task) = self.tasks.pop_front()
        {
            self.under_way += 1;
            plan.ask(self.think, Command::Ask(task));
        }
    }

    fn on_event(&mut self, event: &Event, plan: &mut Plan<Command>) {
        match event {
            Event::Ranked(_) => self.is_ranked = true,
            Event::Run { run, task, .. } => {
                let takes = match task {
                    Task::Sleep(ms) => Delay::Constant(Duration::from_millis((*ms).into())),
                    _ => self.work,
                };
                plan.ask(takes, Command::Done { run: *run, text: answer(task) });
            }
            Event::Answered(Response::Result { .. }) => self.under_way -= 1,
            Event::Answered(Response::Refused(refusal)) if refusal.is_an_answer() => {
                self.under_way -= 1;
            }
            Event::Answered(_) => {}
            // What it is about to ask for is still to come.
            Event::Disconnected { unanswered } => {
                self.is_ranked = false;
                self.under_way -= unanswered;
            }
            Event::NotSent(Command::Ask(task)) => {
                self.under_way -= 1;
                self.tasks.push_front(task.clone());
            }
            Event::NotSent(_) => {}
        }
        self.go_on(plan);
    }
}

/// What comes of a task. In an experiment, nobody minds which hash it is.
fn answer(task: &Task) -> Line {
    task.answer().unwrap_or_else(|| Line::new("some hash").expect("two words are a line"))
}

impl<S: Process<Message = Message>> Application<Either<S, Client>> for Worker {
    fn on_start(&mut self, _plan: &mut Plan<Either<S::Command, Command>>) {}

    fn on_event(
        &mut self,
        event: &Either<S::Event, Event>,
        plan: &mut Plan<Either<S::Command, Command>>,
    ) {
        if let Either::Second(event) = event {
            let mut sink = |after, command| plan.ask(after, Either::Second(command));
            self.on_event(event, &mut Plan::new(&mut sink));
        }
    }

    /// Who is cut off has nothing to do.
    fn is_done(&self) -> bool {
        !self.is_ranked || (self.under_way == 0 && self.tasks.is_empty())
    }
}
