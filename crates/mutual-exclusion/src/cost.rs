//! How many messages an entry costs, as a solution's authors claim it.

use core::fmt;

/// How many messages an entry costs.
///
/// ```
/// use mutual_exclusion::Cost;
///
/// let token = Cost::NothingOr(5); // Nothing, if the token is at hand.
/// assert!(token.allows(3, 10) && !token.allows(3, 9) && !token.allows(3, 20));
/// assert_eq!(token.times(3).to_string(), "a multiple of 5, 15 at the most");
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
    /// Whether so many entries may have cost so many messages.
    pub fn allows(self, entries: u64, messages: u64) -> bool {
        match self {
            Self::Exactly(cost) => messages == cost * entries,
            Self::NothingOr(cost) => messages <= cost * entries && messages.is_multiple_of(cost),
            Self::Between { least, most } => (least * entries..=most * entries).contains(&messages),
        }
    }

    /// What so many entries should cost, for a sentence.
    pub fn times(self, entries: u64) -> impl fmt::Display {
        fmt::from_fn(move |f| match self {
            Self::Exactly(cost) => write!(f, "{}", cost * entries),
            Self::NothingOr(cost) => {
                write!(f, "a multiple of {cost}, {} at the most", cost * entries)
            }
            Self::Between { .. } if entries == 0 => f.write_str("0"),
            Self::Between { least, most } => write!(f, "{} to {}", least * entries, most * entries),
        })
    }
}
