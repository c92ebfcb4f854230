//! No text leaves the element that the data is in, and all of a trace is there.

use protocol::{Fate, Violation};
use serde_json::{Value, json};

use super::*;
use crate::{Data, InWords, MessageId, Met, Portrait, SCHEMA};

const HOSTILE: &str = "</script><!--<script>{{script}}\u{2028}\u{2029}\"'`\\u0000\0";
const OPENING: &str = r#"<script type="application/json" id="trace">"#;

/// One of everything, and whatever can say something says this.
fn trace_of(text: &'static str) -> Trace {
    let [me, peer] = [0, 1].map(ProcessId);
    let word = || text.to_owned();
    let up = Link::Up { addr: ([127, 0, 0, 1], 80).into(), incarnation: 3 };
    let inputs = [
        Input::Start,
        Input::Link { peer, link: up },
        Input::Link { peer, link: Link::Down },
        Input::Command(word()),
        Input::Timer(word()),
        Input::Message { from: peer, message: word() },
    ];
    let effects = vec![
        Effect::Send { to: peer, message: word() },
        Effect::Emit(word()),
        Effect::SetTimer { timer: word(), after: Duration::from_millis(1) },
        Effect::CancelTimer(word()),
        Effect::Close(peer),
        Effect::Reject { peer, why: text.into() },
    ];
    let at = Duration::from_micros(1500);
    let steps = inputs.into_iter().map(|input| {
        Entry::Step(Told {
            words: InWords {
                process: me,
                at,
                own: Duration::from_millis(1),
                input,
                received: Some(MessageId { sender: peer, number: 7 }),
                effects: effects.clone(),
                sent_before: 2,
            },
            after: Some(Portrait { phase: Some(word()), state: word() }),
            data: Data { input: Value::Null, effects: Value::Null },
        })
    });
    let message = MessageId { sender: me, number: 2 };
    let fate = Entry::Fate(Met { at, message, to: peer, fate: Fate::Lost });
    let entries = steps.chain([fate, Entry::Crash { at, process: me }]).collect();
    Trace {
        header: Header {
            schema: SCHEMA,
            lab: word(),
            version: word(),
            variant: None,
            arguments: vec![word()],
            began: None,
            driver: Driver::Network,
            noun: word(),
            processes: 2,
            incarnations: vec![0; 2],
            phases: vec![word()],
            seed: None,
            scenario: Value::Null,
            partitions: vec![Cut { from: Duration::ZERO, until: at, processes: vec![me] }],
        },
        entries,
        end: Some(End { at, violation: Some(Violation::new(text, text)), left_out: 1 }),
    }
}

/// What is in the data's element, as a browser sees it: all up to the next end tag.
fn data_of(page: &str) -> &str {
    let (_, rest) = page.split_once(OPENING).expect("the element is there");
    rest.split_once("</script>").expect("the element ends").0
}

#[test]
fn no_text_leaves_the_element_of_the_data() {
    let page = trace_of(HOSTILE).to_html();
    let data = data_of(&page);
    assert!(!data.contains(['<', '\u{2028}', '\u{2029}']));
    let data: Value = serde_json::from_str(data).unwrap();
    for name in ["lab", "version", "noun"] {
        assert_eq!(data[name], HOSTILE);
    }
    assert_eq!(data["texts"], json!([HOSTILE, "127.0.0.1:80"]));
    let harmless = trace_of("harmless").to_html();
    let around = |page: &str| page.replace(data_of(page), "");
    assert_eq!(around(&page), around(&harmless), "outside of the data, nothing has changed");
}

#[test]
fn every_entry_is_in_the_data() {
    let page = trace_of("said").to_html();
    let data: Value = serde_json::from_str(data_of(&page)).unwrap();
    let effects = json!([
        { "send": [1, 0] },
        { "emit": 0 },
        { "set-timer": [0, 1_000_000] },
        { "cancel-timer": 0 },
        { "close": 1 },
        { "reject": [1, 0] },
    ]);
    let step = |given: Value, state: Value| {
        let row = json!([0, 1_500_000, -500_000, given, [1, 7], effects, 2, 0, state]);
        json!({ "step": row })
    };
    let same = json!([4, 0, ""]);
    let entries = json!([
        step(json!("start"), json!([0, 0, "said"])),
        step(json!({ "link": [1, [3, 1]] }), same.clone()),
        step(json!({ "link": [1, null] }), same.clone()),
        step(json!({ "command": 0 }), same.clone()),
        step(json!({ "timer": 0 }), same.clone()),
        step(json!({ "message": [1, 0] }), same),
        { "fate": [1_500_000, 0, 2, 1, "lost"] },
        { "crash": [1_500_000, 0] },
    ]);
    assert_eq!(data["entries"], entries);
    assert_eq!(data["texts"], json!(["said", "127.0.0.1:80"]));
}

#[test]
fn a_state_is_told_by_what_is_new_in_it() {
    let change = |beginning, end, new| Change(beginning, end, new);
    assert_eq!(Change::between("awaited: 1, 2", "awaited: 3, 2"), change(9, 3, "3"));
    assert_eq!(Change::between("aaa", "aa"), change(2, 0, ""), "what is kept is kept once");
    assert_eq!(Change::between("aa", "aaa"), change(2, 0, "a"));
    let clefs = Change::between("𝄞é1𝄞", "𝄞é2𝄞");
    assert_eq!(clefs, change(3, 2, "2"), "a letter beyond 65,535 counts twice");
    assert_eq!(Change::between("\u{1d11e}", "\u{1d11f}"), change(0, 0, "\u{1d11f}"));
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let page = trace_of("harmless").to_html();
    let ways_out = ["http:", "https:", "src=", "href=", "url(", "@import", "fetch(", "import("];
    for way in ways_out {
        assert!(!page.contains(way), "{way} leads out of the page");
    }
    assert!(page.contains("default-src 'none'"), "and whatever was overlooked is forbidden");
    assert!(!page.contains("{{"), "every piece is in its place");
}
