//! Who of those below runs a command.
//!
//! The course hands each command to the next rank. Then one client works while all below it have
//! nothing to do, and the course lists that as its known issue. The other two policies spread the
//! work: *round-robin* knows nothing of it and takes turns, *least-loaded* counts.

use alloc::string::ToString;
use core::{fmt, str::FromStr};

use crate::Refusal;

/// Who of those below runs a command. As text, `next`, `least-loaded` or `round-robin`.
///
/// ```
/// use ranked_dispatcher::Policy;
///
/// // Of three clients, the first has two jobs to run, and the others one each.
/// let (loads, mut turn) = ([2, 1, 1], 0);
/// assert_eq!(Policy::Next.choose(&loads, &mut turn), Some(0));
/// assert_eq!(Policy::LeastLoaded.choose(&loads, &mut turn), Some(1));
/// let mut next = || Policy::RoundRobin.choose(&loads, &mut turn);
/// assert_eq!([next(), next(), next(), next()], [Some(0), Some(1), Some(2), Some(0)]);
///
/// assert_eq!("least-loaded".parse(), Ok(Policy::LeastLoaded));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// The one that ranks next.
    Next,
    /// The one with the fewest jobs to run; of several, the one that ranks highest.
    LeastLoaded,
    /// Each in turn, the highest rank first. Every sender goes round by itself.
    RoundRobin,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Next, Self::LeastLoaded, Self::RoundRobin];

    /// The place of the chosen one among those who may be, unless there are none: `loads` says how
    /// many jobs each of them has to run, in the order of ranks. [`RoundRobin`](Self::RoundRobin)
    /// alone looks at whose `turn` it is, and passes it on.
    pub fn choose(self, loads: &[usize], turn: &mut usize) -> Option<usize> {
        let places = 0..loads.len();
        match self {
            Self::Next => places.into_iter().next(),
            Self::LeastLoaded => places.min_by_key(|&place| loads[place]),
            Self::RoundRobin => {
                let place = turn.checked_rem(loads.len())?;
                *turn = place + 1;
                Some(place)
            }
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Next => "next",
            Self::LeastLoaded => "least-loaded",
            Self::RoundRobin => "round-robin",
        })
    }
}

impl FromStr for Policy {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let policy = Self::ALL.into_iter().find(|policy| policy.to_string() == text);
        policy.ok_or_else(|| Refusal::unclear(text, "say next, least-loaded or round-robin"))
    }
}
