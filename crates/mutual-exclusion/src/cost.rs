//! How many messages an entry costs, as a solution's authors claim it.

use core::fmt;

/// How many messages an entry costs.
///
/// ```
/// use mutual_exclusion::Cost;
///
/// // Of three entries, one found the token at hand.
/// let token = Cost::NothingOr(5);
/// assert!(token.allows(3, 1, 10) && !token.allows(3, 1, 15));
/// assert_eq!(token.of(3, 1).to_string(), "10");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// So many, always.
    Exactly(u64),
    /// None, if the site may enter at once, or so many.
    NothingOr(u64),
    /// Anything from one number to another.
    Between {
        /// The fewest.
        least: u64,
        /// The most.
        most: u64,
    },
}

impl Cost {
    /// Whether so many entries, `at_once` of which came in the step in which the site asked, may
    /// have cost so many messages.
    pub fn allows(self, entries: u64, at_once: u64, messages: u64) -> bool {
        let (least, most) = self.range(entries, at_once);
        (least..=most).contains(&messages)
    }

    /// What they should cost, for a sentence.
    pub fn of(self, entries: u64, at_once: u64) -> impl fmt::Display {
        let (least, most) = self.range(entries, at_once);
        fmt::from_fn(move |f| match least == most {
            true => write!(f, "{least}"),
            false => write!(f, "{least} to {most}"),
        })
    }

    fn range(self, entries: u64, at_once: u64) -> (u64, u64) {
        match self {
            Self::Exactly(cost) => (cost * entries, cost * entries),
            Self::NothingOr(cost) => {
                let paid = entries.saturating_sub(at_once);
                (cost * paid, cost * paid)
            }
            Self::Between { least, most } => (least * entries, most * entries),
        }
    }
}
