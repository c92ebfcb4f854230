//! Through a run, event by event, and to and fro.

use crate::{
    traces,
    viewer::{DESKTOP, Viewer},
};

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn keys_and_buttons_lead_from_event_to_event() {
    let trace = traces::plain();
    let mut viewer = Viewer::open(&trace, DESKTOP);
    viewer.select(10);
    let keys = [("ArrowRight", 11), ("ArrowDown", 12), ("ArrowLeft", 11), ("ArrowUp", 10)];
    for (key, chosen) in keys.into_iter().chain([("Home", 0), ("End", trace.entries.len() - 1)]) {
        viewer.browser.press(key);
        assert_eq!(viewer.selected(), Some(chosen), "{key}");
        assert!(viewer.is_in_view(chosen), "{key}");
    }
    viewer.select(10);
    for (button, chosen) in [("#next", 11), ("#next", 12), ("#previous", 11), ("#previous", 10)] {
        viewer.click(button);
        assert_eq!(viewer.selected(), Some(chosen), "{button}");
    }
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn whoever_steps_is_told_where_he_is() {
    let mut viewer = Viewer::open(&traces::plain(), DESKTOP);
    viewer.select(10);
    let mut told = vec![viewer.text("#status")];
    for _ in 0..10 {
        viewer.browser.press("ArrowRight");
        let status = viewer.text("#status");
        assert!(!told.contains(&status), "{status} after {told:?}");
        told.push(status);
    }
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn scrubbing_leads_through_the_whole_run_and_tells_where() {
    let trace = traces::plain();
    let last = trace.entries.len() - 1;
    let mut viewer = Viewer::open(&trace, DESKTOP);
    viewer.browser.eval("document.querySelector('#scrubber').focus()");
    viewer.browser.press("End");
    assert!(!viewer.is_in_view(0) && viewer.is_in_view(last));
    let end = milliseconds(&viewer.text("#status"));
    viewer.browser.press("Home");
    assert!(viewer.is_in_view(0) && !viewer.is_in_view(last));
    let beginning = milliseconds(&viewer.text("#status"));
    assert!(beginning < end, "from {beginning} to {end} ms");
    viewer.close();
}

/// The moment in a status such as "12.5 ms".
fn milliseconds(status: &str) -> f64 {
    let number = status.strip_suffix(" ms").and_then(|it| it.parse().ok());
    number.unwrap_or_else(|| panic!("{status:?} is a moment"))
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn zooming_spreads_the_events_and_brings_them_together() {
    let mut viewer = Viewer::open(&traces::plain(), DESKTOP);
    let height = |viewer: &mut Viewer| viewer.position(40).1 - viewer.position(10).1;
    let before = height(&mut viewer);
    viewer.click("#zoom-in");
    let spread = height(&mut viewer);
    assert!(spread > 1.1 * before, "from {before} to {spread} pixels");
    viewer.click("#zoom-out");
    let again = height(&mut viewer);
    assert!((again - before).abs() < 1.0, "from {before} to {again} pixels");
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn where_all_is_in_view_there_is_nothing_to_scrub() {
    let mut viewer = Viewer::open(&traces::plain(), DESKTOP);
    viewer.select(10);
    let chosen = viewer.text("#status");
    viewer.browser.eval("document.querySelector('#scrubber').focus()");
    viewer.browser.press("End");
    assert_ne!(viewer.text("#status"), chosen, "it tells where he has scrubbed to");
    viewer.click("#whole");
    viewer.browser.until("document.querySelector('#scrubber').disabled");
    assert_eq!(viewer.text("#status"), chosen, "what is said is no longer of there");
    viewer.click("#zoom-in");
    viewer.browser.until("!document.querySelector('#scrubber').disabled");
    viewer.close();
}
