//! Runs to tell of: Ricart–Agrawala sites, and what befalls them.

use std::time::Duration;

use mutual_exclusion::{MutualExclusion, Phase, Workload, liveness, safety};
use protocol::{Effect, Input, ProcessId, Property};
use ricart_agrawala::Site;
use scenario::{Order, Scenario};
use serde_json::Value;
use simulator::Experiment;
use trace::{
    Chunks, Cut, Data, Driver, End, Entry, Header, MessageId, Portrait, Recorder, SCHEMA, Step,
    Told, Trace, tell,
};

/// Sites that enter once each, over links that do nothing wrong.
pub(crate) fn plain() -> Scenario<Workload> {
    Scenario::new(3, Workload::high_contention(1))
}

/// Sites to which all happens that can happen, and that were not made for it.
pub(crate) fn rough() -> Scenario<Workload> {
    let mut scenario = Scenario::new(4, Workload::high_contention(3));
    scenario.links.order = Order::Unordered;
    scenario.links.loss = "0.03".parse().expect("a chance");
    scenario.links.duplication = "0.2".parse().expect("a chance");
    scenario.tolerate_rejections = true;
    scenario.partitions = vec!["1@25ms..32ms".parse().expect("a partition")];
    scenario.crashes =
        ["2@20ms..30ms", "0@60ms"].map(|text| text.parse().expect("a crash")).to_vec();
    scenario
}

/// The run of that seed, until it breaks what a lock promises.
pub(crate) fn judged(scenario: &Scenario<Workload>, seed: u64) -> Trace {
    run(scenario, seed, &[safety(), liveness()])
}

/// The run of that seed to its end, whatever breaks.
pub(crate) fn unjudged(scenario: &Scenario<Workload>, seed: u64) -> Trace {
    run(scenario, seed, &[])
}

fn run(scenario: &Scenario<Workload>, seed: u64, properties: &[Property<Site>]) -> Trace {
    let size = scenario.processes;
    let site = |me: ProcessId, _life| Site::new(me, me.peers(size));
    let application = |_| scenario.workload.worker();
    let experiment = Experiment { scenario, properties, process: &site, application: &application };
    let run = experiment.run(seed, Recorder::new(size, Chunks::new(1 << 20)));
    let chunks = run.monitor.finish();
    let mut header = header(size);
    header.arguments.extend(["--seed".to_owned(), seed.to_string()]);
    header.seed = Some(seed);
    let cut = |it: &scenario::Partition| Cut {
        from: it.from,
        until: it.until.unwrap_or(scenario.deadline),
        processes: it.side.clone(),
    };
    header.partitions = scenario.partitions.iter().map(cut).collect();
    Trace {
        header,
        entries: tell::<Site>(chunks.entries(), size, site, portrait),
        end: Some(End {
            at: run.ended_at,
            violation: run.failure.map(|it| it.violation),
            left_out: chunks.left_out(),
        }),
    }
}

pub(crate) fn portrait(site: &Site) -> Portrait {
    let phase = match site.phase() {
        Phase::Idle => None,
        Phase::Waiting => Some("waiting".to_owned()),
        Phase::Inside => Some("inside".to_owned()),
    };
    Portrait { phase, state: format!("{site:?}") }
}

/// The header of a run of so many sites, to which nothing befell.
pub(crate) fn header(size: u32) -> Header {
    Header {
        schema: SCHEMA,
        lab: "ricart-agrawala".to_owned(),
        version: "0.1.0".to_owned(),
        variant: None,
        arguments: vec!["simulate".to_owned()],
        driver: Driver::Simulator,
        noun: "site".to_owned(),
        processes: size,
        incarnations: vec![0; ProcessId(size).index()],
        phases: vec!["waiting".to_owned(), "inside".to_owned()],
        began: None,
        seed: None,
        scenario: Value::Null,
        partitions: Vec::new(),
    }
}

/// A step made by hand: `process` is given `input` and has these effects.
pub(crate) fn step(
    process: u32,
    at_ms: u64,
    input: Input<String, String, String>,
    received: Option<(u32, u64)>,
    effects: Vec<Effect<String, String, String>>,
    sent_before: u64,
) -> Entry<Told> {
    let at = Duration::from_millis(at_ms);
    let received = received.map(|(sender, number)| MessageId { sender: ProcessId(sender), number });
    let process = ProcessId(process);
    let after = Some(Portrait { phase: None, state: String::new() });
    Entry::Step(Told {
        words: Step { process, at, own: at, input, received, effects, sent_before },
        after,
        data: Data { input: Value::Null, effects: Value::Null },
    })
}
