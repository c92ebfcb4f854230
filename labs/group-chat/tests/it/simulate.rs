//! Runs in virtual time: what holds in all of them, and that what could have gone wrong was there.

use std::{mem, time::Duration};

use group_chat::{
    Workload,
    multicast::{
        Agreed, Causal, CausalOrder, Fifo, FifoOrder, Member, Rule, Sequencer, TotalOrder,
        holding_back,
    },
    relay::{Hearing, Relay, Response, Settings, System, client::Event},
};
use protocol::{Effect, EffectOf, Either, Monitor, Process, ProcessId};
use scenario::{Order, Scenario};
use simulator::Fates;

use crate::system::{MakeMember, in_order, keeps, star, unordered, with_group, with_relay};

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

/// What became of clients.
#[derive(Default)]
struct Seen {
    disconnected: u32,
    not_sent: u32,
    heard: u32,
    names_taken: u32,
}

impl Monitor<System<Relay>> for Seen {
    fn on_effect(&mut self, _now: Duration, _by: ProcessId, effect: &EffectOf<System<Relay>>) {
        let Effect::Emit(Either::Second(event)) = effect else { return };
        match event {
            Event::Connected | Event::TooLong => {}
            Event::Disconnected => self.disconnected += 1,
            Event::NotSent(_) => self.not_sent += 1,
            Event::Heard(Response::Taken(_)) => self.names_taken += 1,
            Event::Heard(_) => self.heard += 1,
        }
    }
}

/// Five clients who talk and want each other's names, while one of them and the relay die and come
/// back, one dies for good, and three are cut off for a while.
fn troubled() -> Scenario<Workload> {
    let commands = ["/name alice", "/name bob", "/who"].map(str::to_owned);
    let lines = |client| (1..=20).map(move |line| format!("{client}.{line}\n"));
    let mut scenario = star(&[&[][..]; 5]);
    scenario.workload.within = "0s..200ms".parse().expect("a delay");
    for client in 1..=5 {
        scenario.workload.lines[client] = lines(client).chain(commands.clone()).collect();
    }
    let crashes = ["1@20ms..60ms", "2@50ms", "0@110ms..130ms", "1@90ms..100ms"];
    let partitions = ["3@40ms..70ms/noticed", "4,5@65ms..80ms/noticed"];
    scenario.crashes = crashes.map(|text| text.parse().expect("a crash")).into();
    scenario.partitions = partitions.map(|text| text.parse().expect("a partition")).into();
    scenario
}

#[test]
fn whoever_is_there_hears_all_others() {
    let (mut fates, mut seen) = (Fates::default(), Seen::default());
    with_relay(&troubled(), Settings { history: 3 }, Relay::new, |experiment| {
        for seed in 0..SEEDS {
            let run = experiment.run(seed, (Hearing::default(), mem::take(&mut seen)));
            assert_eq!(run.failure, None, "seed {seed}");
            assert_eq!(run.seen, ["company"], "seed {seed}");
            fates.merge(&run.fates);
            seen = run.monitor.1;
        }
    });
    assert!(fates.cut > 0 && seen.disconnected > 0 && seen.not_sent > 0);
    assert!(seen.heard > 0 && seen.names_taken > 0);
}
