//! A sequence diagram for Mermaid, which draws them out of text in READMEs and on web pages.
//!
//! Its arrows are level: each stands where the message arrives, is lost or is cut off. Whatever
//! is not a letter, a digit or harmless becomes a code such as `#59;`, because a semicolon ends a
//! statement, `#` and `%%` begin a comment, `<` begins a tag, and `%%{` gives orders to the page.

use std::{fmt::Write, mem};

use protocol::{Effect, Input, ProcessId};

use crate::{
    Entry, Told, Trace,
    journey::{Arrival, Journey},
    words::{short, visible},
};

/// Mermaid refuses a text of more UTF-16 units than that.
const MAX_TEXT_SIZE: usize = 50_000;
/// Kept free for the end: what was wrong, and the notice that something is missing.
const RESERVE: usize = 4_000;
/// More lifelines can't be told apart.
const MOST_PARTICIPANTS: u32 = 100;
/// More characters of a name are more than a lifeline has room for.
const LONGEST_NAME: usize = 24;
/// More characters of a text push the lifelines too far apart.
const LONGEST_TEXT: usize = 120;

impl Trace {
    /// This run as a Mermaid `sequenceDiagram`, cut with a notice if Mermaid would refuse it.
    ///
    /// | in the diagram        | in the run                                          |
    /// |-----------------------|-----------------------------------------------------|
    /// | `->>`, drawn solid    | a message arrives                                   |
    /// | `-->>`, drawn dashed  | a message arrives again                             |
    /// | `-x`, with a cross    | a message is lost or cut off                        |
    /// | `--)`, an open head   | a message is still under way at the end             |
    /// | a note over a process | what it is asked, what it says, where it then is    |
    ///
    /// ```
    /// use trace::Trace;
    ///
    /// let text = r#"{"header":{"schema":1,"lab":"echo","version":"0","arguments":[],
    ///     "driver":"simulator","noun":"site","processes":2,"incarnations":[0,0],"phases":[],
    ///     "seed":null,"scenario":null,"partitions":[]}}"#.replace('\n', "");
    /// let crash = r#"{"crash":{"at":2500000,"process":1}}"#;
    /// let trace = Trace::read(format!("{text}\n{crash}\n").as_bytes())?;
    /// let diagram = trace.to_mermaid();
    /// assert!(diagram.starts_with("sequenceDiagram\n    participant p0 as site 0\n"));
    /// assert!(diagram.ends_with("    Note over p1: 2.5 ms, crashes\n"));
    /// # Ok::<(), trace::ReadError>(())
    /// ```
    pub fn to_mermaid(&self) -> String {
        let size = self.header.processes.min(MOST_PARTICIPANTS);
        let noun = escaped(&short(&self.header.noun, LONGEST_NAME));
        let mut diagram = Diagram { text: "sequenceDiagram\n".to_owned(), size, units: 0 };
        for process in 0..size {
            diagram.write(&format!("participant p{process} as {noun} {process}"));
        }
        let left_out = self.tell_in(&mut diagram);
        let missing = left_out.saturating_add(self.end.as_ref().map_or(0, |end| end.left_out));
        if let Some(violation) = self.end.as_ref().and_then(|end| end.violation.as_ref()) {
            diagram.note_all(&format!("violated: {violation}"));
        }
        if missing > 0 || size < self.header.processes {
            let hidden = self.header.processes - size;
            let most = if hidden > 0 { format!(", and {hidden} lifelines") } else { String::new() };
            diagram.note_all(&format!("cut here: {missing} more entries of the run{most}"));
        }
        diagram.text
    }

    /// Draws entry by entry, as long as there is room, and returns for how many there was none.
    fn tell_in(&self, diagram: &mut Diagram) -> u64 {
        let is_shown = self.worth_showing(diagram.size);
        let journeys = self.journeys(diagram.size);
        let mut ends = vec![Vec::new(); self.entries.len()];
        for journey in &journeys {
            for &(at, arrival) in &journey.ends {
                ends[at].push(arrow(journey, arrival));
            }
        }
        let mut phases = vec![None; ProcessId(diagram.size).index()];
        for (at, entry) in self.entries.iter().enumerate() {
            let mut lines = mem::take(&mut ends[at]);
            let note = || note(entry, &mut phases, &self.moment(entry.at()));
            lines.extend(is_shown[at].then(note).flatten());
            if !diagram.has_room_for(&lines) {
                return (self.entries.len() - at) as u64;
            }
            lines.iter().for_each(|line| diagram.write(line));
        }
        for journey in journeys.iter().filter(|journey| journey.is_under_way()) {
            let line = line(journey, "--)", " (still under way)");
            if diagram.has_room_for(&[&line]) {
                diagram.write(&line);
            }
        }
        0
    }
}

