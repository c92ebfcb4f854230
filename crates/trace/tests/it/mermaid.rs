//! The diagram is held to Mermaid's grammar, as far as we use it: every line is one of few forms,
//! every participant is declared, and no text has a character that means something.

use std::collections::BTreeSet;

use protocol::{Effect, Fate, Input, ProcessId};
use trace::{End, Entry, Trace};

use crate::runs::{self, header, judged, plain, rough, unjudged};

/// Mermaid's own limit, in UTF-16 units.
const MAX_TEXT_SIZE: usize = 50_000;

/// A line of a diagram.
#[derive(Debug, PartialEq)]
pub(crate) enum Line {
    Participant { name: String },
    Arrow { from: String, head: &'static str, to: String, text: String },
    Note { over: Vec<String>, text: String },
}

/// Reads a diagram, and refuses what Mermaid would refuse or take for something else.
pub(crate) fn read(diagram: &str) -> Vec<Line> {
    assert!(diagram.encode_utf16().count() < MAX_TEXT_SIZE, "too long");
    assert!(!diagram.contains('\r') && !diagram.contains("%%"));
    let mut lines = diagram.strip_suffix('\n').expect("a whole last line").split('\n');
    assert_eq!(lines.next(), Some("sequenceDiagram"));
    let lines: Vec<Line> = lines.map(line).collect();
    let mut declared = BTreeSet::new();
    for line in &lines {
        let named = match line {
            Line::Participant { name } => {
                assert!(declared.insert(name), "{name} is declared twice");
                continue;
            }
            Line::Arrow { from, to, .. } => vec![from, to],
            Line::Note { over, .. } => over.iter().collect(),
        };
        assert!(named.iter().all(|name| declared.contains(name)), "undeclared: {line:?}");
    }
    lines
}

fn line(text: &str) -> Line {
    let text = text.strip_prefix("    ").expect("lines are indented");
    if let Some(rest) = text.strip_prefix("participant ") {
        let (name, alias) = rest.split_once(" as ").expect("an alias");
        plain_text(alias);
        return Line::Participant { name: name.to_owned() };
    }
    let (head, text) = text.split_once(": ").expect("a colon");
    let text = plain_text(text);
    if let Some(over) = head.strip_prefix("Note over ") {
        return Line::Note { over: over.split(',').map(str::to_owned).collect(), text };
    }
    let arrows = ["-->>", "->>", "--)", "-x"];
    let arrow = arrows.into_iter().find(|arrow| head.contains(arrow)).expect("an arrow");
    let (from, to) = head.split_once(arrow).expect("it is there");
    let is_name = |name: &str| name.strip_prefix('p').is_some_and(|it| it.parse::<u32>().is_ok());
    assert!(is_name(from) && is_name(to), "{text}");
    Line::Arrow { from: from.to_owned(), head: arrow, to: to.to_owned(), text }
}

/// What Mermaid shows of a text, in which codes such as `#59;` stand for characters.
fn plain_text(text: &str) -> String {
    assert!(!text.trim().is_empty(), "a text must not be empty");
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, code)) = rest.split_once('#') {
        let (code, after) = code.split_once(';').expect("a code ends");
        shown.push_str(before);
        let number = code.parse().expect("a code is a number");
        shown.push(char::from_u32(number).expect("of a character"));
        rest = after;
    }
    shown.push_str(rest);
    let raw = text.replace(|c: char| c.is_ascii_digit(), "").replace("#;", "");
    let has_meaning = |c| matches!(c, '#' | ';' | ':' | '%' | '<' | '>' | '&' | '{' | '}' | '"');
    assert!(!raw.contains(|c: char| has_meaning(c) || c.is_control()), "{text}");
    let is_keyword = |word: &str| word.eq_ignore_ascii_case("end");
    assert!(!text.split_whitespace().any(is_keyword), "{text}");
    shown
}

fn arrows(lines: &[Line]) -> impl Iterator<Item = (&str, &str)> {
    lines.iter().filter_map(|line| match line {
        Line::Arrow { head, text, .. } => Some((*head, text.as_str())),
        _ => None,
    })
}

