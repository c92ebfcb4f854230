//! The course's exercise: processes are told to request and to release, one after the other, and
//! what they do is told. Process 0 has the token at first.

use std::{fmt, str::FromStr, time::Duration};

use lab::{
    Failure, Output, Verdict,
    mutual_exclusion::{Course, Links, Stage, Staging},
    whole_number,
};
use mutual_exclusion::{Command, Event, MutualExclusion, Phase};
use protocol::{Effect, EffectOf, Input, InputOf, Monitor, ProcessId};
use serde::Serialize;
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
    #[arg(long, default_value_t = 5, value_parser = whole_number(1..=64_u32))]
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

impl Course for Exercise {
    /// The student's steps, each when the one before has come to rest.
    async fn scenario(&self, links: Links, out: Output) -> Result<(), Failure> {
        perform(self, links, out).await?.close().await.map(drop)
    }

    /// The course's schedule; then everybody goes on until each of the five processes has entered
    /// ten times.
    async fn demo(staging: Staging, out: Output) -> Result<Verdict, Failure> {
        let steps: Result<Vec<Step>, String> = SCHEDULE.iter().map(|step| step.parse()).collect();
        let exercise = Self { sites: 5, steps: steps.map_err(Failure::Usage)? };
        let mut stage = perform(&exercise, staging, out).await?;
        stage.work(vec![8, 9, 9, 9, 10]).await?;
        out.line("")?;
        stage.close().await
    }
}

async fn perform(
    exercise: &Exercise,
    staging: impl Into<Staging>,
    out: Output,
) -> Result<Stage<Site, Teller>, Failure> {
    let size = exercise.sites;
    if let Some(step) = exercise.steps.iter().find(|step| step.process.0 >= size) {
        let text = format!("there is no process {}: from 0 to {}", step.process, size - 1);
        return Err(Failure::Usage(text));
    }
    let site = |me: ProcessId| Site::new(me, me.peers(size), me == ProcessId(0));
    let mut stage = Stage::open("suzuki-kasami", size, staging, site, Teller::default())?;
    // Behind reliable links, a request is not sent before they are up.
    stage.rest().await?;
    let mut told = 0;
    for &Step { command, process } in &exercise.steps {
        match (command, stage.site(process, MutualExclusion::phase)) {
            (Command::Enter, Phase::Idle) | (Command::Leave, Phase::Inside) => {}
            (Command::Enter, _) => {
                out.tell(&Told::AsksTwice { process })?;
                continue;
            }
            (Command::Leave, _) => {
                out.tell(&Told::IsNotInside { process })?;
                continue;
            }
        }
        stage.command(process, command);
        stage.rest().await?;
        let news = stage.look(|teller| teller.told[told..].to_vec());
        told += news.len();
        news.iter().try_for_each(|it| out.tell(it))?;
        if command == Command::Leave && stage.site(process, Site::has_token) {
            out.tell(&Told::KeepsToken { process })?;
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

/// What is told of a process, in the course's words.
#[derive(Clone, Copy, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Told {
    HasToken { process: ProcessId },
    Requests { process: ProcessId, sequence_number: u64 },
    Waits { process: ProcessId },
    Enters { process: ProcessId },
    Releases { process: ProcessId },
    SendsToken { process: ProcessId, to: ProcessId },
    KeepsToken { process: ProcessId },
    AsksTwice { process: ProcessId },
    IsNotInside { process: ProcessId },
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::HasToken { process } => {
                write!(f, "Process {process} already has the token, entering CS.")
            }
            Self::Requests { process, sequence_number } => {
                write!(f, "Process {process} requested CS with seq {sequence_number}")
            }
            Self::Waits { process } => write!(f, "Process {process} is waiting for the token."),
            Self::Enters { process } => write!(f, "Process {process} enters CS."),
            Self::Releases { process } => write!(f, "Process {process} releases CS."),
            Self::SendsToken { process, to } => {
                write!(f, "Process {process} sends token to Process {to}.")
            }
            Self::KeepsToken { process } => write!(f, "Process {process} keeps the token."),
            Self::AsksTwice { process } => {
                write!(f, "Process {process} is already in CS or has requested.")
            }
            Self::IsNotInside { process } => write!(f, "Process {process} is not executing CS."),
        }
    }
}

/// Notes what happens, for the course's words.
#[derive(Default)]
struct Teller {
    told: Vec<Told>,
    /// Who was just told to enter, until it has said what it needs for that.
    asking: Option<ProcessId>,
}

impl Monitor<Site> for Teller {
    fn on_input(&mut self, _now: Duration, at: ProcessId, _site: &Site, input: &InputOf<Site>) {
        let is_asking = matches!(input, Input::Command(Command::Enter));
        self.asking = is_asking.then_some(at);
    }

    fn on_effect(&mut self, _now: Duration, process: ProcessId, effect: &EffectOf<Site>) {
        let was_asking = self.asking.take_if(|asking| *asking == process).is_some();
        match *effect {
            Effect::Send { message: Message::Request { sequence_number }, .. } if was_asking => {
                self.told.push(Told::Requests { process, sequence_number });
                self.told.push(Told::Waits { process });
            }
            Effect::Send { to, message: Message::Token(_) } => {
                self.told.push(Told::SendsToken { process, to });
            }
            Effect::Emit(Event::Entered) => {
                self.told.extend(was_asking.then_some(Told::HasToken { process }));
                self.told.push(Told::Enters { process });
            }
            Effect::Emit(Event::Left) => self.told.push(Told::Releases { process }),
            _ => {}
        }
    }
}
