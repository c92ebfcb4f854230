//! What is run, and how it went.

use std::{fmt, time::Duration};

use protocol::{Application, Monitor, Process, ProcessId, Property, Violation};
use scenario::Scenario;

use crate::{Fates, simulation::Simulation};

/// A scenario, the system that it befalls, and what must be true of it. It can be run any number
/// of times, from any seed, on any thread.
///
/// See the [crate's example](crate#example).
pub struct Experiment<'a, P: Process, A, W> {
    /// Who, which links, which faults, how long. [`validate`](Scenario::validate)d.
    pub scenario: &'a Scenario<W>,
    /// What must be true of the states.
    pub properties: &'a [Property<P>],
    /// Makes a process, given its name and its incarnation: 0 at first, and one more at each
    /// restart.
    pub process: &'a (dyn Fn(ProcessId, u64) -> P + Sync),
    /// Makes the application of a process, afresh at each restart.
    pub application: &'a (dyn Fn(ProcessId) -> A + Sync),
}

/// How a run went.
///
/// ```
/// use mutual_exclusion::{Measures, Workload, contention, safety};
/// use ricart_agrawala::Site;
/// use scenario::Scenario;
/// use simulator::Experiment;
///
/// let scenario = Scenario::new(3, Workload::high_contention(10));
/// let experiment = Experiment {
///     scenario: &scenario,
///     properties: &[safety(), contention()],
///     process: &|me, _incarnation| Site::new(me, me.peers(3)),
///     application: &|_| scenario.workload.worker(),
/// };
/// let run = experiment.run(7, Measures::new(3));
/// assert_eq!((run.failure, run.seen), (None, vec!["contention"]));
/// // 30 entries, for each of which two requests are sent and two replies.
/// assert_eq!((run.fates.sent, run.fates.delivered), (120, 120));
/// assert_eq!(run.monitor.messages_per_entry(), Some(4.0));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run<M> {
    /// What was wrong, if anything was.
    pub failure: Option<Failure>,
    /// The virtual time at the end.
    pub ended_at: Duration,
    /// How many inputs processes were given.
    pub steps: u64,
    /// What became of the messages.
    pub fates: Fates,
    /// Which of the [`Sometimes`](protocol::Claim::Sometimes) properties were seen to hold, in
    /// the order of the properties.
    pub seen: Vec<&'static str>,
    /// The monitor, as the run left it.
    pub monitor: M,
}

/// Where and how a run went wrong.
///
/// ```
/// use protocol::Violation;
/// use simulator::Failure;
/// use std::time::Duration;
///
/// let violation = Violation::new("deadlock", "site 2 waits for site 0");
/// let failure = Failure { violation, at: Duration::from_micros(1500), steps: 12 };
/// let text = "deadlock: site 2 waits for site 0 (after 12 steps, at 1.500 ms)";
/// assert_eq!(failure.to_string(), text);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which property was broken, and how.
    pub violation: Violation,
    /// The virtual time.
    pub at: Duration,
    /// After how many steps.
    pub steps: u64,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { violation, at, steps } = self;
        write!(f, "{violation} (after {steps} steps, at {:.3} ms)", at.as_secs_f64() * 1e3)
    }
}

impl<P, A, W> Experiment<'_, P, A, W>
where
    P: Process<Message: Clone>,
    A: Application<P>,
{
    /// Runs it from a seed, watched by `monitor`. The same seed gives the same run. See the
    /// example of [`Run`].
    ///
    /// # Panics
    /// When the scenario is not valid, or a process or an application can't be made for the first
    /// time. Any later panic in them is a failure of the run instead.
    pub fn run<M: Monitor<P>>(&self, seed: u64, monitor: M) -> Run<M> {
        if let Err(error) = self.scenario.validate() {
            panic!("only a valid scenario can be run: {error}");
        }
        let mut simulation = Simulation::new(self, seed, monitor);
        if let Err(text) = trace::guard(|| simulation.run()) {
            simulation.fail_by_panic(&text);
        }
        simulation.into_run()
    }
}
