//! Processes die, forget, and come back.

use simulator::Fates;

use crate::puppet::{Do, play, play_as, stage};

#[test]
fn a_noticed_crash_takes_links_down_after_what_was_sent_before() {
    let mut scenario = stage(2);
    scenario.crashes.push("0@5500us".parse().unwrap());
    let run = play(&scenario, &[("5ms", 0, Do::Say(1, 1)), ("5500us", 0, Do::Say(1, 2))]);
    let end = ["5.5ms 0 dies", "6ms 1 hears 1 from 0", "6.5ms 1 down 0"];
    assert_eq!(run.monitor.from("5ms"), end);
}

#[test]
fn a_silent_crash_is_not_noticed() {
    let mut scenario = stage(2);
    scenario.crashes.push("0@5500us/silent".parse().unwrap());
    let run = play(&scenario, &[("5ms", 0, Do::Say(1, 1))]);
    assert_eq!(run.monitor.from("5ms"), ["5.5ms 0 dies", "6ms 1 hears 1 from 0"]);
}

#[test]
fn what_is_said_to_the_dead_is_cut() {
    for kind in ["", "/silent"] {
        let mut scenario = stage(2);
        scenario.crashes.push(format!("0@5500us{kind}").parse().unwrap());
        let run = play(&scenario, &[("5ms", 1, Do::Say(0, 1)), ("7ms", 1, Do::Say(0, 2))]);
        assert_eq!(run.monitor.with("cut"), ["6ms 1 -> 0: 1 is cut", "7ms 1 -> 0: 2 is cut"]);
        assert_eq!(run.fates, Fates { sent: 2, cut: 2, ..Fates::default() });
    }
}

#[test]
fn the_dead_take_no_commands() {
    let mut scenario = stage(2);
    scenario.crashes.push("0@5ms..50ms".parse().unwrap());
    let run = play(&scenario, &[("10ms", 0, Do::Say(1, 1))]);
    assert_eq!(run.monitor.with("1 is cut"), ["60ms 0 -> 1: 1 is cut"]); // In its next life.
}

#[test]
fn what_was_known_is_lost_in_a_crash() {
    let mut scenario = stage(2);
    scenario.crashes.push("1@7ms..20ms".parse().unwrap());
    let cues = [("5ms", 0, Do::Say(1, 1)), ("6500us", 1, Do::Recite)];
    let run = play_as::<true>(&scenario, &cues, None, &[]);
    assert_eq!(
        run.monitor.with("has heard"),
        ["6.5ms 1 has heard [1] at its 6.5ms", "26.5ms 1 has heard [] at its 26.5ms"]
    );
}

#[test]
fn whoever_does_not_rejoin_starts_again_and_stays_alone() {
    let mut scenario = stage(2);
    scenario.crashes.push("0@5ms..10ms".parse().unwrap());
    let cues = [("20ms", 1, Do::Say(0, 1)), ("30ms", 0, Do::Say(1, 2))];
    let run = play(&scenario, &cues);
    assert_eq!(
        run.monitor.from("5ms"),
        [
            "5ms 0 dies",
            "6ms 1 down 0",
            "10ms 0 starts life 1",
            "20ms 1 -> 0: 1 is cut",
            "40ms 0 -> 1: 2 is cut",
        ]
    );
}

#[test]
fn whoever_rejoins_is_linked_again_in_its_new_life() {
    let mut scenario = stage(2);
    for crash in ["0@5ms..10ms", "0@15ms..20ms"] {
        scenario.crashes.push(crash.parse().unwrap());
    }
    let run = play_as::<true>(&scenario, &[("21ms", 1, Do::Say(0, 1))], None, &[]);
    assert_eq!(
        run.monitor.from("5ms"),
        [
            "5ms 0 dies",
            "6ms 1 down 0",
            "10ms 0 starts life 1",
            "10ms 1 up 0 in life 1",
            "10ms 0 up 1 in life 0",
            "15ms 0 dies",
            "16ms 1 down 0",
            "20ms 0 starts life 2",
            "20ms 1 up 0 in life 2",
            "20ms 0 up 1 in life 0",
            "22ms 0 hears 1 from 1",
        ]
    );
}

