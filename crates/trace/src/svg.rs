//! The space-time diagram as a picture for a handout.
//!
//! A lifeline for each process, time downwards, an arrow for each message. It is to be printed:
//! what can't be told apart in grey differs in shape too, and what has no room is left out
//! rather than written over something else; who points at a mark on a screen reads all of it.
//!
//! Colours are those that M. Okabe and K. Ito chose for people who see colours in different ways
//! ("Color Universal Design", 2008, <https://jfly.uni-koeln.de/color/>).

mod arrows;
mod drawing;
mod head;
mod ink;
mod labels;
mod layout;
mod lives;

use self::{drawing::Drawing, ink::Px, layout::Layout};
use crate::Trace;

/// On a ground of its own, so that it reads alike on a dark page.
const STYLE: &str = "\
text{font:11px system-ui,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;fill:#222}
.title{font-size:14px;font-weight:bold}.wrong{font-size:13px;font-weight:bold;fill:#c04a00}
.note{fill:#444}.notice{fill:#222;font-weight:bold}
.name{font-size:12px;font-weight:bold;text-anchor:middle}
.time{font-size:10px;fill:#555;text-anchor:end}
.label{text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}
.said{font-weight:bold}.label.stopped{fill:#c04a00;font-style:italic}
.axis{stroke:#999;stroke-width:1}.gap{stroke:#444;stroke-width:1.2}.life{stroke:#aaa;stroke-width:1}
.message{stroke:#444;stroke-width:1.2;fill:none}.head{fill:#444}.again{stroke-dasharray:6 4}
.stopped{stroke:#c04a00}.label.stopped{stroke:#fff}.stop{stroke:#c04a00;stroke-width:2.4;fill:none}
.open{stroke-dasharray:1.5 3.5}.end{fill:#fff;stroke:#444;stroke-width:1.2}
.bar0{fill:#009e73}.bar1{fill:#f4d48c;stroke:#e69f00;stroke-width:.8}
.bar2{fill:#bfe0f5;stroke:#0072b2;stroke-width:.8}.bar3{fill:#c4e8dc;stroke:#009e73;stroke-width:.8}
.bar4{fill:#f0dbe6;stroke:#cc79a7;stroke-width:.8}
.dead{fill:url(#dead);stroke:#777;stroke-width:.8}.crash{stroke:#000;stroke-width:2.6;fill:none}
.partition{fill:#a8437f;fill-opacity:.14;stroke:#a8437f;stroke-width:1;stroke-dasharray:4 3}
.step{fill:#000;stroke:#fff;stroke-width:.8}
.violated{stroke:#c04a00;stroke-width:1.6;stroke-dasharray:8 4}
.ring{fill:none;stroke:#c04a00;stroke-width:2.4}
.violated-here{fill:#c04a00;font-weight:bold;text-anchor:end}";

/// What the dead are hatched with.
const HATCHING: &str = r##"<defs><pattern id="dead" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#fff"/><path d="M0 5L5 0" stroke="#888" stroke-width="1"/></pattern></defs>"##;

impl Trace {
    /// The space-time diagram of this run, as SVG of at most 900 pixels' width.
    ///
    /// Of more than 400 events, the first 400 are drawn, or, if the run broke a property, the
    /// last 400; of more than 40 processes, the first 40. The picture says so.
    ///
    /// ```
    /// use trace::Trace;
    ///
    /// let text = r#"{"header":{"schema":1,"lab":"echo","version":"0","arguments":[],
    ///     "driver":"simulator","noun":"site","processes":2,"incarnations":[0,0],"phases":[],
    ///     "seed":null,"scenario":null,"partitions":[]}}"#.replace('\n', "");
    /// let crash = r#"{"crash":{"at":2500000,"process":1}}"#;
    /// let trace = Trace::read(format!("{text}\n{crash}\n").as_bytes())?;
    /// assert!(trace.to_svg().contains("<title>site 1, 2.5 ms: crashes</title>"));
    /// # Ok::<(), trace::ReadError>(())
    /// ```
    pub fn to_svg(&self) -> String {
        let layout = Layout::of(self);
        let journeys = self.journeys(layout.size);
        let drawing = Drawing::of(self, &layout, &journeys);
        let (head, head_height) = head::draw(self, &drawing);
        let (width, height) = (Px(layout.width), Px(head_height + layout.bottom + 20.0));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\">\n<style>{STYLE}</style>\n{HATCHING}\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n{}\
             <g transform=\"translate(0 {})\">\n{}</g>\n</svg>\n",
            head.out,
            Px(head_height),
            drawing.ink.out
        )
    }
}
