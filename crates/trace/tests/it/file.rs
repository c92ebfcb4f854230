//! The file: what is written is read again, and what is no trace is told by its line.

use std::time::Duration;

use mutual_exclusion::Command;
use proptest::prelude::*;
use protocol::{Input, Monitor, Outbox, Process, ProcessId};
use ricart_agrawala::Site;
use trace::{End, Journal, Lines, Portrait, Recorder, Trace};

use crate::runs::{header, judged, plain, portrait, rough, unjudged};

fn written(trace: &Trace) -> String {
    let file = trace.write(Vec::new()).expect("memory takes what is written");
    String::from_utf8(file).expect("JSON is text")
}

#[test]
fn what_was_written_is_read() {
    for seed in 0..20 {
        let trace = unjudged(&rough(), seed);
        let again = Trace::read(written(&trace).as_bytes()).expect("a trace");
        assert_eq!(again, trace, "seed {seed}");
    }
}

#[test]
fn whoever_died_while_writing_is_heard_to_its_last_whole_line() {
    let trace = judged(&plain(), 1);
    let file = written(&trace);
    let header = file.find('\n').expect("a line") + 1;
    for end in (header..file.len()).step_by(97) {
        let read = Trace::read(&file.as_bytes()[..end]).expect("a trace that breaks off");
        let lines = file[..end].matches('\n').count();
        assert_eq!(read.entries, trace.entries[..lines - 1]);
        assert_eq!(read.end, None);
    }
}

#[test]
fn what_is_no_trace_is_told_by_its_line() {
    let file = written(&judged(&plain(), 1));
    let lines: Vec<&str> = file.lines().collect();
    let (header, step, end) = (lines[0], lines[1], lines[lines.len() - 1]);
    let with = |from: &str, to: &str| {
        assert!(file.contains(from), "{from}");
        file.replacen(from, to, 1)
    };
    for (text, said) in [
        (String::new(), "it ends before its header does"),
        ("{}\n".to_owned(), "line 1: "),
        (
            "nonsense\n".to_owned(),
            "line 1: no JSON at column 1 (expected value): a trace is lines of JSON, as --trace \
             FILE.jsonl writes them",
        ),
        (format!("{step}\n"), "line 1: a trace begins with its header"),
        (format!("{header}\n{header}\n"), "line 2: a trace has one header"),
        (format!("{header}\n{end}\n{step}\n"), "line 3: nothing comes after the end"),
        (format!("{header}\n{end}\n\n"), "line 3: nothing comes after the end"),
        (format!("{header}\n{{\"dance\":1}}\n"), "line 2: unknown variant `dance`, expected "),
        (with("\"schema\":1", "\"schema\":2"), "line 1: written in form 2 by ricart-agrawala "),
        (with("\"processes\":3", "\"processes\":4000000000"), "line 1: 4000000000 sites: "),
        (with("[0,0,0]", "[0]"), "line 1: 3 sites, but 1 first lives: each has one"),
        (with("\"process\":1", "\"process\":7"), "there is no site 7: there are 3, from 0"),
        (with("\"sender\":1", "\"sender\":7"), "there is no site 7: "),
        (with("\"to\":1", "\"to\":7"), "there is no site 7: "),
        (with("\"from\":1", "\"from\":7"), "there is no site 7: "),
        (with("ricart-agrawala", "x; rm -r"), "line 1: \"x; rm -r\" is no package's name"),
        (with("\"site\"", "\"\\u001b[31m\"").replace("[0,0,0]", "[0]"), "line 1: 3 \\u{1b}[31ms"),
    ] {
        let error = Trace::read(text.as_bytes()).expect_err(said).to_string();
        assert!(error.contains(said), "{error}, not {said}");
        assert!(!error.contains(" line 1 column "), "{error}");
        assert_eq!(error.lines().count(), 1);
    }
}

#[test]
fn a_line_that_never_ends_is_not_waited_for() {
    let error = Trace::read(std::io::repeat(b'[')).expect_err("no trace");
    assert_eq!(error.to_string(), "line 1: longer than 16777216 bytes, as no line is");
}

proptest! {
    /// Any bytes, and any damage to a good file.
    #[test]
    fn bad_files_are_refused_or_read(noise: Vec<u8>, at: prop::sample::Index, with: u8) {
        let _ = Trace::read(&noise[..]);
        let mut file = written(&judged(&plain(), 1)).into_bytes();
        let at = at.index(file.len());
        file[at] = with;
        let Ok(trace) = Trace::read(&file[..]) else { return Ok(()) };
        let site = |me: ProcessId, _life| {
            Site::new(me, me.peers(trace.header.processes))
        };
        let _ = trace.take_again(site, portrait);
        let _ = (trace.to_html(), trace.to_svg(), trace.to_shiviz(), trace.to_mermaid());
    }
}

/// The file of a site that enters and leaves so often, for whose steps there is so much room, and
/// which does not come to write its end.
fn journal_of_the_dead(steps: usize, room: u64) -> Trace {
    let me = ProcessId(0);
    let mut site = Site::new(me, Vec::new());
    let mut file = Vec::new();
    let lines = Lines::new(&mut file, &header(1)).expect("memory takes what is written");
    let portrait = |_: &Site| Portrait { phase: None, state: String::new() };
    let mut recorder = Recorder::of_one(1, Journal::new(lines, room, portrait));
    for command in [Command::Enter, Command::Leave].into_iter().cycle().take(steps) {
        recorder.on_input(Duration::ZERO, me, &site, &Input::Command(command));
        let mut sink = |effect| recorder.on_effect(Duration::ZERO, me, &effect);
        site.step(Input::Command(command), &mut Outbox::new(Duration::ZERO, &mut sink));
        recorder.on_step_end(Duration::ZERO, Duration::ZERO, me, &site);
    }
    drop(recorder); // As if it were killed.
    Trace::read(&file[..]).expect("a trace that breaks off")
}

#[test]
fn whoever_dies_without_room_for_more_is_known_to_have_left_something_out() {
    let whole = journal_of_the_dead(4, 4);
    assert_eq!((whole.entries.len(), whole.end), (4, None));
    let partial = journal_of_the_dead(7, 4);
    assert_eq!(partial.entries.len(), 4);
    assert_eq!(partial.end.map(|end| end.left_out), Some(1));
}

#[test]
fn there_is_an_end_to_what_is_read() {
    let (mut header, crash) = (header(1000), "{\"crash\":{\"at\":1,\"process\":7}}\n");
    header.lab = "endless".to_owned();
    let file = Lines::new(Vec::new(), &header).expect("memory takes what is written");
    let end = End { at: Duration::ZERO, violation: None, left_out: 0 };
    let mut text = file.end(&end).expect("memory takes what is written");
    let header = text.iter().position(|&byte| byte == b'\n').expect("a line") + 1;
    text.truncate(header);
    let most = trace::room(1000) as usize;
    let full = [&text[..], crash.repeat(most).as_bytes()].concat();
    assert_eq!(Trace::read(&full[..]).expect("just enough").entries.len(), most);
    let error = Trace::read(&[&full[..], crash.as_bytes()].concat()[..]).expect_err("too much");
    assert!(error.to_string().contains(&format!("there is room for {most} entries")), "{error}");
}
