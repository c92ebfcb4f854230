//! What an algorithm does not promise, it does not keep: each is held against an order that is not
//! its own, beside an algorithm that keeps it. The runs stand in `tests/golden/mutants` and, as
//! short as any, in `tests/golden/shortest`.

use group_chat::multicast::{Agreed, Causal, CausalOrder, Fifo, FifoOrder, Sequencer, TotalOrder};
use scenario::Scenario;

use crate::system::{budget, found_in_a_group, group};

#[test]
fn fifo_does_not_keep_causal_order() {
    let scenario = group(&[&["yes, please"], &["lunch?"], &[]]);
    let found = found_in_a_group::<_, _, CausalOrder>(&scenario, Causal::new, Fifo::new);
    assert_eq!(found, ["causal order", "causal order"]);
}

#[test]
fn causal_does_not_keep_total_order() {
    let scenario = group(&[&["lunch?"], &["dinner?"]]);
    let found = found_in_a_group::<_, _, TotalOrder>(&scenario, Sequencer::new, Causal::new);
    assert_eq!(found, ["total order", "total order"]);
}

#[test]
fn agreement_does_not_keep_fifo_order() {
    let scenario = group(&[&["salt", "pepper"], &[]]);
    let found = found_in_a_group::<_, _, FifoOrder>(&scenario, Sequencer::new, Agreed::new);
    assert_eq!(found, ["FIFO order", "FIFO order"]);
}

/// The first member dies: it is the sequencer.
#[test]
fn without_the_sequencer_nobody_is_heard() {
    let scenario = Scenario {
        crashes: vec!["0@5ms".parse().expect("a crash")],
        budget: budget(1, 0),
        ..group(&[&[], &["lunch?"], &[]])
    };
    let found = found_in_a_group::<_, _, FifoOrder>(&scenario, Fifo::new, Sequencer::new);
    assert_eq!(found, ["exactly once", "exactly once"]);
}

#[test]
fn without_anybody_nothing_is_agreed_on() {
    let scenario = Scenario {
        crashes: vec!["2@5ms".parse().expect("a crash")],
        budget: budget(1, 0),
        ..group(&[&["lunch?"], &[], &[]])
    };
    let found = found_in_a_group::<_, _, FifoOrder>(&scenario, Fifo::new, Agreed::new);
    assert_eq!(found, ["exactly once", "exactly once"]);
}
