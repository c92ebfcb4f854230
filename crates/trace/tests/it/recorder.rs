//! What a recorder writes down is what happened.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use mutual_exclusion::Workload;
use protocol::{Effect, Fate, Input, ProcessId};
use ricart_agrawala::Site;
use scenario::{ClockError, Scenario};
use simulator::{Experiment, Run};
use trace::{Chunks, Entry, MessageId, Recorder, StepOf};

use crate::runs::{plain, rough};

type Recorded = Run<Recorder<Site, Chunks<Site>>>;

fn record(scenario: &Scenario<Workload>, seed: u64, room: u64) -> Recorded {
    let experiment = Experiment {
        scenario,
        properties: &[],
        process: &|me, _life| Site::new(me, me.peers(scenario.processes)),
        application: &|_| scenario.workload.worker(),
    };
    experiment.run(seed, Recorder::new(scenario.processes, Chunks::new(room)))
}

fn entries(run: Recorded) -> Vec<Entry<StepOf<Site>>> {
    run.monitor.finish().into_entries()
}

fn steps(entries: &[Entry<StepOf<Site>>]) -> impl Iterator<Item = &StepOf<Site>> {
    entries.iter().filter_map(|entry| match entry {
        Entry::Step(step) => Some(step),
        _ => None,
    })
}

#[test]
fn every_input_is_a_step_and_every_fate_is_told() {
    for seed in 0..20 {
        let run = record(&rough(), seed, u64::MAX);
        let (count, fates) = (run.steps, run.fates);
        let entries = entries(run);
        assert_eq!(steps(&entries).count() as u64, count, "seed {seed}");
        let sent: usize = steps(&entries).map(|step| step.sent().count()).sum();
        assert_eq!(sent as u64, fates.sent, "seed {seed}");
        let met = |fate| {
            let is_it = |entry: &&Entry<_>| matches!(entry, Entry::Fate(met) if met.fate == fate);
            entries.iter().filter(is_it).count() as u64
        };
        let told = [Fate::Lost, Fate::Duplicated, Fate::Overtaken, Fate::Cut].map(met);
        let happened = [fates.lost, fates.duplicated, fates.overtaken, fates.cut];
        assert_eq!(told, happened, "seed {seed}");
    }
}

#[test]
fn what_is_received_was_sent_and_says_the_same() {
    for seed in 0..20 {
        let mut sent = BTreeMap::new();
        let entries = entries(record(&rough(), seed, u64::MAX));
        for step in steps(&entries) {
            if let Input::Message { from, message } = &step.input {
                let id = step.received.expect("what arrives was sent");
                assert_eq!(id.sender, *from, "seed {seed}");
                assert_eq!(sent.get(&id), Some(&(step.process, *message)), "seed {seed}");
            } else {
                assert_eq!(step.received, None, "seed {seed}");
            }
            for (id, to, message) in step.sent() {
                assert_eq!(sent.insert(id, (to, *message)), None, "seed {seed}: two are {id:?}");
            }
        }
    }
}

#[test]
fn a_message_arrives_once_unless_something_befell_it() {
    for seed in 0..20 {
        let mut copies: BTreeMap<MessageId, i32> = BTreeMap::new();
        for entry in entries(record(&rough(), seed, u64::MAX)) {
            match entry {
                Entry::Step(step) => {
                    if let Some(id) = step.received {
                        *copies.entry(id).or_default() -= 1;
                    }
                    copies.extend(step.sent().map(|(id, ..)| (id, 1)));
                }
                Entry::Fate(met) => match met.fate {
                    Fate::Lost | Fate::Cut => *copies.entry(met.message).or_default() -= 1,
                    Fate::Duplicated => *copies.entry(met.message).or_default() += 1,
                    Fate::Overtaken => {}
                },
                Entry::Crash { .. } => {}
            }
        }
        let under_way: BTreeSet<i32> = copies.into_values().collect();
        assert_eq!(under_way, BTreeSet::from([0]), "seed {seed}: the run came to rest");
    }
}

#[test]
fn over_links_that_keep_order_messages_arrive_in_the_order_of_their_names() {
    let entries = entries(record(&plain(), 3, u64::MAX));
    let mut last: BTreeMap<(ProcessId, ProcessId), MessageId> = BTreeMap::new();
    for step in steps(&entries) {
        if let Some(id) = step.received {
            let before = last.insert((id.sender, step.process), id);
            assert!(before < Some(id), "{before:?} arrived before {id:?}");
        }
    }
}

#[test]
fn what_finds_no_room_is_counted() {
    let run = record(&plain(), 1, 10);
    let steps = run.steps;
    let chunks = run.monitor.finish();
    assert_eq!(chunks.entries().count(), 10);
    assert_eq!(chunks.left_out(), steps - 10, "nothing but steps happens in this run");
}

#[test]
fn a_process_with_a_wrong_clock_has_its_own_time_written_down() {
    let mut scenario = plain();
    let offset = "5ms".parse().expect("an offset");
    scenario.clocks = vec![ClockError { process: ProcessId(1), offset, drift_ppm: 0 }];
    let entries = entries(record(&scenario, 1, u64::MAX));
    for step in steps(&entries) {
        let off = if step.process == ProcessId(1) { 5 } else { 0 };
        assert_eq!(step.own, step.at + Duration::from_millis(off));
    }
}

#[test]
fn a_step_tells_what_was_done_in_order() {
    let entries = entries(record(&plain(), 1, u64::MAX));
    let asked = steps(&entries).find(|step| matches!(step.input, Input::Command(_)));
    let asked = asked.expect("somebody asks");
    let whom: Vec<ProcessId> = asked.sent().map(|(_, to, _)| to).collect();
    assert_eq!(whom, asked.process.peers(3));
    assert!(asked.effects.iter().all(|effect| matches!(effect, Effect::Send { .. })));
}
