//! Partitions cut links, and heal.

use simulator::Fates;

use crate::puppet::{Cue, Do, play, play_as, play_from, stage};

/// 0 and 1 speak to each other before, during and after; 1 to 2 all the time.
const TALK: [Cue; 8] = [
    ("5ms", 0, Do::Say(1, 1)),
    ("5ms", 1, Do::Say(0, 2)),
    ("15ms", 0, Do::Say(1, 3)),
    ("15ms", 1, Do::Say(0, 4)),
    ("15ms", 1, Do::Say(2, 5)),
    ("25ms", 0, Do::Say(1, 6)),
    ("25ms", 1, Do::Say(0, 7)),
    ("25ms", 2, Do::Say(1, 8)),
];

#[test]
fn a_silent_partition_cuts_and_heals_and_nobody_is_told() {
    for (partition, heard) in [
        ("0@10ms..20ms", vec![1, 2, 5, 6, 7, 8]),
        ("1,2@10ms..20ms", vec![1, 2, 5, 6, 7, 8]),
        ("0@10ms..20ms/out", vec![1, 2, 4, 5, 6, 7, 8]),
        ("0@10ms..20ms/in", vec![1, 2, 3, 5, 6, 7, 8]),
        ("0@10ms", vec![1, 2, 5, 8]),
        ("1@10ms..20ms", vec![1, 2, 6, 7, 8]),
    ] {
        let mut scenario = stage(3);
        scenario.partitions.push(partition.parse().unwrap());
        let run = play(&scenario, &TALK);
        assert_eq!(run.monitor.numbers(), heard, "{partition}");
        let delivered = heard.len() as u64;
        let expected = Fates { sent: 8, delivered, cut: 8 - delivered, ..Fates::default() };
        assert_eq!(run.fates, expected, "{partition}");
        assert!(run.monitor.with("down").is_empty(), "{partition}");
    }
}

#[test]
fn a_silent_partition_stops_what_is_under_way() {
    let mut scenario = stage(2);
    scenario.partitions.push("0@5500us..20ms".parse().unwrap());
    let run = play(&scenario, &[("5ms", 0, Do::Say(1, 1))]);
    assert_eq!(run.monitor.from("5ms"), ["6ms 0 -> 1: 1 is cut"]);
}

#[test]
fn overlapping_partitions_cut_until_the_last_has_healed() {
    for kind in ["", "/noticed"] {
        let mut scenario = stage(2);
        for moments in ["0@10ms..20ms", "0@12ms..30ms"] {
            scenario.partitions.push(format!("{moments}{kind}").parse().unwrap());
        }
        let cues =
            [("11ms", 0, Do::Say(1, 1)), ("25ms", 0, Do::Say(1, 2)), ("35ms", 0, Do::Say(1, 3))];
        assert_eq!(play(&scenario, &cues).monitor.numbers(), [3], "{kind}");
    }
}

#[test]
fn a_noticed_partition_takes_links_down_at_both_ends_and_up_again_in_the_same_life() {
    let mut scenario = stage(3);
    scenario.partitions.push("0@5500us..20ms/noticed".parse().unwrap());
    // 1 and 2 are under way when the connection breaks, 3 is sent while it is down.
    let cues = [
        ("5ms", 0, Do::Say(1, 1)),
        ("5ms", 1, Do::Say(0, 2)),
        ("15ms", 0, Do::Say(1, 3)),
        ("15ms", 1, Do::Say(2, 4)),
        ("20ms", 0, Do::Say(1, 5)),
    ];
    let run = play(&scenario, &cues);
    assert_eq!(
        run.monitor.from("5ms"),
        [
            "5.5ms 1 down 0",
            "5.5ms 2 down 0",
            "5.5ms 0 down 1",
            "5.5ms 0 down 2",
            "6ms 0 -> 1: 1 is cut",
            "6ms 1 -> 0: 2 is cut",
            "15ms 0 -> 1: 3 is cut",
            "16ms 2 hears 4 from 1",
            "20ms 1 up 0 in life 0",
            "20ms 0 up 1 in life 0",
            "20ms 2 up 0 in life 0",
            "20ms 0 up 2 in life 0",
            "21ms 1 hears 5 from 0",
        ]
    );
}

