//! Standard output that nobody waits for: a reader that pauses must not hold up the network.

use std::{
    cell::Cell,
    io,
    sync::mpsc::{SyncSender, TrySendError, sync_channel},
    thread::{self, JoinHandle},
};

use crate::{Failure, Output};

/// How many lines may wait for the reader.
const ROOM: usize = 10_000;

/// Prints from a thread of its own. When the reader takes nothing for long, lines are left out,
/// and it is said how many.
pub(crate) struct Printer {
    out: Output,
    lines: SyncSender<Line>,
    left_out: Cell<u64>,
    thread: JoinHandle<io::Result<()>>,
}

/// For people, and for programs.
struct Line {
    narrative: Option<String>,
    record: Option<serde_json::Value>,
}

impl Printer {
    pub(crate) fn new(out: Output) -> Self {
        let (lines, to_print) = sync_channel::<Line>(ROOM);
        let thread = thread::spawn(move || {
            to_print.into_iter().try_for_each(|Line { narrative, record }| {
                narrative.map_or(Ok(()), |line| out.line(line))?;
                record.map_or(Ok(()), |record| out.record(&record))
            })
        });
        Self { out, lines, left_out: Cell::new(0), thread }
    }

    /// Has something printed soon: `narrative` for people, `record` for programs.
    pub(crate) fn tell(
        &self,
        narrative: Option<String>,
        record: &impl serde::Serialize,
    ) -> Result<(), Failure> {
        let narrative = narrative.filter(|_| !self.out.is_json());
        let record = self.out.is_json().then(|| serde_json::to_value(record)).transpose();
        let record = record.map_err(|error| Failure::Failed(error.to_string()))?;
        match self.lines.try_send(Line { narrative, record }) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => {
                self.left_out.set(self.left_out.get() + 1);
                Ok(())
            }
            Err(TrySendError::Disconnected(_)) => Err(Failure::OutputClosed),
        }
    }

    /// Waits until all is printed.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { out, lines, left_out, thread } = self;
        drop(lines);
        thread.join().expect("printing does not panic")?;
        if left_out.get() > 0 {
            out.line(format_args!("({} lines left out: nobody read them)", left_out.get()))?;
        }
        Ok(())
    }
}
