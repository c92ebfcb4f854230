//! Drives processes through every interleaving.
//!
//! A simulation tries thousands of runs. The one in which the algorithm fails may be the next: a
//! message that is overtaken twice, at the wrong moments. But a small system has only so many
//! *states*, and what can happen in a state does not depend on how the system came there. So one
//! can look at all of them: take every step that is possible from the first state, then from each
//! state where that leads, and go on until only known states turn up. What holds in all of them
//! holds in every run, however long.
//!
//! **What is explored.** Each step is one of the things that can happen next: a process is given a
//! command that its application has asked for, a message arrives, a timer runs out, a link goes
//! down or comes up again, or there is a fault. How many faults of each kind a run may have is the
//! scenario's [`Budget`](scenario::Budget).
//!
//! - *The beginning* is always the same: everybody starts, every link comes up, every application
//!   begins.
//! - *Links.* Over a FIFO link, messages arrive as they were sent, but for those that the budget
//!   lets overtake. Over an unordered one, any message may be the next.
//! - *Timers.* There is no time: `now()` is zero, and for how long a timer was set is ignored.
//!   When no message is under way, any timer that is set may be the next to run out. While one is
//!   under way, that takes from the budget: a timer is mostly set to wait for a message, and if it
//!   is set for long enough, it runs out only when none comes.
//! - *Crashes.* A process that dies knows nothing any more, and what is under way to it is cut.
//!   What it has sent arrives at its peers, and then they learn of its death; once it is back, the
//!   rest of what is under way may be cut before they do. Then the link comes up again, if neither
//!   end knows a former life of the other, or if that is no matter
//!   ([`REJOINS`](protocol::Process::REJOINS)).
//! - *A closed link.* Its other end gets what was sent before, and then learns of it. Who closes
//!   it gets some of what is under way to it, or nothing. It never comes up again between the same
//!   two lives.
//!
//! **What is not explored.** Likelihoods: what may happen at all is tried. Moments, delays and
//! clocks: all orders are tried, and no process sees a time. Partitions: the messages that one
//! would stop can be late, or lost within the budget, but no link goes silent as such.
//!
//! **What is watched.** The same as in a simulation: [`Property`](protocol::Property)s of the
//! states, a [`Monitor`](protocol::Monitor) of the histories, and always that nobody panics, that
//! nobody rejects another, and that nobody waits where nothing is left that is bound to happen: a
//! *deadlock*. A fault is never bound to happen; who could only be saved by one is in a deadlock.
//!
//! **Fairness.** Some runs never end, and in some of these a message is always about to arrive and
//! never does. That shows no flaw of the algorithm. So only *fair* runs count: what could happen
//! all the time does happen in the end, be it a command of a process, a timer that runs out, the
//! next message of a FIFO link, any one message of an unordered link, or a link that goes down or
//! comes up. This is *weak* fairness: what can happen only now and then may be missed each time.
//! Faults are owed to nobody.
//!
//! A property that must hold [eventually](protocol::Claim::Eventually) is broken by a fair run in
//! which, from some state on, it never holds. In the end, such a run goes round in states that can
//! all be reached from each other, a *strongly connected component*. So these are looked for, and
//! each is asked whether a fair run can stay in it.
//!
//! **What a verdict says.**
//!
//! - `Proved`: no run of *this scenario* goes wrong, with so many processes, so many commands and
//!   at most so many faults. It says nothing of one process more. And a state is known by a
//!   fingerprint of 64 bits; two that have the same one count as one, so that what follows from
//!   the other is not looked at. Of n states, some two agree with a chance of at most n(n − 1)/2
//!   in 2⁶⁴, which is [said](Extent::chance_of_a_missed_state) with the verdict: about 3 in 10⁸
//!   for a million states.
//! - `BoundHit`: nothing went wrong as far as the search came. That proves nothing.
//! - `Violated`: a run that goes wrong, as a [`Script`](trace::Script) that the simulator can
//!   replay. No run that goes wrong is shorter, unless it never ends. It is the same one each
//!   time, on any number of threads. Neither is so where something was
//!   [left out](Check::run_reduced).
//!
//! **What it takes.** There are many states, and they are made of few parts: a system of millions
//! of states has thousands of states of each process. So each part is kept once, and a state is a
//! row of numbers of parts, the *collapse* of G. J. Holzmann, "State Compression in SPIN:
//! Recursive Indexing and Compression Training Runs", Third International SPIN Workshop, 1997.
//! What a process does in a state of its own is worked out once, too. Most steps of the search ask
//! no process anything: they look up numbers and write them into a row.
//!
//! **What can be left out.** Most ways through the states differ only in the order of steps that
//! have nothing to do with each other, and many states only in what is remembered for nothing.
//! Whoever knows the processes can say enough of both for a search to pass them over: a
//! [`Reduction`].
//!
//! **Left out on purpose** is symmetry: to take states for one that differ only in which process
//! has which name. It makes the search many times smaller, and it is wrong for an algorithm that
//! compares names, as Ricart–Agrawala's does where two requests are equally old: swap the names,
//! and the other one enters.
//!
//! | idea                                                | where                                |
//! |-----------------------------------------------------|--------------------------------------|
//! | what is searched, under which properties, how far   | [`Check`], [`Bounds`]                |
//! | which processes can be checked                      | [`Checkable`]                        |
//! | what came of it                                     | [`Verdict`], [`Extent`], [`Bound`]   |
//! | the run that goes wrong                             | [`Counterexample`]                   |
//! | a state as a row of parts, each kept once           | `layout`, `pool`, `local`, `channel` |
//! | what can happen next, and how often faults may      | `event`, `possible`                  |
//! | what follows, worked out once                       | `reactions`, `step`                  |
//! | level by level, on many threads without a lock      | `search`, `worker`                   |
//! | runs that never end                                 | `cycles`, `components`, `round`      |
//! | all states, one after the other, on one thread      | `tour`                               |
//! | what makes no difference                            | [`Reduction`], [`Outlook`], [`Whole`] |
//! | which steps can wait, and why                       | `ample`                              |
//! | which states are alike, and when that is so         | `outlook`                            |
//!
//! # Example
//!
//! ```
//! use std::num::NonZeroUsize;
//!
//! use checker::{Bound, Bounds, Check, Verdict};
//! use mutual_exclusion::{Workload, liveness, safety};
//! use protocol::ProcessId;
//! use ricart_agrawala::Site;
//! use scenario::{Budget, Scenario};
//!
//! // Two sites, each of which enters twice.
//! let scenario = Scenario::new(2, Workload::high_contention(2));
//! let check = Check {
//!     scenario: &scenario,
//!     properties: &[safety(), liveness()],
//!     process: &|me: ProcessId, _incarnation| Site::new(me, me.peers(2)),
//!     application: &|_| scenario.workload.worker(),
//!     monitor: (),
//!     bounds: Bounds::default(),
//!     threads: NonZeroUsize::MIN,
//! };
//! let verdict = check.run(&mut |_extent| {});
//! assert!(matches!(&verdict, Verdict::Proved(extent) if extent.unique_states == 140));
//!
//! // Take one assumption away, and a shortest run shows what it was for: both are told to enter,
//! // the older request is lost, and whoever sent it keeps the other one waiting.
//! let lossy = Scenario { budget: Budget { losses: 1, ..Budget::NOTHING }, ..scenario.clone() };
//! let verdict = Check { scenario: &lossy, ..check }.run(&mut |_| {});
//! let Verdict::Violated { violation, run, .. } = verdict else { panic!("{verdict}") };
//! assert_eq!((violation.property.as_ref(), run.script.len()), ("deadlock", 4));
//! assert_eq!(run.repeats_from, None); // It comes to rest.
//!
//! // A search that may not go on says so, and claims nothing.
//! let bounds = Bounds { max_states: 10, ..Bounds::default() };
//! let verdict = Check { bounds, ..check }.run(&mut |_| {});
//! assert!(matches!(verdict, Verdict::BoundHit { bound: Bound::States, .. }));
//! ```

// What is asked, and what is answered.
mod check;
mod verdict;

// A state: a row of numbers, each of which stands for a part.
mod layout;
mod local;

mod channel;
mod fingerprint;
mod pool;

// What can happen in a state, what follows from it, and what must be true there.
mod event;
mod machine;
mod possible;
mod reactions;
mod step;

mod judge;

// What makes no difference.
mod reduction;
mod whole;

mod ample;
mod outlook;

// The search, level by level, and what it remembers.
mod search;
mod worker;

mod rows;
mod seen;

// The way to what is wrong, and runs that never end.
mod retrace;

mod components;
mod cycles;
mod round;
mod tour;

pub use check::{Bounds, Check, Checkable};
pub use reduction::{Outlook, Reduction};
pub use verdict::{Bound, Counterexample, Extent, Verdict};
pub use whole::Whole;
