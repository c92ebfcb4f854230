//! Connections come up, carry messages in between, and end in order.

use scenario::Order;

use crate::puppet::{Do, play, play_as, stage};

#[test]
fn all_start_before_all_are_linked() {
    let run = play(&stage(2), &[]);
    assert_eq!(
        run.monitor.from("0s"),
        [
            "0ns 0 starts life 0",
            "0ns 1 starts life 0",
            "0ns 1 up 0 in life 0",
            "0ns 0 up 1 in life 0"
        ]
    );
}

#[test]
fn whoever_hears_of_a_link_can_speak_over_it_at_once() {
    let run = play_as::<false>(&stage(3), &[], Some(7), &[]);
    assert_eq!((run.fates.sent, run.fates.delivered), (6, 6));
}

#[test]
fn after_a_close_the_peer_gets_what_was_sent_before_and_then_down() {
    let run = play(&stage(2), &[("5ms", 0, Do::SayCloseSay(1))]);
    assert_eq!(
        run.monitor.from("5ms"),
        [
            "5ms 0 -> 1: 6 is cut",
            "5ms 0 -> 1: 7 is cut",
            "5ms 0 -> 1: 8 is cut",
            "5ms 0 -> 1: 9 is cut",
            "5ms 0 down 1",
            "6ms 1 hears 1 from 0",
            "6ms 1 hears 2 from 0",
            "6ms 1 hears 3 from 0",
            "6ms 1 hears 4 from 0",
            "6ms 1 hears 5 from 0",
            "6ms 1 down 0",
        ]
    );
}

#[test]
fn a_close_waits_for_what_was_sent_before_on_links_without_order_too() {
    for (order, reordering) in [(Order::Unordered, "0"), (Order::Fifo, "50%")] {
        let mut scenario = stage(2);
        scenario.links.delay = "1ms..90ms".parse().unwrap();
        scenario.links.order = order;
        scenario.links.reordering = reordering.parse().unwrap();
        let run = play(&scenario, &[("5ms", 0, Do::SayCloseSay(1))]);
        let mut numbers = run.monitor.numbers();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5], "{order:?}");
        assert!(run.monitor.from("0s").last().unwrap().ends_with("1 down 0"), "{order:?}");
    }
}

#[test]
fn what_the_peer_of_a_closed_link_says_is_lost_and_counted() {
    // 2 is sent when the link is down at 0 already and still up at 1; 1 was under way.
    let cues = [("5ms", 1, Do::Say(0, 1)), ("5ms", 0, Do::Close(1)), ("5500us", 1, Do::Say(0, 2))];
    let run = play(&stage(2), &cues);
    assert_eq!(
        run.monitor.from("5ms"),
        ["5ms 0 down 1", "5.5ms 1 -> 0: 2 is cut", "6ms 1 down 0", "6ms 1 -> 0: 1 is cut"]
    );
    assert_eq!((run.fates.sent, run.fates.delivered, run.fates.cut), (2, 0, 2));
}

#[test]
fn closing_twice_or_from_both_ends_is_closing_once() {
    for cues in [
        [("5ms", 0, Do::Close(1)), ("5ms", 0, Do::Close(1))],
        [("5ms", 0, Do::Close(1)), ("9ms", 0, Do::Close(1))],
        [("5ms", 0, Do::Close(1)), ("5ms", 1, Do::Close(0))],
    ] {
        let run = play(&stage(2), &cues);
        assert_eq!(run.monitor.with("0 down 1").len(), 1);
        assert_eq!(run.monitor.with("1 down 0").len(), 1);
    }
}

#[test]
fn a_close_leaves_other_links_alone() {
    let cues = [("5ms", 0, Do::Close(1)), ("9ms", 0, Do::Say(2, 3)), ("9ms", 2, Do::Say(1, 4))];
    let run = play(&stage(3), &cues);
    assert_eq!(run.monitor.numbers(), [3, 4]);
}
