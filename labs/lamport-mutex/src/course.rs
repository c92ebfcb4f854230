//! The course's exercise: workers add one to a shared value, one at a time. The course has them
//! be threads with a local lock; here they are sites that agree by messages.
//!
//! The course numbers workers from 1.

use lab::{Failure, Output, Verdict, mutual_exclusion::Stage};
use lamport_mutex::Site;
use mutual_exclusion::{Command, Event};
use protocol::ProcessId;

/// What the student may say.
#[derive(clap::Args)]
pub(crate) struct Exercise {
    /// How many workers there are
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=64))]
    sites: u32,
}

/// `scenario`: as many workers as the student likes.
pub(crate) async fn exercise(exercise: &Exercise, out: Output) -> Result<(), Failure> {
    perform(exercise.sites, out).await?.close().await;
    Ok(())
}

/// `demo`: five workers, on real sockets; then everybody goes on until each has entered ten
/// times.
pub(crate) async fn demo(out: Output) -> Result<Verdict, Failure> {
    let mut stage = perform(5, out).await?;
    stage.work(vec![9; 5]).await?;
    out.line("")?;
    Ok(stage.close().await)
}

/// The first worker has the lock when the others begin to try.
async fn perform(workers: u32, out: Output) -> Result<Stage<Site, ()>, Failure> {
    let site = |me: ProcessId| Site::new(me, me.peers(workers));
    let mut stage = Stage::open("lamport-mutex", workers, site, ())?;
    let mut shared_resource = 0;
    let mut told = Vec::new();
    for worker in ProcessId::all(workers) {
        tell(out, worker, "is trying to access the shared resource.")?;
        stage.command(worker, Command::Enter);
        for (worker, _) in entered(&stage.rest().await?) {
            tell(out, worker, "has acquired the lock.")?;
            told.push(worker);
        }
    }
    while let Some(worker) = told.pop() {
        shared_resource += 1;
        tell(out, worker, &format!("updated the shared resource to {shared_resource}."))?;
        stage.command(worker, Command::Leave);
        tell(out, worker, "released the lock.")?;
        for (worker, _) in entered(&stage.rest().await?) {
            tell(out, worker, "has acquired the lock.")?;
            told.push(worker);
        }
    }
    out.line(format_args!("Final value of shared_resource: {shared_resource}"))?;
    Ok(stage)
}

fn entered(told: &[(ProcessId, Event)]) -> Vec<(ProcessId, Event)> {
    told.iter().copied().filter(|(_, event)| *event == Event::Entered).collect()
}

fn tell(out: Output, worker: ProcessId, what: &str) -> Result<(), Failure> {
    Ok(out.line(format_args!("Thread-{} {what}", worker.0 + 1))?)
}
