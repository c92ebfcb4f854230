//! A run as one HTML file, to look at: the data, and a viewer that asks nobody for anything.
//!
//! The viewer is plain JavaScript in `viewer/`, in the order in which it is to be read. It makes
//! no element out of a text of the trace: a text is only ever shown, whatever it says. So there
//! is one place to guard, the element that the data is in, and [`escaped`] guards it.

use std::{borrow::Cow, collections::HashMap, time::Duration};

use protocol::{Effect, Input, Link, ProcessId};
use serde::Serialize;

use crate::{Cut, Driver, End, Entry, Header, Told, Trace};

#[cfg(test)]
mod tests;

const PAGE: &str = include_str!("viewer/viewer.html");
const STYLE: &str = include_str!("viewer/viewer.css");
const SCRIPT: &str = concat!(
    include_str!("viewer/data.js"),
    include_str!("viewer/causality.js"),
    include_str!("viewer/words.js"),
    include_str!("viewer/layout.js"),
    include_str!("viewer/filter.js"),
    include_str!("viewer/marks.js"),
    include_str!("viewer/draw.js"),
    include_str!("viewer/shapes.js"),
    include_str!("viewer/axis.js"),
    include_str!("viewer/overview.js"),
    include_str!("viewer/panel.js"),
    include_str!("viewer/page.js"),
    include_str!("viewer/listen.js"),
    include_str!("viewer/main.js"),
);

impl Trace {
    /// The run as an HTML file, whole in itself: a space-time diagram to scrub, filter and ask.
    ///
    /// ```
    /// use trace::{Driver, Header, SCHEMA, Trace};
    ///
    /// let header = Header {
    ///     schema: SCHEMA,
    ///     lab: "ricart-agrawala".into(),
    ///     version: "0.1.0".into(),
    ///     variant: None,
    ///     arguments: vec!["demo".into()],
    ///     began: None,
    ///     driver: Driver::Simulator,
    ///     noun: "site".into(),
    ///     processes: 3,
    ///     incarnations: vec![0; 3],
    ///     phases: vec!["waiting".into(), "inside".into()],
    ///     seed: Some(7),
    ///     scenario: serde_json::Value::Null,
    ///     partitions: vec![],
    /// };
    /// let page = Trace { header, entries: vec![], end: None }.to_html();
    /// assert!(page.starts_with("<!doctype html>") && page.contains("ricart-agrawala"));
    /// ```
    pub fn to_html(&self) -> String {
        let data = escaped(&Page::of(self).to_json());
        let page = PAGE.replace("{{style}}", STYLE).replace("{{script}}", SCRIPT);
        // Last, and once: what the data says is not looked at for further marks.
        page.replacen("{{trace}}", &data, 1)
    }
}

/// JSON that can't end the element that it is put in.
///
/// `<` begins whatever ends a script element or changes how it is read. U+2028 and U+2029 end a
/// line for some readers of JavaScript, though not for JSON's. Outside of its strings, JSON has
/// none of the three.
fn escaped(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// A trace as the viewer reads it: rows without names, each text once, and of each state only
/// what is new. Written out in full, a hundred thousand steps would be too much for a browser.
#[derive(Serialize)]
struct Page<'a> {
    lab: &'a str,
    version: &'a str,
    arguments: &'a [String],
    driver: Driver,
    noun: &'a str,
    processes: u32,
    phases: &'a [String],
    seed: Option<u64>,
    partitions: &'a [Cut],
    end: &'a Option<End>,
    texts: Vec<Cow<'a, str>>,
    entries: Vec<Row<'a>>,
}

/// The place of a text in the table of them.
type Text = usize;

/// An entry. `data.js` gives the places their names back.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Row<'a> {
    /// The process, when, how far its own clock is ahead, its input, the message that this was
    /// (sender and number), its effects, how many messages it had sent before; and, after the
    /// step, its phase and its state.
    Step(
        ProcessId,
        u64,
        i64,
        Given,
        Option<(ProcessId, u64)>,
        Vec<Did>,
        u64,
        Option<Text>,
        Option<Change<'a>>,
    ),
    /// When, the message (sender and number), for whom it was, and what befell it.
    Fate(u64, ProcessId, u64, ProcessId, String),
    /// When, and who.
    Crash(u64, ProcessId),
}

/// What makes a text out of the one before: how much of that one's beginning and of its end is
/// kept, and what is between. It counts as JavaScript does, in units of UTF-16.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Change<'a>(usize, usize, &'a str);

/// An [`Input`].
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Given {
    Start,
    Command(Text),
    Message(ProcessId, Text),
    Timer(Text),
    /// The peer; and if the link came up, to which of the peer's lives, and where.
    Link(ProcessId, Option<(u64, Text)>),
}

