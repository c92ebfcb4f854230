//! What is told of an event, and of the whole system at its cut.

use protocol::ProcessId;
use serde_json::Value;
use trace::{Entry, Trace};

use crate::{
    past::{kind, last_of, pasts, texts},
    traces::{self, HOSTILE, kinds},
    viewer::{DESKTOP, PHONE, Viewer},
};

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn a_click_chooses_the_event_under_it() {
    for (name, trace) in kinds() {
        for size in [DESKTOP, PHONE] {
            let mut viewer = Viewer::open(&trace, size);
            let last = trace.entries.len() - 1;
            for event in [0, last / 3, last / 2, last] {
                // Chosen, it comes into view; then its neighbour is, so that the click chooses.
                viewer.select(event);
                viewer.select(if event == 0 { 1 } else { event - 1 });
                let at = viewer.position(event);
                viewer.browser.click(at);
                assert_eq!(viewer.selected(), Some(event), "{name}, clicked at {at:?}");
            }
            viewer.close();
        }
    }
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn the_details_tell_the_whole_event() {
    for (name, trace) in kinds() {
        let mut viewer = Viewer::open(&trace, DESKTOP);
        for (event, entry) in trace.entries.iter().enumerate() {
            viewer.select(event);
            let details = viewer.content("#details");
            for text in texts(&trace, entry) {
                let text = readable(text);
                assert!(details.contains(&text), "{name}, event {event}: {text} in {details}");
            }
        }
        viewer.close();
    }
}

/// What can't be seen, or would turn its neighbours around, is spelled out.
fn readable(text: &str) -> String {
    let is_hidden =
        |it: char| it.is_control() || ['\u{2028}', '\u{2029}', '\u{202e}'].contains(&it);
    let spell = |it: char| match is_hidden(it) {
        true => it.escape_unicode().to_string(),
        false => it.to_string(),
    };
    text.chars().map(spell).collect()
}

/// What each process's part of the details has for a state: null, if it has none.
const STATES: &str = "[...document.querySelectorAll('#details [data-process]')]
    .map(process => process.querySelector('.state')?.textContent ?? null)";

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn every_process_is_shown_as_it_is_at_the_cut() {
    for (name, trace) in kinds() {
        let mut viewer = Viewer::open(&trace, DESKTOP);
        for (event, past) in pasts(&trace).iter().enumerate() {
            let state_of =
                |process| last_of(&trace, past, process).and_then(|it| state(&trace, it));
            let states: Vec<_> = ProcessId::all(trace.header.processes).map(state_of).collect();
            viewer.select(event);
            assert_eq!(viewer.browser.eval(STATES), Value::from(states), "{name}, event {event}");

            let is_other = |&&it: &&usize| it != event && kind(&trace.entries[it]) != "fate";
            let told = match past.iter().filter(is_other).count() {
                1 => "1 event happened before it".to_owned(),
                before => format!("{before} events happened before it"),
            };
            let details = viewer.text("#details");
            assert!(details.contains(&told), "{name}, event {event}: {told} in {details}");
        }
        viewer.close();
    }
}

/// What a process shows after an event; nothing, if it has died of it.
fn state(trace: &Trace, event: usize) -> Option<&str> {
    match &trace.entries[event] {
        Entry::Step(told) => told.after.as_ref().map(|after| &*after.state),
        Entry::Fate(_) | Entry::Crash { .. } => None,
    }
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn the_mouse_need_only_be_held_over_a_message() {
    let trace = traces::lossy();
    let mut viewer = Viewer::open(&trace, DESKTOP);
    let messages = (0..trace.entries.len()).filter(|&it| kind(&trace.entries[it]) == "message");
    for event in messages {
        viewer.select(event);
        let at = viewer.position(event);
        let (tooltip, text) = (viewer.tooltip(at), texts(&trace, &trace.entries[event])[0]);
        assert!(tooltip.contains(text), "event {event}: {text} in {tooltip}");
        viewer.browser.hover((1.0, 1.0));
        viewer.browser.until("!document.querySelector('#tooltip').checkVisibility()");
    }
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn the_mouse_need_only_be_held_over_an_arrow() {
    let trace = traces::by_hand();
    let mut viewer = Viewer::open(&trace, DESKTOP);
    let arrival = trace.entries.iter().position(|entry| kind(entry) == "message").unwrap();
    let sending = (0..arrival).find(|&it| kind(&trace.entries[it]) == "command").unwrap();
    viewer.select(arrival);
    let ((from_x, from_y), (to_x, to_y)) = (viewer.position(sending), viewer.position(arrival));
    let tooltip = viewer.tooltip((from_x.midpoint(to_x), from_y.midpoint(to_y)));
    assert!(tooltip.contains(HOSTILE[0]), "{tooltip}");
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn hostile_texts_are_shown_and_do_nothing() {
    let trace = traces::by_hand();
    let mut viewer = Viewer::open(&trace, DESKTOP);
    let elements =
        "['script', 'img', 'b', 'iframe'].map(it => document.querySelectorAll(it).length)";
    let before = viewer.browser.eval(elements);
    for event in 0..trace.entries.len() {
        viewer.select(event);
        let at = viewer.position(event);
        viewer.browser.hover(at);
    }
    for text in [HOSTILE[0], HOSTILE[1]] {
        assert!(viewer.content("#violation").contains(text));
        assert!(viewer.content("header").contains(text));
    }
    viewer.open_filters();
    viewer.type_in(HOSTILE[0]);
    assert_ne!(viewer.shown(), 0, "what is sought is found as it is written");
    assert_eq!(viewer.browser.eval("window.harmed"), Value::Null);
    assert_eq!(viewer.browser.eval(elements), before);
    assert_eq!(before, serde_json::json!([2, 0, 0, 0]), "the data and the viewer");
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn what_is_told_of_an_event_goes_when_the_event_does() {
    let trace = traces::plain();
    let mut viewer = Viewer::open(&trace, DESKTOP);
    for act in ["r", "+", "PageDown", "Home", "0"] {
        viewer.select(trace.entries.len() / 2);
        let at = viewer.position(trace.entries.len() / 2);
        viewer.tooltip(at);
        viewer.browser.press(act);
        viewer.browser.until("!document.querySelector('#tooltip').checkVisibility()");
        viewer.browser.hover((1.0, 1.0));
    }
    viewer.close();
}
