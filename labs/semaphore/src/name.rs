//! What clients and semaphores are called: one word, so that a line can be taken apart again.

use alloc::sync::Arc;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// The longest [`Name`], in bytes.
pub const LONGEST_NAME: usize = 64;

/// The name of a client or of a semaphore: a word of 1 to [`LONGEST_NAME`] bytes.
///
/// Whoever has one need not look again: what comes from a socket is refused before it is a name.
/// A server passes the same few names on all the time, so that copies share their text.
///
/// ```
/// use semaphore::{Code, Name};
///
/// assert_eq!(Name::new("printer")?.as_str(), "printer");
/// assert_eq!(Name::new("two words").unwrap_err().code, Code::BadName);
/// # Ok::<(), semaphore::Refusal>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Arc<str>", into = "Arc<str>")]
pub struct Name(Arc<str>);

impl Name {
    /// This text as a name.
    ///
    /// # Errors
    /// When it is empty, too long, or more than a word.
    pub fn new(text: impl Into<Arc<str>>) -> Result<Self, Refusal> {
        let text = text.into();
        let is_part_of_a_word = |c: char| !c.is_whitespace() && !c.is_control();
        if (1..=LONGEST_NAME).contains(&text.len()) && text.chars().all(is_part_of_a_word) {
            Ok(Self(text))
        } else {
            Err(Refusal::bad_name(&text))
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Arc<str>> for Name {
    type Error = Refusal;

    fn try_from(text: Arc<str>) -> Result<Self, Refusal> {
        Self::new(text)
    }
}

impl From<Name> for Arc<str> {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// Without quotation marks: a state names many.
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}
