//! Messages: arrows from the step that sent one to the step that received it, or to where it was
//! lost.

use super::{
    drawing::{Drawing, Mark},
    labels::{Area, Segment, fitting, width},
};
use crate::journey::{Arrival, Journey};

/// How much of an arrow's length stays free of words, at its ends.
const CLEAR: f64 = 24.0;

/// An arrow, to be drawn and named.
pub(super) struct Arrow<'a> {
    journey: &'a Journey<'a>,
    pub(super) line: Segment,
    end: End,
    title: String,
}

/// How an arrow ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Received,
    Again,
    Stopped(&'static str),
    /// The picture ends before it does.
    Open,
}

impl<'a> Drawing<'a> {
    /// The arrows of all messages that are in the picture.
    pub(super) fn arrows(&self, journeys: &'a [Journey<'a>]) -> Vec<Arrow<'a>> {
        let window = &self.layout.window;
        let mut arrows = Vec::new();
        for journey in journeys.iter().filter(|journey| journey.sent < window.end) {
            let seen = journey.ends.iter().filter(|(at, _)| *at >= window.start);
            let mut is_open = journey.is_under_way() && journey.sent >= window.start;
            for &(at, arrival) in seen {
                if at < window.end {
                    arrows.push(self.arrow(journey, at, arrival));
                } else {
                    is_open = true;
                }
            }
            if is_open {
                arrows.push(self.open_arrow(journey));
            }
        }
        arrows
    }

    fn arrow(&self, journey: &'a Journey<'a>, at: usize, arrival: Arrival) -> Arrow<'a> {
        let from = self.layout.point(journey.id.sender, journey.sent);
        let to = self.layout.point(journey.to, at);
        let (end, line, what) = match arrival {
            Arrival::Received => (End::Received, [from, to], "received"),
            Arrival::Again => (End::Again, [from, to], "received again"),
            Arrival::Lost => (End::Stopped("lost"), stopped(from, to), "lost"),
            Arrival::Cut => (End::Stopped("cut off"), stopped(from, to), "cut off"),
        };
        let [sent, ended] = [journey.sent, at].map(|it| self.trace.entries[it].at());
        let (after, ended) = (self.trace.gap(sent, ended), self.trace.moment(ended));
        let overtaken = if journey.was_overtaken { ", overtaken" } else { "" };
        let title = format!("{what} at {ended}, after {after}{overtaken}");
        Arrow { journey, line, end, title: self.arrow_title(journey, &title) }
    }

    fn open_arrow(&self, journey: &'a Journey<'a>) -> Arrow<'a> {
        let from = self.layout.point(journey.id.sender, journey.sent);
        let [dx, dy] = [self.layout.x(journey.to) - from[0], 30.0];
        // As long as what it says, but not so long that it seems to arrive.
        let needed = width(&format!("{} → {}", journey.text, journey.to)) + CLEAR;
        let part = (needed / dx.abs().max(1.0)).clamp(0.45, 0.8);
        let to = [from[0] + part * dx, (from[1] + dy).min(self.layout.bottom)];
        let title = self.arrow_title(journey, "still under way where the picture ends");
        Arrow { journey, line: [from, to], end: End::Open, title }
    }

    fn arrow_title(&self, Journey { id, to, text, sent, .. }: &Journey, end: &str) -> String {
        let (noun, from) = (&self.trace.header.noun, id.sender);
        let sent = self.trace.moment(self.trace.entries[*sent].at());
        format!("{text}: from {noun} {from} to {noun} {to}, sent at {sent}, {end}")
    }

    pub(super) fn draw_arrow(&mut self, arrow: &Arrow) {
        let [from, to] = arrow.line;
        let (class, mark) = match arrow.end {
            End::Received => ("message", Mark::Message),
            End::Again => ("message again", Mark::Again),
            End::Stopped(_) => ("message stopped", Mark::Stopped),
            End::Open => ("message open", Mark::Open),
        };
        self.marks.insert(mark);
        let is_to_itself = arrow.journey.id.sender == arrow.journey.to;
        self.ink.titled(&arrow.title, |ink| {
            let unit = if is_to_itself {
                ink.line(self_arrow(class, arrow.line));
                [-1.0, 0.0]
            } else {
                ink.segment(class, from, to);
                unit(arrow.line)
            };
            match arrow.end {
                // Its tip stays clear of the step's own mark.
                End::Received | End::Again => {
                    ink.head([to[0] - 3.5 * unit[0], to[1] - 3.5 * unit[1]], unit);
                }
                End::Stopped(_) => ink.cross("stop", to, 5.0),
                End::Open => ink.circle("end", to, 3.5),
            }
        });
    }

    /// Writes along an arrow what it says, and beside its cross what stopped it.
    pub(super) fn name_arrow(&mut self, arrow: &Arrow) {
        if let End::Stopped(why) = arrow.end {
            let [x, y] = arrow.line[1];
            let reach = width(why) / 2.0 + 8.0;
            let places = [[x + reach, y], [x - reach, y], [x, y + 13.0], [x, y - 13.0]];
            let places = places.map(|at| Area::of_text(why, at, [1.0, 0.0]));
            if let Some(area) = self.labels.place(places) {
                self.ink.slanted("label stopped", area.center, [1.0, 0.0], why);
            }
        }
        let Some(text) = arrow.text(length(arrow.line) - CLEAR) else {
            self.labels.dropped += 1;
            return;
        };
        if let Some(area) = self.labels.place(beside(arrow.line, &text)) {
            self.ink.titled(&arrow.title, |ink| {
                ink.slanted("label", area.center, area.direction, &text);
            });
        }
    }
}

