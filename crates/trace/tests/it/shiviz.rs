//! The log is held to the rules of ShiViz's own parser: how it cuts a log into events, and what
//! it refuses about their clocks.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{Effect, Input, ProcessId};
use trace::{Entry, Trace};

use crate::runs::{self, header, plain, rough, unjudged};

/// An event as ShiViz reads it.
#[derive(Debug)]
pub(crate) struct Event {
    host: String,
    clock: BTreeMap<String, usize>,
    pub(crate) text: String,
}

/// Reads a log as ShiViz does: finds whatever fits `(?<host>\S*) (?<clock>{.*})\n(?<event>.*)`,
/// from left to right, and passes over the rest.
pub(crate) fn read(log: &str) -> Vec<Event> {
    let (expression, rest) = log.split_once('\n').expect("a first line");
    assert_eq!(expression, r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)");
    let log = rest.strip_prefix('\n').expect("a second line that is empty").trim();
    // What a dot does not match ends a line.
    let lines: Vec<&str> = log.split(['\n', '\r', '\u{2028}', '\u{2029}']).collect();
    let mut events = Vec::new();
    let mut next = 0;
    while next + 1 < lines.len() {
        let Some((host, clock)) = host_and_clock(lines[next]) else {
            next += 1;
            continue;
        };
        let clock = serde_json::from_str(clock).expect("a clock is JSON");
        events.push(Event { host: host.to_owned(), clock, text: lines[next + 1].to_owned() });
        next += 2;
    }
    assert_eq!(events.len() * 2, lines.len(), "each line belongs to an event: {log}");
    events
}

fn host_and_clock(line: &str) -> Option<(&str, &str)> {
    let brace = line.match_indices(" {").find(|(at, _)| line[at + 1..].ends_with('}'))?.0;
    let host = line[..brace].rsplit(char::is_whitespace).next()?;
    Some((host, &line[brace + 1..]))
}

/// Refuses what ShiViz refuses.
pub(crate) fn validate(events: &[Event]) {
    let hosts: BTreeSet<&String> = events.iter().map(|event| &event.host).collect();
    let mut clocks: BTreeMap<&String, Vec<&BTreeMap<String, usize>>> = BTreeMap::new();
    for event in events {
        let own = clocks.entry(&event.host).or_default();
        own.push(&event.clock);
        assert_eq!(event.clock[&event.host], own.len(), "a host counts 1, 2, 3: {event:?}");
    }
    for event in events {
        for (host, &count) in &event.clock {
            assert!(hosts.contains(host), "an unknown host: {event:?}");
            let known = clocks[host].get(count - 1).expect("no more than there are");
            let is_known = |(host, count)| event.clock.get(host).is_some_and(|own| own >= count);
            assert!(known.iter().all(is_known), "who knows an event knows its causes: {event:?}");
        }
    }
}

#[test]
fn shiviz_accepts_every_run() {
    for seed in 0..20 {
        let trace = unjudged(&rough(), seed);
        let events = read(&trace.to_shiviz());
        println!("seed {seed}: {} events of {} entries", events.len(), trace.entries.len());
        assert!(events.len() > 15 && events.len() < trace.entries.len());
        validate(&events);
    }
}

#[test]
fn one_event_comes_before_another_in_the_log_if_it_did_in_the_run() {
    let trace = unjudged(&rough(), 7);
    let events = read(&trace.to_shiviz());
    let clocks = trace.clocks();
    let is_idle_news = |entry: &Entry<trace::Told>| match entry {
        Entry::Step(told) => {
            let is_news = matches!(told.words.input, Input::Start | Input::Link { .. });
            is_news && told.words.effects.is_empty()
        }
        Entry::Fate(_) => true,
        Entry::Crash { .. } => false,
    };
    let died = trace.entries.iter().position(|it| matches!(it, Entry::Crash { .. }));
    let reborn = |at: usize, entry: &Entry<trace::Told>| {
        let Entry::Step(told) = entry else { return false };
        matches!(told.words.input, Input::Start) && died.is_some_and(|died| at > died)
    };
    let entries = trace.entries.iter().enumerate();
    let kept = entries.filter(|(at, it)| !is_idle_news(it) || reborn(*at, it));
    let kept: Vec<usize> = kept.map(|(at, _)| at).collect();
    assert_eq!(kept.len(), events.len());
    for (one, &cause) in kept.iter().enumerate() {
        for (other, &event) in kept.iter().enumerate().filter(|(other, _)| *other != one) {
            let Event { host, clock, .. } = &events[one];
            let in_log = events[other].clock.get(host) >= clock.get(host);
            assert_eq!(in_log, clocks.happened_before(cause, event), "entries {cause}, {event}");
        }
    }
}

#[test]
fn a_host_is_named_by_its_noun_and_number_and_says_what_it_did() {
    let log = unjudged(&plain(), 1).to_shiviz();
    let lines: Vec<&str> = log.lines().skip(2).take(2).collect();
    let text = "0 ms: is asked: enter; sends request 1 to 1; sends request 1 to 2";
    assert_eq!(lines, [r#"site-0 {"site-0":1}"#, text]);
}

#[test]
fn what_befell_a_message_is_told_where_it_was_sent() {
    let send = Effect::Send { to: ProcessId(1), message: "hello".to_owned() };
    let sent = runs::step(0, 1, Input::Start, None, vec![send], 0);
    let lost = serde_json::from_str(
        r#"{"fate":{"at":2,"message":{"sender":0,"number":0},"to":1,"fate":"lost"}}"#,
    );
    let trace = Trace { header: header(2), entries: vec![sent, lost.unwrap()], end: None };
    let events = read(&trace.to_shiviz());
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].text, "1 ms: starts; sends hello to 1; hello to 1 is lost");
}
