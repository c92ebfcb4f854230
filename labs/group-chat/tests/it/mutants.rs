//! Members that are wrong in one point each, and the property that finds each of them:
//! in some of the runs of five hundred seeds, and in a shortest one of all that there can be.
//!
//! What each failure comes down to stands in `tests/golden/mutants`, and the shortest runs in
//! `tests/golden/shortest`; after a change, `GOLDEN=overwrite cargo test -p group-chat` writes them
//! down anew.

use group_chat::multicast::{Agreed, Causal, CausalOrder, Fifo, FifoOrder, Sequencer, TotalOrder};

use crate::system::{found_in_a_group, group};

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
