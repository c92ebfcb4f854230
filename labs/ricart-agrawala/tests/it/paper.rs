//! The paper's claims, one test each; where a claim rests on an assumption, a test of what
//! happens without it.
//!
//! G. Ricart and A. K. Agrawala, "An Optimal Algorithm for Mutual Exclusion in Computer
//! Networks", CACM 24(1):9–17, 1981.

use std::{collections::BTreeSet, time::Duration};

use lab_tests::{assert_rejects, busy, enter, leave, run_with, step};
use mutual_exclusion::{Event, Fairness, Measures, MutualExclusion, Phase, Workload};
use protocol::{Effect, EffectOf, Input, Monitor, ProcessId};
use ricart_agrawala::{Message, Site};
use scenario::{Order, Scenario};
use simulator::Run;

const ZERO: ProcessId = ProcessId(0);
const ONE: ProcessId = ProcessId(1);
const TWO: ProcessId = ProcessId(2);
const THREE: ProcessId = ProcessId(3);

const ENTERED: EffectOf<Site> = Effect::Emit(Event::Entered);
const LEFT: EffectOf<Site> = Effect::Emit(Event::Left);

fn hear_request(site: &mut Site, from: ProcessId, sequence_number: u64) -> Vec<EffectOf<Site>> {
    step(site, Input::Message { from, message: Message::Request { sequence_number } })
}

fn hear_reply(site: &mut Site, from: ProcessId) -> Vec<EffectOf<Site>> {
    step(site, Input::Message { from, message: Message::Reply })
}

fn request(to: ProcessId, sequence_number: u64) -> EffectOf<Site> {
    Effect::Send { to, message: Message::Request { sequence_number } }
}

fn reply(to: ProcessId) -> EffectOf<Site> {
    Effect::Send { to, message: Message::Reply }
}

/// Site 1 of four.
fn idle() -> Site {
    Site::new(ONE, ONE.peers(4))
}

/// Site 1 of four, which waits. Its request has the sequence number 5.
fn waiting() -> Site {
    let mut site = Site::having_seen(4, ONE, ONE.peers(4));
    assert_eq!(enter(&mut site), [request(ZERO, 5), request(TWO, 5), request(THREE, 5)]);
    site
}

/// Site 1 of four, which is inside. Its request had the sequence number 5.
fn inside() -> Site {
    let mut site = waiting();
    for peer in ONE.peers(4) {
        hear_reply(&mut site, peer);
    }
    assert_eq!(site.phase(), Phase::Inside);
    site
}

// Who asks whom, and who answers when.

#[test]
fn a_site_that_wants_to_enter_asks_all_others() {
    let mut site = idle();
    assert_eq!(enter(&mut site), [request(ZERO, 1), request(TWO, 1), request(THREE, 1)]);
    assert_eq!(site.phase(), Phase::Waiting);
    assert_eq!(site.waits_for(), [ZERO, TWO, THREE]);
}

#[test]
fn it_enters_after_all_others_have_replied_and_not_before() {
    for order in [[ZERO, TWO, THREE], [TWO, THREE, ZERO], [THREE, ZERO, TWO], [THREE, TWO, ZERO]] {
        let [first, second, last] = order;
        let mut site = waiting();
        assert_eq!(hear_reply(&mut site, first), []);
        assert_eq!(hear_reply(&mut site, second), []);
        assert_eq!((site.phase(), site.waits_for()), (Phase::Waiting, vec![last]));
        assert_eq!(hear_reply(&mut site, last), [ENTERED]);
        assert_eq!(site.phase(), Phase::Inside);
    }
}

#[test]
fn a_site_without_others_enters_at_once() {
    let mut site = Site::new(ZERO, Vec::new());
    assert_eq!(enter(&mut site), [ENTERED]);
    assert_eq!(leave(&mut site), [LEFT]);
}

#[test]
fn a_site_that_does_not_want_to_enter_replies_at_once() {
    for sequence_number in [1, 7, u64::MAX / 2] {
        assert_eq!(hear_request(&mut idle(), TWO, sequence_number), [reply(TWO)]);
    }
}

#[test]
fn a_site_that_waits_replies_at_once_to_an_older_request() {
    assert_eq!(hear_request(&mut waiting(), TWO, 4), [reply(TWO)]);
}

