//! What happened in a run, as data.
//!
//! Whatever drives processes can say afterwards what it let happen; whoever is told can let the
//! same happen again. So a run that one driver finds is told, replayed and shrunk by another.
//!
//! | idea                                          | where                                    |
//! |-----------------------------------------------|------------------------------------------|
//! | a run, told by its events alone               | [`Script`], [`Happened`], [`What`]       |
//! | which message is meant                        | [`Name`], [`Names`]                      |
//! | which event may have caused which             | [`Clocks`], [`Trace::clocks`]            |
//! | a run as a picture for a handout              | [`Trace::to_svg`]                        |
//! | … and for others who draw                     | [`Trace::to_shiviz`], [`Trace::to_mermaid`] |
//! | a handler that panics, caught and kept silent | [`guard`]                                |
//! | a run to look at, in one HTML file            | [`Trace::to_html`]                       |
//!
//! **Assumes** what the [`Process`](protocol::Process) trait asks: given the same inputs in the
//! same order, a process does the same again.
//!
//! # Example
//!
//! ```
//! use protocol::{Fate, ProcessId};
//! use std::time::Duration;
//! use trace::{Happened, Name, Script, What};
//!
//! // Process 0 is told to speak, and what it then says to process 1 is lost.
//! let [a, b] = [0, 1].map(ProcessId);
//! let message = Name { cause: 1, nth: 0 };
//! let events = vec![
//!     What::Command { at: a, command: "speak" },
//!     What::Fate { from: a, to: b, message, fate: Fate::Lost },
//! ];
//! let script: Script<&str, ()> = Script::of(events, Duration::from_millis(1));
//! assert_eq!(script.len(), 2);
//! assert_eq!(script.events[1], Happened { id: 2, at: Duration::from_millis(2), what: script.events[1].what.clone() });
//! assert!(script.without(1).without(0).is_empty());
//! ```

mod again;
mod clocks;
mod file;
mod html;
mod journey;
mod mermaid;
mod panics;
mod recorder;
mod script;
mod shiviz;
mod step;
mod svg;
mod tell;
mod words;

pub use again::Divergence;
pub use clocks::Clocks;
pub use file::{Cut, Data, Driver, End, Header, Lines, Portrait, ReadError, SCHEMA, Told, Trace};
pub use panics::guard;
pub use recorder::{Chunks, Keep, Recorder};
pub use script::{BEGINNING, Happened, HappenedTo, Name, Names, Script, ScriptOf, What};
pub use step::{Entry, InWords, MessageId, Met, Step, StepOf};
pub use tell::{Journal, Tellable, tell};
