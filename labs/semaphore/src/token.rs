//! Fencing tokens: numbers by which a late write is told from a current one.
//!
//! A client may be expired and not know it: it was suspended, or the network was. It goes on as
//! if it held the semaphore, and no server can stop it. But whatever the semaphore guards can: it
//! keeps the largest token that it has seen, and refuses who comes with a smaller one. For that,
//! each grant must have a larger token than all before it, those of a server's former lives
//! included. (M. Burrows calls them *sequencers*.)

use core::{fmt, ops::Range};

use serde::{Deserialize, Serialize};

/// The number of a grant, larger than those of all grants before it.
///
/// See the example of [`Tokens`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(pub u64);

/// The tokens that one life of the server can give, in order.
///
/// Whoever starts a server sees to it that each life has a larger *epoch* than all before: tokens
/// grow because epochs do. A token is one number, so that any store can compare two: the epoch in
/// its upper 24 bits, and in the lower 40 which grant of that life it is. After some 2⁴⁰ grants,
/// four months of a hundred thousand a second, a life has no tokens left, and the server refuses:
/// to go on counting would be to take those of the next life.
///
/// ```
/// use semaphore::{Token, Tokens};
///
/// let mut before = Tokens::of_epoch(7).unwrap();
/// let mut after = Tokens::of_epoch(8).unwrap();
/// assert!(before.nth(1_000_000) < after.next());
///
/// assert_eq!(Tokens::of_epoch(0).unwrap().next(), Some(Token(1)));
/// assert!(Tokens::of_epoch(1 << 24).is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tokens(Range<u64>);

const BITS_OF_A_GRANT: u32 = 40;
const BITS_OF_AN_EPOCH: u32 = u64::BITS - BITS_OF_A_GRANT;

impl Tokens {
    /// Those of a life with that epoch, unless that is too large a number. No token is zero, so
    /// that a store that has seen none can begin with it.
    pub fn of_epoch(epoch: u64) -> Option<Self> {
        let zero = epoch << BITS_OF_A_GRANT;
        let grants = (1 << BITS_OF_A_GRANT) - 1;
        (epoch < 1 << BITS_OF_AN_EPOCH).then(|| Self(zero + 1..zero + grants))
    }
}

impl Iterator for Tokens {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.0.next().map(Token)
    }

    fn nth(&mut self, n: usize) -> Option<Token> {
        self.0.nth(n).map(Token)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}
