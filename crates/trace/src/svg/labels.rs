//! Where texts have room: beside their step or along their arrow, over no other text and no bar.

/// How wide a character is taken to be, in pixels, at the size in which labels are written.
pub(super) const CHARACTER: f64 = 6.2;
const HEIGHT: f64 = 12.0;
/// A text through which more lines pass is not legible, and neither are they.
const MOST_CROSSINGS: usize = 2;

/// A straight line between two points.
pub(super) type Segment = [[f64; 2]; 2];

/// A rectangle, turned as its text is.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub(super) center: [f64; 2],
    /// Half of its width and half of its height.
    half: [f64; 2],
    /// Where its text runs to; of length 1.
    pub(super) direction: [f64; 2],
}

impl Area {
    /// The room that a text takes whose middle is `center`.
    pub(super) fn of_text(text: &str, center: [f64; 2], direction: [f64; 2]) -> Self {
        Self { center, half: [width(text) / 2.0, HEIGHT / 2.0], direction }
    }

    pub(super) fn upright([x, y]: [f64; 2], [width, height]: [f64; 2]) -> Self {
        let half = [width / 2.0, height / 2.0];
        Self { center: [x + half[0], y + half[1]], half, direction: [1.0, 0.0] }
    }

    pub(super) fn left(&self) -> f64 {
        self.center[0] - self.half[0]
    }

    pub(super) fn right(&self) -> f64 {
        self.center[0] + self.half[0]
    }

    /// Where a point is, seen from the middle along the text and across it.
    fn seen([x, y]: [f64; 2], from: &Self) -> [f64; 2] {
        let ([dx, dy], [ux, uy]) = ([x - from.center[0], y - from.center[1]], from.direction);
        [dx * ux + dy * uy, dy * ux - dx * uy]
    }

    /// Whether two areas share a point: they don't if some side of one of them parts them.
    fn meets(&self, other: &Self) -> bool {
        let is_parted = |one: &Self, other: &Self| {
            let center = Self::seen(other.center, one);
            let ([ux, uy], [vx, vy]) = (one.direction, other.direction);
            let (along, across) = ((ux * vx + uy * vy).abs(), (ux * vy - uy * vx).abs());
            let reach = [
                other.half[0] * along + other.half[1] * across,
                other.half[0] * across + other.half[1] * along,
            ];
            (0..2).any(|axis| center[axis].abs() > one.half[axis] + reach[axis])
        };
        !is_parted(self, other) && !is_parted(other, self)
    }

    /// Whether a line passes through.
    fn is_crossed_by(&self, [from, to]: &Segment) -> bool {
        let (from, to) = (Self::seen(*from, self), Self::seen(*to, self));
        // The part of the line, from 0 to 1, that is between both pairs of sides.
        let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
        for axis in 0..2 {
            let (start, step) = (from[axis], to[axis] - from[axis]);
            if step == 0.0 {
                if start.abs() > self.half[axis] {
                    return false;
                }
                continue;
            }
            let sides = [(-self.half[axis] - start) / step, (self.half[axis] - start) / step];
            enters = enters.max(sides[0].min(sides[1]));
            leaves = leaves.min(sides[0].max(sides[1]));
        }
        enters < leaves
    }
}

/// What is drawn already, and must stay legible.
#[derive(Default)]
pub(super) struct Labels {
    /// Texts and bars: nothing is written over them.
    taken: Vec<Area>,
    /// Arrows: they are written over if need be.
    pub(super) lines: Vec<Segment>,
    /// How many texts found no room.
    pub(super) dropped: usize,
}

impl Labels {
    pub(super) fn take(&mut self, area: Area) {
        self.taken.push(area);
    }

    /// The first of these places that is free and crossed by the fewest lines, if it is legible
    /// there. It is then taken.
    pub(super) fn place(&mut self, places: impl IntoIterator<Item = Area>) -> Option<Area> {
        let is_free = |area: &Area| self.taken.iter().all(|other| !area.meets(other));
        let crossings =
            |area: &Area| self.lines.iter().filter(|line| area.is_crossed_by(line)).count();
        let counted = places.into_iter().filter(is_free).map(|area| (crossings(&area), area));
        let best = counted.min_by_key(|(crossings, _)| *crossings);
        let best = best.filter(|(crossings, _)| *crossings <= MOST_CROSSINGS);
        match best {
            Some((_, area)) => self.take(area),
            None => self.dropped += 1,
        }
        best.map(|(_, area)| area)
    }
}

/// How wide a text is taken to be. Ideographs, and whatever else may be wide, count as two.
pub(super) fn width(text: &str) -> f64 {
    let widths = text.chars().map(|c| if c < '\u{1100}' { 1.0 } else { 2.0 });
    widths.sum::<f64>() * CHARACTER
}

/// As much of a text as fits into so many pixels; nothing, if that would say nothing.
pub(super) fn fitting(text: &str, room: f64) -> Option<String> {
    if width(text) <= room {
        return Some(text.to_owned());
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept) + CHARACTER > room {
            kept.pop();
            break;
        }
    }
    (kept.chars().count() >= 3).then(|| kept + "…")
}
