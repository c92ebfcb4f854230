//! SVG as text: the few elements that are drawn, always in the same words.
//!
//! Only what IEEE 754 defines to the last bit is computed (`+ - * /` and square roots), and a
//! tenth of a pixel is written: the picture of a run is the same on every machine.

use std::fmt::{Display, Write};

use crate::words::visible;

/// A drawing under way.
#[derive(Default)]
pub(super) struct Ink {
    pub(super) out: String,
}

/// A length or place in pixels, to a tenth.
pub(super) struct Px(pub(super) f64);

impl Display for Px {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let text = format!("{:.1}", self.0);
        let short = text.strip_suffix(".0").unwrap_or(&text);
        f.write_str(if short == "-0" { "0" } else { short })
    }
}

/// A text as XML may hold it, and anybody can see it.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

impl Ink {
    pub(super) fn line(&mut self, element: impl Display) {
        writeln!(self.out, "{element}").expect("a string takes all that is written to it");
    }

    /// What is drawn inside says `title` when it is pointed at.
    pub(super) fn titled(&mut self, title: &str, draw: impl FnOnce(&mut Self)) {
        self.line(format_args!("<g><title>{}</title>", escaped(title)));
        draw(self);
        self.line("</g>");
    }

    pub(super) fn segment(&mut self, class: &str, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(Px);
        self.line(format_args!(
            r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#
        ));
    }

    pub(super) fn rect(&mut self, class: &str, [x, y]: [f64; 2], [width, height]: [f64; 2]) {
        let [x, y, width, height] = [x, y, width, height].map(Px);
        self.line(format_args!(
            r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"/>"#
        ));
    }

    pub(super) fn circle(&mut self, class: &str, [x, y]: [f64; 2], radius: f64) {
        let [x, y, r] = [x, y, radius].map(Px);
        self.line(format_args!(r#"<circle class="{class}" cx="{x}" cy="{y}" r="{r}"/>"#));
    }

    /// Two strokes that cross.
    pub(super) fn cross(&mut self, class: &str, [x, y]: [f64; 2], reach: f64) {
        let [left, right, top, bottom] = [x - reach, x + reach, y - reach, y + reach].map(Px);
        self.line(format_args!(
            r#"<path class="{class}" d="M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}"/>"#
        ));
    }

    /// The head of an arrow that comes in direction `[ux, uy]`, of length 1, and ends at `tip`.
    pub(super) fn head(&mut self, [x, y]: [f64; 2], [ux, uy]: [f64; 2]) {
        let base = [x - 8.0 * ux, y - 8.0 * uy];
        let [x, y] = [x, y].map(Px);
        let [ax, ay] = [base[0] - 3.2 * uy, base[1] + 3.2 * ux].map(Px);
        let [bx, by] = [base[0] + 3.2 * uy, base[1] - 3.2 * ux].map(Px);
        self.line(format_args!(r#"<path class="head" d="M{x} {y}L{ax} {ay}L{bx} {by}Z"/>"#));
    }

    pub(super) fn text(&mut self, class: &str, [x, y]: [f64; 2], text: &str) {
        let ([x, y], text) = ([x, y].map(Px), escaped(text));
        self.line(format_args!(r#"<text class="{class}" x="{x}" y="{y}">{text}</text>"#));
    }

    /// A text whose line runs in direction `[ux, uy]` through `[x, y]`, its middle.
    pub(super) fn slanted(&mut self, class: &str, at: [f64; 2], [ux, uy]: [f64; 2], text: &str) {
        let ([x, y], text) = (at.map(Px), escaped(text));
        self.line(format_args!(
            r#"<text class="{class}" transform="matrix({ux:.4} {uy:.4} {:.4} {ux:.4} {x} {y})" y="4">{text}</text>"#,
            -uy
        ));
    }
}
