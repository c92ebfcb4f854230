//! The table as a picture: lines are theory, marks were measured.

use std::{error::Error, fs, iter, ops::Range, path::Path};

use plotters::{
    coord::Shift,
    prelude::{
        BLACK, ChartBuilder, Circle, Color, Cross, DrawingArea, IntoDrawingArea, LineSeries,
        PathElement, RGBColor, SVGBackend, SeriesLabelPosition, WHITE,
    },
};

use crate::{
    CASES, Case, Report, Setting,
    measure::Figures,
    theory::{DELAY, Formula},
};

/// One measure against N.
struct Panel {
    title: &'static str,
    /// What the vertical axis shows.
    range: Range<f64>,
    /// Whether each step of the vertical axis doubles, as each of the horizontal one does.
    doubles: bool,
    theory: fn(&Report) -> Formula,
    /// `None` where there is nothing to hold against theory.
    figure: fn(&Figures, Setting) -> Option<f64>,
    /// How many of the axis's units are one of the formula's.
    unit: f64,
}

const PANELS: [Panel; 3] = [
    Panel {
        title: "messages per entry (lower line of two: low contention)",
        range: 0.5..512.0,
        doubles: true,
        theory: |report| report.theory.messages,
        figure: |figures, _| Some(figures.messages),
        unit: 1.0,
    },
    Panel {
        title: "synchronisation delay, hops (high contention)",
        range: 0.0..2.0,
        doubles: false,
        theory: |_| DELAY,
        figure: |figures, _| figures.hops,
        unit: 1.0,
    },
    Panel {
        title: "response time, ms (rising: high contention; else low)",
        range: 4.0..1024.0,
        doubles: true,
        theory: |report| report.theory.response,
        figure: |figures, setting| (setting != Setting::Tcp).then_some(figures.response),
        unit: 1e3,
    },
];

/// Where the lines of theory have their points.
const SITES: [u32; 11] = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/// Colours that the colour-blind tell apart, and sizes, so that marks and lines in one place are
/// seen inside each other.
const STYLES: [(RGBColor, u32); 3] =
    [(RGBColor(0, 114, 178), 8), (RGBColor(213, 94, 0), 5), (RGBColor(0, 158, 115), 2)];

pub(crate) fn draw(reports: &[Report; 3], file: &Path) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let picture = SVGBackend::new(file, (1320, 440)).into_drawing_area();
    picture.fill(&WHITE)?;
    let areas = picture.split_evenly((1, PANELS.len()));
    for (panel, area) in iter::zip(&PANELS, &areas) {
        panel.draw(reports, area)?;
    }
    picture.present()?;
    Ok(())
}

impl Panel {
    fn draw(
        &self,
        reports: &[Report; 3],
        area: &DrawingArea<SVGBackend, Shift>,
    ) -> Result<(), Box<dyn Error>> {
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, ("sans-serif", 16))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(42)
            .build_cartesian_2d(
                0.7..6.3,
                self.height(self.range.start)..self.height(self.range.end),
            )?;
        chart
            .configure_mesh()
            .x_desc("N, how many sites")
            .x_labels(6)
            .x_label_formatter(&|x: &f64| x.exp2().to_string())
            .y_labels(10)
            .y_label_formatter(&|y| if self.doubles { y.exp2() } else { *y }.to_string())
            .light_line_style(WHITE)
            .draw()?;
        for (report, (colour, size)) in iter::zip(reports, STYLES) {
            let at = |case: Case, value: f64| {
                (f64::from(case.sites).log2(), self.height(value * self.unit))
            };
            for setting in [Setting::Low, Setting::High] {
                let theory = (self.theory)(report).value;
                let cases = SITES.map(|sites| Case { setting, sites });
                let line = cases.into_iter().filter_map(|case| Some(at(case, theory(case)?)));
                chart.draw_series(LineSeries::new(line, colour.mix(0.5).stroke_width(size)))?;
            }
            let (tcp, simulated): (Vec<_>, Vec<_>) = iter::zip(CASES, &report.measured)
                .partition(|(case, _)| case.setting == Setting::Tcp);
            let place = |(case, figures): (Case, &Figures)| {
                Some(at(case, (self.figure)(figures, case.setting)?))
            };
            let rings = simulated.into_iter().filter_map(place);
            let rings = rings.map(|at| Circle::new(at, size + 1, colour));
            let key = move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(3));
            chart.draw_series(rings)?.label(report.name).legend(key);
            let crosses = tcp.into_iter().filter_map(place);
            chart.draw_series(crosses.map(|at| Cross::new(at, size + 1, colour)))?;
        }
        let nothing = || iter::empty::<Circle<(f64, f64), i32>>();
        chart
            .draw_series(nothing())?
            .label("line: theory")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], BLACK.mix(0.5)));
        chart
            .draw_series(nothing())?
            .label("in the simulator")
            .legend(|(x, y)| Circle::new((x + 10, y), 4, BLACK));
        chart
            .draw_series(nothing())?
            .label("over TCP")
            .legend(|(x, y)| Cross::new((x + 10, y), 4, BLACK));
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE)
            .border_style(BLACK)
            .draw()?;
        Ok(())
    }

    /// How high a value stands on the vertical axis.
    fn height(&self, value: f64) -> f64 {
        if self.doubles { value.log2() } else { value }
    }
}
