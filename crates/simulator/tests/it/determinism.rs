//! One seed decides everything.

use mutual_exclusion::Workload;
use protocol::{Delay, ProcessId};
use ricart_agrawala::Site;
use scenario::{Order, Scenario};
use simulator::{Experiment, Fates, Narrator, Run};

use crate::puppet::time;

const SITES: u32 = 4;

/// Everything that can go wrong, at once.
fn all_faults(order: Order) -> Scenario<Workload> {
    let hold = Delay::Constant(time("1ms"));
    let think = "1ms+exp(5ms)".parse().unwrap();
    let workload =
        Workload { entries: 5, think, hold, burst: 2, pause: "1ms..30ms".parse().unwrap() };
    let mut scenario = Scenario::new(SITES, workload);
    scenario.tolerate_rejections = true;
    scenario.links.delay = "1ms..9ms~30ms@5%".parse().unwrap();
    scenario.links.order = order;
    scenario.links.loss = "5%".parse().unwrap();
    scenario.links.duplication = "10%".parse().unwrap();
    scenario.links.reordering = "10%".parse().unwrap();
    for partition in ["0@20ms..25ms", "1@30ms..33ms/in", "2@35ms..36ms/out", "3@50ms..60ms/noticed"]
    {
        scenario.partitions.push(partition.parse().unwrap());
    }
    for crash in ["0@80ms..90ms", "1@120ms..150ms/silent", "2@200ms"] {
        scenario.crashes.push(crash.parse().unwrap());
    }
    let (process, offset) = (ProcessId(3), "-5ms".parse().unwrap());
    scenario.clocks.push(scenario::ClockError { process, offset, drift_ppm: 200 });
    scenario
}

fn narrate(seed: u64) -> Run<String> {
    let order = if seed.is_multiple_of(2) { Order::Fifo } else { Order::Unordered };
    let scenario = all_faults(order);
    let experiment = Experiment {
        scenario: &scenario,
        properties: &[],
        process: &|me: ProcessId, _| Site::new(me, me.peers(SITES)),
        application: &|_| scenario.workload.worker(),
    };
    let run = experiment.run(seed, Narrator::new("site", String::new()));
    let Run { failure, ended_at, steps, fates, seen, monitor } = run;
    Run { failure, ended_at, steps, fates, seen, monitor: monitor.finish().unwrap() }
}

#[test]
fn the_same_seed_gives_the_same_run_to_the_byte() {
    for seed in 0..20 {
        assert_eq!(narrate(seed), narrate(seed), "seed {seed}");
    }
}

#[test]
fn another_seed_gives_another_run() {
    for seed in 0..20 {
        assert_ne!(narrate(seed).monitor, narrate(seed + 1).monitor, "seed {seed}");
    }
}

/// If this changes, then every seed in every handout and every bug report means another run.
#[test]
fn the_runs_of_two_hundred_seeds_are_pinned() {
    let mut hash = blake3::Hasher::new();
    let (mut fates, mut steps) = (Fates::default(), 0);
    for seed in 0..200 {
        let run = narrate(seed);
        hash.update(run.monitor.as_bytes());
        fates.merge(&run.fates);
        steps += run.steps;
    }
    let Fates { sent, delivered, lost, duplicated, overtaken, cut } = fates;
    let counts = [steps, sent, delivered, lost, duplicated, overtaken, cut];
    assert!(counts.iter().all(|&count| count > 200), "a fault never happens: {fates:?}");
    let pinned = "e842bf5b32f99469e818c1ef3895d1e4ee1314834d88e6fd49c98672566a59c4";
    assert_eq!(hash.finalize().to_hex().as_str(), pinned, "{fates:?}");
}

#[test]
fn whatever_is_sent_or_doubled_is_delivered_lost_or_cut() {
    for seed in 0..200 {
        let Fates { sent, delivered, lost, duplicated, cut, .. } = narrate(seed).fates;
        assert_eq!(sent + duplicated, delivered + lost + cut, "seed {seed}");
    }
}
