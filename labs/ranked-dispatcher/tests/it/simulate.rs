//! Runs in virtual time, under faults: what holds in all of them, and that the faults were there.

use std::time::Duration;

use protocol::{Delay, Property};
use ranked_dispatcher::{
    Policy, Server, Settings, System, Witness, Workload, handed_on, orphaned, properties,
};
use scenario::Scenario;

use crate::{
    by_hand::by,
    system::{TASKS, hurry, star, with_experiment},
    tally::{Seen, Tally},
};

/// What must be true, and what we would like to see.
pub(crate) fn all_properties() -> Vec<Property<System<Server>>> {
    properties().into_iter().chain([handed_on(), orphaned()]).collect()
}

/// Holds that a run does not go wrong, and adds what was seen in it. Returns when something
/// happened in it.
fn assert_well(
    scenario: &Scenario<Workload>,
    settings: &Settings,
    seed: u64,
    seen: &mut Seen,
) -> Vec<Duration> {
    with_experiment(scenario, settings, Server::new, &all_properties(), |experiment| {
        let run = experiment.run(seed, (Witness::new(settings.max_retries), Tally::default()));
        assert_eq!(run.failure, None, "seed {seed} of {settings:?}\n{}", scenario.to_toml());
        seen.add(&run, &run.monitor.1);
        run.monitor.1.moments
    })
}

/// Four clients, each with three commands, and nothing goes wrong.
fn calm() -> Scenario<Workload> {
    hurry(star(4, 3, &TASKS))
}

/// The same under these faults.
fn with(scenario: Scenario<Workload>, crashes: &[&str], partitions: &[&str]) -> Scenario<Workload> {
    let crashes = crashes.iter().map(|text| text.parse().expect("a crash")).collect();
    let partitions = partitions.iter().map(|text| text.parse().expect("a partition")).collect();
    Scenario { crashes, partitions, ..scenario }
}

#[test]
fn whoever_is_not_the_lowest_has_all_its_results() {
    for policy in Policy::ALL {
        let mut seen = Seen::default();
        for seed in 0..100 {
            assert_well(&calm(), &by(policy), seed, &mut seen);
        }
        assert_eq!((seen.results, seen.fates.cut), (100 * 3 * 3, 0), "{policy}");
    }
}

/// Of a run in which nothing goes wrong, every step is tried: there something does. What, is said
/// by `faults`, for that moment and one that is 9 ms later.
fn at_every_step(policy: Policy, faults: impl Fn(&str, &str) -> Vec<Scenario<Workload>>) -> Seen {
    let mut seen = Seen::default();
    for at in assert_well(&calm(), &by(policy), 0, &mut Seen::default()) {
        let [at, later] = [0, 9_000_000].map(|ns| format!("{}ns", at.as_nanos() + ns));
        for scenario in faults(&at, &later) {
            assert_well(&scenario, &by(policy), 0, &mut seen);
        }
    }
    println!("{policy}: {seen:?}");
    seen
}

/// Whoever dies, be it the server, for good or not.
#[test]
fn a_death_at_any_step_does_no_harm() {
    let deaths = |at: &str, later: &str| {
        let crashes = |who| [format!("{who}@{at}"), format!("{who}@{at}..{later}")];
        (0..=4).flat_map(crashes).map(|crash| with(calm(), &[&crash], &[])).collect()
    };
    for policy in Policy::ALL {
        let Seen { fates, handed_on, orphaned, nobody_left, .. } = at_every_step(policy, deaths);
        assert!(fates.cut > 0 && handed_on > 0 && orphaned > 0 && nobody_left > 0, "{policy}");
    }
}

/// An answer may be lost on its way, and so what was done is done again.
#[test]
fn a_broken_connection_at_any_step_does_no_harm() {
    let breaks = |at: &str, later: &str| {
        let cut = |who| format!("{who}@{at}..{later}/noticed");
        (1..=4).map(|who| with(calm(), &[], &[&cut(who)])).collect()
    };
    for policy in Policy::ALL {
        let Seen { fates, handed_on, orphaned, done_twice, .. } = at_every_step(policy, breaks);
        assert!(fates.cut > 0 && handed_on > 0 && orphaned > 0 && done_twice > 0, "{policy}");
    }
}

/// Everything at once, in runs of many kinds. A machine that loses its power breaks no connection,
/// and is missed when it is back.
#[test]
fn deaths_restarts_and_broken_connections_do_no_harm() {
    let faults = with(
        hurry(star(5, 6, &["print", "echo a", "sum 1 2", "sleep 15", "debug", "hash a"])),
        &["1@20ms..60ms", "2@50ms", "0@90ms..100ms", "4@30ms..45ms/silent", "4@80ms..90ms"],
        &["3@40ms..70ms/noticed", "5@65ms..100ms/noticed"],
    );
    for policy in Policy::ALL {
        for most_jobs in [1, 1_000] {
            let (settings, mut seen) = (Settings { most_jobs, ..by(policy) }, Seen::default());
            for seed in 0..200 {
                assert_well(&faults, &settings, seed, &mut seen);
            }
            println!("{policy}, {most_jobs}: {seen:?}");
            assert!(seen.fates.cut > 0 && seen.handed_on > 0 && seen.orphaned > 0);
        }
    }
}

/// Half of what everybody runs takes a minute, and all of it is asked for at once.
#[test]
fn a_slow_command_delays_nobody() {
    let mut scenario = star(4, 10, &["sleep 60000", "print"]);
    scenario.workload.at_once = 10;
    scenario.workload.work = Delay::Constant(Duration::from_millis(1));
    let mut seen = Seen::default();
    for seed in 0..20 {
        assert_well(&scenario, &Settings::default(), seed, &mut seen);
    }
    assert_eq!(seen.results, 20 * 10 * 3);
    // To the client, the work, and back.
    assert!((3..=9 + 1 + 9).contains(&seen.slowest_print_ms), "{} ms", seen.slowest_print_ms);
}
