//! Running a task: only what is in the table, and nobody waits for it.

use std::time::Duration;

use ranked_dispatcher::{Line, RunId, Task};
use tokio::{sync::mpsc::UnboundedSender, task::spawn_local, time::sleep};

/// What is said of a task while it is run.
pub(super) fn while_running(task: &Task) -> String {
    match task {
        Task::Sleep(ms) => format!("sleeping for {ms} ms"),
        task => answer(task).to_string(),
    }
}

/// Runs a task beside all others, and sends what comes of it to `done`. There are no more of them
/// at a time than the server allows.
pub(super) fn run(run: RunId, task: Task, done: UnboundedSender<(RunId, Line)>) {
    spawn_local(async move {
        if let Task::Sleep(ms) = task {
            sleep(Duration::from_millis(ms.into())).await;
        }
        // Whoever does not listen any more has left.
        let _ = done.send((run, answer(&task)));
    });
}

/// What comes of a task.
pub(super) fn answer(task: &Task) -> Line {
    let hash = |text: &Line| Line::new(blake3::hash(text.as_str().as_bytes()).to_hex().as_str());
    match task {
        Task::Hash(text) => hash(text).expect("64 digits are a line"),
        task => task.answer().expect("all but a hash is known"),
    }
}
