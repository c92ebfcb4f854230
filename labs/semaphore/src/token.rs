//! Fencing tokens: numbers by which a late write is told from a current one.
//!
//! A client may be expired and not know it: it was suspended, or the network was. It goes on as
//! if it held the semaphore, and no server can stop it. But whatever the semaphore guards can: it
//! keeps the largest token that it has seen, and refuses who comes with a smaller one. For that,
//! each grant must have a larger token than all before it, those of a server's former lives
//! included. (M. Burrows calls them *sequencers*.)

use core::fmt;

use serde::{Deserialize, Serialize};

/// The number of a grant, larger than those of all grants before it.
///
/// ```
/// use semaphore::Epoch;
///
/// let before = Epoch::new(7).unwrap().token(1_000_000).unwrap();
/// let after = Epoch::new(8).unwrap().token(1).unwrap();
/// assert!(before < after);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(pub u64);

/// Which life of the server this is. Whoever starts a server sees to it that each life has a
/// larger epoch than all before: tokens grow because epochs do.
///
/// A token is one number, so that any store can compare two: the epoch in its upper 24 bits, and
/// in the lower 40 which grant of that life it is. After 2^40 grants (four months of a hundred
/// thousand a second) a life has no tokens left. Then [`token`](Self::token) says so and the
/// server refuses: to go on counting would take the next life's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Epoch(u64);

const BITS_OF_A_GRANT: u32 = 40;

impl Epoch {
    /// The largest epoch.
    pub const LAST: Self = Self((1 << (u64::BITS - BITS_OF_A_GRANT)) - 1);

    /// The epoch of that number, unless it is larger than [`LAST`](Self::LAST).
    ///
    /// ```
    /// use semaphore::Epoch;
    ///
    /// assert_eq!(Epoch::new((1 << 24) - 1), Some(Epoch::LAST));
    /// assert_eq!(Epoch::new(1 << 24), None);
    /// ```
    pub fn new(number: u64) -> Option<Self> {
        Some(Self(number)).filter(|epoch| *epoch <= Self::LAST)
    }

    /// The token of a life's grant of that number, if there is one.
    ///
    /// ```
    /// use semaphore::{Epoch, Token};
    ///
    /// assert_eq!(Epoch::default().token(3), Some(Token(3)));
    /// assert_eq!(Epoch::default().token(1 << 40), None);
    /// ```
    pub fn token(self, grant: u64) -> Option<Token> {
        let is_ours = grant < 1 << BITS_OF_A_GRANT;
        is_ours.then_some(Token(self.0 << BITS_OF_A_GRANT | grant))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}
