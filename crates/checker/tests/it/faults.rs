//! What may go wrong, and how often.

use std::collections::BTreeSet;

use checker::Verdict;
use protocol::{Property, View};
use scenario::{Budget, Order, Topology};

use crate::puppet::{Censor, Cue, Do, Puppet, perform, stage, tales};

/// Puppet 0 says 1, 2 and 3 to puppet 1.
const SPEECH: [Cue; 3] = [(0, &[Do::Say(1, 1)]), (0, &[Do::Say(1, 2)]), (0, &[Do::Say(1, 3)])];

fn set(tales: &[&str]) -> BTreeSet<String> {
    tales.iter().map(|&tale| tale.to_owned()).collect()
}

/// What puppet 1 may have heard.
fn heard(budget: Budget) -> BTreeSet<String> {
    tales::<false>(&stage(2, budget), &SPEECH, 1)
}

/// Whether the fates of the messages can be so.
fn can_be(budget: Budget, cues: &[Cue], story: &'static str) -> bool {
    let verdict = perform::<false, _>(&stage(2, budget), cues, &[], Censor::of(story));
    matches!(verdict, Verdict::Violated { .. })
}

#[test]
fn without_a_budget_nothing_goes_wrong() {
    assert_eq!(heard(Budget::NOTHING), set(&["", "1", "1, 2", "1, 2, 3"]));
}

#[test]
fn what_a_scenario_leaves_to_chance_does_not_happen() {
    let mut scenario = stage(2, Budget::NOTHING);
    scenario.links.loss = "100%".parse().unwrap();
    scenario.links.duplication = "100%".parse().unwrap();
    scenario.links.reordering = "100%".parse().unwrap();
    scenario.crashes.push("0@0s..1s".parse().unwrap());
    assert_eq!(tales::<false>(&scenario, &SPEECH, 1), heard(Budget::NOTHING));
}

#[test]
fn one_loss_lets_one_message_vanish() {
    let one = set(&["", "1", "1, 2", "1, 2, 3", "2", "2, 3", "1, 3"]);
    assert_eq!(heard(Budget { losses: 1, ..Budget::NOTHING }), one);
    let two = heard(Budget { losses: 2, ..Budget::NOTHING });
    assert_eq!(&two - &one, set(&["3"]));
}

#[test]
fn one_duplication_lets_one_message_come_twice() {
    let one = ["1, 1", "1, 1, 2", "1, 1, 2, 3", "1, 2, 2", "1, 2, 2, 3", "1, 2, 3, 3"];
    let found = heard(Budget { duplications: 1, ..Budget::NOTHING });
    assert_eq!(&found - &heard(Budget::NOTHING), set(&one));
    let two = heard(Budget { duplications: 2, ..Budget::NOTHING });
    assert!(two.contains("1, 1, 1, 2, 3") && two.contains("1, 1, 2, 2, 3"));
    assert!(!two.contains("1, 1, 1, 1"));
}

#[test]
fn one_reordering_lets_one_message_overtake_all_before_it() {
    let one = ["2", "2, 1", "2, 1, 3", "1, 3", "1, 3, 2", "3", "3, 1", "3, 1, 2"];
    let found = heard(Budget { reorderings: 1, ..Budget::NOTHING });
    assert_eq!(&found - &heard(Budget::NOTHING), set(&one));
    let two = heard(Budget { reorderings: 2, ..Budget::NOTHING });
    assert_eq!(&two - &found, set(&["2, 3", "2, 3, 1", "3, 2", "3, 2, 1"]));
}

#[test]
fn each_of_two_equal_messages_may_be_the_one_that_overtakes() {
    let says: &[Do] = &[Do::Say(1, 1), Do::Say(1, 2), Do::Say(1, 3), Do::Say(1, 2)];
    let scenario = stage(2, Budget { reorderings: 1, ..Budget::NOTHING });
    assert!(tales::<false>(&scenario, &[(0, says)], 1).contains("2, 1, 2, 3"));
}

