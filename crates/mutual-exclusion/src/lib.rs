//! The problem of mutual exclusion, apart from its solutions.
//!
//! Several sites share something that only one may touch at a time. A site *asks*, *enters* its
//! critical section, and *leaves* it. E. W. Dijkstra posed it in "Solution of a Problem in
//! Concurrent Programming Control", CACM 8(9):569, 1965; without shared memory, messages have to
//! settle it.
//!
//! This crate says what a solution must do and owns whatever does not depend on how it does it.
//! A solution is a [`Process`] that implements [`MutualExclusion`], and nothing else.
//!
//! | the problem's part                                  | here                              |
//! |-----------------------------------------------------|-----------------------------------|
//! | what is asked, what is told                         | [`Command`], [`Event`]            |
//! | what a site shows of itself                         | [`Phase`], [`MutualExclusion`]    |
//! | never two inside                                    | [`safety`], [`Exclusion`]         |
//! | who asks gets in                                    | [`liveness`]                      |
//! | nobody is passed again and again                    | [`Fairness`]                      |
//! | two compete at all                                  | [`contention`]                    |
//! | who asks when, and stays how long                   | [`Workload`], [`Worker`]          |
//! | what it costs                                       | [`Cost`], [`Measures`], [`Spread`] |
//!
//! **Assumes** that whoever is inside leaves again: [`Worker`] sees to it. What a solution asks
//! of links and failures is for the solution to say.
//!
//! # Example
//!
//! A solution for a system of one:
//!
//! ```
//! use mutual_exclusion::{Command, Cost, Event, MutualExclusion, Phase};
//! use mutual_exclusion::{contention, is_seen_by_safety, liveness, safety};
//! use protocol::{Effects, Input, Never, Outbox, Process, ProcessId, View};
//! use std::time::Duration;
//!
//! struct Hermit(Phase);
//!
//! impl Process for Hermit {
//!     type Command = Command;
//!     type Message = Never;
//!     type Event = Event;
//!     type Timer = Never;
//!
//!     fn on_command(&mut self, command: Command, fx: &mut Effects<Self>) {
//!         match command {
//!             Command::Enter => {
//!                 self.0 = Phase::Inside;
//!                 fx.emit(Event::Entered);
//!             }
//!             Command::Leave => {
//!                 self.0 = Phase::Idle;
//!                 fx.emit(Event::Left);
//!             }
//!         }
//!     }
//!
//!     fn on_message(&mut self, _from: ProcessId, message: Never, _fx: &mut Effects<Self>) {
//!         match message {}
//!     }
//! }
//!
//! impl MutualExclusion for Hermit {
//!     const BYPASSES: u32 = 0;
//!     fn phase(&self) -> Phase { self.0 }
//!     fn waits_for(&self) -> Vec<ProcessId> { Vec::new() }
//!     fn is_request(message: &Never) -> bool { match *message {} }
//!     fn messages_per_entry(_sites: u64) -> Cost { Cost::Exactly(0) }
//! }
//!
//! let mut hermits = [Hermit(Phase::Idle), Hermit(Phase::Idle)];
//! for hermit in &mut hermits {
//!     let mut told = Vec::new();
//!     let mut sink = |effect| told.push(effect);
//!     hermit.step(Input::Command(Command::Enter), &mut Outbox::new(Duration::ZERO, &mut sink));
//! }
//! let two_at_once = View::new(&hermits, &[true, true]);
//! assert_eq!(safety().judge(&two_at_once), Err("sites 0 and 1 are inside at once".into()));
//! let one_is_dead = View::new(&hermits, &[true, false]);
//! assert_eq!(safety().judge(&one_is_dead), Ok(()));
//! assert!(is_seen_by_safety(&Hermit(Phase::Waiting), &Hermit(Phase::Inside)));
//! assert!(!is_seen_by_safety(&Hermit(Phase::Idle), &Hermit(Phase::Waiting)));
//!
//! let stuck = [Hermit(Phase::Waiting), Hermit(Phase::Waiting)];
//! let view = View::new(&stuck, &[true, true]);
//! assert_eq!(liveness().judge(&view), Err("site 0 waits; site 1 waits".into()));
//! assert_eq!(contention().judge(&view), Ok(()));
//! ```

#![no_std]

extern crate alloc;

mod behind_reliable;
mod cost;
mod exclusion;
mod fairness;
mod measures;
mod properties;
mod workload;

use alloc::vec::Vec;
use core::fmt;

use protocol::{Process, ProcessId};
use serde::{Deserialize, Serialize};

pub use cost::Cost;
pub use exclusion::Exclusion;
pub use fairness::Fairness;
pub use measures::{Measures, Spread};
pub use properties::{contention, counted, is_seen_by_safety, liveness, safety, sites, waiting};
pub use workload::{Worker, Workload};

/// What a site's application asks of it.
///
/// See the [crate's example](crate#example).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Command {
    /// "I want to enter." Only an idle site may be asked.
    Enter,
    /// "I am done." Only a site that is inside may be asked.
    Leave,
}

/// What a site tells its application.
///
/// See the [crate's example](crate#example).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Event {
    /// The critical section begins.
    Entered,
    /// The critical section is over.
    Left,
}

/// Where a site is in its cycle.
///
/// See the [crate's example](crate#example).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum Phase {
    /// It wants nothing.
    #[default]
    Idle,
    /// It has asked and may not enter yet.
    Waiting,
    /// It is in its critical section.
    Inside,
}

/// A solution: what it shows of itself, and what its authors claim for it.
///
/// See the [crate's example](crate#example).
pub trait MutualExclusion: Process<Command = Command, Event = Event> {
    /// How often, at the most, each other site enters before a site whose request everybody has
    /// received. [`Fairness`] holds the solution to it.
    const BYPASSES: u32;

    /// Where this site is in its cycle.
    fn phase(&self) -> Phase;

    /// Whom this site is waiting for: empty unless [`Phase::Waiting`], and it may be empty then
    /// too, where a site can't know.
    fn waits_for(&self) -> Vec<ProcessId>;

    /// Whether `message` tells others that its sender wants to enter.
    fn is_request(message: &Self::Message) -> bool;

    /// How many messages an entry costs in a system of `sites`. [`Measures`] holds the solution
    /// to it.
    fn messages_per_entry(sites: u64) -> Cost;
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Enter => "enter",
            Self::Leave => "leave",
        })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Entered => "entered",
            Self::Left => "left",
        })
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Idle => "idle",
            Self::Waiting => "waiting",
            Self::Inside => "inside",
        })
    }
}
