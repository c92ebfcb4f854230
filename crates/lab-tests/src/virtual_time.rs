//! Systems in virtual time.

use mutual_exclusion::{
    Fairness, Measures, MutualExclusion, Workload, contention, liveness, safety,
};
use protocol::{Monitor, ProcessId};
use scenario::{Order, Scenario};
use simulator::{Experiment, Run};

/// A system of `size` whose sites all want to enter ten times, over links of that order.
pub fn busy(size: u32, order: Order) -> Scenario<Workload> {
    let mut scenario = Scenario::new(size, Workload::high_contention(10));
    scenario.links.order = order;
    scenario
}

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
