//! Runs in virtual time: what holds in all of them, and that what could have gone wrong was there.

use group_chat::{
    Workload,
    multicast::{
        Agreed, Causal, CausalOrder, Fifo, FifoOrder, Member, Rule, Sequencer, TotalOrder,
        holding_back,
    },
};
use protocol::Process;
use scenario::{Order, Scenario};
use simulator::Fates;

use crate::system::{MakeMember, in_order, keeps, unordered, with_group};

const SEEDS: u64 = 200;
const MEMBERS: u32 = 5;
const LINES: u32 = 10;

/// Five members who all talk at once, over links in which messages overtake each other. Returns how
/// many messages each line took, of a run.
fn assert_keeps<P, R>(
    member: MakeMember<P>,
    links: fn(Scenario<Workload>) -> Scenario<Workload>,
) -> f64
where
    P: Member + Process<Message: Clone>,
    R: Rule + Default,
{
    let scenario = links(Scenario::new(MEMBERS, Workload::chatter(MEMBERS, LINES)));
    let mut fates = Fates::default();
    with_group(&scenario, member, &[holding_back()], |experiment| {
        for seed in 0..SEEDS {
            let run = experiment.run(seed, keeps::<R>(MEMBERS));
            assert_eq!(run.failure, None, "seed {seed}");
            assert_eq!(run.seen, ["holding back"], "seed {seed}");
            fates.merge(&run.fates);
        }
    });
    assert_eq!((fates.lost, fates.duplicated, fates.cut), (0, 0, 0));
    assert_eq!(fates.overtaken == 0, scenario.links.order == Order::Fifo);
    fates.sent as f64 / (SEEDS * u64::from(MEMBERS * LINES)) as f64
}

#[test]
fn fifo_keeps_fifo_order_for_four_messages_each() {
    assert_eq!(assert_keeps::<_, FifoOrder>(Fifo::new, unordered), 4.0);
}

#[test]
fn causal_keeps_causal_order_for_four_messages_each() {
    assert_eq!(assert_keeps::<_, CausalOrder>(Causal::new, unordered), 4.0);
}

/// One in five is the sequencer's own, and costs one less.
#[test]
fn a_sequencer_keeps_causal_and_total_order_for_five_messages_each() {
    assert_eq!(assert_keeps::<_, TotalOrder>(Sequencer::new, unordered), 4.8);
    assert_eq!(assert_keeps::<_, CausalOrder>(Sequencer::new, unordered), 4.8);
}

#[test]
fn agreement_keeps_total_order_for_twelve_messages_each() {
    assert_eq!(assert_keeps::<_, TotalOrder>(Agreed::new, unordered), 12.0);
    assert_eq!(assert_keeps::<_, CausalOrder>(Agreed::new, in_order), 12.0);
}