/// An [`Effect`].
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Did {
    Send(ProcessId, Text),
    Emit(Text),
    SetTimer(Text, u64),
    CancelTimer(Text),
    Close(ProcessId),
    Reject(ProcessId, Text),
}

/// What has been said so far.
#[derive(Default)]
struct Said<'a> {
    /// Each text once.
    texts: Vec<Cow<'a, str>>,
    /// Where it stands there.
    places: HashMap<Cow<'a, str>, Text>,
    /// The last state of each process that has had one.
    states: HashMap<ProcessId, &'a str>,
}

impl<'a> Said<'a> {
    fn place(&mut self, text: impl Into<Cow<'a, str>>) -> Text {
        let text = text.into();
        *self.places.entry(text.clone()).or_insert_with(|| {
            self.texts.push(text);
            self.texts.len() - 1
        })
    }

    fn change(&mut self, process: ProcessId, state: &'a str) -> Change<'a> {
        let before = self.states.insert(process, state).unwrap_or_default();
        Change::between(before, state)
    }
}

impl<'a> Change<'a> {
    fn between(before: &str, after: &'a str) -> Self {
        let (bytes, beginning) = common(before.chars(), after.chars());
        let (before, after) = (&before[bytes..], &after[bytes..]);
        let (bytes, end) = common(before.chars().rev(), after.chars().rev());
        Self(beginning, end, &after[..after.len() - bytes])
    }
}

/// How long two texts are the same, in bytes and in units of UTF-16.
fn common(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> (usize, usize) {
    let same = a.zip(b).take_while(|(a, b)| a == b);
    same.fold((0, 0), |(bytes, units), (it, _)| (bytes + it.len_utf8(), units + it.len_utf16()))
}

impl<'a> Page<'a> {
    fn of(Trace { header, entries, end }: &'a Trace) -> Self {
        let mut said = Said::default();
        let entries = entries.iter().map(|entry| row(entry, &mut said)).collect();
        let Header { lab, version, arguments, noun, phases, partitions, .. } = header;
        Self {
            lab,
            version,
            arguments,
            driver: header.driver,
            noun,
            processes: header.processes,
            phases,
            seed: header.seed,
            partitions,
            end,
            texts: said.texts,
            entries,
        }
    }

    fn to_json(&self) -> String {
        serde_json::to_string(self).expect("there is no map in it whose keys could be no strings")
    }
}

fn row<'a>(entry: &'a Entry<Told>, said: &mut Said<'a>) -> Row<'a> {
    match entry {
        Entry::Step(told) => step(told, said),
        Entry::Fate(met) => {
            let message = met.message;
            let fate = met.fate.to_string();
            Row::Fate(nanoseconds(met.at), message.sender, message.number, met.to, fate)
        }
        Entry::Crash { at, process } => Row::Crash(nanoseconds(*at), *process),
    }
}

fn step<'a>(told: &'a Told, said: &mut Said<'a>) -> Row<'a> {
    let words = &told.words;
    let at = nanoseconds(words.at);
    let effects = words.effects.iter().map(|effect| did(effect, said)).collect();
    let after = told.after.as_ref();
    Row::Step(
        words.process,
        at,
        nanoseconds(words.own).wrapping_sub(at).cast_signed(),
        given(&words.input, said),
        words.received.map(|message| (message.sender, message.number)),
        effects,
        words.sent_before,
        after.and_then(|after| after.phase.as_deref()).map(|phase| said.place(phase)),
        after.map(|after| said.change(words.process, &after.state)),
    )
}

fn given<'a>(input: &'a Input<String, String, String>, said: &mut Said<'a>) -> Given {
    match input {
        Input::Start => Given::Start,
        Input::Command(command) => Given::Command(said.place(&**command)),
        Input::Message { from, message } => Given::Message(*from, said.place(&**message)),
        Input::Timer(timer) => Given::Timer(said.place(&**timer)),
        Input::Link { peer, link: Link::Up { addr, incarnation } } => {
            Given::Link(*peer, Some((*incarnation, said.place(addr.to_string()))))
        }
        Input::Link { peer, link: Link::Down } => Given::Link(*peer, None),
    }
}

fn did<'a>(effect: &'a Effect<String, String, String>, said: &mut Said<'a>) -> Did {
    match effect {
        Effect::Send { to, message } => Did::Send(*to, said.place(&**message)),
        Effect::Emit(event) => Did::Emit(said.place(&**event)),
        Effect::SetTimer { timer, after } => {
            Did::SetTimer(said.place(&**timer), nanoseconds(*after))
        }
        Effect::CancelTimer(timer) => Did::CancelTimer(said.place(&**timer)),
        Effect::Close(peer) => Did::Close(*peer),
        Effect::Reject { peer, why } => Did::Reject(*peer, said.place(&**why)),
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
