//! What every member of a group is asked and tells, whichever order it keeps.

use alloc::{format, string::String};
use core::fmt;

use protocol::{Process, ProcessId, Property, View};
use serde::{Deserialize, Serialize};

use crate::escaped;

/// What the application asks of a member.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Command {
    /// Have everybody deliver this.
    Say(String),
}

/// What a member tells its application.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Event {
    /// Its turn has come.
    Delivered {
        /// Who said it; perhaps this member itself.
        from: ProcessId,
        /// What was said.
        text: String,
    },
}

/// A member of a group, as those see it who watch from outside.
pub trait Member: Process<Command = Command, Event = Event> {
    /// How many messages have arrived and are not delivered yet.
    fn held_back(&self) -> usize;
}

/// How many later messages of its sender may overtake one that is under way. Who held back any
/// number of them would run out of memory for the sake of one that never comes.
pub const MOST_EARLY: u64 = 10_000;

/// Whether a message of that number can come where all up to `delivered` have been delivered.
///
/// ```
/// use group_chat::multicast::{MOST_EARLY, admit};
///
/// assert_eq!(admit(8, 7, false), Ok(()));
/// assert!(admit(7, 7, false).is_err() && admit(9, 7, true).is_err());
/// assert!(admit(8 + MOST_EARLY, 7, false).is_err());
/// ```
///
/// # Errors
/// Why no correct member has sent it.
pub fn admit(number: u64, delivered: u64, is_held_back: bool) -> Result<(), &'static str> {
    if number <= delivered || is_held_back {
        return Err("a number that was used before");
    }
    if number - delivered > MOST_EARLY {
        return Err("a number too far ahead");
    }
    Ok(())
}

/// Some state has a member that holds something back: a run without it proves little.
pub fn holding_back<P: Member>() -> Property<P> {
    Property::sometimes("holding back", |view: &View<P>| {
        view.processes().any(|member| member.held_back() > 0)
    })
}

impl Event {
    /// The line that a member prints, without anything that would drive the terminal.
    ///
    /// ```
    /// use group_chat::multicast::Event;
    /// use protocol::ProcessId;
    ///
    /// let delivered = Event::Delivered { from: ProcessId(1), text: "\u{7}yes".into() };
    /// assert_eq!(delivered.printed(), "[1] \\u{7}yes");
    /// ```
    pub fn printed(&self) -> String {
        let Self::Delivered { from, text } = self;
        format!("[{from}] {}", escaped(text))
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self::Say(text) = self;
        write!(f, "say {text:?}")
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self::Delivered { from, text } = self;
        write!(f, "delivers {text:?} of member {from}")
    }
}
