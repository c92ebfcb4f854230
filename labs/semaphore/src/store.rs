//! What a semaphore guards: a store that takes no late write.

use alloc::string::String;
use core::fmt;

use crate::Token;

/// One value, which whoever holds the semaphore may write.
///
/// Nobody can keep a client from believing that it holds what it holds no more. But the store has
/// the last word: it remembers the largest [`Token`] that it has seen.
///
/// ```
/// use semaphore::{Store, Token};
///
/// let mut store = Store::default();
/// store.write(Token(7), "new")?;
/// let late = store.write(Token(5), "old").unwrap_err();
/// assert_eq!(late.to_string(), "refused: 5 is late, 7 has been seen");
/// assert_eq!(store.value(), "new");
/// # Ok::<(), semaphore::Late>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Store {
    /// Of those who have written, the largest. Zero, which is nobody's, before the first.
    largest: u64,
    value: String,
}

impl Store {
    /// Whoever was granted this token writes.
    ///
    /// # Errors
    /// When somebody has written who was granted later.
    pub fn write(&mut self, token: Token, value: impl Into<String>) -> Result<(), Late> {
        let is_late = token.0 < self.largest;
        if is_late {
            return Err(Late { token, largest: Token(self.largest) });
        }
        self.largest = token.0;
        self.value = value.into();
        Ok(())
    }

    /// What was written last.
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// Why a write is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// The writer's.
    pub token: Token,
    /// The largest that the store has seen.
    pub largest: Token,
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "refused: {} is late, {} has been seen", self.token, self.largest)
    }
}

impl core::error::Error for Late {}
