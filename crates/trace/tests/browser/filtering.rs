//! What is filtered out is not shown, counted or stepped to.

use trace::{Entry, Told, Trace};

use crate::{
    past::{kind, texts, touches},
    traces,
    viewer::{DESKTOP, Viewer},
};

fn count(trace: &Trace, is_shown: impl Fn(&Entry<Told>) -> bool) -> usize {
    trace.entries.iter().filter(|entry| is_shown(entry)).count()
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn by_process() {
    for trace in [traces::stormy(), traces::lossy()] {
        let mut viewer = Viewer::open(&trace, DESKTOP);
        viewer.open_filters();
        viewer.click("input[name=process][value='0']");
        let without_0 = count(&trace, |entry| !touches(entry, 0));
        assert_eq!(viewer.shown(), without_0);
        viewer.click("input[name=process][value='2']");
        let without_both = count(&trace, |entry| !touches(entry, 0) && !touches(entry, 2));
        assert_eq!(viewer.shown(), without_both);
        viewer.click("input[name=process][value='0']");
        viewer.click("input[name=process][value='2']");
        assert_eq!(viewer.shown(), trace.entries.len());
        viewer.close();
    }
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn by_kind() {
    for trace in [traces::stormy(), traces::by_hand()] {
        let mut viewer = Viewer::open(&trace, DESKTOP);
        viewer.open_filters();
        for out in ["start", "command", "message", "timer", "link", "fate", "crash"] {
            let checkbox = format!("input[name=kind][value={out}]");
            viewer.click(&checkbox);
            assert_eq!(viewer.shown(), count(&trace, |entry| kind(entry) != out), "no {out}");
            viewer.click(&checkbox);
            assert_eq!(viewer.shown(), trace.entries.len());
        }
        viewer.close();
    }
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn by_text() {
    let trace = traces::lossy();
    let mut viewer = Viewer::open(&trace, DESKTOP);
    viewer.open_filters();
    for sought in ["reply", "request 1", "ENTERED", "no such words"] {
        viewer.browser.eval("document.querySelector('#filter-text').value = ''");
        viewer.click("#filter-text");
        viewer.type_in(sought);
        let says = |text: &&str| text.contains(&sought.to_lowercase());
        let found = count(&trace, |entry| texts(&trace, entry).iter().any(says));
        assert_eq!(viewer.shown(), found, "{sought}");
    }
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn steps_lead_past_what_is_filtered_out() {
    let trace = traces::plain();
    let mut viewer = Viewer::open(&trace, DESKTOP);
    viewer.open_filters();
    viewer.click("input[name=kind][value=message]");
    let others = (0..trace.entries.len()).filter(|&it| kind(&trace.entries[it]) != "message");
    let others: Vec<usize> = others.collect();
    viewer.select(others[0]);
    for &next in &others[1..] {
        viewer.click("#next");
        viewer.browser.until(&format!("signalbox.selected === {next}"));
    }
    viewer.close();
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn what_is_filtered_out_leaves_no_empty_row() {
    let trace = traces::plain();
    let mut viewer = Viewer::open(&trace, DESKTOP);
    viewer.browser.press("r");
    viewer.open_filters();
    for out in ["message", "start", "link"] {
        viewer.click(&format!("input[name=kind][value={out}]"));
    }
    let commands = (0..trace.entries.len()).filter(|&it| kind(&trace.entries[it]) == "command");
    let heights: Vec<f64> = commands.map(|it| viewer.position(it).1).collect();
    assert!(heights.len() > 3 && viewer.shown() == heights.len());
    let row = heights[1] - heights[0];
    let is_next = |pair: &[f64]| (pair[1] - pair[0] - row).abs() < 0.1;
    assert!(row > 1.0 && heights.windows(2).all(is_next), "{heights:?}");
    viewer.close();
}