#[test]
fn a_site_that_waits_defers_its_reply_to_a_younger_request() {
    assert_eq!(hear_request(&mut waiting(), TWO, 6), []);
}

#[test]
fn a_site_that_is_inside_defers_its_reply() {
    assert_eq!(hear_request(&mut inside(), TWO, 6), []);
}

#[test]
fn of_two_requests_with_one_sequence_number_that_of_the_smaller_site_goes_first() {
    assert_eq!(hear_request(&mut waiting(), ZERO, 5), [reply(ZERO)]);
    assert_eq!(hear_request(&mut waiting(), TWO, 5), []);
}

#[test]
fn deferred_replies_are_sent_on_leaving_once_and_to_no_one_else() {
    let mut site = waiting();
    assert_eq!(hear_request(&mut site, THREE, 6), []);
    for peer in ONE.peers(4) {
        hear_reply(&mut site, peer);
    }
    assert_eq!(hear_request(&mut site, TWO, 6), []);
    let replies: BTreeSet<_> = leave(&mut site).iter().map(|done| format!("{done:?}")).collect();
    let expected = [reply(TWO), reply(THREE), LEFT].map(|done| format!("{done:?}"));
    assert_eq!(replies, BTreeSet::from(expected));

    enter(&mut site);
    for peer in ONE.peers(4) {
        hear_reply(&mut site, peer);
    }
    assert_eq!(leave(&mut site), [LEFT], "a reply was kept from the entry before");
}

#[test]
fn a_sequence_number_is_one_more_than_the_highest_that_was_seen() {
    let mut site = idle();
    for seen in [3, 9, 2] {
        hear_request(&mut site, TWO, seen);
    }
    assert_eq!(enter(&mut site)[0], request(ZERO, 10));
    // What is seen while waiting and inside counts for the next request.
    hear_request(&mut site, TWO, 12);
    for peer in ONE.peers(4) {
        hear_reply(&mut site, peer);
    }
    hear_request(&mut site, THREE, 15);
    leave(&mut site);
    assert_eq!(enter(&mut site)[0], request(ZERO, 16));
}

#[test]
fn a_request_that_was_seen_is_older_than_all_that_its_receiver_makes_from_then_on() {
    // So high-numbered sites are not shut out by low-numbered ones.
    let mut low = Site::new(ZERO, ZERO.peers(2));
    let mut high = Site::new(ONE, ONE.peers(2));
    assert_eq!(enter(&mut high), [request(ZERO, 1)]);
    assert_eq!(hear_request(&mut low, ONE, 1), [reply(ONE)]);
    assert_eq!(enter(&mut low), [request(ONE, 2)]);
    assert_eq!(hear_request(&mut high, ZERO, 2), [], "the newcomer would pass");
    assert_eq!(hear_reply(&mut high, ZERO), [ENTERED]);
    assert_eq!(leave(&mut high), [reply(ZERO), LEFT]);
    assert_eq!(hear_reply(&mut low, ONE), [ENTERED]);
}

// What a correct peer can't have sent.

#[test]
fn a_reply_counts_once() {
    let mut site = waiting();
    hear_reply(&mut site, TWO);
    assert_rejects(&hear_reply(&mut site, TWO), TWO, "a reply that nobody waits for");
    assert_eq!(site.waits_for(), [ZERO, THREE]);
}

#[test]
fn a_reply_that_nobody_waits_for_is_rejected() {
    for mut site in [idle(), inside()] {
        assert_rejects(&hear_reply(&mut site, TWO), TWO, "a reply that nobody waits for");
    }
    let stranger = ProcessId(7);
    let done = hear_reply(&mut waiting(), stranger);
    assert_rejects(&done, stranger, "a reply that nobody waits for");
}

#[test]
fn whoever_is_inside_has_granted_every_older_request() {
    let why = "a request older than the one that all have granted";
    assert_rejects(&hear_request(&mut inside(), TWO, 4), TWO, why);
    assert_rejects(&hear_request(&mut inside(), ZERO, 5), ZERO, why);
}

// Mutual exclusion without deadlock and starvation, and its cost: true under all schedules.

/// Runs a scenario from a seed, with everything that is promised held against it.
fn run(scenario: &Scenario<Workload>, seed: u64) -> Run<((Fairness, Measures), ())> {
    run_with(|me| Site::new(me, me.peers(scenario.processes)), scenario, seed, ())
}