#[test]
fn a_copy_may_overtake_what_its_twin_stays_behind() {
    let scenario = stage(2, Budget { duplications: 1, reorderings: 1, ..Budget::NOTHING });
    let found = tales::<false>(&scenario, &SPEECH[..2], 1);
    assert!(found.is_superset(&set(&["2, 1, 2"])), "{found:?}");
}

#[test]
fn links_without_order_need_no_budget_to_reorder() {
    let mut scenario = stage(2, Budget::NOTHING);
    scenario.links.order = Order::Unordered;
    let found = tales::<false>(&scenario, &SPEECH, 1);
    let whole: Vec<_> = found.into_iter().filter(|tale| tale.len() == "1, 2, 3".len()).collect();
    assert_eq!(whole, ["1, 2, 3", "1, 3, 2", "2, 1, 3", "2, 3, 1", "3, 1, 2", "3, 2, 1"]);
}

#[test]
fn links_without_order_lose_and_double_whichever_message() {
    let mut scenario = stage(2, Budget { losses: 1, duplications: 1, ..Budget::NOTHING });
    scenario.links.order = Order::Unordered;
    let found = tales::<false>(&scenario, &SPEECH, 1);
    assert!(found.contains("3, 1, 3") && found.contains("2, 2, 1"));
    assert!(!found.contains("1, 2, 1, 2") && !found.contains("3, 3, 3"));
}

#[test]
fn the_monitor_hears_of_losses_and_duplicates() {
    let once = Budget { losses: 1, duplications: 1, ..Budget::NOTHING };
    assert!(can_be(once, &SPEECH, "0 -> 1: 2 is lost"));
    assert!(can_be(once, &SPEECH, "0 -> 1: 3 is duplicated, 0 -> 1: 3 is lost"));
    assert!(!can_be(Budget::NOTHING, &SPEECH, "0 -> 1: 2 is lost"));
}

#[test]
fn after_a_crash_peers_hear_what_was_under_way_and_then_of_the_death() {
    let crash = Budget { crashes: 1, ..Budget::NOTHING };
    let cues = &SPEECH[..2];
    let expected = set(&["", "1", "1, 2", "down 0", "1, down 0", "1, 2, down 0"]);
    assert_eq!(tales::<false>(&stage(2, crash), cues, 1), expected);
    // What was under way is delivered, unless it is lost, too.
    assert!(!can_be(crash, cues, "0 dies, 0 -> 1: 1 is cut"));
}

#[test]
fn as_many_die_as_the_budget_says() {
    let nobody = |crashes| {
        let alive = |dead| {
            Property::always("life", move |view: &View<Puppet>| {
                let living = view.living().count() as u8;
                if 3 - living == dead { Err(String::new()) } else { Ok(()) }
            })
        };
        let scenario = stage(3, Budget { crashes, ..Budget::NOTHING });
        let can_be = |dead| {
            let verdict = perform(&scenario, &[], &[alive(dead)], ());
            matches!(verdict, Verdict::Violated { .. })
        };
        (1..=3).filter(|&dead| can_be(dead)).count() as u8
    };
    assert_eq!([0, 1, 2, 3, 4].map(nobody), [0, 1, 2, 3, 3]);
}

#[test]
fn messages_to_the_dead_are_cut() {
    let crash = Budget { crashes: 1, ..Budget::NOTHING };
    let cues: [Cue; 1] = [(1, &[Do::Say(0, 7)])];
    assert!(can_be(crash, &cues, "0 dies, 1 -> 0: 7 is cut")); // Under way, or said afterwards.
    assert!(can_be(crash, &cues, "1 dies"));
    assert!(!can_be(crash, &cues, "1 dies, 1 -> 0: 7 is cut"));
}

