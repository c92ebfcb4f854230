//! The terminal, which is left as it was found.

#[cfg(unix)]
use std::io::stdin;

#[cfg(unix)]
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

/// How the terminal was when this was made, and will be when it is dropped. Elsewhere than on Unix
/// the line editor alone sees to it, which does so at the end of each line.
pub(crate) struct Terminal {
    #[cfg(unix)]
    modes: Termios,
}

impl Terminal {
    /// As it is now, if standard input is one.
    pub(crate) fn as_it_is() -> Option<Self> {
        #[cfg(unix)]
        return tcgetattr(stdin()).ok().map(|modes| Self { modes });
        #[cfg(not(unix))]
        None
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        #[cfg(unix)]
        // A terminal that is gone needs no modes.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.modes);
    }
}
