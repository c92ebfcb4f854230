//! Traces of every kind, for the browser to show.

use std::time::Duration;

use mutual_exclusion::{MutualExclusion, Phase, Workload, liveness, safety};
use protocol::{Effect, Fate, Input, Link, ProcessId, Violation};
use ricart_agrawala::Site;
use scenario::Scenario;
use serde_json::Value;
use simulator::Experiment;
use trace::{
    Chunks, Cut, Data, Driver, End, Entry, Header, MessageId, Met, Portrait, Recorder, SCHEMA,
    Step, Told, Trace, tell,
};

/// One of each kind, by name.
pub(crate) fn kinds() -> [(&'static str, Trace); 4] {
    [("plain", plain()), ("lossy", lossy()), ("stormy", stormy()), ("by-hand", by_hand())]
}

/// Nothing goes wrong.
pub(crate) fn plain() -> Trace {
    simulated(&Scenario::new(3, Workload::high_contention(2)), 7, 1000)
}

/// Of so many sites that their starts and links alone fill a page, as a network would tell it.
pub(crate) fn slow_to_begin() -> Trace {
    let mut trace = simulated(&Scenario::new(8, Workload::high_contention(1)), 7, 1000);
    trace.header.driver = Driver::Network;
    trace
}

/// The links lose messages, and somebody waits for one of them for ever.
pub(crate) fn lossy() -> Trace {
    let mut scenario = Scenario::new(3, Workload::high_contention(3));
    scenario.links.loss = "0.1".parse().expect("a tenth is a chance");
    let trace = simulated(&scenario, 1, 1000);
    assert!(violation(&trace).is_some(), "whoever waits for a lost reply waits for ever");
    trace
}

/// A site is cut off for a while, and another one dies and comes back.
pub(crate) fn stormy() -> Trace {
    let mut scenario = Scenario::new(4, Workload::high_contention(2));
    scenario.tolerate_rejections = true;
    scenario.partitions.push("0@8ms..14ms".parse().expect("it is written as partitions are"));
    scenario.crashes.push("2@10ms..20ms".parse().expect("it is written as crashes are"));
    let trace = simulated(&scenario, 3, 1000);
    let is_crash = |entry: &Entry<Told>| matches!(entry, Entry::Crash { .. });
    assert!(trace.entries.iter().any(is_crash), "site 2 dies");
    trace
}

/// Three of five sites are cut off from the others for a while, and not from each other.
pub(crate) fn parted() -> Trace {
    let mut scenario = Scenario::new(5, Workload::high_contention(2));
    scenario.partitions.push("0,1,3@8ms..30ms".parse().expect("it is written as partitions are"));
    simulated(&scenario, 3, 1000)
}

/// So many events, and more for which there was no room.
pub(crate) fn long(events: u64) -> Trace {
    let entries = u32::try_from(events / 20).expect("so many entries can be counted");
    let trace = simulated(&Scenario::new(5, Workload::high_contention(entries)), 5, events);
    assert_eq!(trace.entries.len() as u64, events, "there is no lack of events");
    trace
}

fn simulated(scenario: &Scenario<Workload>, seed: u64, room: u64) -> Trace {
    let size = scenario.processes;
    let site = |me: ProcessId, _life| Site::new(me, me.peers(size));
    let experiment = Experiment {
        scenario,
        properties: &[safety(), liveness()],
        process: &site,
        application: &|_| scenario.workload.worker(),
    };
    let run = experiment.run(seed, Recorder::new(size, Chunks::new(room)));
    let chunks = run.monitor.finish();
    let cut = |it: &scenario::Partition| Cut {
        from: it.from,
        until: it.until.unwrap_or(run.ended_at),
        processes: it.side.clone(),
    };
    Trace {
        header: Header {
            seed: Some(seed),
            scenario: serde_json::to_value(scenario).expect("a scenario is plain data"),
            partitions: scenario.partitions.iter().map(cut).collect(),
            ..header(Driver::Simulator, size)
        },
        entries: tell::<Site>(chunks.entries(), size, site, portrait),
        end: Some(End {
            at: run.ended_at,
            violation: run.failure.map(|it| it.violation),
            left_out: chunks.left_out(),
        }),
    }
}

fn portrait(site: &Site) -> Portrait {
    let phase = match site.phase() {
        Phase::Idle => None,
        Phase::Waiting => Some("waiting".to_owned()),
        Phase::Inside => Some("inside".to_owned()),
    };
    Portrait { phase, state: format!("{site:?}") }
}

fn header(driver: Driver, processes: u32) -> Header {
    Header {
        schema: SCHEMA,
        lab: "ricart-agrawala".to_owned(),
        version: "0.1.0".to_owned(),
        variant: None,
        arguments: vec!["simulate".to_owned()],
        driver,
        noun: "site".to_owned(),
        processes,
        incarnations: vec![0; ProcessId(processes).index()],
        phases: vec!["waiting".to_owned(), "inside".to_owned()],
        began: None,
        seed: None,
        scenario: Value::Null,
        partitions: Vec::new(),
    }
}

/// What violated a property, if anything did.
pub(crate) fn violation(trace: &Trace) -> Option<&Violation> {
    trace.end.as_ref()?.violation.as_ref()
}

/// Texts that would do harm, or vanish, were they not written as text.
pub(crate) const HOSTILE: [&str; 7] = [
    "</script><script>window.harmed = true</script>",
    "<img src=x onerror=\"window.harmed = true\">",
    "\"'`${window.harmed = true}\\",
    "<!-- <script> \u{2028}\u{2029}",
    "&lt;b&gt; &amp;amp; ]]>",
    "{{trace}} {{script}} $& $1 \\u003c",
    "bell \u{7} nul \u{0} bidi \u{202e}abc",
];

/// As a search tells a counterexample: with places instead of times, and with every kind of entry
/// that there is. Whatever is text is hostile.
pub(crate) fn by_hand() -> Trace {
    let [script, image, quotes, comment, entities, marks, control] = HOSTILE.map(str::to_owned);
    let [a, b, c] = [0, 1, 2].map(ProcessId);
    let mut run = ByHand::default();
    for process in [a, b, c] {
        run.step(process, Input::Start, vec![], None);
    }
    let link = Link::Up { addr: scenario::made_up_address(b), incarnation: 0 };
    run.step(a, Input::Link { peer: b, link }, vec![], None);
    let after = Duration::from_millis(5);
    run.step(
        a,
        Input::Command(quotes.clone()),
        vec![
            Effect::Send { to: b, message: script.clone() },
            Effect::Send { to: c, message: image.clone() },
            Effect::SetTimer { timer: comment.clone(), after },
        ],
        Some(&quotes),
    );
    run.fate(0, b, Fate::Overtaken);
    run.fate(0, b, Fate::Duplicated);
    run.receives(b, 0, &script, vec![Effect::Emit(entities.clone())]);
    run.receives(b, 0, &script, vec![Effect::Reject { peer: a, why: control.clone().into() }]);
    run.fate(1, c, Fate::Lost);
    run.step(c, Input::Timer(entities.clone()), vec![Effect::CancelTimer(control)], None);
    run.entries.push(Entry::Crash { at: run.now(), process: c });
    run.step(c, Input::Start, vec![Effect::Close(a)], None);
    run.step(a, Input::Link { peer: b, link: Link::Down }, vec![], Some(&marks));
    let header = Header {
        lab: script.clone(),
        version: image.clone(),
        arguments: vec![marks.clone()],
        noun: entities,
        phases: vec![quotes, marks],
        ..header(Driver::Checker, 3)
    };
    let violation = Some(Violation::new(image, script));
    let end = Some(End { at: run.now(), violation, left_out: 0 });
    Trace { header, entries: run.entries, end }
}

#[derive(Default)]
struct ByHand {
    entries: Vec<Entry<Told>>,
    sent: [u64; 3],
}

impl ByHand {
    /// Events have no times, only places in an order.
    fn now(&self) -> Duration {
        Duration::from_millis(self.entries.len() as u64)
    }

    fn step(
        &mut self,
        process: ProcessId,
        input: Input<String, String, String>,
        effects: Vec<Effect<String, String, String>>,
        phase: Option<&str>,
    ) {
        let (at, sent_before) = (self.now(), self.sent[process.index()]);
        let words = Step { process, at, own: at, input, received: None, effects, sent_before };
        self.sent[process.index()] += words.sent().count() as u64;
        let state = format!("{} after {}", HOSTILE[0], self.entries.len());
        let after = Some(Portrait { phase: phase.map(str::to_owned), state });
        let data = Data { input: Value::Null, effects: Value::Null };
        self.entries.push(Entry::Step(Told { words, after, data }));
    }

    /// The message that site 0 sent as its `number`th arrives.
    fn receives(
        &mut self,
        process: ProcessId,
        number: u64,
        text: &str,
        effects: Vec<Effect<String, String, String>>,
    ) {
        let from = ProcessId(0);
        self.step(process, Input::Message { from, message: text.to_owned() }, effects, None);
        if let Some(Entry::Step(told)) = self.entries.last_mut() {
            told.words.received = Some(MessageId { sender: from, number });
        }
    }

    fn fate(&mut self, number: u64, to: ProcessId, fate: Fate) {
        let message = MessageId { sender: ProcessId(0), number };
        self.entries.push(Entry::Fate(Met { at: self.now(), message, to, fate }));
    }
}
