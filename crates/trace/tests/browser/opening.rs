//! What a reader finds who opens the file.

use std::fs;

use protocol::Effect;
use serde_json::{Value, json};
use trace::{Driver, Entry, Told};

use crate::{
    past::kind,
    traces::{self, kinds, violation},
    viewer::{DESKTOP, PHONE, Viewer},
};

/// What is cut off at the window's sides. A phone's browser zooms out until all is in view, so the
/// window's width is given, and not asked for.
fn cut_off(viewer: &mut Viewer, (width, _): (u32, u32)) -> Value {
    viewer.browser.eval(&format!(
        "[...document.body.querySelectorAll('*')].filter(it => it.checkVisibility()).filter(it => {{
            const {{ left, right }} = it.getBoundingClientRect();
            return left < 0 || right > {width};
        }}).map(it => it.id || it.tagName)"
    ))
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn every_kind_of_trace_opens_and_fits_on_a_desk_and_in_a_hand() {
    for (name, trace) in kinds() {
        for (screen, size) in [("desktop", DESKTOP), ("phone", PHONE)] {
            let mut viewer = Viewer::open(&trace, size);
            let events = viewer.browser.eval("signalbox.events.length");
            assert_eq!(events, trace.entries.len(), "{name}");
            assert_eq!(viewer.shown(), trace.entries.len(), "{name}");
            // For people to look at.
            let picture = format!("{}/{name}-{screen}.png", env!("CARGO_TARGET_TMPDIR"));
            fs::write(picture, viewer.browser.screenshot()).unwrap();

            let height = viewer.browser.eval("document.querySelector('#canvas').clientHeight");
            let least = u64::from(size.1) / 5;
            assert!(height.as_u64() >= Some(least), "{name}, {screen}: {height} pixels for it");
            let width = viewer.browser.eval("document.documentElement.scrollWidth");
            assert!(width.as_u64() <= Some(size.0.into()), "{name}: {width} pixels, {screen}");
            assert_eq!(cut_off(&mut viewer, size), json!([]), "{name}, {screen}");
            viewer.open_filters();
            assert_eq!(cut_off(&mut viewer, size), json!([]), "{name}, {screen}, the filters");
            viewer.close();
        }
    }
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn a_violation_is_named_at_the_top_and_its_event_is_chosen() {
    for trace in [traces::lossy(), traces::stormy(), traces::by_hand()] {
        let violation = violation(&trace).unwrap();
        for size in [DESKTOP, PHONE] {
            let mut viewer = Viewer::open(&trace, size);
            // A sentence begins with a capital.
            let named = viewer.text("#violation").to_lowercase();
            for part in [&*violation.property, &violation.detail] {
                assert!(named.contains(&part.to_lowercase()), "{part} in {named}");
            }
            let count = trace.entries.iter().filter(|it| matches!(it, Entry::Step(_))).count();
            // The checker has numbered its steps itself.
            let step = match trace.header.driver {
                Driver::Checker => trace.end.as_ref().unwrap().at.as_millis() - 1,
                _ => count as u128,
            };
            assert!(named.contains(&format!(", after step {step}")), "{step} in {named}");
            let bounds = |id| format!("document.querySelector('{id}').getBoundingClientRect()");
            let is_above = format!("{}.bottom <= {}.top", bounds("#violation"), bounds("#canvas"));
            assert_eq!(viewer.browser.eval(&is_above), json!(true), "it stands above the diagram");
            let last = trace.entries.len() - 1;
            assert_eq!(viewer.selected(), Some(last));
            assert!(viewer.is_in_view(last), "it is scrolled to");
            viewer.close();
        }
    }
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn a_run_without_a_violation_has_none_at_the_top() {
    let mut viewer = Viewer::open(&traces::plain(), DESKTOP);
    assert_eq!(viewer.text("#violation"), "");
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn there_is_a_way_to_who_dies() {
    let trace = traces::stormy();
    let death = trace.entries.iter().position(|entry| kind(entry) == "crash").unwrap();
    let mut viewer = Viewer::open(&trace, DESKTOP);
    assert_eq!(viewer.text("#run button"), "site 2 crashes at 10 ms");
    viewer.click("#run button");
    assert_eq!(viewer.selected(), Some(death));
    assert!(viewer.is_in_view(death));
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn help_opens_and_closes() {
    let mut viewer = Viewer::open(&traces::plain(), DESKTOP);
    let is_open = "document.querySelector('#help').checkVisibility()";
    assert_eq!(viewer.browser.eval(is_open), json!(false));
    viewer.browser.press("?");
    viewer.browser.until(is_open);
    viewer.browser.press("Escape");
    viewer.browser.until(&format!("!{is_open}"));
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn a_run_opens_where_its_first_message_is() {
    let is_sending = |entry: &Entry<Told>| {
        let Entry::Step(told) = entry else { return false };
        told.words.effects.iter().any(|effect| matches!(effect, Effect::Send { .. }))
    };
    let trace = traces::slow_to_begin();
    let mut viewer = Viewer::open(&trace, DESKTOP);
    let first = trace.entries.iter().position(is_sending).unwrap();
    assert!(first > 40, "there is a page of nothing but starts and links before it");
    assert!(viewer.is_in_view(first) && !viewer.is_in_view(0));
    assert_eq!(viewer.selected(), None);
    viewer.close();
}
