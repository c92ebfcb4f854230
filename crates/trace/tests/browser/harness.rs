//! The harness itself: were it deaf, every page would be a good one.

use std::fs;

use serde_json::json;

use crate::chromium::Chromium;

const BAD_PAGE: &str = r#"<!doctype html>
<meta name="viewport" content="width=device-width">
<img src="nothing.png">
<button onclick="clicked = true">go</button>
<script>
    let clicked = false, keys = [];
    addEventListener("keydown", event => keys.push(event.key));
    console.error("bad", 1);
    setTimeout(() => { throw new Error("thrown"); });
</script>"#;

#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn what_a_bad_page_does_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.html");
    fs::write(&file, BAD_PAGE).unwrap();
    let mut browser = Chromium::start((390, 844));
    browser.open(&file);
    assert_eq!(browser.eval("new Promise(done => setTimeout(done, 0, 7))"), 7);

    let button = "document.querySelector('button')";
    let corner = format!("(it => [it.x + 1, it.y + 1])({button}.getBoundingClientRect())");
    let corner = browser.eval(&corner);
    let corner = (corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap());
    browser.hover(corner);
    browser.until(&format!("{button}.matches(':hover') && !clicked"));
    browser.click(corner);
    for key in ["?", "ArrowRight", "Escape"] {
        browser.press(key);
    }
    browser.until("clicked && keys.length === 3");
    assert_eq!(browser.eval("keys"), json!(["?", "ArrowRight", "Escape"]));
    assert_eq!(browser.eval("[innerWidth, innerHeight]"), json!([390, 844]));
    let picture = browser.screenshot();
    let (header, end) =
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x86\0\0\x03\x4c", b"IEND\xaeB`\x82");
    assert!(picture.starts_with(header) && picture.ends_with(end), "390 by 844 pixels, whole");

    for complaint in ["bad", "thrown", "ERR_FILE_NOT_FOUND"] {
        let is_heard = browser.errors.iter().any(|error| error.contains(complaint));
        assert!(is_heard, "{complaint} in {:?}", browser.errors);
    }
    let image = format!("file://{}/nothing.png", folder.path().display());
    assert_eq!(browser.fetched, [image]);
}
