//! A job: a command that was accepted, and not answered yet.

use core::time::Duration;

use protocol::ProcessId;

use crate::Task;

/// A job, as the server keeps it until it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Job {
    /// What is to be done. Never changes.
    pub task: Task,
    /// Who waits for the answer; nobody, once that client has left. Ranks above the executor.
    pub sender: Option<ProcessId>,
    /// Who has been told to run it. It is there.
    pub executor: ProcessId,
    /// How many have been told to, the executor included.
    pub tries: u32,
    /// When the command came, by the server's clock. Never changes.
    pub asked_at: Duration,
}
