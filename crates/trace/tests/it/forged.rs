//! Whatever is told of a run is held against the run: a picture of what did not happen is found out.

use std::time::Duration;

use mutual_exclusion::Workload;
use protocol::{Effect, Effects, Fate, Input, Never, Process, ProcessId};
use ricart_agrawala::Site;
use scenario::Scenario;
use trace::{Divergence, Driver, Entry, Portrait, Told, Trace};

use crate::runs::{header, plain, portrait, rough, step, unjudged};

fn take_again(trace: &Trace) -> Result<u64, Divergence> {
    let size = trace.header.processes;
    trace.take_again(|me: ProcessId, _life| Site::new(me, me.peers(size)), portrait)
}

fn is_step(entry: &Entry<Told>) -> bool {
    matches!(entry, Entry::Step(_))
}

/// The run, and the first of its steps in which somebody answers a message.
fn answered(scenario: &Scenario<Workload>) -> (Trace, usize) {
    let trace = unjudged(scenario, 0);
    let answers = |entry: &Entry<Told>| {
        matches!(entry, Entry::Step(Told { words, .. })
            if words.received.is_some() && !words.effects.is_empty())
    };
    let at = trace.entries.iter().position(answers).unwrap();
    (trace, at)
}

/// What is found when this is done to that entry, which must be the one that is named.
fn found(trace: &Trace, at: usize, forge: impl FnOnce(&mut Entry<Told>)) -> String {
    let mut trace = trace.clone();
    forge(&mut trace.entries[at]);
    let divergence = take_again(&trace).unwrap_err();
    assert_eq!(divergence.entry, at, "{divergence}");
    divergence.to_string()
}

fn found_in_step(trace: &Trace, at: usize, forge: impl FnOnce(&mut Told)) -> String {
    found(trace, at, |entry| match entry {
        Entry::Step(told) => forge(told),
        _ => panic!("{entry:?} is no step"),
    })
}

#[test]
fn a_run_that_nobody_has_forged_comes_out_the_same_whatever_befell_it() {
    let mut fates = [0; 4];
    for seed in 0..50 {
        let trace = unjudged(&rough(), seed);
        let steps = trace.entries.iter().filter(|it| is_step(it)).count();
        assert_eq!(take_again(&trace), Ok(steps as u64), "seed {seed}");
        for entry in &trace.entries {
            if let Entry::Fate(met) = entry {
                fates[met.fate as usize] += 1;
            }
        }
    }
    assert!(fates.iter().all(|count| *count > 10), "{fates:?}");
}

#[test]
fn other_words_than_those_of_the_data_are_found() {
    let (trace, at) = answered(&plain());
    let said = found_in_step(&trace, at, |told| {
        told.words.input = Input::Message { from: ProcessId(1), message: "a lie".to_owned() };
    });
    let is = r#"{"Message":{"from":1,"message":"request 1"}}"#;
    let told = is.replace("request 1", "a lie");
    let steps = trace.entries[..=at].iter().filter(|it| is_step(it)).count();
    let moment = trace.entries[at].at().as_secs_f64() * 1e3;
    let place = format!("site 2, step {steps}, at {moment:.3} ms");
    assert_eq!(said, format!("{place}: what it was given is told as {told}, and is {is}"));

    let said = found_in_step(&trace, at, |told| told.words.effects.clear());
    assert!(said.contains(": what it did is told as [], and is [{\"Send\":"), "{said}");
}

