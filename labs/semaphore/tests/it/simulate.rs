//! Runs in virtual time, under faults: what holds in all of them, and that the faults were there.

use std::time::Duration;

use protocol::{Delay, Effect, EffectOf, Monitor, ProcessId, Property};
use scenario::Scenario;
use semaphore::{Server, Settings, System, Workload, contention, properties, stale_belief};
use simulator::Fates;

use crate::system::{ONE, OPPOSITE, Watch, impatient, star, two_permits, with_experiment};

const SEEDS: u64 = 200;

/// What was seen in all of the runs.
#[derive(Default)]
struct Seen {
    fates: Fates,
    contention: u32,
    stale_belief: u32,
    deadlocks_refused: u32,
}

/// Counts the requests that were refused because they would have closed a cycle.
#[derive(Default)]
struct Refusals(u32);

impl Monitor<System<Server>> for Refusals {
    fn on_effect(&mut self, _now: Duration, _by: ProcessId, effect: &EffectOf<System<Server>>) {
        if let Effect::Send { message, .. } = effect {
            self.0 += u32::from(message.to_string().starts_with("ERROR DEADLOCK c"));
        }
    }
}

/// Holds that no run goes wrong, and that everybody gets round if nothing befalls anybody.
fn assert_well(
    scenario: &Scenario<Workload>,
    settings: &Settings,
    heartbeat: Option<Duration>,
) -> Seen {
    let properties: Vec<Property<System<Server>>> =
        properties().into_iter().chain([contention(), stale_belief()]).collect();
    with_experiment(scenario, settings, heartbeat, Server::new, &properties, |experiment| {
        let mut seen = Seen::default();
        for seed in 0..SEEDS {
            let run = experiment.run(seed, (Watch::default(), Refusals::default()));
            assert_eq!(run.failure, None, "seed {seed}");
            seen.fates.merge(&run.fates);
            seen.contention += u32::from(run.seen.contains(&"contention"));
            seen.stale_belief += u32::from(run.seen.contains(&"stale belief"));
            seen.deadlocks_refused += run.monitor.1.0;
        }
        seen
    })
}

/// These faults, to five clients who ask for all there is in every way.
fn troubled(crashes: &[&str], partitions: &[&str]) -> Scenario<Workload> {
    let lists = [
        OPPOSITE[0],
        OPPOSITE[1],
        "ACQUIRE a TIMEOUT 15, ACQUIRE printer, RELEASE printer, RELEASE a",
        "TRY b, ACQUIRE printer, RELEASE printer, RELEASE b",
        "ACQUIRE printer, RELEASE a, STATUS, PING, RELEASE printer",
    ];
    Scenario {
        crashes: crashes.iter().map(|text| text.parse().expect("a crash")).collect(),
        partitions: partitions.iter().map(|text| text.parse().expect("a partition")).collect(),
        ..star(5, 5, &lists)
    }
}

#[test]
fn opposite_orders_are_refused_and_everybody_gets_round() {
    let scenario = star(4, 10, &OPPOSITE);
    let seen = assert_well(&scenario, &Settings::default(), None);
    assert!(seen.deadlocks_refused > 0 && seen.contention == SEEDS as u32);
    assert_eq!((seen.fates.cut, seen.stale_belief), (0, 0));
}

#[test]
fn deaths_restarts_and_broken_connections_do_no_harm() {
    let scenario = troubled(
        &["1@20ms..60ms", "2@50ms", "0@150ms..170ms", "4@30ms..45ms", "4@80ms..90ms"],
        &["3@40ms..70ms/noticed", "5@65ms..100ms/noticed"],
    );
    let seen = assert_well(&scenario, &two_permits("printer", &Settings::default()), None);
    assert!(seen.fates.cut > 0 && seen.contention > 0 && seen.deadlocks_refused > 0);
}

#[test]
fn a_silent_network_or_death_expires_clients_who_may_believe_on() {
    let scenario = troubled(
        &["1@20ms/silent", "2@50ms..200ms/silent"],
        &["3@40ms..150ms", "4@60ms..300ms/in", "5@90ms..250ms/out"],
    );
    let heartbeat = Some(Duration::from_millis(25));
    let seen = assert_well(&scenario, &two_permits("printer", &impatient()), heartbeat);
    assert!(seen.fates.cut > 0 && seen.contention > 0);
    assert!(seen.stale_belief > 0, "nobody believed what was not so");
}

#[test]
fn heartbeats_keep_the_slow_alive() {
    let scenario = star(3, 3, &ONE);
    let hold = Delay::Constant(Duration::from_millis(500));
    let scenario = Scenario { workload: Workload { hold, ..scenario.workload }, ..scenario };
    let heartbeat = Some(Duration::from_millis(25));
    assert_eq!(assert_well(&scenario, &impatient(), heartbeat).fates.cut, 0);
    let seen = assert_well(&scenario, &impatient(), None);
    assert!(seen.fates.cut > 0 || seen.stale_belief > 0, "without, nobody is expired");
}
