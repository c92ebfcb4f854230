//! What the server is told before it starts.

use crate::Policy;

/// What the server is told before it starts. Nothing of it ever changes.
///
/// ```
/// use ranked_dispatcher::{Policy, Settings};
///
/// let settings = Settings { policy: Policy::LeastLoaded, ..Settings::default() };
/// assert_eq!((settings.most_clients, settings.max_retries), (10, 3));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Settings {
    /// Who of those below runs a command.
    pub policy: Policy,
    /// How many clients may be there at a time.
    pub most_clients: u32,
    /// How many unfinished jobs a client may have asked for, and how many it may have to run. Who
    /// has so many to run is passed over.
    pub most_jobs: u32,
    /// How often a job is handed on when whoever ran it has left.
    pub max_retries: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { policy: Policy::Next, most_clients: 10, most_jobs: 1_000, max_retries: 3 }
    }
}
