//! The course's exercise: workers add one to a shared value, one at a time. The course has them
//! be threads with a local lock; here they are sites that agree by messages.
//!
//! The course numbers workers from 1.

use std::fmt;

use lab::{
    Failure, Output, Verdict,
    mutual_exclusion::{Course, Links, Stage, Staging},
    whole_number,
};
use lamport_mutex::Site;
use mutual_exclusion::{Command, Event};
use protocol::ProcessId;
use serde::Serialize;

/// What the student may say.
#[derive(clap::Args)]
pub(crate) struct Exercise {
    /// How many workers there are
    #[arg(long, default_value_t = 5, value_parser = whole_number(1..=64_u32))]
    sites: u32,
}

impl Course for Exercise {
    /// As many workers as the student likes.
    async fn scenario(&self, links: Links, out: Output) -> Result<(), Failure> {
        perform(self.sites, links, out).await?.close().await.map(drop)
    }

    /// Five workers; then everybody goes on until each has entered ten times.
    async fn demo(staging: Staging, out: Output) -> Result<Verdict, Failure> {
        let mut stage = perform(5, staging, out).await?;
        stage.work(vec![9; 5]).await?;
        out.line("")?;
        stage.close().await
    }
}

/// The first worker has the lock when the others begin to try.
async fn perform(
    workers: u32,
    staging: impl Into<Staging>,
    out: Output,
) -> Result<Stage<Site, ()>, Failure> {
    let site = |me: ProcessId| Site::new(me, me.peers(workers));
    let mut stage = Stage::open("lamport-mutex", workers, staging, site, ())?;
    let mut inside = None;
    for worker in ProcessId::all(workers) {
        out.tell(&Told::Tries { thread: number(worker) })?;
        stage.command(worker, Command::Enter);
        inside = who_entered(&mut stage, out).await?.or(inside);
    }
    let mut shared_resource = 0;
    while let Some(worker) = inside {
        let thread = number(worker);
        shared_resource += 1;
        out.tell(&Told::Updated { thread, shared_resource })?;
        stage.command(worker, Command::Leave);
        out.tell(&Told::Released { thread })?;
        inside = who_entered(&mut stage, out).await?;
    }
    out.tell(&Told::Final { shared_resource })?;
    Ok(stage)
}

/// Lets everything come to rest. Who came to have the lock meanwhile: one at the most.
async fn who_entered(
    stage: &mut Stage<Site, ()>,
    out: Output,
) -> Result<Option<ProcessId>, Failure> {
    let mut inside = None;
    for (worker, event) in stage.rest().await? {
        if event == Event::Entered {
            out.tell(&Told::Acquired { thread: number(worker) })?;
            inside = Some(worker);
        }
    }
    Ok(inside)
}

fn number(worker: ProcessId) -> u32 {
    worker.0 + 1
}

/// What is told of a worker, in the course's words.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Told {
    Tries { thread: u32 },
    Acquired { thread: u32 },
    Updated { thread: u32, shared_resource: u32 },
    Released { thread: u32 },
    Final { shared_resource: u32 },
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Tries { thread } => {
                write!(f, "Thread-{thread} is trying to access the shared resource.")
            }
            Self::Acquired { thread } => write!(f, "Thread-{thread} has acquired the lock."),
            Self::Updated { thread, shared_resource } => {
                write!(f, "Thread-{thread} updated the shared resource to {shared_resource}.")
            }
            Self::Released { thread } => write!(f, "Thread-{thread} released the lock."),
            Self::Final { shared_resource } => {
                write!(f, "Final value of shared_resource: {shared_resource}")
            }
        }
    }
}
