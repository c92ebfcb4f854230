//! A trace, open in the browser: what its reader sees and does.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;
use trace::Trace;

use crate::chromium::Chromium;

/// A laptop's window.
pub(crate) const DESKTOP: (u32, u32) = (1280, 800);
/// A phone, held upright.
pub(crate) const PHONE: (u32, u32) = (390, 844);

pub(crate) struct Viewer {
    pub(crate) browser: Chromium,
    /// The file is not needed when the browser has gone.
    _folder: TempDir,
}

impl Viewer {
    pub(crate) fn open(trace: &Trace, size: (u32, u32)) -> Self {
        let folder = TempDir::new().expect("a folder for temporary files is there");
        let file = folder.path().join("trace.html");
        fs::write(&file, trace.to_html()).expect("the folder is our own");
        let mut browser = Chromium::start(size);
        browser.open(&file);
        is_usable(&mut browser);
        Self { browser, _folder: folder }
    }

    /// Nothing was wrong all the while, and nobody was asked for anything.
    pub(crate) fn close(self) {
        assert_eq!(self.browser.errors, [""; 0]);
        assert_eq!(self.browser.fetched, [""; 0]);
    }

    /// What is to be read in an element.
    pub(crate) fn text(&mut self, selector: &str) -> String {
        let text = self.browser.eval(&format!("document.querySelector({selector:?}).innerText"));
        text.as_str().unwrap_or_else(|| panic!("{selector} is text: {text}")).to_owned()
    }

    /// All that an element says, to the letter, whether it is in view or not.
    pub(crate) fn content(&mut self, selector: &str) -> String {
        let text = self.browser.eval(&format!("document.querySelector({selector:?}).textContent"));
        text.as_str().unwrap_or_else(|| panic!("{selector} is there")).to_owned()
    }

    /// How many events the page says that it shows.
    pub(crate) fn shown(&mut self) -> usize {
        let text = self.text("#shown");
        let number: String =
            text.chars().take_while(|it| it.is_ascii_digit() || *it == ',').collect();
        number.replace(',', "").parse().unwrap_or_else(|_| panic!("{text:?} begins with a number"))
    }

    pub(crate) fn select(&mut self, event: usize) {
        self.browser.eval(&format!("signalbox.select({event})"));
    }

    pub(crate) fn selected(&mut self) -> Option<usize> {
        let selected = self.browser.eval("signalbox.selected");
        selected.as_u64().map(|it| usize::try_from(it).expect("an event's index"))
    }

    /// Whether an event's mark is to be seen.
    pub(crate) fn is_in_view(&mut self, event: usize) -> bool {
        let (x, y) = self.position(event);
        self.browser.eval(&format!("document.elementFromPoint({x}, {y})?.id")) == "canvas"
    }

    /// Where an event's mark is.
    pub(crate) fn position(&mut self, event: usize) -> (f64, f64) {
        point(&self.browser.eval(&format!("signalbox.positionOf({event})")))
    }

    /// What is said there when the mouse is held over it.
    pub(crate) fn tooltip(&mut self, at: (f64, f64)) -> String {
        self.browser.hover(at);
        self.browser.until("document.querySelector('#tooltip').checkVisibility()");
        self.text("#tooltip")
    }

    /// Clicks in the middle of an element, wherever that is.
    pub(crate) fn click(&mut self, selector: &str) {
        let middle = self.browser.eval(&format!(
            "(element => {{
                element.scrollIntoView({{ block: 'nearest' }});
                const box = element.getBoundingClientRect();
                return {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }};
            }})(document.querySelector({selector:?}))"
        ));
        self.browser.click(point(&middle));
    }

    /// Opens the filters, with the focus on the text to seek.
    pub(crate) fn open_filters(&mut self) {
        self.browser.press("/");
        self.browser.until("document.activeElement?.id === 'filter-text'");
    }

    /// Types a text into the field that has the focus.
    pub(crate) fn type_in(&mut self, text: &str) {
        for letter in text.chars() {
            self.browser.press(&letter.to_string());
        }
    }
}

/// Waits until the page can be asked, and has been drawn.
pub(crate) fn is_usable(browser: &mut Chromium) {
    browser.until("window.signalbox");
    browser.eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
}

fn point(at: &Value) -> (f64, f64) {
    match (at["x"].as_f64(), at["y"].as_f64()) {
        (Some(x), Some(y)) => (x, y),
        _ => panic!("{at} is a point"),
    }
}
