//! What strangers say, fit for a terminal.

use alloc::string::String;

/// The same text, with control characters other than the tab as what they are called.
pub(crate) fn escaped(text: &str) -> String {
    let mut harmless = String::new();
    for c in text.chars() {
        if c.is_control() && c != '\t' {
            harmless.extend(c.escape_default());
        } else {
            harmless.push(c);
        }
    }
    harmless
}
