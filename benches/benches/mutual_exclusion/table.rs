//! What is printed at the end: a line for each algorithm and measure, its theory right below.

use std::iter;

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};

use crate::{
    CASES, Case, Report,
    measure::Figures,
    theory::{DELAY, Formula, RATE},
};

pub(crate) fn of(reports: &[Report]) -> Table {
    let mut table = Table::new();
    let heads = CASES.map(|Case { setting, sites }| format!("{setting}\nN={sites}"));
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_header(iter::once("  measured\n    theory [note]".to_owned()).chain(heads));

    headline(&mut table, "messages per entry");
    for report in reports {
        measured(&mut table, report, |figures| Some(figures.messages));
        theory(&mut table, &report.theory.messages, 1.0);
    }
    headline(&mut table, "synchronisation, hops");
    for report in reports {
        measured(&mut table, report, |figures| figures.hops);
    }
    theory(&mut table, &DELAY, 1.0);
    headline(&mut table, "response, ms");
    for report in reports {
        measured(&mut table, report, |figures| Some(figures.response * 1e3));
        theory(&mut table, &report.theory.response, 1e3);
    }
    headline(&mut table, "entries per second");
    for report in reports {
        measured(&mut table, report, |figures| figures.rate);
    }
    theory(&mut table, &RATE, 1.0);
    headline(&mut table, "simulated per second");
    for report in reports {
        measured(&mut table, report, |figures| figures.speed);
    }

    for column in table.column_iter_mut().skip(1) {
        column.set_padding((1, 0)).set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn headline(table: &mut Table, measure: &str) {
    table.add_row([measure]);
}

fn measured(table: &mut Table, report: &Report, figure: impl Fn(&Figures) -> Option<f64>) {
    let figures = report.measured.iter().map(|figures| match figure(figures) {
        None => "–".to_owned(),
        Some(large) if large >= 1_000.0 => format!("{large:.0}"),
        Some(small) => format!("{small:.2}"),
    });
    table.add_row(iter::once(format!("  {}", report.name)).chain(figures));
}

fn theory(table: &mut Table, formula: &Formula, unit: f64) {
    let values = CASES.map(|case| match (formula.value)(case) {
        None => "–".to_owned(),
        // To the hundredth, and no zeros after the last digit that counts.
        Some(value) => ((value * unit * 100.0).round() / 100.0).to_string(),
    });
    table.add_row(iter::once(format!("    {}", formula.text)).chain(values));
}
