//! Members and relays that are wrong in one point each, and the property that finds each of them:
//! in some of the runs of five hundred seeds, and in a shortest one of all that there can be.
//!
//! What each failure comes down to stands in `tests/golden/mutants`, and the shortest runs in
//! `tests/golden/shortest`; after a change, `GOLDEN=overwrite cargo test -p group-chat` writes them
//! down anew.

use std::fmt::Display;

use checker::Checkable;
use group_chat::{
    Workload,
    multicast::{Agreed, Causal, CausalOrder, Fifo, FifoOrder, Sequencer, TotalOrder},
    relay::{Exchange, Hearing, Relay, Settings, System},
};
use protocol::{Never, Process};
use scenario::Scenario;

use crate::system::{MakeRelay, budget, found_by, found_in_a_group, group, star, with_relay};

#[path = "../../src/mutants.rs"]
mod wrong;

#[test]
fn what_is_early_is_held_back() {
    let scenario = group(&[&["salt", "pepper"], &[]]);
    let wrong = wrong::holds_nothing_back::Fifo::new;
    let found = found_in_a_group::<_, _, FifoOrder>(&scenario, Fifo::new, wrong);
    assert_eq!(found, ["FIFO order", "FIFO order"]);
}

#[test]
fn what_was_held_back_is_delivered() {
    let scenario = group(&[&["salt", "pepper"], &[]]);
    let wrong = wrong::forgets_what_has_waited::Fifo::new;
    let found = found_in_a_group::<_, _, FifoOrder>(&scenario, Fifo::new, wrong);
    assert_eq!(found, ["exactly once", "exactly once"]);
}

#[test]
fn an_answer_waits_for_what_its_author_had_delivered() {
    let scenario = group(&[&["yes, please"], &["lunch?"], &[]]);
    let wrong = wrong::looks_at_the_sender_alone::Causal::new;
    let found = found_in_a_group::<_, _, CausalOrder>(&scenario, Causal::new, wrong);
    assert_eq!(found, ["causal order", "causal order"]);
}

#[test]
fn numbers_are_to_be_counted() {
    let scenario = group(&[&["salt"], &["pepper"]]);
    let wrong = wrong::does_not_count::Sequencer::new;
    let found = found_in_a_group::<_, _, TotalOrder>(&scenario, Sequencer::new, wrong);
    assert_eq!(found, ["total order", "total order"]);
}

#[test]
fn a_member_waits_for_the_turn_of_its_own_messages() {
    let scenario = group(&[&[], &["lunch?"]]);
    let wrong = wrong::hears_itself_at_once::Sequencer::new;
    let found = found_in_a_group::<_, _, TotalOrder>(&scenario, Sequencer::new, wrong);
    assert_eq!(found, ["exactly once", "exactly once"]);
}

#[test]
fn a_member_that_does_not_wait_for_itself_overtakes_itself() {
    let scenario = group(&[&[], &["salt", "pepper"]]);
    let wrong = wrong::does_not_wait_for_itself::Sequencer::new;
    let found = found_in_a_group::<_, _, FifoOrder>(&scenario, Sequencer::new, wrong);
    assert_eq!(found, ["FIFO order", "FIFO order"]);
}

#[test]
fn what_is_agreed_on_waits_to_be_first() {
    let scenario = group(&[&["salt"], &["pepper"]]);
    let wrong = wrong::does_not_wait_to_be_first::Agreed::new;
    let found = found_in_a_group::<_, _, TotalOrder>(&scenario, Agreed::new, wrong);
    assert_eq!(found, ["total order", "total order"]);
}

#[test]
fn what_is_agreed_on_moves_the_clock() {
    let scenario = group(&[&["salt"], &["pepper"]]);
    let wrong = wrong::forgets_what_was_agreed::Agreed::new;
    let found = found_in_a_group::<_, _, TotalOrder>(&scenario, Agreed::new, wrong);
    assert_eq!(found, ["total order", "total order"]);
}

/// The properties that find a relay.
fn found_at_the_relay<R>(scenario: &Scenario<Workload>, wrong: MakeRelay<R>) -> [String; 2]
where
    R: Exchange<Command = Never, Event: Display, Timer = Never>,
    System<R>:
        Checkable + Process<Command: Display, Message: Display, Event: Display, Timer: Display>,
{
    with_relay(scenario, Settings::default(), Relay::new, |honest| {
        with_relay(scenario, Settings::default(), wrong, |wrong| {
            found_by(honest, wrong, &Hearing::default, "process")
        })
    })
}

#[test]
fn nobody_hears_himself() {
    let scenario = star(&[&["lunch?\n"], &[]]);
    let found = found_at_the_relay(&scenario, wrong::echoes::Relay::new);
    assert_eq!(found, ["hearing", "hearing"]);
}

#[test]
fn a_piece_is_passed_on_whole() {
    let scenario = star(&[&["lunch?\n"], &[]]);
    let found = found_at_the_relay(&scenario, wrong::trims_lines::Relay::new);
    assert_eq!(found, ["hearing", "hearing"]);
}

#[test]
fn who_leaves_loses_nobody_elses_words() {
    let scenario = Scenario {
        crashes: vec!["1@5ms".parse().expect("a crash")],
        budget: budget(1, 0),
        ..star(&[&[], &["lunch?\n"], &[]])
    };
    let found = found_at_the_relay(&scenario, wrong::a_leaver_takes_another_along::Relay::new);
    assert_eq!(found, ["hearing", "hearing"]);
}

#[test]
fn who_comes_loses_nobody_elses_words() {
    let scenario = star(&[&[], &["lunch?\n"]]);
    let found = found_at_the_relay(&scenario, wrong::a_newcomer_takes_all_places::Relay::new);
    assert_eq!(found, ["hearing", "hearing"]);
}

#[test]
fn a_name_has_one_client() {
    let scenario = star(&[&["/name bob"], &["/name bob"]]);
    let found = found_at_the_relay(&scenario, wrong::gives_a_name_twice::Relay::new);
    assert_eq!(found, ["names", "names"]);
}
