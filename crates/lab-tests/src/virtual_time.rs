//! Systems in virtual time.

use mutual_exclusion::{
    Fairness, Measures, MutualExclusion, Workload, contention, liveness, safety,
};
use protocol::{Monitor, ProcessId};
use scenario::Scenario;
use simulator::{Experiment, Run};

/// Runs a scenario of these sites from a seed, with everything that is promised held against it;
/// `more` watches, too.
pub fn run_with<P, M>(
    site: impl Fn(ProcessId) -> P + Sync,
    scenario: &Scenario<Workload>,
    seed: u64,
    more: M,
) -> Run<((Fairness, Measures), M)>
where
    P: MutualExclusion<Message: Clone>,
    M: Monitor<P>,
{
    let size = scenario.processes;
    let experiment = Experiment {
        scenario,
        properties: &[safety(), liveness(), contention()],
        process: &|me, _incarnation| site(me),
        application: &|_| scenario.workload.worker(),
    };
    experiment.run(seed, ((Fairness::new(size), Measures::new(size)), more))
}
