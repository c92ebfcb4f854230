//! Measures by hand-computed values.

use std::time::Duration;

use mutual_exclusion::{Measures, Spread};

use crate::{History, Message::*};

fn milliseconds(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn spread(values: &[u64]) -> Spread {
    let mut spread = Spread::default();
    values.iter().for_each(|&ms| spread.add(milliseconds(ms)));
    spread
}

#[test]
fn a_run_without_contention_has_responses_and_no_synchronisation() {
    let mut history = History::new(Measures::new(3));
    history.at(10).wants(0).at(14).enters(0).at(15).leaves(0);
    history.at(20).wants(1).at(26).enters(1).at(29).leaves(1);
    let Measures { entries, response, synchronisation, .. } = history.monitor;
    assert_eq!((entries, response, synchronisation), (2, spread(&[5, 9]), spread(&[])));
    assert_eq!((response.mean(), response.max()), (Some(milliseconds(7)), milliseconds(9)));
}

#[test]
fn synchronisation_is_from_a_leave_to_the_entry_of_one_who_waited() {
    let mut history = History::new(Measures::new(3));
    history.at(0).wants(0).at(2).enters(0).at(3).wants(1).at(4).wants(2);
    history.at(10).leaves(0).at(13).enters(1).at(20).leaves(1).at(25).enters(2).at(30).leaves(2);
    history.at(40).wants(0).at(44).enters(0).at(45).leaves(0); // Nobody waited at 30.
    let Measures { entries, response, synchronisation, .. } = history.monitor;
    assert_eq!((entries, synchronisation), (4, spread(&[3, 5])));
    assert_eq!(response, spread(&[10, 17, 26, 5]));
    assert_eq!(synchronisation.count(), 2);
}

#[test]
fn a_site_that_died_waiting_is_not_waited_for() {
    let mut history = History::new(Measures::new(3));
    history.at(0).wants(0).enters(0).wants(1).at(5).dies(1).at(10).leaves(0);
    history.at(50).wants(2).at(51).enters(2).at(52).leaves(2);
    assert_eq!(history.monitor.synchronisation, spread(&[]));
    assert_eq!(history.monitor.response, spread(&[10, 2]));
}

#[test]
fn the_last_who_waited_takes_the_wait_into_its_grave() {
    let mut history = History::new(Measures::new(3));
    history.at(0).wants(0).enters(0).wants(1).at(10).leaves(0).at(15).dies(1);
    history.at(50).wants(2).at(51).enters(2);
    assert_eq!(history.monitor.synchronisation, spread(&[]));
}

#[test]
fn an_entry_still_waited_for_by_another_is_measured_through_a_death() {
    let mut history = History::new(Measures::new(3));
    history.at(0).wants(0).enters(0).wants(1).wants(2).at(10).leaves(0).at(15).dies(1);
    history.at(20).enters(2);
    assert_eq!(history.monitor.synchronisation, spread(&[10]));
}

#[test]
fn a_new_life_does_not_inherit_the_wish_of_the_old_one() {
    let mut history = History::new(Measures::new(3));
    history.at(0).wants(0).enters(0).at(5).dies(0).at(7).leaves(0);
    assert_eq!(history.monitor.response, spread(&[]));
}

#[test]
fn messages_are_held_against_the_claim_from_both_sides() {
    // From 2 to 4 for an entry, in a system of three.
    let verdict = |messages| {
        let mut history = History::new(Measures::new(3));
        for _ in 0..messages {
            history.sends(0, 1, Reply).receives(0, 1, Reply);
        }
        history.wants(0).enters(0).leaves(0).wants(1).enters(1).leaves(1);
        assert_eq!(history.violation(), None, "the count is due at the end");
        assert_eq!(history.monitor.messages, messages);
        assert_eq!(history.monitor.messages_per_entry(), Some(messages as f64 / 2.0));
        history.violation_at_rest()
    };
    assert_eq!([4, 6, 8].map(verdict), [None, None, None]);
    for messages in [3, 9] {
        let expected = format!(
            "message count: the cost of 2 entries is {messages} messages, and should be 4 to 8"
        );
        assert_eq!(verdict(messages), Some(expected));
    }
}

#[test]
fn an_entry_is_at_once_in_the_step_in_which_it_is_asked_for() {
    let mut history = History::new(Measures::new(3));
    history.wants(0).enters(0).leaves(0).wants(1).receives(0, 1, Reply).enters(1).leaves(1);
    assert_eq!((history.monitor.entries, history.monitor.at_once), (2, 1));
}

#[test]
fn messages_without_an_entry_are_too_many_and_a_death_excuses_them() {
    let mut history = History::new(Measures::new(3));
    assert_eq!(history.violation_at_rest(), None);
    assert_eq!(history.monitor.messages_per_entry(), None);
    history.sends(0, 1, Request);
    let expected = "message count: the cost of 0 entries is 1 message, and should be 0";
    assert_eq!(history.violation_at_rest().as_deref(), Some(expected));
    history.dies(2);
    assert_eq!(history.violation_at_rest(), None);
}

#[test]
fn spreads_add_up() {
    let mut both = spread(&[1, 2]);
    both.merge(&spread(&[9]));
    assert_eq!(both, spread(&[1, 2, 9]));
    assert_eq!(
        (both.count(), both.mean(), both.max()),
        (3, Some(milliseconds(4)), milliseconds(9))
    );
    assert_eq!((spread(&[]).mean(), spread(&[]).max()), (None, Duration::ZERO));
    both.merge(&spread(&[3]));
    assert_eq!(both.max(), milliseconds(9));
}
