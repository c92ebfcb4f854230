//! Whatever a run says, its forms stay whole: no text gets out of its place.

use proptest::prelude::*;
use protocol::{Effect, Input, ProcessId, Violation};
use std::time::Duration;
use trace::{Cut, End, Entry, Trace};

use crate::{
    mermaid,
    runs::{self, header},
    shiviz, xml,
};

/// Texts that mean something to somebody, and any others.
fn text() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "",
        " ",
        "end",
        "END ",
        "a;b",
        "#59;",
        "%%{init: {}}%%",
        "x %% y",
        "</script><b>&amp;\"'",
        "]]>",
        "\r\n",
        "p0->>p1: x",
        "host {\"host\":1}",
        "x {\"x\":1}\ny {\"y\":1}",
        "a\u{2028}b {}",
        "\u{0}\u{1b}[31m",
        "\u{202e}evil",
        "wrap: no",
        "style: #fff;",
        "classDef a:b",
        "日本語",
        "𝒳𝒳𝒳",
    ]);
    let any = prop_oneof![known.prop_map(str::to_owned), any::<String>()];
    prop::collection::vec(any, 1..4).prop_map(|texts| texts.join(" "))
}

/// Two processes that are asked, told, sent and say these things.
fn trace_of(texts: &[String; 6]) -> Trace {
    let [noun, command, message, event, phase, detail] = texts;
    let send = Effect::Send { to: ProcessId(1), message: message.clone() };
    let asked = Input::Command(command.clone());
    let told = Input::Message { from: ProcessId(0), message: message.clone() };
    let mut steps = vec![
        runs::step(0, 1, asked, None, vec![send.clone(), send], 0),
        runs::step(1, 2, told, Some((0, 0)), vec![Effect::Emit(event.clone())], 0),
    ];
    if let Entry::Step(told) = &mut steps[1] {
        let after = told.after.as_mut().expect("steps made by hand have a portrait");
        (after.phase, after.state) = (Some(phase.clone()), event.clone());
    }
    let mut header = header(2);
    (header.noun, header.lab) = (noun.clone(), detail.clone());
    header.phases = vec![phase.clone()];
    header.arguments = texts.to_vec();
    let violation = Some(Violation::new(command.clone(), detail.clone()));
    let end = Some(End { at: Duration::from_millis(2), violation, left_out: 0 });
    Trace { header, entries: steps, end }
}

proptest! {
    #[test]
    fn shiviz_reads_two_events_whatever_they_say(texts in [text(), text(), text(), text(), text(), text()]) {
        let events = shiviz::read(&trace_of(&texts).to_shiviz());
        prop_assert_eq!(events.len(), 2);
        shiviz::validate(&events);
    }

    #[test]
    fn mermaid_reads_its_lines_whatever_they_say(texts in [text(), text(), text(), text(), text(), text()]) {
        let lines = mermaid::read(&trace_of(&texts).to_mermaid());
        // Two lifelines, an arrival, one under way, two notes and what was wrong.
        prop_assert_eq!(lines.len(), 7);
    }

    #[test]
    fn a_picture_has_as_many_elements_whatever_they_say(texts in [text(), text(), text(), text(), text(), text()]) {
        let picture = xml::read(&trace_of(&texts).to_svg());
        let elements = picture.all();
        let count = |name| elements.iter().filter(|element| element.name == name).count();
        // Two steps, one of them in the ring; the arrival and what is under way, once more in the legend.
        prop_assert_eq!(count("circle"), 2 + 2 + 2);
        let message = visible_in(&texts[2]);
        prop_assert!(elements.iter().any(|it| it.name == "title" && it.text.starts_with(&message)));
        let known = ["svg", "style", "defs", "pattern", "rect", "path", "line", "circle", "text", "g", "title"];
        prop_assert!(elements.iter().all(|element| known.contains(&&element.name[..])));
    }
}

#[test]
fn a_picture_is_drawn_even_of_times_that_go_backwards() {
    let times = [1, 9, 2, 8, 3, 7, 4, 6, 5];
    let asked = || Input::Command("enter".to_owned());
    let entries = times.map(|at_ms| runs::step(0, at_ms, asked(), None, vec![], 0));
    let mut trace = Trace { header: header(2), entries: entries.to_vec(), end: None };
    for from in 0..10 {
        trace.header.partitions.push(Cut {
            from: Duration::from_millis(from),
            until: Duration::from_millis(9 - from),
            processes: vec![ProcessId(1), ProcessId(7)],
        });
    }
    let picture = xml::read(&trace.to_svg());
    let elements = picture.all();
    let steps = elements.iter().filter(|it| it.has_class("step"));
    assert!(steps.map(|it| it.number("cy")).is_sorted());
    let shades = elements.iter().filter(|it| it.has_class("partition"));
    assert!(shades.clone().count() > 0 && shades.clone().all(|it| it.number("height") > 0.0));
}

/// What of a text shows, up to the first character that does not show itself.
fn visible_in(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_graphic() || *c == ' ').collect()
}
