//! The course's exercise: processes are told to request and to release, one after the other, and
//! what they do is told. Process 0 has the token at first.

use std::{str::FromStr, time::Duration};

use lab::{Failure, Output, Verdict, mutual_exclusion::Stage};
use mutual_exclusion::{Command, Event, MutualExclusion, Phase};
use protocol::{Effect, EffectOf, Input, InputOf, Monitor, ProcessId};
use suzuki_kasami::{Message, Site};

/// The course's schedule.
const SCHEDULE: [&str; 10] = [
    "request:0",
    "request:1",
    "request:2",
    "release:0",
    "request:0",
    "request:3",
    "release:1",
    "release:2",
    "release:0",
    "release:3",
];

/// What the student may say; without steps, it is the course's schedule.
#[derive(clap::Args)]
pub(crate) struct Exercise {
    /// How many processes there are
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=64))]
    sites: u32,
    /// What happens, one after the other: request:PROCESS or release:PROCESS
    #[arg(value_name = "STEP", default_values = SCHEDULE)]
    steps: Vec<Step>,
}

/// What one process is told.
#[derive(Clone, Copy)]
struct Step {
    command: Command,
    process: ProcessId,
}

/// `scenario`: the student's steps, each when the one before has come to rest.
pub(crate) async fn exercise(exercise: &Exercise, out: Output) -> Result<(), Failure> {
    perform(exercise, out).await?.close().await;
    Ok(())
}

/// `demo`: the course's schedule, on real sockets; then everybody goes on until each of the five
/// processes has entered ten times.
pub(crate) async fn demo(out: Output) -> Result<Verdict, Failure> {
    let steps: Result<Vec<Step>, String> = SCHEDULE.iter().map(|step| step.parse()).collect();
    let exercise = Exercise { sites: 5, steps: steps.map_err(Failure::Usage)? };
    let mut stage = perform(&exercise, out).await?;
    stage.work(vec![8, 9, 9, 9, 10]).await?;
    out.line("")?;
    Ok(stage.close().await)
}

async fn perform(exercise: &Exercise, out: Output) -> Result<Stage<Site, Teller>, Failure> {
    let size = exercise.sites;
    let site = |me: ProcessId| Site::new(me, me.peers(size), me == ProcessId(0));
    let mut stage = Stage::open("suzuki-kasami", size, site, Teller::default())?;
    let mut told = 0;
    for &Step { command, process } in &exercise.steps {
        if process.0 >= size {
            let text = format!("there is no process {process}: from 0 to {}", size - 1);
            return Err(Failure::Usage(text));
        }
        match (command, stage.site(process, MutualExclusion::phase)) {
            (Command::Enter, Phase::Idle) | (Command::Leave, Phase::Inside) => {
                stage.command(process, command);
                stage.rest().await?;
            }
            (Command::Enter, _) => {
                out.line(format_args!("Process {process} is already in CS or has requested."))?;
            }
            (Command::Leave, _) => {
                out.line(format_args!("Process {process} is not executing CS."))?;
            }
        }
        let lines = stage.look(|teller| teller.lines[told..].to_vec());
        told += lines.len();
        lines.iter().try_for_each(|line| out.line(line))?;
        let keeps_token = command == Command::Leave && stage.site(process, Site::has_token);
        if keeps_token && !lines.is_empty() {
            out.line(format_args!("Process {process} keeps the token."))?;
        }
    }
    Ok(stage)
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let (command, process) = text.split_once(':')?;
            let command = match command {
                "request" => Command::Enter,
                "release" => Command::Leave,
                _ => return None,
            };
            Some(Self { command, process: ProcessId(process.parse().ok()?) })
        };
        parse()
            .ok_or_else(|| "write request:PROCESS or release:PROCESS, as in request:2".to_owned())
    }
}

/// Puts what happens into the course's words.
#[derive(Default)]
struct Teller {
    lines: Vec<String>,
    /// Who was just told to enter, until it has said what it needs for that.
    asking: Option<ProcessId>,
}

impl Monitor<Site> for Teller {
    fn on_input(&mut self, _now: Duration, at: ProcessId, _site: &Site, input: &InputOf<Site>) {
        let is_asking = matches!(input, Input::Command(Command::Enter));
        self.asking = is_asking.then_some(at);
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<Site>) {
        let was_asking = self.asking.take_if(|asking| *asking == by).is_some();
        match effect {
            Effect::Send { message: Message::Request { sequence_number }, .. } if was_asking => {
                self.lines.push(format!("Process {by} requested CS with seq {sequence_number}"));
                self.lines.push(format!("Process {by} is waiting for the token."));
            }
            Effect::Send { to, message: Message::Token(_) } => {
                self.lines.push(format!("Process {by} sends token to Process {to}."));
            }
            Effect::Emit(Event::Entered) => {
                if was_asking {
                    let line = format!("Process {by} already has the token, entering CS.");
                    self.lines.push(line);
                }
                self.lines.push(format!("Process {by} enters CS."));
            }
            Effect::Emit(Event::Left) => self.lines.push(format!("Process {by} releases CS.")),
            _ => {}
        }
    }
}
