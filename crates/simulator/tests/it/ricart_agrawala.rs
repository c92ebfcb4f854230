//! An algorithm that is right, on the links that it assumes and on worse ones.

use mutual_exclusion::{Fairness, Measures, Workload, contention, liveness, safety};
use protocol::{Delay, ProcessId};
use ricart_agrawala::Site;
use scenario::{Order, Scenario};
use simulator::{Experiment, Failure, Run, sweep};

use crate::puppet::time;

const SITES: u32 = 5;
const ENTRIES: u32 = 10;

fn run(scenario: &Scenario<Workload>, seed: u64) -> Run<(Fairness, Measures)> {
    let experiment = Experiment {
        scenario,
        properties: &[safety(), liveness(), contention()],
        process: &|me: ProcessId, _| Site::new(me, me.peers(SITES)),
        application: &|_| scenario.workload.worker(),
    };
    experiment.run(seed, (Fairness::new(SITES), Measures::new(SITES)))
}

/// Everybody always wants in, hardly anybody ever does, or everybody now and then.
fn workloads() -> [Workload; 3] {
    let high = Workload {
        entries: ENTRIES,
        think: Delay::NONE,
        hold: "0ms..10ms".parse().unwrap(),
        burst: 0,
        pause: Delay::NONE,
    };
    let rare: Delay = "0s+exp(1s)".parse().unwrap();
    [high, Workload { think: rare, ..high }, Workload { burst: 5, pause: rare, ..high }]
}

#[test]
fn it_is_safe_live_and_fair_and_costs_what_the_paper_says() {
    for order in [Order::Fifo, Order::Unordered] {
        for workload in workloads() {
            let mut scenario = Scenario::new(SITES, workload);
            scenario.links.order = order;
            let mut contended = 0;
            let mut worst = 0;
            let mut overtaken = 0;
            let failure = sweep(
                0..1000,
                |seed| {
                    let run = run(&scenario, seed);
                    run.failure.map_or(Ok((run.monitor, run.seen, run.fates)), Err)
                },
                |((fairness, measures), seen, fates)| {
                    // The number of messages is a property of `Measures`, which has held.
                    assert_eq!(measures.entries, u64::from(SITES * ENTRIES));
                    assert_eq!(measures.messages_per_entry(), Some(f64::from(2 * (SITES - 1))));
                    contended += u64::from(seen == ["contention"]);
                    worst = worst.max(fairness.worst());
                    overtaken += fates.overtaken;
                },
            );
            assert_eq!(failure, None, "{order:?}, {workload:?}: seed and failure");
            assert!(contended > 500, "{order:?}, {workload:?}: {contended}");
            assert_eq!(worst, 1, "{order:?}, {workload:?}: the bound is reached");
            assert_eq!(overtaken > 0, order == Order::Unordered, "{workload:?}: {overtaken}");
        }
    }
}

/// The first seed that fails and its failure, which is the same when it is run again.
fn first_failure(scenario: &Scenario<Workload>) -> Failure {
    let attempt = |seed| run(scenario, seed).failure.map_or(Ok(()), Err);
    let (seed, failure) = sweep(0..1000, attempt, |()| {}).expect("a seed that fails");
    assert_eq!(run(scenario, seed).failure.as_ref(), Some(&failure), "seed {seed}");
    assert_eq!(sweep(0..1000, attempt, |()| {}), Some((seed, failure.clone())));
    failure
}

#[test]
fn it_does_not_bear_loss() {
    let mut scenario = Scenario::new(SITES, workloads()[0]);
    scenario.links.loss = "1%".parse().unwrap();
    let violation = first_failure(&scenario).violation;
    assert_eq!(violation.property, "deadlock");
    assert!(violation.detail.contains("waits for site"), "{violation}");
}

#[test]
fn it_does_not_bear_duplication() {
    let mut scenario = Scenario::new(SITES, workloads()[0]);
    scenario.links.duplication = "1%".parse().unwrap();
    assert_eq!(first_failure(&scenario).violation.property, "nobody rejects");
}

#[test]
fn it_does_not_bear_a_crash() {
    let mut scenario = Scenario::new(SITES, workloads()[0]);
    scenario.crashes.push("2@50ms".parse().unwrap());
    let violation = first_failure(&scenario).violation;
    assert_eq!(violation.property, "deadlock");
    assert!(violation.detail.contains("waits for site 2"), "{violation}");
}

#[test]
fn it_does_not_bear_a_partition_unless_nobody_speaks_meanwhile() {
    let mut scenario = Scenario::new(SITES, workloads()[0]);
    scenario.partitions.push("0,1@50ms..60ms".parse().unwrap());
    assert_eq!(first_failure(&scenario).violation.property, "deadlock");
    scenario.partitions[0].from = time("50m");
    scenario.partitions[0].until = None;
    assert_eq!(run(&scenario, 1).failure, None);
}