#[test]
fn the_dead_know_nothing_and_do_nothing() {
    let dead_and_buried = Property::always("rest", |view: &View<Puppet>| {
        let dead = view.processes().zip(view.alive).find(|(_, is_alive)| !**is_alive);
        match dead {
            Some((puppet, _)) if puppet != &Puppet::new(0) => Err(puppet.diary.clone()),
            _ => Ok(()),
        }
    });
    let cues: [Cue; 3] = [(0, &[Do::Say(1, 1)]), (1, &[Do::Set("a")]), (1, &[Do::Say(0, 2)])];
    let scenario = stage(2, Budget { crashes: 2, early_timeouts: 1, ..Budget::NOTHING });
    let verdict = perform(&scenario, &cues, &[dead_and_buried], ());
    assert!(matches!(verdict, Verdict::Proved(_)), "{verdict}");
}

#[test]
fn a_new_life_has_the_next_number_and_begins_anew() {
    let scenario = stage(2, Budget { crashes: 2, restarts: 2, ..Budget::NOTHING });
    let found = tales::<false>(&scenario, &[(0, &[Do::Set("a")])], 0);
    assert!(found.contains("life 1, a rings") && found.contains("life 2, a rings"));
    assert!(!found.iter().any(|tale| tale.contains("life 3")), "{found:?}");
    let once = stage(2, Budget { crashes: 2, restarts: 1, ..Budget::NOTHING });
    assert!(!tales::<false>(&once, &[], 0).contains("life 2"));
}

#[test]
fn peers_of_who_rejoins_learn_that_a_life_is_over_and_then_of_the_new_one() {
    let scenario = stage(2, Budget { crashes: 1, restarts: 1, ..Budget::NOTHING });
    let found = tales::<true>(&scenario, &SPEECH[..1], 1);
    let expected = [
        "",
        "1",
        "1, down 0",
        "1, down 0, up 0 in life 1",
        "1, down 0, up 0 in life 1, 1 of life 1",
        "down 0",
        "down 0, up 0 in life 1",
        "down 0, up 0 in life 1, 1 of life 1",
        // Its own next life.
        "life 1",
        "life 1, up 0 in life 0",
        "life 1, up 0 in life 0, 1",
    ];
    assert_eq!(found, set(&expected));
}

#[test]
fn peers_of_who_does_not_rejoin_never_hear_of_the_new_life() {
    let scenario = stage(2, Budget { crashes: 1, restarts: 1, ..Budget::NOTHING });
    let found = tales::<false>(&scenario, &SPEECH[..1], 1);
    assert_eq!(found, set(&["", "1", "1, down 0", "down 0", "life 1"]));
}

#[test]
fn two_new_lives_have_never_met_and_are_linked() {
    let scenario = stage(2, Budget { crashes: 2, restarts: 2, ..Budget::NOTHING });
    assert!(tales::<false>(&scenario, &[], 1).contains("life 1, up 0 in life 1"));
}

#[test]
fn what_is_under_way_when_a_new_life_begins_may_be_cut() {
    let cues = &SPEECH[..1];
    let scenario = stage(2, Budget { crashes: 1, restarts: 1, ..Budget::NOTHING });
    let censor = Censor::of("0 dies, 1 has 0 down, 0 -> 1: 1 is cut");
    let verdict = perform::<true, _>(&scenario, cues, &[], censor);
    assert!(matches!(verdict, Verdict::Violated { .. }), "{verdict}");
}

#[test]
fn after_a_close_the_peer_gets_what_was_sent_before_and_then_down() {
    let all: &[Do] = &[Do::Say(1, 1), Do::Close(1), Do::Say(1, 2)];
    let scenario = stage(3, Budget::NOTHING);
    let cues: [Cue; 2] = [(0, all), (0, &[Do::Say(2, 3)])];
    assert_eq!(tales::<false>(&scenario, &cues, 1), set(&["", "1", "1, down 0"]));
    assert_eq!(tales::<false>(&scenario, &cues, 0), set(&["", "down 1"]));
    assert_eq!(tales::<false>(&scenario, &cues, 2), set(&["", "3"]));
    assert!(can_be(Budget::NOTHING, &[(0, all)], "0 -> 1: 2 is cut"));
}

