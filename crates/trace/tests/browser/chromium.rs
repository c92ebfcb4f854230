//! A page, as far as a test needs one: a file is opened, clicked and typed at, and it is heard what
//! it complains of and what it asks of others.
//!
//! The names are those of <https://chromedevtools.github.io/devtools-protocol/>.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::pipe::Pipe;

/// How long anything may take. Nobody sleeps that long: who has to wait for it has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A headless browser with one page.
pub(crate) struct Chromium {
    pipe: Pipe,
    next_id: u64,
    /// The page's name in requests; null for the browser itself.
    session: Value,
    url: String,
    /// What the page has thrown, or written to its console as an error.
    pub(crate) errors: Vec<String>,
    /// What the page has asked for, besides itself.
    pub(crate) fetched: Vec<String>,
}

impl Chromium {
    /// Starts a browser with an empty page of that many pixels.
    pub(crate) fn start((width, height): (u32, u32)) -> Self {
        let mut browser = Self {
            pipe: Pipe::open(),
            next_id: 0,
            session: Value::Null,
            url: String::new(),
            errors: Vec::new(),
            fetched: Vec::new(),
        };
        let page = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let page = json!({ "targetId": page["targetId"], "flatten": true });
        browser.session = browser.call("Target.attachToTarget", &page)["sessionId"].clone();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500
        });
        browser.call("Emulation.setDeviceMetricsOverride", &size);
        browser
    }

    /// Opens a file, and returns when it has been read and its scripts have run.
    pub(crate) fn open(&mut self, file: &Path) {
        self.url = format!("file://{}", file.display());
        let answer = self.call("Page.navigate", &json!({ "url": self.url }));
        assert_eq!(answer["errorText"], Value::Null, "{} opens", self.url);
        self.wait(|message| message["method"] == "Page.loadEventFired");
    }

    /// What an expression in the page comes to; if that is a promise, what it promised.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let run = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", &run);
        assert_eq!(answer["exceptionDetails"], Value::Null, "evaluating {expression}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression in the page is true, looking once a frame.
    pub(crate) fn until(&mut self, condition: &str) {
        let is_true = self.eval(&format!(
            "new Promise(done => {{
                const deadline = performance.now() + {};
                const look = () => {{
                    if (({condition}) || performance.now() > deadline) done(Boolean({condition}));
                    else requestAnimationFrame(look);
                }};
                look();
            }})",
            PATIENCE.as_millis() / 2
        ));
        assert_eq!(is_true, true, "{condition}");
    }

    /// Moves the mouse there: pixels from the page's upper left corner.
    pub(crate) fn hover(&mut self, (x, y): (f64, f64)) {
        self.mouse("mouseMoved", x, y);
    }

    /// Clicks there.
    pub(crate) fn click(&mut self, (x, y): (f64, f64)) {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            self.mouse(kind, x, y);
        }
    }

    fn mouse(&mut self, kind: &str, x: f64, y: f64) {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
        self.call("Input.dispatchMouseEvent", &event);
    }

    /// Presses a key and lets it go: a letter, or a name such as `ArrowRight`.
    pub(crate) fn press(&mut self, key: &str) {
        // Only what is typed is text; and only what is known by a code scrolls or leaves a field.
        let text = if key.chars().count() == 1 { key } else { "" };
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            _ => 0,
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event =
                json!({ "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// The page as it looks: a PNG file.
    pub(crate) fn screenshot(&mut self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", &json!({}));
        from_base64(answer["data"].as_str().expect("a screenshot is text"))
    }

    /// Asks for something, and waits for the answer.
    pub(crate) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        let id = self.next_id;
        self.next_id += 1;
        let mut request = json!({ "id": id, "method": method, "params": parameters });
        if self.session != Value::Null {
            request["sessionId"] = self.session.clone();
        }
        self.pipe.send(&request);
        let mut answer = self.wait(|message| message["id"] == id);
        assert_eq!(answer["error"], Value::Null, "{method} is understood");
        answer["result"].take()
    }

    /// Takes messages, noting what the page complains of, until the one that is wanted.
    fn wait(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = self.pipe.receive(deadline);
            if is_wanted(&message) {
                return message;
            }
            self.note(&message);
        }
    }

    fn note(&mut self, message: &Value) {
        let it = &message["params"];
        let (list, what) = match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                (&mut self.errors, &it["exceptionDetails"]["exception"]["description"])
            }
            Some("Runtime.consoleAPICalled") if it["type"] == "error" => {
                (&mut self.errors, &it["args"])
            }
            Some("Log.entryAdded") if it["entry"]["level"] == "error" => {
                (&mut self.errors, &it["entry"]["text"])
            }
            Some("Network.requestWillBeSent") if it["request"]["url"] != self.url => {
                (&mut self.fetched, &it["request"]["url"])
            }
            Some("Network.webSocketCreated") => (&mut self.fetched, &it["url"]),
            _ => return,
        };
        let what = what.as_str().map_or_else(|| what.to_string(), str::to_owned);
        // What happens in each frame is said once.
        if !list.contains(&what) {
            list.push(what);
        }
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|it| DIGITS.iter().position(|&digit| digit == it));
    let bits: Vec<usize> = digits.collect();
    let groups = bits.chunks(4).flat_map(|group| {
        let sum = (0..4).fold(0, |sum, i| sum << 6 | group.get(i).unwrap_or(&0));
        [sum >> 16, sum >> 8, sum].into_iter().take(group.len() - 1)
    });
    groups.map(|byte| (byte & 0xff) as u8).collect()
}
