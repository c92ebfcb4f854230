//! A line of text: what an answer says, and what tasks are given.
//!
//! It goes over a wire on which a line feed ends a message, and onto the terminals of strangers. So
//! it is looked at once, where it comes in, and whoever has one need not look again.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// The longest [`Line`], in bytes.
pub const LONGEST_LINE: usize = 1_000;

const RIGHT: &str = "a text is one line of 1 to 1000 bytes, without control characters";

/// A text of 1 to [`LONGEST_LINE`] bytes, without control characters, and without space at its
/// ends.
///
/// ```
/// use ranked_dispatcher::Line;
///
/// assert_eq!(Line::new("two  words")?.as_str(), "two  words");
/// assert!(Line::new("two\nlines").is_err());
/// # Ok::<(), ranked_dispatcher::Refusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

impl Line {
    /// This text as a line.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(text: impl Into<String>) -> Result<Self, Refusal> {
        let text = text.into();
        let has_length = (1..=LONGEST_LINE).contains(&text.len());
        if has_length && text.trim() == text && !text.contains(char::is_control) {
            Ok(Self(text))
        } else {
            Err(Refusal::unclear(&text, RIGHT))
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Line {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::new(text)
    }
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}
