//! What happened in a run, as data: written down, taken again, drawn.
//!
//! Students learn from the picture of a run. Whatever drives processes, simulator, checker or
//! network, shows what happens to a [`Monitor`](protocol::Monitor); a [`Recorder`] is one, and what
//! it writes down is the same from all of them. A [`Trace`] no longer knows which algorithm it
//! was: everything in it has been said in words. It has the data, too, from which each process can
//! be made to take its steps again: if it does otherwise, it knew more than it was given.
//!
//! | idea                                          | where                                    |
//! |-----------------------------------------------|------------------------------------------|
//! | what happened: steps, fates, deaths           | [`Entry`], [`Step`], [`Met`]             |
//! | which send a receipt belongs to               | [`MessageId`]                            |
//! | a run, recorded in memory or written at once  | [`Recorder`], [`Chunks`], [`Journal`]    |
//! | … told in words, with what it leads to        | [`tell`], [`Told`], [`Portrait`]         |
//! | a file of JSON lines                          | [`Trace`], [`Header`], [`End`], [`Lines`] |
//! | the same steps, taken again                   | [`Trace::take_again`], [`Divergence`]    |
//! | what processes have written each for itself   | [`Trace::merge`]                         |
//! | which event may have caused which             | [`Clocks`], [`Trace::clocks`]            |
//! | a picture to explore, in one HTML file        | [`Trace::to_html`]                       |
//! | … for a handout                               | [`Trace::to_svg`]                        |
//! | … for others who draw                         | [`Trace::to_shiviz`], [`Trace::to_mermaid`] |
//! | a run by its events alone, to be followed     | [`Script`], [`Happened`], [`What`]       |
//! | which message of a script is meant            | [`Name`], [`Names`]                      |
//! | a handler that panics, caught and kept silent | [`guard`]                                |
//!
//! **Assumes** what the [`Process`](protocol::Process) trait asks: given the same inputs in the
//! same order, a process does the same again.
//!
//! # Example
//!
//! A run is recorded, written down, read, and taken again:
//!
//! ```
//! use mutual_exclusion::Workload;
//! use protocol::ProcessId;
//! use ricart_agrawala::Site;
//! use scenario::Scenario;
//! use simulator::Experiment;
//! use trace::{Chunks, Driver, End, Header, Portrait, Recorder, SCHEMA, Trace, tell};
//!
//! let scenario = Scenario::new(3, Workload::high_contention(10));
//! let site = |me: ProcessId, _life| Site::new(me, me.peers(3));
//! let experiment = Experiment {
//!     scenario: &scenario,
//!     properties: &[],
//!     process: &site,
//!     application: &|_| scenario.workload.worker(),
//! };
//! let run = experiment.run(7, Recorder::new(3, Chunks::new(10_000)));
//! let recorded = run.monitor.finish();
//!
//! let portrait = |site: &Site| Portrait { phase: None, state: format!("{site:?}") };
//! let trace = Trace {
//!     header: Header {
//!         schema: SCHEMA,
//!         lab: "ricart-agrawala".into(),
//!         version: "0.1.0".into(),
//!         variant: None,
//!         arguments: vec!["simulate".into(), "--seed".into(), "7".into()],
//!         driver: Driver::Simulator,
//!         noun: "site".into(),
//!         processes: 3,
//!         incarnations: vec![0; 3],
//!         phases: vec![],
//!         began: None,
//!         seed: Some(7),
//!         scenario: serde_json::to_value(&scenario)?,
//!         partitions: vec![],
//!     },
//!     entries: tell::<Site>(recorded.entries(), 3, site, portrait),
//!     end: Some(End { at: run.ended_at, violation: None, left_out: recorded.left_out() }),
//! };
//! let file = trace.write(Vec::new())?;
//! let again = Trace::read(&file[..])?;
//! assert_eq!(again, trace);
//! assert_eq!(again.take_again(site, portrait), Ok(run.steps));
//!
//! // Sites that know each other from an earlier life would have done otherwise.
//! let other = |me: ProcessId, _life| Site::having_seen(7, me, me.peers(3));
//! assert!(again.take_again(other, portrait).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod again;
mod align;
mod clocks;
mod connection;
mod file;
mod html;
mod join;
mod journey;
mod mail;
mod merge;
mod mermaid;
mod order;
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
pub use file::{
    Cut, Data, Driver, End, Header, Lines, Portrait, ReadError, SCHEMA, Told, Trace, room,
};
pub use merge::MergeError;
pub use panics::guard;
pub use recorder::{Chunks, Keep, Recorder};
pub use script::{BEGINNING, Happened, HappenedTo, Name, Names, Script, ScriptOf, What};
pub use step::{Entry, InWords, MessageId, Met, Step, StepOf};
pub use tell::{Journal, Tellable, tell};