#[test]
fn every_arrival_loss_and_cut_has_an_arrow() {
    for seed in 0..20 {
        let trace = unjudged(&rough(), seed);
        let lines = read(&trace.to_mermaid());
        println!("seed {seed}");
        let count = |head: &str| arrows(&lines).filter(|(it, _)| *it == head).count();
        let (mut sent, mut received, mut stopped) = (0, 0, 0);
        for entry in &trace.entries {
            match entry {
                Entry::Step(told) => {
                    sent += told.words.sent().count();
                    received += usize::from(told.words.received.is_some());
                }
                Entry::Fate(met) => match met.fate {
                    Fate::Lost | Fate::Cut => stopped += 1,
                    Fate::Duplicated => sent += 1,
                    Fate::Overtaken => {}
                },
                Entry::Crash { .. } => {}
            }
        }
        assert!(stopped > 0 && received > 0);
        assert_eq!(count("->>") + count("-->>"), received);
        assert_eq!(count("-x"), stopped);
        let open = count("--)");
        assert!((open == 0) == (sent == received + stopped) && open <= sent - received - stopped);
    }
}

#[test]
fn arrows_stand_where_messages_arrive() {
    let lines = read(&unjudged(&plain(), 1).to_mermaid());
    let is_arrow = |line: &Line| matches!(line, Line::Arrow { .. });
    let first = lines.iter().position(is_arrow).unwrap();
    let asked = |process: u32| Line::Note {
        over: vec![format!("p{process}")],
        text: "0 ms, asked to enter, now waiting".to_owned(),
    };
    for process in 0..3 {
        assert!(lines[..first].contains(&asked(process)), "{lines:?}");
    }
    assert_eq!(arrows(&lines).count(), 12, "two requests and two replies an entry");
}

#[test]
fn what_was_wrong_is_the_last_note() {
    let lossy = {
        let mut scenario = plain();
        scenario.links.loss = "0.3".parse().unwrap();
        scenario
    };
    let trace = judged(&lossy, 0);
    let violation = trace.end.clone().unwrap().violation.expect("a lost reply stops a site");
    let lines = read(&trace.to_mermaid());
    let Some(Line::Note { over, text }) = lines.last() else { panic!("{lines:?}") };
    assert_eq!(over[..], ["p0", "p2"]);
    assert!(text.starts_with(&format!("violated: {}: ", violation.property)), "{text}");
}

#[test]
fn a_long_run_is_cut_with_a_notice() {
    let mut trace = unjudged(&plain(), 1);
    while trace.entries.len() < 5000 {
        trace.entries.extend(trace.entries.clone());
    }
    trace.end = Some(End { left_out: 7, ..trace.end.unwrap() });
    let diagram = trace.to_mermaid();
    let lines = read(&diagram);
    assert!(diagram.len() > MAX_TEXT_SIZE * 4 / 5, "as much as there is room for");
    let Some(Line::Note { text, .. }) = lines.last() else { panic!("{lines:?}") };
    let missing = text.strip_prefix("cut here: ").unwrap().split(' ').next().unwrap();
    let missing: usize = missing.parse().unwrap();
    assert!(missing > 7 && missing < trace.entries.len(), "{text}");
}

#[test]
fn a_message_that_nobody_received_is_still_under_way() {
    let send = Effect::Send { to: ProcessId(1), message: "end; %%{init}%%\n<b>".to_owned() };
    let sent = runs::step(0, 1, Input::Start, None, vec![send], 0);
    let trace = Trace { header: header(2), entries: vec![sent], end: None };
    let lines = read(&trace.to_mermaid());
    let text = r"end; %%{init}%%\n<b> (still under way)";
    assert_eq!(arrows(&lines).collect::<Vec<_>>(), [("--)", text)]);
}

#[test]
fn of_more_lifelines_than_can_be_told_apart_the_first_are_drawn() {
    let trace = Trace { header: header(150), entries: Vec::new(), end: None };
    let lines = read(&trace.to_mermaid());
    let is_participant = |line: &&Line| matches!(line, Line::Participant { .. });
    assert_eq!(lines.iter().filter(is_participant).count(), 100);
    let Some(Line::Note { text, .. }) = lines.last() else { panic!("{lines:?}") };
    assert_eq!(text, "cut here: 0 more entries of the run, and 50 lifelines");
}