#[test]
fn mutual_exclusion_without_deadlock_and_starvation_under_all_schedules() {
    for order in [Order::Fifo, Order::Unordered] {
        for size in 1..=6 {
            let (mut overtaken, mut contended, mut worst) = (0, 0, 0);
            for seed in 0..200 {
                let run = run(&busy(size, order), seed);
                assert_eq!(run.failure, None, "{size} sites, {order:?} links, seed {seed}");
                let ((fairness, measures), ()) = run.monitor;
                assert_eq!(measures.entries, 10 * u64::from(size));
                overtaken += run.fates.overtaken;
                contended += u32::from(run.seen.contains(&"contention"));
                worst = worst.max(fairness.worst());
            }
            // Messages overtake each other, and sites are in each other's way: else this would
            // prove nothing.
            assert_eq!(overtaken > 0, order == Order::Unordered && size > 1, "{size} sites");
            assert_eq!(contended, if size > 1 { 200 } else { 0 });
            // No other site enters twice before one whose request all have seen. It
            // may enter once, and does.
            assert_eq!(worst, u32::from(size > 1), "{size} sites, {order:?} links");
        }
    }
}

#[test]
fn an_entry_costs_a_request_to_and_a_reply_from_each_other_site() {
    for size in 1..=16 {
        for order in [Order::Fifo, Order::Unordered] {
            for workload in [Workload::high_contention(5), Workload::low_contention(5)] {
                let scenario = Scenario { workload, ..busy(size, order) };
                for seed in 0..10 {
                    let run = run(&scenario, seed);
                    assert_eq!(run.failure, None, "{size} sites, seed {seed}");
                    let ((_, measures), ()) = run.monitor;
                    let entries = 5 * u64::from(size);
                    assert_eq!(measures.entries, entries);
                    assert_eq!(measures.messages, entries * 2 * u64::from(size - 1));
                }
            }
        }
    }
}

// The network is free of errors and sites don't fail: what for?

#[test]
fn one_lost_message_is_enough_for_a_deadlock() {
    let mut scenario = busy(4, Order::Unordered);
    scenario.links.loss = "1%".parse().unwrap();
    let mut lost = 0;
    for seed in 0..200 {
        let run = run(&scenario, seed);
        let property = run.failure.map(|failure| failure.violation.property);
        let expected = (run.fates.lost > 0).then_some("deadlock");
        assert_eq!(property.as_deref(), expected, "seed {seed}");
        lost += u32::from(run.fates.lost > 0);
    }
    assert!((1..200).contains(&lost), "messages were lost in {lost} runs of 200");
}

#[test]
fn one_crashed_site_is_enough_for_a_deadlock() {
    for crash in ["2@10ms", "2@10ms/silent", "0@0ms"] {
        let mut scenario = busy(4, Order::Fifo);
        scenario.crashes = vec![crash.parse().unwrap()];
        for seed in 0..200 {
            let run = run(&scenario, seed);
            let failure = run.failure.unwrap_or_else(|| panic!("{crash}, seed {seed} ends well"));
            assert_eq!(failure.violation.property, "deadlock", "{crash}, seed {seed}");
        }
    }
}

#[test]
fn a_message_that_arrives_twice_is_rejected_and_would_let_two_in() {
    let mut scenario = busy(4, Order::Unordered);
    scenario.links.duplication = "10%".parse().unwrap();
    let broken = |scenario: &Scenario<Workload>| -> BTreeSet<String> {
        let failures = (0..200).filter_map(|seed| run(scenario, seed).failure);
        failures.map(|failure| failure.violation.property.into_owned()).collect()
    };
    assert_eq!(broken(&scenario), BTreeSet::from(["nobody rejects".to_owned()]));
    scenario.tolerate_rejections = true;
    assert!(broken(&scenario).contains("safety"));
}

/// A monitor that is never looked at would prove nothing either.
#[test]
fn the_measures_hold_a_site_to_its_cost() {
    let mut measures = Measures::new(2);
    Monitor::<Site>::on_effect(&mut measures, Duration::ZERO, ZERO, &reply(ONE));
    let violation = Monitor::<Site>::violation_at_rest(&measures).unwrap();
    assert_eq!(violation.property, "message count");
}
