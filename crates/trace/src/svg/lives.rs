//! What lasts: phases, deaths and partitions.

use std::{collections::BTreeSet, mem};

use protocol::ProcessId;

use super::{
    drawing::{Drawing, Mark},
    labels::Area,
    layout::TOP,
};
use crate::{Cut, Entry, Trace};

/// What a process is from one of its entries to another, or to the end.
pub(super) struct Span<'a> {
    process: ProcessId,
    /// The phase; none while it is dead.
    phase: Option<&'a str>,
    from: usize,
    to: Option<usize>,
}

impl Trace {
    /// All that lasts, of the first `size` processes.
    pub(super) fn spans(&self, size: u32) -> Vec<Span<'_>> {
        let mut spans = Vec::new();
        let mut current: Vec<Option<Span>> = ProcessId::all(size).map(|_| None).collect();
        for (at, entry) in self.entries.iter().enumerate() {
            let Some(process) = entry.owner().filter(|owner| owner.0 < size) else { continue };
            let (phase, is_dead) = match entry {
                Entry::Step(told) => (told.phase(), false),
                Entry::Crash { .. } | Entry::Fate(_) => (None, true),
            };
            let slot = &mut current[process.index()];
            let goes_on =
                slot.as_ref().map(|span| span.phase) == Some(phase) && !is_dead && phase.is_some();
            if goes_on {
                continue;
            }
            let span = Span { process, phase, from: at, to: None };
            let next = (is_dead || phase.is_some()).then_some(span);
            spans.extend(mem::replace(slot, next).map(|span| Span { to: Some(at), ..span }));
        }
        spans.extend(current.into_iter().flatten());
        spans
    }
}

impl Drawing<'_> {
    pub(super) fn draw_partitions(&mut self) {
        for cut in &self.trace.header.partitions {
            let [top, bottom] = [cut.from, cut.until].map(|at| self.layout.y_of(at));
            let bottom = bottom.min(self.layout.bottom);
            let known = cut.processes.iter().filter(|process| process.0 < self.layout.size);
            let known: BTreeSet<ProcessId> = known.filter(|_| top < bottom).copied().collect();
            let known: Vec<ProcessId> = known.into_iter().collect();
            let reach = (self.layout.spacing / 2.0 - 6.0).min(54.0);
            // Those that are cut off together still reach each other: neighbours share a frame.
            for frame in known.chunk_by(|one, next| one.0 + 1 == next.0) {
                let sides = frame.iter().map(|process| self.layout.x(*process));
                let left = sides.clone().fold(f64::INFINITY, f64::min) - reach;
                let right = sides.fold(0.0, f64::max) + reach;
                self.marks.insert(Mark::Partition);
                let size = [right - left, bottom - top];
                let title = self.partition_title(cut);
                self.ink.titled(&title, |ink| ink.rect("partition", [left, top], size));
            }
        }
    }

    fn partition_title(&self, Cut { from, until, processes }: &Cut) -> String {
        let noun = &self.trace.header.noun;
        let names: Vec<String> = processes.iter().map(ToString::to_string).collect();
        let who = match &names[..] {
            [one] => format!("{noun} {one} is cut off"),
            _ => format!("{noun}s {} are cut off together", names.join(", ")),
        };
        format!("{who} from {} to {}", self.trace.moment(*from), self.trace.moment(*until))
    }

    pub(super) fn draw_lifelines(&mut self) {
        for process in ProcessId::all(self.layout.size) {
            let x = self.layout.x(process);
            self.ink.segment("life", [x, TOP - 16.0], [x, self.layout.bottom]);
        }
        for span in self.trace.spans(self.layout.size) {
            self.draw_span(&span);
        }
    }

    fn draw_span(&mut self, span: &Span) {
        let end = span.to.unwrap_or(self.trace.entries.len());
        if span.from >= self.layout.window.end || end < self.layout.window.start {
            return;
        }
        let [x, top] = self.layout.point(span.process, span.from);
        let bottom = span.to.map_or(self.layout.bottom, |to| self.layout.y[to]);
        let (width, class) = match span.phase {
            None => (16.0, "dead".to_owned()),
            Some(phase) => self.bar(phase),
        };
        self.marks.insert(match span.phase {
            None => Mark::Dead,
            Some(phase) => Mark::Phase(self.rank(phase), phase.to_owned()),
        });
        let (corner, size) = ([x - width / 2.0, top], [width, bottom - top]);
        self.labels.take(Area::upright(corner, size));
        let title = self.span_title(span);
        self.ink.titled(&title, |ink| ink.rect(&class, corner, size));
    }

    fn span_title(&self, Span { process, phase, from, to }: &Span) -> String {
        let moment = |entry: usize| self.trace.moment(self.trace.entries[entry].at());
        let until = to.map_or("on".to_owned(), |to| format!("to {}", moment(to)));
        let (noun, state) = (&self.trace.header.noun, phase.unwrap_or("dead"));
        format!("{noun} {process} is {state} from {} {until}", moment(*from))
    }

    /// How many phases matter more.
    fn rank(&self, phase: &str) -> usize {
        let phases = &self.trace.header.phases;
        let place = phases.iter().position(|other| other == phase);
        place.map_or(phases.len(), |place| phases.len() - 1 - place)
    }

    /// How wide a phase's bar is, and how it is painted: the one that matters most is wide and
    /// dark, those before it are narrow and light.
    pub(super) fn bar(&self, phase: &str) -> (f64, String) {
        match self.rank(phase) {
            0 => (14.0, "bar0".to_owned()),
            rank @ 1..=4 => ([9.0, 7.0, 5.0, 4.0][rank - 1], format!("bar{rank}")),
            _ => (3.0, "bar4".to_owned()),
        }
    }
}