#[test]
fn who_closes_gets_nothing_after_down() {
    let cues: [Cue; 2] = [(0, &[Do::Close(1)]), (1, &[Do::Say(0, 1)])];
    let found = tales::<false>(&stage(2, Budget::NOTHING), &cues, 0);
    assert_eq!(found, set(&["", "1", "1, down 1", "down 1"]));
}

#[test]
fn who_closes_need_not_get_what_is_under_way() {
    let cues: [Cue; 2] = [(0, &[Do::Close(1)]), (1, &[Do::Say(0, 1), Do::Say(0, 2)])];
    let found = tales::<false>(&stage(2, Budget::NOTHING), &cues, 0);
    assert!(found.contains("1, down 1"), "{found:?}");
}

#[test]
fn closing_twice_or_from_both_ends_is_closing_once() {
    let twice: [Cue; 2] = [(0, &[Do::Close(1), Do::Close(1)]), (0, &[Do::Close(1)])];
    let both: [Cue; 2] = [(0, &[Do::Close(1)]), (1, &[Do::Close(0)])];
    for cues in [twice, both] {
        for of in 0..2 {
            let found = tales::<false>(&stage(2, Budget::NOTHING), &cues, of);
            assert_eq!(found, set(&["", &format!("down {}", 1 - of)]));
        }
    }
}

#[test]
fn in_a_star_leaves_can_not_speak_to_each_other() {
    let mut scenario = stage(3, Budget::NOTHING);
    scenario.links.topology = Topology::Star;
    let cues: [Cue; 2] = [(1, &[Do::Say(2, 1)]), (1, &[Do::Say(0, 2)])];
    assert_eq!(tales::<false>(&scenario, &cues, 2), set(&[""]));
    assert_eq!(tales::<false>(&scenario, &cues, 0), set(&["", "2"]));
}

/// Puppet 0 asks, and sets two timers; the answer is 7.
const QUESTION: [Cue; 1] = [(0, &[Do::Say(1, 17), Do::Set("a"), Do::Set("b")])];

#[test]
fn timers_run_out_in_any_order_when_nothing_is_under_way() {
    let found = tales::<false>(&stage(2, Budget::NOTHING), &QUESTION, 0);
    let both = ["7, a rings", "7, a rings, b rings", "7, b rings", "7, b rings, a rings"];
    assert_eq!(found, &set(&["", "7"]) | &set(&both));
}

#[test]
fn a_timer_that_runs_out_while_something_is_under_way_costs() {
    let early = |early_timeouts| {
        let scenario = stage(2, Budget { early_timeouts, ..Budget::NOTHING });
        tales::<false>(&scenario, &QUESTION, 0)
    };
    let (one, two) = (early(1), early(2));
    assert!(one.contains("a rings, 7, b rings") && one.contains("b rings, 7, a rings"));
    assert!(!one.contains("a rings, b rings, 7") && two.contains("a rings, b rings, 7"));
}

#[test]
fn no_timer_runs_out_while_a_message_is_under_way_in_either_direction() {
    // 2 says 30, hears 20, says 10 and hears 0.
    let dialogue: [Cue; 1] = [(2, &[Do::Say(0, 30), Do::Set("a")])];
    let found = tales::<false>(&stage(3, Budget::NOTHING), &dialogue, 2);
    assert_eq!(found, set(&["", "20", "20, 0", "20, 0, a rings"]));
}

#[test]
fn a_cancelled_timer_does_not_ring_and_one_set_again_rings_once() {
    let rings = |cue| tales::<false>(&stage(2, Budget::NOTHING), &[(0, cue)], 0);
    assert_eq!(rings(&[Do::Set("a"), Do::Stop("a")]), set(&[""]));
    assert_eq!(rings(&[Do::Stop("a"), Do::Set("a")]), set(&["", "a rings"]));
    assert_eq!(rings(&[Do::Set("a"), Do::Set("a")]), set(&["", "a rings"]));
    let later: [Cue; 2] = [(0, &[Do::Set("a")]), (0, &[Do::Set("a")])];
    let found = tales::<false>(&stage(2, Budget::NOTHING), &later, 0);
    assert_eq!(found, set(&["", "a rings", "a rings, a rings"]));
}