/// A diagram, as far as it is drawn.
struct Diagram {
    text: String,
    size: u32,
    /// How long the text is, as Mermaid counts.
    units: usize,
}

impl Diagram {
    fn has_room_for(&self, lines: &[impl AsRef<str>]) -> bool {
        let more: usize = lines.iter().map(|line| units(line.as_ref()) + 5).sum();
        self.units + more < MAX_TEXT_SIZE - RESERVE
    }

    fn write(&mut self, line: &str) {
        self.units += units(line) + 5;
        writeln!(self.text, "    {line}").expect("a string takes all that is written to it");
    }

    /// A note as wide as the diagram.
    fn note_all(&mut self, text: &str) {
        let text = escaped(text);
        match self.size {
            0 => {}
            1 => self.write(&format!("Note over p0: {text}")),
            size => self.write(&format!("Note over p0,p{}: {text}", size - 1)),
        }
    }
}

fn arrow(journey: &Journey, arrival: Arrival) -> String {
    match arrival {
        Arrival::Received => line(journey, "->>", ""),
        Arrival::Again => line(journey, "-->>", " (again)"),
        Arrival::Lost => line(journey, "-x", " (lost)"),
        Arrival::Cut => line(journey, "-x", " (cut off)"),
    }
}

fn line(journey: &Journey, arrow: &str, remark: &str) -> String {
    let Journey { id, to, text, .. } = journey;
    format!("p{}{arrow}p{to}: {}{remark}", id.sender, escaped(text))
}

/// What an entry has to say beside its arrows: a line of its own, if anything.
fn note<'a>(
    entry: &'a Entry<Told>,
    phases: &mut [Option<&'a str>],
    moment: &str,
) -> Option<String> {
    let owner = entry.owner()?;
    let phase = &mut phases[owner.index()];
    let remarks = match entry {
        Entry::Step(told) => {
            let before = mem::replace(phase, told.phase());
            let mut remarks = remarks(told);
            if before != *phase {
                remarks.push(format!("now {}", phase.unwrap_or("in no phase")));
            }
            remarks
        }
        _ => {
            *phase = None;
            vec!["crashes".to_owned()]
        }
    };
    let text = escaped(&format!("{moment}, {}", remarks.join(", ")));
    (!remarks.is_empty()).then(|| format!("Note over p{owner}: {text}"))
}

fn remarks(told: &Told) -> Vec<String> {
    let given = match &told.words.input {
        Input::Start => Some("starts".to_owned()),
        Input::Command(command) => Some(format!("asked to {command}")),
        Input::Timer(timer) => Some(format!("timer {timer}")),
        // Of a message whose sending nobody told, there is no arrow.
        Input::Message { from, message } if told.words.received.is_none() => {
            Some(format!("{message} from {from}"))
        }
        Input::Message { .. } | Input::Link { .. } => None,
    };
    let did = told.words.effects.iter().filter_map(|effect| match effect {
        Effect::Emit(event) => Some(event.clone()),
        Effect::Reject { peer, why } => Some(format!("rejects {peer}: {why}")),
        Effect::Close(peer) => Some(format!("closes the link to {peer}")),
        Effect::Send { .. } | Effect::SetTimer { .. } | Effect::CancelTimer(_) => None,
    });
    let panicked = told.after.is_none().then(|| "panics".to_owned());
    given.into_iter().chain(did).chain(panicked).collect()
}

/// A text in which Mermaid finds nothing to obey, and something to show.
fn escaped(text: &str) -> String {
    let shown = short(&visible(text), LONGEST_TEXT);
    let mut escaped = String::with_capacity(shown.len());
    for c in shown.chars() {
        match c {
            ' ' | '.' | ',' | '(' | ')' | '-' | '+' | '=' | '/' | '…' => escaped.push(c),
            c if c.is_alphanumeric() => escaped.push(c),
            c => write!(escaped, "#{};", u32::from(c)).expect("a string takes all"),
        }
    }
    if shown.trim().is_empty() {
        escaped = "#160;".to_owned(); // A space that is not passed over.
    }
    // A keyword wherever it stands, some versions of Mermaid believe.
    escaped.split_inclusive(' ').map(without_end).collect()
}

fn without_end(word: &str) -> String {
    match word.trim_end() {
        end if end.eq_ignore_ascii_case("end") => {
            format!("#{};{}", u32::from(end.as_bytes()[0]), &word[1..])
        }
        _ => word.to_owned(),
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
