//! Sites that are wrong in one point: which property finds them, and in how few events.

use std::{any, env, fs, path::PathBuf};

use mutual_exclusion::{Command, Fairness, Measures, MutualExclusion, Workload, liveness, safety};
use protocol::{Process, ProcessId, Property};
use scenario::Scenario;
use simulator::{Experiment, Failure, Shrinker};

/// The most events that may be left of a mutant's failure: what a student takes in at a glance.
const GLANCE: usize = 12;

/// The first of five hundred seeds with which the sites fail, and how.
pub fn first_failure<P: MutualExclusion<Message: Clone>>(
    scenario: &Scenario<Workload>,
    site: impl Fn(ProcessId, u32) -> P + Sync,
) -> Option<(u64, Failure)> {
    with_experiment(scenario, site, |experiment| {
        let size = scenario.processes;
        let run = |seed| experiment.run(seed, (Fairness::new(size), Measures::new(size))).failure;
        (0..500).find_map(|seed| Some((seed, run(seed)?)))
    })
}

/// The property that finds `wrong` sites; `honest` ones have it in the same scenario. What the
/// failure comes down to must be short, and stand in `tests/golden/mutants`, from where
/// `GOLDEN=overwrite` writes it anew.
pub fn caught_by<H, P>(
    scenario: &Scenario<Workload>,
    honest: impl Fn(ProcessId, u32) -> H + Sync,
    wrong: impl Fn(ProcessId, u32) -> P + Sync,
) -> String
where
    H: MutualExclusion<Message: Clone>,
    P: MutualExclusion + Process<Message: Clone + PartialEq + std::fmt::Display>,
    P::Timer: std::fmt::Display,
{
    assert_eq!(first_failure(scenario, honest), None, "so fail the honest ones");
    let (seed, failure) = first_failure(scenario, &wrong).expect("nobody sees that it is wrong");
    let size = scenario.processes;
    let shrunk = with_experiment(scenario, wrong, |experiment| {
        let shrinker = Shrinker {
            experiment,
            monitor: &|| (Fairness::new(size), Measures::new(size)),
            may_omit: &|command| *command == Command::Enter,
            noun: "site",
        };
        shrinker.shrink(seed).expect("a run that failed fails again")
    });
    let property = failure.violation.property.into_owned();
    let events = shrunk.script.len();
    assert!(events <= GLANCE, "seed {seed} comes down to {events} events:\n{}", shrunk.story);
    let module = any::type_name::<P>().rsplit("::").nth(1).unwrap();
    let file = format!("{}-{}.txt", module.replace('_', "-"), property.replace(' ', "-"));
    compare(&PathBuf::from("tests/golden/mutants").join(file), &shrunk.story);
    property
}

fn with_experiment<P: MutualExclusion, T>(
    scenario: &Scenario<Workload>,
    site: impl Fn(ProcessId, u32) -> P + Sync,
    use_it: impl FnOnce(&Experiment<P, mutual_exclusion::Worker, Workload>) -> T,
) -> T {
    let size = scenario.processes;
    let properties: [Property<P>; 2] = [safety(), liveness()];
    use_it(&Experiment {
        scenario,
        properties: &properties,
        process: &|me, _incarnation| site(me, size),
        application: &|_| scenario.workload.worker(),
    })
}

/// Holds a story against the one that is written down, or writes it down.
fn compare(path: &PathBuf, story: &str) {
    if env::var_os("GOLDEN").is_some_and(|wish| wish == "overwrite") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        return fs::write(path, story).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(story, expected, "{} says otherwise", path.display());
}
