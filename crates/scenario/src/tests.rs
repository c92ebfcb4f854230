//! What is accepted is read back; what makes no sense is refused by name.

use mutual_exclusion::Workload;

use super::*;

fn experiment() -> Scenario<Workload> {
    let mut scenario = Scenario::new(5, Workload::bursts(10));
    scenario.links.loss = "20%".parse().unwrap();
    scenario.links.order = Order::Unordered;
    scenario.partitions.push("0,1@10ms..30ms".parse().unwrap());
    scenario.partitions.push("2@1s/in".parse().unwrap());
    scenario.crashes.push("4@5ms..9ms/silent".parse().unwrap());
    let offset = Offset(-3_000_000_000);
    scenario.clocks.push(ClockError { process: protocol::ProcessId(3), offset, drift_ppm: 50 });
    scenario
}

#[test]
fn every_fault_survives_a_file() {
    let scenario = experiment();
    let text = scenario.to_toml();
    assert_eq!(Scenario::from_toml(&text).unwrap(), scenario, "{text}");
}

#[test]
fn every_fault_survives_its_short_text() {
    for text in ["0,1@10ms..30ms", "2@1s/in", "0@0s/out", "0@1ms..2ms/noticed"] {
        assert_eq!(text.parse::<Partition>().unwrap().to_string(), text);
    }
    for text in ["4@5ms..9ms/silent", "4@5ms", "0@1s..2s"] {
        assert_eq!(text.parse::<Crash>().unwrap().to_string(), text);
    }
}

#[test]
fn a_fault_that_makes_no_sense_is_refused_by_name() {
    let refused = |change: fn(&mut Scenario<Workload>)| {
        let mut scenario = experiment();
        change(&mut scenario);
        scenario.validate().unwrap_err().to_string()
    };
    for (change, why) in [
        ((|s| s.processes = 0) as fn(&mut Scenario<Workload>), "0 processes: choose from 1"),
        (|s| s.processes = 1001, "1001 processes: choose from 1 to 1000"),
        (|s| s.processes = 2, "a partition names process 2, but the last one is 1"),
        (|s| s.crashes[0].process.0 = 9, "a crash names process 9, but the last one is 4"),
        (|s| s.clocks[0].process.0 = 9, "a clock names process 9, but the last one is 4"),
        (|s| s.crashes[0].restart = Some(Duration::ZERO), "a crash ends before it begins"),
        (|s| s.partitions[0].until = Some(Duration::ZERO), "a partition ends before it begins"),
        (|s| s.partitions[1].noticed = true, "a one-way partition can't be noticed"),
        (|s| s.crashes.push("4@6ms".parse().unwrap()), "process 4 crashes while it is down"),
        (|s| s.clocks[0].drift_ppm = -1_000_000, "a drift of -1000000 parts per million"),
    ] {
        let error = refused(change);
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_file_that_is_none_is_refused_with_its_line() {
    let refused = |text: &str| Scenario::<Workload>::from_toml(text).unwrap_err().to_string();
    for (text, why) in [
        ("", "line 1: missing field `processes`"),
        ("processes = \"five\"", "line 1: invalid type"),
        ("processes = 5\nlimks = 3", "line 2: unknown field `limks`"),
        ("processes = 5\n[links]\nloss = 1.5", "line 3: `1.5` is no probability"),
        ("processes = 5\n[links]\ndelay = \"soon\"", "line 3: `soon` is no delay"),
        ("processes = 5\ndeadline = \"-1s\"", "line 2: `-1s` is no duration"),
    ] {
        let error = refused(text);
        assert!(error.contains(why) && !error.contains('\n'), "{error}");
    }
}
