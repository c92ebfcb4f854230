//! Drives processes in virtual time, with faults, from a seed.
//!
//! A test over real sockets sees the few interleavings that the machine happens to produce, and
//! can't have them again. Here nothing happens but what the [`Scenario`](scenario::Scenario)
//! allows and the [`Dice`](scenario::Dice) decide: an hour of a faulty network passes in
//! milliseconds, and the same seed gives the same run, to the byte, on any machine.
//!
//! **The model.** Discrete events. A step of a process takes no time, a message takes what the
//! link's [`Delay`](protocol::Delay) says. All the faults of `scenario` are modelled. What the
//! processes see of time is their own clock, which may be off and drift. Nothing that a process
//! sends arrives before [`Link::Up`](protocol::Link) or after `Down`; what is sent over a link
//! that is down is lost.
//!
//! **What is watched.** [`Property`](protocol::Property)s of the state after every step, a
//! [`Monitor`](protocol::Monitor) of the history, and always: that nobody panics, that nobody
//! rejects another, that a run ends with nothing owed to anybody. A run that comes to rest while
//! somebody still waits is a *deadlock*; one that reaches its deadline is not *live*.
//!
//! | idea                                     | where                             |
//! |------------------------------------------|-----------------------------------|
//! | what is run, under which properties      | [`Experiment`]                    |
//! | how one run went                         | [`Run`], [`Failure`], [`Fates`]   |
//! | many seeds, on all cores                 | [`sweep`]                         |
//! | a run told line by line                  | [`Narrator`]                      |
//! | a failing run, made as small as it gets  | [`Shrinker`], [`Shrunk`]          |
//! | a failing run that never ends            | [`Shrinker::replay_for_ever`]     |
//!
//! The form is that of FoundationDB's simulation: J. Zhou et al., "FoundationDB: A Distributed
//! Unbundled Transactional Key Value Store", SIGMOD 2021, §4.
//!
//! # Example
//!
//! ```
//! use mutual_exclusion::{Workload, liveness, safety};
//! use protocol::ProcessId;
//! use ricart_agrawala::Site;
//! use scenario::Scenario;
//! use simulator::Experiment;
//!
//! let scenario = Scenario::new(3, Workload::high_contention(10));
//! let properties = [safety(), liveness()];
//! let experiment = Experiment {
//!     scenario: &scenario,
//!     properties: &properties,
//!     process: &|me: ProcessId, _incarnation| Site::new(me, me.peers(3)),
//!     application: &|_| scenario.workload.worker(),
//! };
//! assert_eq!(experiment.run(7, ()).failure, None);
//!
//! // Take one assumption away, and the run shows what it was for.
//! let mut lossy = scenario.clone();
//! lossy.links.loss = "0.2".parse()?;
//! let failure = Experiment { scenario: &lossy, ..experiment }.run(7, ()).failure.unwrap();
//! assert_eq!(failure.violation.property, "deadlock");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod agenda;
mod clock;
mod duty;
mod experiment;
mod lasso;
mod links;
mod narrator;
mod possible;
mod recorder;
mod replay;
mod shrink;
mod simulation;
mod stage;
mod surroundings;
mod sweep;
mod timers;
mod upheavals;

pub use experiment::{Experiment, Failure, Run};
pub use lasso::NoLasso;
pub use links::Fates;
pub use narrator::Narrator;
pub use shrink::{Shrinker, Shrunk};
pub use sweep::sweep;
