//! What several processes say, side by side: a column and a colour for each.

use anstyle::{AnsiColor, Style};
use protocol::ProcessId;

use super::record::Record;
use crate::output::painted;

/// How wide a column is, with the gap behind it.
const WIDTH: usize = 16;
/// How many columns stand side by side: as many as a terminal has room for that is 80 characters
/// wide. More sites than that are told in one.
const MOST: u32 = 5;

/// Colours that differ on dark and on light ground, and for most colour-blind people, because
/// the columns differ too.
const COLOURS: [AnsiColor; 6] = [
    AnsiColor::Blue,
    AnsiColor::Yellow,
    AnsiColor::Magenta,
    AnsiColor::Cyan,
    AnsiColor::Green,
    AnsiColor::Red,
];

/// Sets the lines of a system of some size.
pub(super) struct Columns {
    size: u32,
}

impl Columns {
    pub(super) fn new(size: u32) -> Self {
        Self { size }
    }

    /// The line above all others, if there is one.
    pub(super) fn head(&self) -> Option<String> {
        let title = |site| {
            let indent = if site == ProcessId(0) { 0 } else { WIDTH - "site 0".len() };
            format!("{:indent$}{}", "", painted(style(site), format_args!("site {site}")))
        };
        (self.size <= MOST).then(|| ProcessId::all(self.size).map(title).collect())
    }

    pub(super) fn line(&self, record: &Record) -> String {
        let site = record.site();
        if self.size <= MOST {
            format!("{:indent$}{}", "", painted(style(site), record), indent = site.index() * WIDTH)
        } else {
            painted(style(site), format_args!("site {site} {record}"))
        }
    }
}

fn style(site: ProcessId) -> Style {
    COLOURS[site.index() % COLOURS.len()].on_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_side_by_side_fits_into_eighty_characters() {
        let most = Columns::new(MOST);
        let last = Record::Done { site: ProcessId(MOST - 1), entries: 10 };
        for line in [most.head().unwrap(), most.line(&last)] {
            assert!(anstream::adapter::strip_str(&line).to_string().len() <= 80, "{line}");
        }
        assert_eq!(Columns::new(MOST + 1).head(), None);
    }
}
