//! Who is where: lifelines side by side, time downwards.
//!
//! A scale that shows a microsecond makes a second endless, so time is stretched where much
//! happens, and shortened where nothing does. Earlier stays above later.

use std::{ops::Range, time::Duration};

use protocol::{Fate, ProcessId};

use crate::{Driver, Entry, Told, Trace};

/// A picture of more entries is no handout.
pub(super) const MOST_ENTRIES: usize = 400;
/// Of more lifelines, no two can be told apart.
pub(super) const MOST_LIFELINES: u32 = 40;

/// What a page takes.
const WIDTH: f64 = 900.0;
const LEAST_WIDTH: f64 = 560.0;
/// Left of the lifelines: when it was.
pub(super) const GUTTER: f64 = 78.0;
/// Left of the first lifeline and right of the last one: what is said there.
pub(super) const MARGIN: f64 = 96.0;
const WIDEST: f64 = 260.0;

/// Between two steps of one process there is room for a label.
const ROW: f64 = 18.0;
/// The usual distance between two moments, the least, at which both can be named, and the largest.
const USUAL: f64 = 22.0;
const LEAST: f64 = 12.0;
const LARGEST: f64 = 66.0;
/// From one place to the next, where there are places and no times. A run that a search has found
/// is short: there is room for what is said along its arrows.
const PLACE: f64 = 38.0;
/// Above the first entry.
pub(super) const TOP: f64 = 44.0;

/// Where everything is.
pub(super) struct Layout {
    pub(super) size: u32,
    pub(super) width: f64,
    /// From one lifeline to the next.
    pub(super) spacing: f64,
    /// Which entries are drawn.
    pub(super) window: Range<usize>,
    /// Which of all entries have a mark of their own.
    pub(super) is_shown: Vec<bool>,
    /// How far down each entry is. Those before the window are at its top, those after it at its
    /// bottom.
    pub(super) y: Vec<f64>,
    /// The moments of the entries that are drawn, and where they are.
    moments: Vec<(Duration, f64)>,
    /// Between which two places a longer time was shortened.
    pub(super) shortened: Vec<[f64; 2]>,
    /// Whether equal times are equally long everywhere.
    pub(super) is_to_scale: bool,
    pub(super) bottom: f64,
}

impl Layout {
    pub(super) fn of(trace: &Trace) -> Self {
        let size = trace.header.processes.min(MOST_LIFELINES);
        let gaps = f64::from(size.max(2) - 1);
        let spacing = ((WIDTH - GUTTER - 2.0 * MARGIN) / gaps).min(WIDEST);
        let lifelines = f64::from(size.max(1) - 1) * spacing;
        let is_shown = trace.worth_showing(size);
        let mut layout = Self {
            size,
            width: (GUTTER + lifelines + 2.0 * MARGIN).max(LEAST_WIDTH),
            spacing,
            window: window(trace, &is_shown),
            y: vec![TOP; trace.entries.len()],
            is_shown,
            moments: Vec::new(),
            shortened: Vec::new(),
            is_to_scale: true,
            bottom: TOP,
        };
        layout.lay(trace);
        layout
    }

    /// Where a lifeline is.
    pub(super) fn x(&self, process: ProcessId) -> f64 {
        GUTTER + MARGIN + f64::from(process.0) * self.spacing
    }

    /// Where a step or crash is.
    pub(super) fn point(&self, process: ProcessId, entry: usize) -> [f64; 2] {
        [self.x(process), self.y[entry]]
    }

    /// Where a moment is; near enough, if the clocks of several machines disagree about the order
    /// of what is told.
    pub(super) fn y_of(&self, at: Duration) -> f64 {
        let after = self.moments.partition_point(|(moment, _)| *moment <= at);
        let Some(&(earlier, above)) = after.checked_sub(1).and_then(|it| self.moments.get(it))
        else {
            return TOP;
        };
        match self.moments.get(after) {
            None => above,
            Some(&(later, below)) => {
                let part = nanoseconds(at - earlier) / nanoseconds(later - earlier);
                above + part * (below - above)
            }
        }
    }