#[test]
fn a_new_life_is_noticed_even_where_the_death_was_not() {
    let mut scenario = stage(2);
    scenario.crashes.push("0@5ms..10ms/silent".parse().unwrap());
    let life = |rejoins| {
        let run = if rejoins {
            play_as::<true>(&scenario, &[], None, &[])
        } else {
            play_as::<false>(&scenario, &[], None, &[])
        };
        run.monitor.from("5ms").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let alone = ["5ms 0 dies", "10ms 0 starts life 1", "10ms 1 down 0"];
    assert_eq!(life(false), alone);
    assert_eq!(life(true)[..3], alone);
    assert_eq!(life(true)[3..], ["10ms 1 up 0 in life 1", "10ms 0 up 1 in life 0"]);
}

#[test]
fn what_was_said_to_one_life_does_not_reach_the_next() {
    let mut scenario = stage(2);
    scenario.links.delay = "10ms".parse().unwrap();
    scenario.crashes.push("0@6ms..7ms".parse().unwrap());
    let cues = [("5ms", 1, Do::Say(0, 1)), ("5ms", 0, Do::Say(1, 2))];
    let run = play_as::<true>(&scenario, &cues, None, &[]);
    // What the first life had under way is lost with its connection.
    assert_eq!(run.monitor.with("cut"), ["15ms 0 -> 1: 2 is cut", "15ms 1 -> 0: 1 is cut"]);
    assert_eq!(run.monitor.numbers(), [2]); // The script of the second life.
}

#[test]
fn the_end_of_one_life_does_not_end_the_links_of_the_next() {
    let mut scenario = stage(2);
    scenario.links.delay = "10ms".parse().unwrap();
    scenario.crashes.push("0@6ms..7ms".parse().unwrap());
    let run = play_as::<true>(&scenario, &[], None, &[]);
    assert_eq!(run.monitor.with("down"), ["7ms 1 down 0"]);
}

#[test]
fn two_new_lives_that_have_never_met_are_linked_even_where_nobody_rejoins() {
    let mut scenario = stage(3);
    scenario.crashes.push("0@5ms..10ms".parse().unwrap());
    scenario.crashes.push("1@6ms..20ms".parse().unwrap());
    scenario.crashes.push("1@30ms..40ms".parse().unwrap());
    let run = play(&scenario, &[]);
    let linked = ["20ms 0 up 1 in life 1", "20ms 1 up 0 in life 1"];
    assert_eq!(
        run.monitor.from("7ms").into_iter().filter(|l| l.contains("up")).collect::<Vec<_>>(),
        linked
    );
}

#[test]
fn nobody_is_linked_to_the_dead() {
    let mut scenario = stage(2);
    scenario.crashes.push("0@5ms..30ms".parse().unwrap());
    scenario.partitions.push("0@4ms..10ms/noticed".parse().unwrap());
    let run = play_as::<true>(&scenario, &[], None, &[]);
    assert_eq!(run.monitor.with("1 up 0"), ["0ns 1 up 0 in life 0", "30ms 1 up 0 in life 1"]);
}

#[test]
fn who_comes_back_behind_a_noticed_partition_is_linked_when_it_heals() {
    let mut scenario = stage(2);
    scenario.crashes.push("0@5ms..10ms".parse().unwrap());
    scenario.partitions.push("0@8ms..30ms/noticed".parse().unwrap());
    let run = play_as::<true>(&scenario, &[], None, &[]);
    assert_eq!(run.monitor.with("1 up 0"), ["0ns 1 up 0 in life 0", "30ms 1 up 0 in life 1"]);
}

#[test]
fn the_death_of_one_leaves_the_links_of_others_alone() {
    let mut scenario = stage(3);
    scenario.crashes.push("0@5ms".parse().unwrap());
    let run = play(&scenario, &[("9ms", 1, Do::Say(2, 1)), ("9ms", 2, Do::Say(1, 2))]);
    assert_eq!(run.monitor.numbers(), [1, 2]);
}
