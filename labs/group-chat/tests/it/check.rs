//! Every run there can be. What is proved holds for so many members or clients, so many messages
//! and at most so many faults, and says nothing of one more.

use std::hash::Hash;

use checker::Checkable;
use group_chat::{
    Workload,
    multicast::{
        Agreed, Causal, CausalOrder, ExactlyOnce, Fifo, FifoOrder, Member, Sequencer, TotalOrder,
        Watch, holding_back,
    },
    relay::{Hearing, Relay, Settings},
};
use protocol::Monitor;
use scenario::Scenario;

use crate::system::{
    MakeMember, assert_proves, budget, group, in_order, keeps, star, with_group, with_relay,
};

fn assert_keeps<P, M>(scenario: &Scenario<Workload>, member: MakeMember<P>, monitor: M, states: u64)
where
    P: Member + Checkable,
    M: Monitor<P> + Clone + Eq + Hash + Send + Sync,
{
    with_group(scenario, member, &[holding_back()], |experiment| {
        assert_proves(experiment, monitor, states);
    });
}

/// Causal and total order at once, among three.
type CausalAndTotal = (Watch<ExactlyOnce>, (Watch<CausalOrder>, Watch<TotalOrder>));

fn causal_and_total() -> CausalAndTotal {
    (Watch::new(ExactlyOnce::new(3)), (Watch::default(), Watch::default()))
}

#[test]
fn fifo_keeps_fifo_order() {
    let scenario = group(&[&["a", "b"], &["c", "d"], &["e", "f"]]);
    assert_keeps(&scenario, Fifo::new, keeps::<FifoOrder>(3), 68_921);
}

/// Answers, and answers to answers.
#[test]
fn causal_keeps_causal_order() {
    let scenario = group(&[&["a", "b"], &["c", "d"], &["e"]]);
    assert_keeps(&scenario, Causal::new, keeps::<CausalOrder>(3), 172_757);
}

/// The sequencer speaks, too.
#[test]
fn a_sequencer_keeps_causal_and_total_order() {
    let scenario = group(&[&["a"], &["b", "c"], &["d", "e"]]);
    assert_keeps(&scenario, Sequencer::new, causal_and_total(), 196_409);
}

#[test]
fn agreement_keeps_total_order() {
    let everybody = group(&[&["a"], &["b"], &["c"]]);
    assert_keeps(&everybody, Agreed::new, keeps::<TotalOrder>(3), 480_306);
    let two = group(&[&["a", "b"], &["c"]]);
    assert_keeps(&two, Agreed::new, keeps::<TotalOrder>(2), 4_589);
}

#[test]
fn agreement_over_links_that_keep_order_keeps_causal_order_as_well() {
    let everybody = in_order(group(&[&["a"], &["b"], &["c"]]));
    assert_keeps(&everybody, Agreed::new, causal_and_total(), 80_433);
    let one_twice = in_order(group(&[&["a", "b"], &["c"], &[]]));
    assert_keeps(&one_twice, Agreed::new, causal_and_total(), 26_889);
}

/// Some die, and some come back, be it the relay.
fn assert_relays(lines: &[&[&str]], history: usize, crashes: u8, restarts: u8, states: u64) {
    let scenario = Scenario { budget: budget(crashes, restarts), ..star(lines) };
    with_relay(&scenario, Settings { history }, Relay::new, |experiment| {
        assert_proves(experiment, Hearing::default(), states);
    });
}

#[test]
fn three_clients_and_two_disconnects() {
    assert_relays(&[&["1\n", "2"], &["3\n"], &["4\n"]], 0, 2, 0, 9_129);
}

#[test]
fn three_clients_a_history_and_a_restart() {
    assert_relays(&[&["1\n", "2"], &["3\n"], &["4\n"]], 1, 1, 1, 74_366);
}

#[test]
fn three_clients_who_want_one_name_and_a_restart() {
    assert_relays(
        &[&["/name bob\n", "1\n"], &["/name bob\n", "2\n"], &["/who\n"]],
        0,
        1,
        1,
        190_986,
    );
}