    fn lay(&mut self, trace: &Trace) {
        let scale = Scale::of(trace, self);
        let mut row: Vec<Option<f64>> = vec![None; ProcessId(self.size).index()];
        let mut y = TOP;
        for at in self.window.clone() {
            let entry = &trace.entries[at];
            if !self.is_shown[at] && !is_end_of_message(entry) {
                self.y[at] = y;
                continue;
            }
            let advance = self.advance(&scale, entry.at(), y);
            let own = entry.owner().map(|owner| &mut row[owner.index()]);
            let least = own.as_ref().and_then(|own| **own).map_or(y, |own| own + ROW);
            self.is_to_scale &= least <= y + advance;
            y = (y + advance).max(least);
            if let Some(own) = own {
                *own = Some(y);
            }
            self.y[at] = y;
            self.moments.push((entry.at(), y));
        }
        if let Some(end) = trace.end.as_ref().filter(|_| self.window.end == trace.entries.len()) {
            y += self.advance(&scale, end.at, y);
            self.moments.push((end.at, y));
        }
        self.y[self.window.end..].fill(y + ROW);
        self.bottom = y + ROW;
    }

    /// How far it is to a moment from the one before.
    fn advance(&mut self, scale: &Scale, at: Duration, y: f64) -> f64 {
        let Some(&(last, _)) = self.moments.last() else { return 0.0 };
        if scale.is_order {
            return PLACE;
        }
        let gap = nanoseconds(at.saturating_sub(last));
        let exact = gap * scale.pixels_a_nanosecond;
        let advance = if gap == 0.0 { 0.0 } else { exact.clamp(LEAST, LARGEST) };
        self.is_to_scale &= advance == exact;
        if advance < exact {
            self.shortened.push([y, y + advance]);
        }
        advance
    }
}

/// How long a nanosecond is, where nothing is stretched.
struct Scale {
    /// Times are but places in an order, all equally far apart.
    is_order: bool,
    pixels_a_nanosecond: f64,
}

impl Scale {
    /// Makes the gap in the middle, if all are put in order, as long as usual.
    fn of(trace: &Trace, layout: &Layout) -> Self {
        let window = layout.window.clone();
        let entries = window.filter(|at| layout.is_shown[*at]).map(|at| trace.entries[at].at());
        let moments: Vec<Duration> = entries.collect();
        let mut gaps: Vec<Duration> =
            moments.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
        gaps.retain(|gap| !gap.is_zero());
        gaps.sort_unstable();
        let median = gaps.get(gaps.len() / 2).map_or(1.0, |gap| nanoseconds(*gap));
        let is_order = trace.header.driver == Driver::Checker;
        Self { is_order, pixels_a_nanosecond: USUAL / median }
    }
}

/// The entries that are drawn: the first ones, or, if it ended badly, the last ones.
fn window(trace: &Trace, is_shown: &[bool]) -> Range<usize> {
    let count = trace.entries.len();
    let shown = || is_shown.iter().enumerate().filter(|(_, shown)| **shown).map(|(at, _)| at);
    let is_violated = trace.end.as_ref().is_some_and(|end| end.violation.is_some());
    if is_violated {
        shown().rev().nth(MOST_ENTRIES - 1).unwrap_or(0)..count
    } else {
        0..shown().nth(MOST_ENTRIES).unwrap_or(count)
    }
}

fn is_end_of_message(entry: &Entry<Told>) -> bool {
    matches!(entry, Entry::Fate(met) if matches!(met.fate, Fate::Lost | Fate::Cut))
}

/// As a number that fractions can be taken of.
#[expect(clippy::cast_precision_loss, reason = "far less than a pixel")]
fn nanoseconds(time: Duration) -> f64 {
    time.as_nanos() as f64
}