#[test]
fn what_a_broken_connection_carried_does_not_come_out_of_the_next() {
    let mut scenario = stage(2);
    scenario.links.delay = "10ms".parse().unwrap();
    scenario.partitions.push("0@6ms..7ms/noticed".parse().unwrap());
    let run = play(&scenario, &[("5ms", 0, Do::Say(1, 1)), ("8ms", 0, Do::Say(1, 2))]);
    assert_eq!(run.monitor.numbers(), [2]);
    assert_eq!(run.monitor.with("cut"), ["15ms 0 -> 1: 1 is cut"]);
}

#[test]
fn the_end_of_a_broken_connection_does_not_end_the_next() {
    let mut scenario = stage(2);
    scenario.links.delay = "10ms".parse().unwrap();
    scenario.partitions.push("0@6ms..7ms/noticed".parse().unwrap());
    let run = play(&scenario, &[("5ms", 0, Do::Close(1)), ("20ms", 0, Do::Say(1, 2))]);
    assert_eq!(run.monitor.with("1 down 0"), ["6ms 1 down 0"]);
    assert_eq!(run.monitor.numbers(), [2]);
}

#[test]
fn a_new_connection_does_not_wait_for_what_the_broken_one_carried() {
    let mut scenario = stage(2);
    scenario.links.delay = "1ms..1ms~1s@50%".parse().unwrap();
    scenario.partitions.push("0@6ms..7ms/noticed".parse().unwrap());
    let mut cues = vec![("5ms", 0, Do::Say(1, 1)); 20]; // Some of them take a second.
    cues.extend([("8ms", 0, Do::Say(1, 2)), ("9ms", 0, Do::Close(1))]);
    let both_are_fast = |seed| {
        let run = play_from(seed, &scenario, &cues);
        let lines = run.monitor.from("9ms");
        lines.contains(&"9ms 1 hears 2 from 0") && lines.contains(&"10ms 1 down 0")
    };
    assert!((0..20).any(both_are_fast));
}

#[test]
fn whoever_is_linked_again_can_speak_at_once() {
    let mut scenario = stage(2);
    scenario.partitions.push("0@10ms..20ms/noticed".parse().unwrap());
    let run = play_as::<false>(&scenario, &[], Some(7), &[]);
    assert_eq!((run.fates.sent, run.fates.delivered), (4, 4));
}

#[test]
fn the_end_of_a_connection_does_not_pass_a_silent_partition() {
    for (partition, told_at) in [
        ("0@5ms..20ms", Some("21ms 1 down 0")),
        ("0@5ms..20ms/out", Some("21ms 1 down 0")),
        ("0@5ms..20ms/in", Some("11ms 1 down 0")),
        ("0@5ms", None),
    ] {
        let mut scenario = stage(2);
        scenario.partitions.push(partition.parse().unwrap());
        let run = play(&scenario, &[("10ms", 0, Do::SayCloseSay(1))]);
        assert_eq!(run.monitor.with("0 down 1"), ["10ms 0 down 1"], "{partition}: it knows");
        let told = run.monitor.with("1 down 0");
        assert_eq!(told, told_at.into_iter().collect::<Vec<_>>(), "{partition}");
    }
}

#[test]
fn a_process_that_restarts_behind_a_silent_partition_is_met_when_it_has_healed() {
    for (partition, met_at) in [("0@5ms..30ms", "30ms"), ("0@5ms..30ms/in", "30ms")] {
        let mut scenario = stage(2);
        scenario.partitions.push(partition.parse().unwrap());
        scenario.crashes.push("0@10ms..20ms".parse().unwrap());
        let run = play_as::<true>(&scenario, &[], None, &[]);
        let ups = run.monitor.with("in life 1");
        assert_eq!(ups, [format!("{met_at} 1 up 0 in life 1")], "{partition}");
    }
}

#[test]
fn who_died_again_behind_a_silent_partition_is_not_met() {
    let mut scenario = stage(2);
    scenario.partitions.push("0@5ms..30ms".parse().unwrap());
    scenario.crashes.push("0@10ms..20ms".parse().unwrap());
    scenario.crashes.push("0@25ms/silent".parse().unwrap());
    let run = play_as::<true>(&scenario, &[], None, &[]);
    // That the first life is over was on its way before, and comes through.
    assert_eq!(run.monitor.from("26ms"), ["31ms 1 down 0"]);
}
