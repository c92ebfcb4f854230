//! A run that was seen whole, told again by each process alone: put together, it is the same run.

use std::time::Duration;

use mutual_exclusion::Workload;
use protocol::{Input, ProcessId};
use ricart_agrawala::Site;
use scenario::{Order, Scenario};
use simulator::Experiment;
use trace::{Chunks, Driver, Entry, Header, Portrait, Recorder, SCHEMA, Told, Trace, tell};

const SIZE: u32 = 4;

/// Links that keep the order, and break again and again.
fn whole(seed: u64) -> Trace {
    let mut scenario = Scenario::new(SIZE, Workload::high_contention(4));
    scenario.links.order = Order::Fifo;
    scenario.links.delay = "1ms..9ms".parse().unwrap();
    scenario.partitions =
        ["1@10ms..14ms/noticed", "0,2@30ms..33ms/noticed", "3@34ms..50ms/noticed"]
            .map(|text| text.parse().unwrap())
            .into();
    let site = |me: ProcessId, _life| Site::new(me, me.peers(SIZE));
    let application = |_| scenario.workload.worker();
    let experiment = Experiment {
        scenario: &scenario,
        properties: &[],
        process: &site,
        application: &application,
    };
    let chunks = experiment.run(seed, Recorder::new(SIZE, Chunks::new(1 << 20))).monitor.finish();
    let portrait = |site: &Site| Portrait { phase: None, state: format!("{site:?}") };
    let header = Header {
        schema: SCHEMA,
        lab: "ricart-agrawala".into(),
        version: "0.1.0".into(),
        variant: None,
        arguments: Vec::new(),
        driver: Driver::Simulator,
        noun: "site".into(),
        processes: SIZE,
        incarnations: vec![0; 4],
        phases: Vec::new(),
        began: Some(0),
        seed: Some(seed),
        scenario: serde_json::Value::Null,
        partitions: Vec::new(),
    };
    let at = Duration::ZERO;
    let end = Some(trace::End { at, violation: None, left_out: 0 });
    Trace { header, entries: tell::<Site>(chunks.entries(), SIZE, site, portrait), end }
}

/// What `me` could have told alone, with a clock that began so much later.
fn part(whole: &Trace, me: ProcessId, later: Duration) -> Trace {
    let mut part = whole.clone();
    part.header.began = Some(later.as_micros() as u64);
    part.entries.retain_mut(|entry| match entry {
        Entry::Step(told) => {
            told.words.received = None;
            told.words.process == me
        }
        Entry::Fate(met) => met.message.sender == me,
        Entry::Crash { process, .. } => *process == me,
    });
    part
}

fn steps(trace: &Trace, of: ProcessId) -> Vec<&Told> {
    let steps = trace.entries.iter().filter_map(|entry| match entry {
        Entry::Step(told) if told.words.process == of => Some(told),
        _ => None,
    });
    steps.collect()
}

#[test]
fn each_message_is_found_to_be_the_one_it_was() {
    let mut arrivals = 0;
    for seed in 0..50 {
        let whole = whole(seed);
        let late = |me: ProcessId| Duration::from_millis((seed + 7 * u64::from(me.0)) % 20);
        let parts = ProcessId::all(SIZE).map(|me| part(&whole, me, late(me)));
        let merged = Trace::merge(parts.collect()).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        for me in ProcessId::all(SIZE) {
            let (were, are) = (steps(&whole, me), steps(&merged, me));
            assert_eq!(were.len(), are.len(), "seed {seed}");
            for (was, is) in were.into_iter().zip(are) {
                assert_eq!(was.words.received, is.words.received, "seed {seed}: {is:?}");
                assert_eq!(was.data, is.data, "seed {seed}");
                arrivals += u64::from(matches!(is.words.input, Input::Message { .. }));
            }
        }
        assert_causes_come_first(&merged, seed);
    }
    assert!(arrivals > 500, "{arrivals} messages are few");
}

fn assert_causes_come_first(trace: &Trace, seed: u64) {
    let mut sent = std::collections::BTreeMap::new();
    for entry in &trace.entries {
        let Entry::Step(told) = entry else { continue };
        if let Some(message) = told.words.received {
            let at = sent.get(&message).copied();
            assert!(at.is_some_and(|at| at <= told.words.at), "seed {seed}: {told:?}");
        }
        sent.extend(told.words.sent().map(|(message, ..)| (message, told.words.at)));
    }
}
