//! Sites that are wrong in one point, and the property that finds them.

use std::{fmt::Display, hash::Hash};

use checker::Checkable;
use mutual_exclusion::{
    Command, Fairness, Measures, MutualExclusion, Worker, Workload, liveness, safety,
};
use protocol::{Monitor, Process, ProcessId, Property};
use scenario::Scenario;
use simulator::{Experiment, Failure, Shrinker};

use crate::{
    Lab,
    glance::{caught, first_failing_seed, shortest},
};

/// The first of five hundred seeds with which the sites fail, and how.
pub fn first_failure<P: MutualExclusion<Message: Clone>>(
    scenario: &Scenario<Workload>,
    site: impl Fn(ProcessId, u32) -> P + Sync,
) -> Option<(u64, Failure)> {
    with_shrinker(scenario, site, &watch(scenario), first_failing_seed)
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
    let watch = watch(scenario);
    with_shrinker(scenario, honest, &watch, |honest| {
        with_shrinker(scenario, wrong, &watch, |wrong| caught(honest, wrong))
    })
}

/// The property of a state that finds `wrong` sites first, as [`shortest`] has it.
pub fn shortest_to_a_state<H, P>(
    scenario: &Scenario<Workload>,
    honest: impl Fn(ProcessId, u32) -> H + Sync,
    wrong: impl Fn(ProcessId, u32) -> P + Sync,
) -> String
where
    H: MutualExclusion + Checkable,
    P: MutualExclusion + Checkable + Process<Message: Display, Timer: Display>,
{
    shortest_with(scenario, honest, wrong, &())
}

/// The property that finds `wrong` sites first when every history is watched, as [`shortest`]
/// has it: for those that do no harm, but ask too much of others.
pub fn shortest_history<H, P>(
    scenario: &Scenario<Workload>,
    honest: impl Fn(ProcessId, u32) -> H + Sync,
    wrong: impl Fn(ProcessId, u32) -> P + Sync,
) -> String
where
    H: MutualExclusion + Checkable,
    P: MutualExclusion + Checkable + Process<Message: Display, Timer: Display>,
{
    shortest_with(scenario, honest, wrong, &watch(scenario))
}

fn shortest_with<H, P, M>(
    scenario: &Scenario<Workload>,
    honest: impl Fn(ProcessId, u32) -> H + Sync,
    wrong: impl Fn(ProcessId, u32) -> P + Sync,
    monitor: &M,
) -> String
where
    H: MutualExclusion + Checkable,
    P: MutualExclusion + Checkable + Process<Message: Display, Timer: Display>,
    M: Monitor<H> + Monitor<P> + Clone + Eq + Hash + Send + Sync,
{
    with_shrinker(scenario, honest, monitor, |honest| {
        with_shrinker(scenario, wrong, monitor, |wrong| shortest(honest, wrong))
    })
}

/// Holds that `check --mutant list` names every `mutant!` of a lab's `mutants.rs`.
pub fn assert_lists_mutants(lab: Lab, source: &str) {
    let is_a_name = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("///");
    let name = |body: &str| body.lines().find(is_a_name).map(|line| line.trim().replace('_', "-"));
    let written = source.split("\nmutant! {\n").skip(1).filter_map(name);
    let written: Vec<String> = written.map(|name| name.trim_end_matches(',').to_owned()).collect();
    let ended = lab.run("check --mutant list");
    assert_eq!(ended.stdout.lines().collect::<Vec<_>>(), written);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

fn watch(scenario: &Scenario<Workload>) -> (Fairness, Measures) {
    (Fairness::new(scenario.processes), Measures::new(scenario.processes))
}

fn with_shrinker<P: MutualExclusion, M: Monitor<P> + Clone, T>(
    scenario: &Scenario<Workload>,
    site: impl Fn(ProcessId, u32) -> P + Sync,
    monitor: &M,
    use_it: impl FnOnce(&Shrinker<P, Worker, M, Workload>) -> T,
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
        monitor: &|| monitor.clone(),
        may_omit: &|command| *command == Command::Enter,
        noun: "site",
    })
}
