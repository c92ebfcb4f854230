//! How fast a long run is looked at: 30 frames a second or better, on a machine that does nothing
//! else. So it is measured and told, and no test fails for it.

use std::{fs, time::Instant};

use crate::{
    chromium::Chromium,
    traces,
    viewer::{DESKTOP, is_usable},
};

/// Moves the scrubber through the whole run in 120 frames; how long each took, in milliseconds.
const SCRUB: &str = "new Promise(done => {
    const scrubber = document.querySelector('#scrubber'), moments = [];
    const from = Number(scrubber.min), until = Number(scrubber.max);
    const frame = moment => {
        moments.push(moment);
        if (moments.length > 120) return done(moments.slice(1).map((it, i) => it - moments[i]));
        scrubber.value = Math.round(from + (until - from) * moments.length / 120);
        scrubber.dispatchEvent(new Event('input', { bubbles: true }));
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
})";

/// Does something, and says how long that took until it was drawn, in milliseconds.
fn time(browser: &mut Chromium, act: &str) -> f64 {
    let took = browser.eval(&format!(
        "new Promise(done => {{
            const began = performance.now();
            {act};
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        }})"
    ));
    took.as_f64().expect("a time is a number")
}

fn scrub(browser: &mut Chromium, zoom: &str) {
    let frames = browser.eval(SCRUB);
    let frames = frames.as_array().expect("the frames are a list");
    let mut frames: Vec<f64> =
        frames.iter().map(|it| it.as_f64().expect("a time is a number")).collect();
    frames.sort_by(f64::total_cmp);
    assert_eq!(frames.len(), 120);
    let (median, worst) = (frames[60], frames[119]);
    let rate = 1e3 / median;
    println!(
        "scrubbing {zoom}: {rate:.0} frames a second ({median:.1} ms, at worst {worst:.1} ms)"
    );
}

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn scrubbing_speed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("long.html");
    fs::write(&file, traces::long(100_000).to_html()).unwrap();
    let size = fs::metadata(&file).unwrap().len() as f64 / 1e6;

    let mut browser = Chromium::start(DESKTOP);
    let began = Instant::now();
    browser.open(&file);
    is_usable(&mut browser);
    println!("100,000 events: {size:.1} MB, usable after {:.2?}", began.elapsed());

    scrub(&mut browser, "from close by");
    let chosen = time(&mut browser, "signalbox.select(50000)");
    let next = time(&mut browser, "document.querySelector('#next').click()");
    println!("choosing the first event: {chosen:.0} ms; the next one: {next:.0} ms");
    scrub(&mut browser, "with an event chosen");
    for zoom in ["from 8 times as far", "from 60 times as far", "from 400 times as far"] {
        // Each step back is by a factor of 1.4.
        browser.eval("for (let i = 0; i < 6; i += 1) document.querySelector('#zoom-out').click()");
        scrub(&mut browser, zoom);
    }
    let sought = time(
        &mut browser,
        "document.querySelector('#filter-text').value = 'reply';
         document.querySelector('#filter-text').dispatchEvent(new Event('input'))",
    );
    println!("seeking a text: {sought:.0} ms");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}
