//! What stands above the diagram: which run it is, what was wrong, what is missing, and what the
//! marks mean.

use super::{
    drawing::{Drawing, Mark},
    ink::Ink,
    labels::width,
};
use crate::{Driver, Trace, words::visible};

const LEFT: f64 = 16.0;
const LINE: f64 = 18.0;
/// The largest share of a page that a violation may take.
const MOST_LINES: usize = 6;

/// The head of a picture, and how high it is.
pub(super) fn draw(trace: &Trace, drawing: &Drawing) -> (Ink, f64) {
    let mut head = Head { ink: Ink::default(), y: 6.0, width: drawing.layout.width };
    let header = &trace.header;
    head.lines("title", &format!("{} {}", header.lab, header.arguments.join(" ")));
    let violation = trace.end.as_ref().and_then(|end| end.violation.as_ref());
    if let Some(violation) = violation {
        head.lines("wrong", &format!("Violated: {violation}"));
    }
    head.lines("note", &origin(trace));
    head.lines("note", time(drawing));
    for notice in notices(trace, drawing) {
        head.lines("notice", &notice);
    }
    head.legend(drawing);
    (head.ink, head.y)
}

fn origin(trace: &Trace) -> String {
    let header = &trace.header;
    let driver = match header.driver {
        Driver::Simulator => "simulated",
        Driver::Checker => "found by the checker",
        Driver::Network => "recorded over TCP",
    };
    let seed = header.seed.map_or(String::new(), |seed| format!(" from seed {seed}"));
    let plural = if header.processes == 1 { "" } else { "s" };
    format!(
        "{} {}{plural}, {driver}{seed}; version {}",
        header.processes, header.noun, header.version
    )
}

/// What the axis shows.
fn time(drawing: &Drawing) -> &'static str {
    if drawing.is_order() {
        "Downwards: steps in their order, not times."
    } else if drawing.layout.is_to_scale {
        "Downwards: time in ms, to scale."
    } else if drawing.layout.shortened.is_empty() {
        "Downwards: time in ms, not to scale: short gaps are stretched."
    } else {
        "Downwards: time in ms, not to scale: short gaps are stretched, long ones (//) shortened."
    }
}

/// What the picture does not show.
fn notices(trace: &Trace, drawing: &Drawing) -> Vec<String> {
    let layout = drawing.layout;
    let mut notices = Vec::new();
    let shown = |range: &[bool]| range.iter().filter(|is_shown| **is_shown).count();
    let before = shown(&layout.is_shown[..layout.window.start]);
    let after = shown(&layout.is_shown[layout.window.end..]);
    if before > 0 {
        notices.push(format!("Cut: {before} earlier events of this run are not drawn."));
    }
    if after > 0 {
        notices.push(format!("Cut: {after} later events of this run are not drawn."));
    }
    let left_out = trace.end.as_ref().map_or(0, |end| end.left_out);
    if left_out > 0 {
        notices.push(format!("{left_out} more entries were not recorded."));
    }
    if layout.size < trace.header.processes {
        let hidden = trace.header.processes - layout.size;
        notices.push(format!("{hidden} more lifelines, and their messages, are not drawn."));
    }
    if drawing.labels.dropped > 0 {
        let dropped = drawing.labels.dropped;
        notices.push(format!(
            "Without a label for lack of room: {dropped}. Point at a mark to read all of it."
        ));
    }
    notices
}

struct Head {
    ink: Ink,
    /// How far down it goes already.
    y: f64,
    width: f64,
}

impl Head {
    /// Writes a text on as many lines as it takes.
    fn lines(&mut self, class: &str, text: &str) {
        let size = match class {
            "title" => 1.42,
            "wrong" => 1.32,
            _ => 1.12,
        };
        let lines = wrapped(&visible(text), (self.width - 2.0 * LEFT) / size);
        let is_long = lines.len() > MOST_LINES;
        for (number, line) in lines.into_iter().take(MOST_LINES).enumerate() {
            self.y += LINE;
            let dots = if is_long && number + 1 == MOST_LINES { " …" } else { "" };
            self.ink.text(class, [LEFT, self.y], &format!("{line}{dots}"));
        }
    }

    fn legend(&mut self, drawing: &Drawing) {
        const SAMPLE: f64 = 40.0;
        self.y += LINE + 4.0;
        let mut x = LEFT;
        for mark in &drawing.marks {
            let text = meaning(mark);
            let length = SAMPLE + width(&text) + 16.0;
            if x > LEFT && x + length > self.width - LEFT {
                (x, self.y) = (LEFT, self.y + LINE);
            }
            self.sample(mark, x, drawing);
            self.ink.text("note", [x + SAMPLE - 4.0, self.y + 4.0], &text);
            x += length;
        }
        self.y += LINE;
    }

    fn sample(&mut self, mark: &Mark, x: f64, drawing: &Drawing) {
        let (ink, y) = (&mut self.ink, self.y);
        let [from, to] = [[x, y], [x + 28.0, y]];
        match mark {
            Mark::Message | Mark::Again => {
                let is_first = *mark == Mark::Message;
                ink.segment(if is_first { "message" } else { "message again" }, from, to);
                ink.head(to, [1.0, 0.0]);
            }
            Mark::Stopped => {
                ink.segment("message stopped", from, [x + 22.0, y]);
                ink.cross("stop", [x + 22.0, y], 5.0);
            }
            Mark::Open => {
                ink.segment("message open", from, [x + 22.0, y]);
                ink.circle("end", [x + 22.0, y], 3.5);
            }
            Mark::Phase(_, phase) => {
                let (height, class) = drawing.bar(phase);
                ink.rect(&class, [x, y - height / 2.0], [28.0, height]);
            }
            Mark::Dead => {
                ink.rect("dead", [x + 7.0, y - 8.0], [21.0, 16.0]);
                ink.cross("crash", [x + 7.0, y], 7.0);
            }
            Mark::Partition => ink.rect("partition", [x, y - 7.0], [28.0, 14.0]),
            Mark::Violated => {
                ink.segment("violated", from, to);
                ink.circle("ring", [x + 14.0, y], 7.0);
            }
        }
    }
}

fn meaning(mark: &Mark) -> String {
    match mark {
        Mark::Message => "message".to_owned(),
        Mark::Again => "arrives again".to_owned(),
        Mark::Stopped => "lost or cut off".to_owned(),
        Mark::Open => "still under way".to_owned(),
        Mark::Phase(_, phase) => visible(&crate::words::short(phase, 24)),
        Mark::Dead => "crashed".to_owned(),
        Mark::Partition => "cut off from the others".to_owned(),
        Mark::Violated => "violated here".to_owned(),
    }
}

/// A text in lines, broken between words, or in words that are longer than a line.
fn wrapped(text: &str, room: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let line = lines.last().expect("there is one line from the start");
        if !line.is_empty() && width(line) + width(word.trim_end()) > room {
            lines.push(String::new());
        }
        for c in word.chars() {
            let line = lines.last_mut().expect("there is one line from the start");
            if width(line) > room {
                lines.push(c.to_string());
            } else {
                line.push(c);
            }
        }
    }
    lines
}