impl Arrow<'_> {
    /// What is written along it, if so much room is enough to say anything. Of one that does not
    /// arrive, nobody sees where it should have.
    fn text(&self, room: f64) -> Option<String> {
        let Journey { to, text, ends, .. } = self.journey;
        let target = match self.end {
            End::Received | End::Again => String::new(),
            End::Stopped(_) | End::Open => format!(" → {to}"),
        };
        let is_copy = self.end == End::Open && !ends.is_empty();
        let text = fitting(if is_copy { "copy" } else { text }, room - width(&target))?;
        Some(text + &target)
    }
}

/// The places for a text along a line, the best first.
fn beside(line: Segment, text: &str) -> Vec<Area> {
    let [[x, y], [to_x, to_y]] = line;
    let [ux, uy] = unit(line);
    // Nobody reads upside down.
    let direction = if ux < 0.0 { [-ux, -uy] } else { [ux, uy] };
    let needed = (width(text) / 2.0 + 10.0) / length(line);
    let parts: [f64; 9] = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];
    let parts = parts.into_iter().filter(|part| part.min(1.0 - part) >= needed);
    let sides = parts.flat_map(|part| [(part, 8.0), (part, -8.0)]);
    let places = sides.map(|(part, off)| {
        let [across_x, across_y] = [direction[1] * off, -direction[0] * off];
        let center = [x + part * (to_x - x) + across_x, y + part * (to_y - y) + across_y];
        Area::of_text(text, center, direction)
    });
    places.collect()
}

/// The way of a message that is stopped: it ends where and when that happens, or shortly after
/// it was sent.
fn stopped(from: [f64; 2], to: [f64; 2]) -> Segment {
    let is_at_once = to[1] < from[1] + 10.0;
    let (part, y) = if is_at_once { (0.45, from[1] + 17.0) } else { (0.8, to[1]) };
    [from, [from[0] + part * (to[0] - from[0]), y]]
}

fn self_arrow(class: &str, [[x, from], [_, to]]: Segment) -> String {
    let (x, far) = (super::ink::Px(x), super::ink::Px(x + 34.0));
    let [from, to] = [from, to].map(super::ink::Px);
    format!(r#"<path class="{class}" d="M{x} {from}C{far} {from} {far} {to} {x} {to}"/>"#)
}

fn length([[x, y], [to_x, to_y]]: Segment) -> f64 {
    let [dx, dy] = [to_x - x, to_y - y];
    (dx * dx + dy * dy).sqrt().max(1.0)
}

fn unit(line: Segment) -> [f64; 2] {
    let ([[x, y], [to_x, to_y]], length) = (line, length(line));
    [(to_x - x) / length, (to_y - y) / length]
}
