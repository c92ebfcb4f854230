//! A run written down: what happened, and nothing of what followed from it.
//!
//! What a process does is decided by what it is given. So a run is told by its events alone, and
//! a message is named after the event that made its sender send it: take that event away, and
//! the message is gone, with all that came of it.

use std::{collections::BTreeMap, time::Duration};

use protocol::{Fate, Process, ProcessId};

/// The events of a run, in order.
///
/// That everybody starts, is linked and begins to work is implied.
///
/// ```
/// use protocol::{Fate, ProcessId};
/// use std::time::Duration;
/// use trace::{Happened, Name, Script, What};
///
/// // Process 0 is told to speak, and what it then says to process 1 is lost.
/// let [a, b] = [0, 1].map(ProcessId);
/// let message = Name { cause: 1, nth: 0 };
/// let lost = What::Fate { from: a, to: b, message, fate: Fate::Lost };
/// let events = vec![What::Command { at: a, command: "speak" }, lost.clone()];
/// let script: Script<&str, ()> = Script::of(events, Duration::from_millis(1));
/// assert_eq!(script.len(), 2);
/// let second = Happened { id: 2, at: Duration::from_millis(2), what: lost };
/// assert_eq!(script.events[1], second);
/// assert!(script.without(1).without(0).is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script<C, T> {
    /// The events.
    pub events: Vec<Happened<C, T>>,
}

/// The scripts of systems of `P`. See the example of [`Script`].
pub type ScriptOf<P> = Script<<P as Process>::Command, <P as Process>::Timer>;

/// The events of systems of `P`. See the example of [`Script`].
pub type HappenedTo<P> = Happened<<P as Process>::Command, <P as Process>::Timer>;

/// Something that happened, and when.
///
/// See the example of [`Script`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened<C, T> {
    /// Its name, larger than that of any event before. It keeps it when others are taken out of
    /// the script.
    pub id: u32,
    /// When it happened in the run that was recorded.
    pub at: Duration,
    /// What it was.
    pub what: What<C, T>,
}

/// What can happen in a system.
///
/// See the example of [`Script`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What<C, T> {
    /// An application gives its process a command.
    Command {
        /// Which process.
        at: ProcessId,
        /// What it is told to do.
        command: C,
    },
    /// A message arrives.
    Delivery {
        /// Who sent it.
        from: ProcessId,
        /// Who receives it.
        to: ProcessId,
        /// Which one it is.
        message: Name,
    },
    /// Something else becomes of a message.
    Fate {
        /// Who sent it.
        from: ProcessId,
        /// For whom.
        to: ProcessId,
        /// Which one it is.
        message: Name,
        /// What becomes of it.
        fate: Fate,
    },
    /// A timer runs out.
    Timeout {
        /// Whose.
        at: ProcessId,
        /// Which one.
        timer: T,
    },
    /// A process dies.
    Crash {
        /// Which one.
        who: ProcessId,
        /// Whether its connections break, so that its peers learn of it.
        is_noticed: bool,
    },
    /// A dead process comes back with its memory lost.
    Restart(ProcessId),
    /// The link between the two comes up.
    Up(ProcessId, ProcessId),
    /// A process learns that a link is down.
    Down {
        /// Who learns it.
        at: ProcessId,
        /// Who is at its other end.
        peer: ProcessId,
    },
}

/// A message, among those between the same two processes.
///
/// See the example of [`Script`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// During which event it was sent.
    pub cause: u32,
    /// How many its sender had sent to the same process before, during that event.
    pub nth: u32,
}

/// The event that everybody starts, is linked and begins to work. See the example of [`Names`].
pub const BEGINNING: u32 = 0;

/// Gives messages their names.
///
/// ```
/// use protocol::ProcessId;
/// use trace::{BEGINNING, Name, Names};
///
/// let [a, b] = [0, 1].map(ProcessId);
/// let mut names = Names::default();
/// assert_eq!(names.next(a, b), Name { cause: BEGINNING, nth: 0 });
/// names.begin_event(7);
/// assert_eq!(names.next(a, b), Name { cause: 7, nth: 0 });
/// assert_eq!(names.next(a, b), Name { cause: 7, nth: 1 });
/// ```
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The event that goes on; [`BEGINNING`] at first.
    cause: u32,
    /// How many messages it has made each process send to each other.
    sent: BTreeMap<(ProcessId, ProcessId), u32>,
}

impl Names {
    /// What is sent from now on comes of the event `id`.
    pub fn begin_event(&mut self, id: u32) {
        self.cause = id;
        self.sent.clear();
    }

    /// The name of the message that is sent now.
    pub fn next(&mut self, from: ProcessId, to: ProcessId) -> Name {
        let sent = self.sent.entry((from, to)).or_default();
        *sent += 1;
        Name { cause: self.cause, nth: *sent - 1 }
    }
}

impl<C, T> Script<C, T> {
    /// These events, named from 1 on, each `apart` from the one before.
    pub fn of(events: impl IntoIterator<Item = What<C, T>>, apart: Duration) -> Self {
        let number = |(id, what)| Happened { id, at: apart.saturating_mul(id), what };
        Self { events: (BEGINNING + 1..).zip(events).map(number).collect() }
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are none: the beginning alone.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The script in which one event has not happened.
    ///
    /// # Panics
    /// When there is no such event.
    #[must_use]
    pub fn without(&self, index: usize) -> Self
    where
        Self: Clone,
    {
        let mut shorter = self.clone();
        shorter.events.remove(index);
        shorter
    }
}