#[test]
fn another_state_than_the_one_that_is_come_to_is_found() {
    let (trace, at) = answered(&plain());
    let with = |forge: fn(&mut Portrait)| {
        found_in_step(&trace, at, |told| forge(told.after.as_mut().unwrap()))
    };
    let said = with(|after| after.state.push('!'));
    assert!(said.contains(": what it then was is told as {") && said.contains(" }!\"}"), "{said}");
    let said = with(|after| after.phase = Some("inside".to_owned()));
    assert!(said.contains(r#"told as {"phase":"inside","#), "{said}");
    let said = found_in_step(&trace, at, |told| told.after = None);
    assert!(said.contains("told as null, and is {"), "it did not panic: {said}");
}

#[test]
fn a_message_that_was_another_is_found() {
    let (trace, at) = answered(&plain());
    let said = found_in_step(&trace, at, |told| told.words.received.as_mut().unwrap().number = 7);
    assert!(said.ends_with(" as one that was not on its way to it"), "{said}");
    let said = found_in_step(&trace, at, |told| told.words.received = None);
    assert!(said.ends_with(": it received `request 1` as none that was sent"), "{said}");
    let said = found_in_step(&trace, at, |told| told.words.sent_before = 1 << 63);
    assert!(said.ends_with("messages before, not 9223372036854775808"), "{said}");

    let received = match &trace.entries[at] {
        Entry::Step(told) => told.words.received,
        _ => None,
    };
    let is_command = |entry: &Entry<Told>| {
        matches!(entry, Entry::Step(Told { words, .. })
            if matches!(words.input, Input::Command(_)))
    };
    let command = trace.entries.iter().position(is_command).unwrap();
    let said = found_in_step(&trace, command, |told| told.words.received = received);
    assert!(said.ends_with(": it is told to have received what was no message"), "{said}");
}

#[test]
fn over_a_network_a_message_is_known_if_its_sender_has_told_of_it() {
    let (mut trace, at) = answered(&plain());
    trace.header.driver = Driver::Network;
    let forget = |entry: &mut Entry<Told>| {
        if let Entry::Step(told) = entry {
            told.words.received = None;
        }
    };
    let said = found(&trace, at, forget);
    assert!(said.ends_with(" as none that was sent"), "{said}");

    // Who has told of another life, or not of all, may have sent it all the same.
    let mut of_another_life = trace.clone();
    of_another_life.entries.iter_mut().for_each(forget);
    of_another_life.header.incarnations = vec![7; 3];
    assert!(take_again(&of_another_life).is_ok());
    of_another_life.header.driver = Driver::Simulator;
    assert!(take_again(&of_another_life).is_err(), "who sees all knows all");
    let mut incomplete = trace;
    incomplete.entries.iter_mut().for_each(forget);
    incomplete.end.as_mut().unwrap().left_out = 1;
    assert!(take_again(&incomplete).is_ok());
}

#[test]
fn steps_in_another_order_are_found() {
    let trace = unjudged(&plain(), 0);
    let steps = trace.entries.iter().enumerate().filter(|(_, entry)| is_step(entry));
    let steps: Vec<_> = steps.map(|(at, entry)| (at, entry.at())).collect();
    for pair in steps.windows(2).filter(|pair| pair[0].1 < pair[1].1) {
        let mut swapped = trace.clone();
        swapped.entries.swap(pair[0].0, pair[1].0);
        assert!(take_again(&swapped).is_err(), "{pair:?}");
    }
    let said = found(&trace, 20, |entry| {
        if let Entry::Step(told) = entry {
            told.words.at = Duration::ZERO;
        }
    });
    assert!(said.ends_with(": it is told after what happened later"), "{said}");
}

#[test]
fn fates_and_deaths_that_can_not_have_been_are_found() {
    let trace = unjudged(&rough(), 0);
    let find = |is_it: &dyn Fn(&Entry<Told>) -> bool| trace.entries.iter().position(is_it).unwrap();
    for fate in [Fate::Lost, Fate::Cut, Fate::Duplicated, Fate::Overtaken] {
        let at = find(&|entry| matches!(entry, Entry::Fate(met) if met.fate == fate));
        let said = found(&trace, at, |entry| {
            if let Entry::Fate(met) = entry {
                met.message.number = 1 << 40;
            }
        });
        assert!(said.ends_with(&format!(" is told to be {fate}")), "{said}");
        assert!(said.contains(", after step "), "{said}");
    }
    let without = |at: usize| {
        let mut trace = trace.clone();
        trace.entries.remove(at);
        take_again(&trace).unwrap_err().detail
    };
    let doubled = find(&|it| matches!(it, Entry::Fate(met) if met.fate == Fate::Duplicated));
    assert!(without(doubled).contains(" not on its way to "));
    let crash = find(&|entry| matches!(entry, Entry::Crash { .. }));
    assert_eq!(without(crash), "it started without having died");
    let mut twice = trace.clone();
    twice.entries.insert(crash, trace.entries[crash].clone());
    assert_eq!(take_again(&twice).unwrap_err().detail, "it died without having started");
    assert_eq!(without(0), "it did something without having started");
}

/// Says that it goes, and goes to pieces.
#[derive(Debug)]
struct Fragile;

impl Process for Fragile {
    type Command = String;
    type Message = String;
    type Event = String;
    type Timer = Never;

    fn on_command(&mut self, command: String, fx: &mut Effects<Self>) {
        fx.emit(command.clone());
        assert_eq!(command, "go on", "as it is");
    }

    fn on_message(&mut self, _from: ProcessId, _message: String, _fx: &mut Effects<Self>) {}
}

#[test]
fn what_somebody_did_before_a_panic_is_taken_again_too() {
    let told = |command: &str, event: &str| {
        let emit = Effect::Emit(event.to_owned());
        let input = Input::Command(command.to_owned());
        let mut entry = step(0, 2, input.clone(), None, vec![emit.clone()], 0);
        if let Entry::Step(told) = &mut entry {
            told.after = None;
            told.data.input = serde_json::to_value(&input).unwrap();
            told.data.effects = serde_json::to_value([emit]).unwrap();
        }
        let mut start = step(0, 1, Input::Start, None, vec![], 0);
        if let Entry::Step(told) = &mut start {
            told.data.input = "Start".into();
            told.data.effects = serde_json::json!([]);
        }
        let trace = Trace { header: header(1), entries: vec![start, entry], end: None };
        let portrait = |_: &Fragile| Portrait { phase: None, state: String::new() };
        trace.take_again(|_, _| Fragile, portrait).map_err(|it| it.to_string())
    };
    assert_eq!(told("go to pieces", "go to pieces"), Ok(2));
    assert!(
        told("go to pieces", "go home").unwrap_err().contains(r#": it did [{"Emit":"go home"}]"#)
    );
    assert!(told("go on", "go on").is_err(), "it is told to have panicked, and does not");
}

#[test]
fn who_panics_where_it_did_not_is_told_in_one_line() {
    let mut trace = unjudged(&plain(), 0);
    let is_leave = |entry: &Entry<Told>| {
        matches!(entry, Entry::Step(Told { words, .. })
            if words.input == Input::Command("leave".to_owned()))
    };
    let at = trace.entries.iter().position(is_leave).unwrap();
    if let Entry::Step(told) = &mut trace.entries[at] {
        told.data.input = serde_json::json!({ "Command": "Enter" });
    }
    let divergence = take_again(&trace).unwrap_err();
    let said = divergence.to_string();
    let why = "and now panics: assertion `left == right` failed: one request at a time; left: \
               Inside; right: Idle";
    assert!(said.ends_with(why), "{said}");
    assert_eq!(said.lines().count(), 1);

    trace.end_at(&divergence);
    assert_eq!(trace.entries.len(), at + 1);
    let violation = trace.end.as_ref().unwrap().violation.as_ref().unwrap();
    assert_eq!((&*violation.property, &violation.detail), ("diverged", &said));
}
