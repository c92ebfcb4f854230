//! Sites that are wrong in one point, and the property that finds them.

use std::fmt::Display;

use mutual_exclusion::{
    Command, Fairness, Measures, MutualExclusion, Worker, Workload, liveness, safety,
};
use protocol::{Process, ProcessId, Property};
use scenario::Scenario;
use simulator::{Experiment, Failure, Shrinker};

use crate::glance::{caught, first_failing_seed};

/// The first of five hundred seeds with which the sites fail, and how.
pub fn first_failure<P: MutualExclusion<Message: Clone>>(
    scenario: &Scenario<Workload>,
    site: impl Fn(ProcessId, u32) -> P + Sync,
) -> Option<(u64, Failure)> {
    with_shrinker(scenario, site, first_failing_seed)
}

/// The property that finds `wrong` sites, as [`caught`] has it.
pub fn caught_by<H, P>(
    scenario: &Scenario<Workload>,
    honest: impl Fn(ProcessId, u32) -> H + Sync,
    wrong: impl Fn(ProcessId, u32) -> P + Sync,
) -> String
where
    H: MutualExclusion<Message: Clone>,
    P: MutualExclusion + Process<Message: Clone + PartialEq + Display, Timer: Display>,
{
    with_shrinker(scenario, honest, |honest| {
        with_shrinker(scenario, wrong, |wrong| caught(honest, wrong))
    })
}

fn with_shrinker<P: MutualExclusion, T>(
    scenario: &Scenario<Workload>,
    site: impl Fn(ProcessId, u32) -> P + Sync,
    use_it: impl FnOnce(&Shrinker<P, Worker, (Fairness, Measures), Workload>) -> T,
) -> T {
    let size = scenario.processes;
    let properties: [Property<P>; 2] = [safety(), liveness()];
    let experiment = Experiment {
        scenario,
        properties: &properties,
        process: &|me, _incarnation| site(me, size),
        application: &|_| scenario.workload.worker(),
    };
    use_it(&Shrinker {
        experiment: &experiment,
        monitor: &|| (Fairness::new(size), Measures::new(size)),
        may_omit: &|command| *command == Command::Enter,
        noun: "site",
    })
}
