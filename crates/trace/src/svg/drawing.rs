//! The diagram itself, without what stands above it.

use std::collections::BTreeSet;

use protocol::{Effect, Input, ProcessId};

use super::{
    ink::Ink,
    labels::{Area, Labels, fitting, width},
    layout::{GUTTER, Layout, MARGIN, TOP},
};
use crate::{
    Driver, Entry, Told, Trace,
    journey::Journey,
    words::{milliseconds, visible},
};

/// Below that, the names above are on another page.
const FAR: f64 = 900.0;

/// A diagram under way.
pub(super) struct Drawing<'a> {
    pub(super) trace: &'a Trace,
    pub(super) layout: &'a Layout,
    pub(super) ink: Ink,
    pub(super) labels: Labels,
    /// What the legend has to explain.
    pub(super) marks: BTreeSet<Mark>,
}

/// A kind of mark, in the order of the legend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Message,
    Again,
    Stopped,
    Open,
    /// How many phases matter more, and its name.
    Phase(usize, String),
    Dead,
    Partition,
    Violated,
}

impl<'a> Drawing<'a> {
    pub(super) fn of(trace: &'a Trace, layout: &'a Layout, journeys: &'a [Journey<'a>]) -> Self {
        let mut drawing = Self {
            trace,
            layout,
            ink: Ink::default(),
            labels: Labels::default(),
            marks: BTreeSet::new(),
        };
        drawing.draw_names();
        drawing.draw_partitions();
        drawing.draw_axis();
        drawing.draw_lifelines();
        drawing.mark_violation();
        let arrows = drawing.arrows(journeys);
        for arrow in &arrows {
            drawing.draw_arrow(arrow);
        }
        drawing.labels.lines.extend(arrows.iter().map(|arrow| arrow.line));
        for at in drawing.drawn() {
            drawing.draw_entry(at);
        }
        for arrow in &arrows {
            drawing.name_arrow(arrow);
        }
        drawing
    }

    /// The entries that have a mark of their own.
    fn drawn(&self) -> Vec<usize> {
        self.layout.window.clone().filter(|at| self.layout.is_shown[*at]).collect()
    }

    /// Names stand above the lifelines, and once more below them where that is far away.
    fn draw_names(&mut self) {
        let noun = &self.trace.header.noun;
        let room = (self.layout.spacing - 6.0).min(2.0 * MARGIN) * 0.8; // They are written bold.
        let last = format!("{noun} {}", self.layout.size.saturating_sub(1));
        let has_room = width(&last) <= room;
        let bottom = self.layout.bottom + 14.0;
        for process in ProcessId::all(self.layout.size) {
            let name = if has_room { format!("{noun} {process}") } else { process.to_string() };
            let x = self.layout.x(process);
            self.ink.text("name", [x, TOP - 22.0], &name);
            if bottom > FAR {
                self.ink.text("name", [x, bottom], &name);
            }
        }
    }

    fn draw_axis(&mut self) {
        let x = GUTTER - 12.0;
        self.ink.segment("axis", [x, TOP - 16.0], [x, self.layout.bottom]);
        let unit = if self.is_order() { "step" } else { "ms" };
        self.ink.text("time", [x - 6.0, TOP - 22.0], unit);
        let mut free_from = TOP - 10.0;
        for at in self.drawn() {
            let y = self.layout.y[at];
            if y < free_from {
                continue;
            }
            free_from = y + 11.0;
            self.ink.segment("axis", [x - 3.0, y], [x, y]);
            let text = milliseconds(self.trace.entries[at].at());
            self.ink.text("time", [x - 6.0, y + 4.0], &text);
        }
        for [top, bottom] in self.layout.shortened.clone() {
            let y = (top + bottom) / 2.0;
            for y in [y - 2.5, y + 2.5] {
                self.ink.segment("gap", [x - 5.0, y + 2.0], [x + 5.0, y - 2.0]);
            }
        }
    }

    /// Marks where the violation shows: after the last entry. Over a network, it was found out when
    /// all was over.
    fn mark_violation(&mut self) {
        if self.trace.header.driver == Driver::Network {
            return;
        }
        let Some(end) = self.trace.end.as_ref() else { return };
        let Some(violation) = end.violation.as_ref().filter(|_| end.left_out == 0) else { return };
        self.marks.insert(Mark::Violated);
        let last = self.trace.entries.iter().rposition(|entry| entry.owner().is_some());
        let is_at_the_end = |at: &usize| self.is_order() || self.trace.entries[*at].at() == end.at;
        let step = last.filter(is_at_the_end).filter(|at| self.layout.is_shown[*at]);
        let owner = step.and_then(|at| self.trace.entries[at].owner());
        let place = owner.zip(step).map(|(owner, at)| self.layout.point(owner, at));
        let y = place.map_or(self.layout.bottom - 4.0, |[_, y]| y);
        let right = self.layout.width - 8.0;
        let text = "violated";
        let corner = [right - width(text) * 1.1, y - 16.0];
        self.labels.take(Area::upright(corner, [width(text) * 1.1, 14.0]));
        let line = [[GUTTER - 12.0, y], [right, y]];
        self.labels.lines.push(line);
        self.ink.titled(&format!("violated: {violation}"), |ink| {
            ink.segment("violated", line[0], line[1]);
            ink.text("violated-here", [right, y - 5.0], text);
            if let Some(place) = place {
                ink.circle("ring", place, 10.0);
            }
        });
    }

    fn draw_entry(&mut self, at: usize) {
        let trace = self.trace;
        let entry = &trace.entries[at];
        let Some(owner) = entry.owner() else { return };
        let place = self.layout.point(owner, at);
        let who = format!("{} {owner}, {}", trace.header.noun, trace.moment(entry.at()));
        match entry {
            Entry::Step(told) => {
                let state = told.after.as_ref().map_or("", |after| &after.state);
                let phase = told.phase().map_or(String::new(), |phase| format!(" ({phase})"));
                let did = told.phrases().join("; ");
                let title = format!("{who}: {did}; then{phase}: {state}");
                self.ink.titled(&title, |ink| ink.circle("step", place, 2.8));
                self.name_entry(place, &self.said(at, told), &title);
            }
            _ => {
                let title = format!("{who}: crashes");
                self.ink.titled(&title, |ink| ink.cross("crash", place, 7.0));
                self.name_entry(place, "crashes", &title);
            }
        }
    }

    /// What a step says beside its lifeline: whatever no arrow and no bar shows.
    fn said(&self, at: usize, told: &Told) -> String {
        let words = &told.words;
        let given = match &words.input {
            Input::Command(command) => Some(command.clone()),
            Input::Timer(timer) => Some(format!("timer {timer}")),
            Input::Message { from, message } if words.received.is_none() => {
                Some(format!("{message} from {from}"))
            }
            Input::Start if self.is_restart(at, words.process) => Some("starts again".to_owned()),
            Input::Start | Input::Message { .. } | Input::Link { .. } => None,
        };
        let did = words.effects.iter().filter_map(|effect| match effect {
            Effect::Emit(event) => Some(event.clone()),
            Effect::Reject { peer, .. } => Some(format!("rejects {peer}")),
            _ => None,
        });
        let panicked = told.after.is_none().then(|| "panics".to_owned());
        let parts: Vec<String> = given.into_iter().chain(did).chain(panicked).collect();
        visible(&parts.join(" · "))
    }

    fn is_restart(&self, at: usize, process: ProcessId) -> bool {
        self.trace.entries[..at].iter().any(|entry| entry.owner() == Some(process))
    }

    fn name_entry(&mut self, [x, y]: [f64; 2], text: &str, title: &str) {
        if text.is_empty() {
            return;
        }
        let room = (self.layout.spacing - 30.0).clamp(40.0, 160.0);
        let Some(text) = fitting(text, room) else {
            self.labels.dropped += 1;
            return;
        };
        let reach = width(&text) / 2.0 + 11.0;
        let offsets = [0.0, -9.0, 9.0, -13.0, 13.0];
        let right = offsets.map(|off| [x + reach, y + off]);
        let left = offsets.map(|off| [x - reach, y + off]);
        let places = right.into_iter().chain(left);
        let areas = places.map(|center| Area::of_text(&text, center, [1.0, 0.0]));
        let (least, most) = (GUTTER - 8.0, self.layout.width);
        let inside = areas.filter(|area| area.left() > least && area.right() < most);
        if let Some(area) = self.labels.place(inside.collect::<Vec<_>>()) {
            let at = area.center;
            self.ink.titled(title, |ink| ink.slanted("label said", at, [1.0, 0.0], &text));
        }
    }

    pub(super) fn is_order(&self) -> bool {
        self.trace.header.driver == Driver::Checker
    }
}
