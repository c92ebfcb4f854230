//! What is written into the diagram itself, which is but a canvas: its brush is asked.

use serde_json::Value;
use trace::{Entry, Told, Trace};

use crate::{
    past::kind,
    traces,
    viewer::{DESKTOP, PHONE, Viewer},
};

/// The texts that are written when an event is chosen, and whether each has a ground of its own:
/// the last area that was filled before.
fn written(viewer: &mut Viewer, event: usize) -> Vec<(String, bool)> {
    let written = viewer.browser.eval(&format!(
        "(() => {{
            const brush = document.querySelector('#canvas').getContext('2d');
            const written = [];
            let ground = null;
            brush.fillRect = (...area) => {{
                ground = area;
                CanvasRenderingContext2D.prototype.fillRect.apply(brush, area);
            }};
            brush.fillText = (text, x, y) => {{
                const [left, top, width, height] = ground;
                const isAside = x >= left && x + brush.measureText(text).width <= left + width;
                written.push([text, isAside && y > top && y < top + height]);
                CanvasRenderingContext2D.prototype.fillText.call(brush, text, x, y);
            }};
            signalbox.select({event});
            return written;
        }})()"
    ));
    let texts = written.as_array().expect("a list").iter();
    let pair = |it: &Value| Some((it[0].as_str()?.to_owned(), it[1].as_bool()?));
    texts.map(|it| pair(it).expect("a text and whether it is aside")).collect()
}

fn first(trace: &Trace, is_it: impl Fn(&Entry<Told>) -> bool) -> usize {
    trace.entries.iter().position(is_it).expect("there is one")
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn words_stand_beside_marks_on_a_phone_too_and_no_arrow_strikes_them_out() {
    let trace = traces::slow_to_begin();
    for size in [DESKTOP, PHONE] {
        let mut viewer = Viewer::open(&trace, size);
        let texts = written(&mut viewer, first(&trace, |entry| kind(entry) == "message"));
        let is_label = |(text, _): &&(String, bool)| text.starts_with("req") || text == "enter";
        let labels: Vec<_> = texts.iter().filter(is_label).collect();
        assert!(labels.len() > 5, "{texts:?}");
        assert!(labels.iter().all(|(_, has_ground)| *has_ground), "{labels:?}");
        viewer.close();
    }
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn who_is_cut_off_together_is_told() {
    let trace = traces::parted();
    let from = trace.header.partitions[0].from;
    let mut viewer = Viewer::open(&trace, DESKTOP);
    let texts = written(&mut viewer, first(&trace, |entry| entry.at() > from));
    for frame in ["cut off together with 3", "cut off with 0, 1"] {
        let count = texts.iter().filter(|(text, _)| text == frame).count();
        assert_eq!(count, 1, "{frame} in {texts:?}");
    }
    viewer.close();
}
