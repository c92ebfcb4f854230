//! What links do to messages.

use scenario::{Order, Scenario, Topology};
use simulator::Fates;

use crate::puppet::{Do, play, recite, stage, time};

const LENGTH: u64 = 10_000;

fn varying(order: Order) -> Scenario<()> {
    let mut scenario = stage(2);
    scenario.links.delay = "1ms..9ms".parse().unwrap();
    scenario.links.order = order;
    scenario
}

fn all_in_order() -> Vec<u64> {
    (1..=LENGTH).collect()
}

#[test]
fn fifo_links_keep_order() {
    let run = recite(&varying(Order::Fifo), LENGTH, 1);
    assert_eq!(run.monitor.numbers(), all_in_order());
    assert_eq!(run.fates, Fates { sent: LENGTH, delivered: LENGTH, ..Fates::default() });
}

#[test]
fn unordered_links_do_not_keep_order_and_lose_nothing() {
    let run = recite(&varying(Order::Unordered), LENGTH, 1);
    let mut numbers = run.monitor.numbers();
    let mut oldest_missing = LENGTH + 1;
    let mut overtaken = 0;
    for &number in numbers.iter().rev() {
        overtaken += u64::from(number > oldest_missing);
        oldest_missing = oldest_missing.min(number);
    }
    assert!(overtaken > 0);
    let youngest = numbers.iter().scan(0, |max, &n| Some((std::mem::replace(max, n.max(*max)), n)));
    assert_eq!(run.fates.overtaken, youngest.filter(|(max, n)| n < max).count() as u64);
    assert_eq!(run.monitor.with("overtaken").len() as u64, run.fates.overtaken);
    numbers.sort_unstable();
    assert_eq!(numbers, all_in_order());
}

#[test]
fn reordering_lets_messages_overtake_on_fifo_links_too() {
    let mut scenario = varying(Order::Fifo);
    scenario.links.reordering = "10%".parse().unwrap();
    let run = recite(&scenario, LENGTH, 1);
    let held_up = LENGTH / 10;
    assert!((held_up / 2..held_up * 3 / 2).contains(&run.fates.overtaken), "{:?}", run.fates);
    assert_eq!(run.fates.delivered, LENGTH);
}

#[test]
fn a_lossy_link_loses_its_share_and_counts_it() {
    let mut scenario = stage(2);
    scenario.links.loss = "20%".parse().unwrap();
    let Fates { sent, delivered, lost, .. } = recite(&scenario, LENGTH, 1).fates;
    assert!((1_900..2_100).contains(&lost), "{lost}");
    assert_eq!((sent, delivered), (LENGTH, LENGTH - lost));
}

#[test]
fn a_doubling_link_doubles_its_share_and_counts_it() {
    let mut scenario = stage(2);
    scenario.links.duplication = "20%".parse().unwrap();
    let run = recite(&scenario, LENGTH, 1);
    let Fates { sent, delivered, duplicated, .. } = run.fates;
    assert!((1_900..2_100).contains(&duplicated), "{duplicated}");
    assert_eq!((sent, delivered), (LENGTH, LENGTH + duplicated));
    assert_eq!(run.monitor.numbers().len() as u64, delivered);
}

#[test]
fn the_copy_of_a_message_has_a_delay_of_its_own() {
    let mut scenario = varying(Order::Unordered);
    scenario.links.duplication = "100%".parse().unwrap();
    let run = recite(&scenario, 1, 1);
    let [first, second] = run.monitor.with("hears")[..] else { panic!("two arrive") };
    assert_ne!(first, second);
}

#[test]
fn delays_are_drawn_within_their_bounds() {
    let mut scenario = varying(Order::Unordered);
    scenario.links.delay = "2ms..3ms".parse().unwrap();
    let (mut earliest, mut latest) = (time("1m"), time("0s"));
    for seed in 0..200 {
        let took = recite(&scenario, 1, seed).ended_at - time("1us");
        (earliest, latest) = (earliest.min(took), latest.max(took));
    }
    assert!(earliest >= time("2ms") && earliest < time("2100us"), "{earliest:?}");
    assert!(latest <= time("3ms") && latest > time("2900us"), "{latest:?}");
}

#[test]
fn a_message_that_is_held_up_takes_a_second_delay() {
    let mut scenario = stage(2);
    scenario.links.reordering = "100%".parse().unwrap();
    assert_eq!(recite(&scenario, 1, 1).ended_at, time("2001us"));
}

#[test]
fn every_link_has_an_order_of_its_own() {
    let mut scenario = stage(3);
    scenario.links.delay = "1ms..9ms".parse().unwrap();
    let cues: Vec<_> = (0..100)
        .flat_map(|n| [("1ms", 0, Do::Say(1, n)), ("1ms", 0, Do::Say(2, 1000 + n))])
        .collect();
    let numbers = play(&scenario, &cues).monitor.numbers();
    let (to_one, to_two): (Vec<u64>, Vec<u64>) = numbers.iter().partition(|&&n| n < 1000);
    assert!(to_one.is_sorted() && to_two.is_sorted() && to_one.len() + to_two.len() == 200);
    let alternates = numbers.chunks(2).all(|pair| pair[1] == pair[0] + 1000);
    assert!(!alternates, "the links wait for each other");
}

#[test]
fn in_a_star_all_are_linked_to_the_centre_and_to_nobody_else() {
    let mut scenario = stage(3);
    scenario.links.topology = Topology::Star;
    let run = play(&scenario, &[("1ms", 1, Do::Say(0, 7)), ("1ms", 1, Do::Say(2, 8))]);
    assert_eq!(
        run.monitor.with("up"),
        [
            "0ns 1 up 0 in life 0",
            "0ns 0 up 1 in life 0",
            "0ns 2 up 0 in life 0",
            "0ns 0 up 2 in life 0"
        ]
    );
    assert_eq!(run.monitor.from("1ms"), ["1ms 1 -> 2: 8 is cut", "2ms 0 hears 7 from 1"]);
    assert_eq!(run.fates, Fates { sent: 2, delivered: 1, cut: 1, ..Fates::default() });
}
