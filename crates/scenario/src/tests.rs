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
    scenario.clocks.push(ClockError { process: ProcessId(3), offset, drift_ppm: 50 });
    scenario
}

#[test]
fn every_fault_survives_a_file() {
    let scenario = experiment();
    let text = scenario.to_toml();
    assert_eq!(Scenario::from_toml(&text).unwrap(), scenario, "{text}");
}

#[test]
fn what_a_file_leaves_out_is_as_in_a_new_scenario() {
    let text = "processes = 3\nworkload = 7\n[links]\nloss = 1";
    let mut expected = Scenario::new(3, 7);
    expected.links.loss = "100%".parse().unwrap();
    assert_eq!(Scenario::from_toml(text), Ok(expected));
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
        (|s| s.partitions[1].side[0].0 = 9, "a partition names process 9, but the last one is 4"),
        (|s| s.crashes[0].process.0 = 9, "a crash names process 9, but the last one is 4"),
        (|s| s.clocks[0].process.0 = 9, "a clock names process 9, but the last one is 4"),
        (|s| s.crashes[0].restart = Some(Duration::ZERO), "a crash ends before it begins"),
        (|s| s.partitions[0].until = Some(Duration::ZERO), "a partition ends before it begins"),
        (|s| s.partitions[0].side.clear(), "a partition leaves nobody on one of its sides"),
        (
            |s| s.partitions[0].side = ProcessId::all(5).collect(),
            "a partition leaves nobody on one of its sides",
        ),
        (|s| s.partitions[1].noticed = true, "a one-way partition can't be noticed"),
        (|s| s.crashes.push("4@6ms".parse().unwrap()), "process 4 crashes while it is down"),
        (|s| s.crashes.push("4@9ms".parse().unwrap()), "process 4 crashes while it is down"),
        (|s| s.crashes.push("4@1ms".parse().unwrap()), "process 4 crashes while it is down"),
        (|s| s.crashes.push("4@1ms..5ms".parse().unwrap()), "process 4 crashes while it is down"),
        (|s| s.clocks[0].drift_ppm = -1_000_000, "a drift of -1000000 parts per million"),
    ] {
        let error = refused(change);
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_process_may_die_in_each_of_its_lives() {
    let mut scenario = experiment();
    for crash in ["4@1ms..2ms", "4@10ms", "3@6ms"] {
        scenario.crashes.push(crash.parse().unwrap());
        assert_eq!(scenario.validate(), Ok(()), "{crash}");
    }
}

#[test]
fn a_partition_is_in_the_way_of_what_crosses_it_in_its_direction() {
    let [a, b, c, d] = [0, 1, 2, 3].map(ProcessId);
    for (kind, outwards, inwards) in [("", true, true), ("/out", true, false), ("/in", false, true)]
    {
        let partition: Partition = format!("0,1@1ms{kind}").parse().unwrap();
        assert_eq!((partition.cuts(a, c), partition.cuts(c, a)), (outwards, inwards), "{kind}");
        assert!(!partition.cuts(a, b) && !partition.cuts(c, d), "{kind}");
    }
}

#[test]
fn a_short_text_that_is_none_is_refused_with_an_example() {
    for text in ["", "0", "0@", "0,@1ms", "x@1ms", "0@1ms..", "0@1ms/sideways"] {
        let error = text.parse::<Partition>().unwrap_err().to_string();
        assert!(error.contains("is no partition: write one like 0,1@10ms..30ms"), "{error}");
    }
    for text in ["", "0", "0@", "0,1@1ms", "0@1ms/noisy", "-1@1ms"] {
        let error = text.parse::<Crash>().unwrap_err().to_string();
        assert!(error.contains("is no crash: write one like 2@10ms"), "{error}");
    }
    for text in ["", "5", "+-5s", "soon"] {
        let error = text.parse::<Offset>().unwrap_err().to_string();
        assert!(error.contains("is no clock offset: write one like +5s"), "{error}");
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
