//! What the server is told before it starts.

use alloc::collections::BTreeMap;
use core::{num::NonZeroU32, time::Duration};

use crate::Name;

/// What the server is told before it starts. Nothing of it ever changes.
///
/// ```
/// use semaphore::{Name, Settings};
///
/// let printer = Name::new("printer")?;
/// let permits = [(printer.clone(), 3.try_into().unwrap())].into();
/// let settings = Settings { permits, ..Settings::default() };
/// assert_eq!(settings.permits_of(&printer), 3);
/// assert_eq!(settings.permits_of(&Name::new("scanner")?), 1);
/// # Ok::<(), semaphore::Refusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Settings {
    /// Which semaphores have how many permits. They are kept even when nobody uses them; any other
    /// has one permit, and is forgotten then.
    pub permits: BTreeMap<Name, NonZeroU32>,
    /// How long a client that holds or waits for something may say nothing before it is expired;
    /// for ever, if there is none.
    pub session_timeout: Option<Duration>,
    /// Whether everybody is told of every release.
    pub announces: bool,
    /// How many semaphores there may be at a time, the configured ones included.
    pub most_semaphores: usize,
    /// How many clients may wait for one semaphore.
    pub most_waiters: usize,
}

impl Settings {
    /// How many permits that semaphore has.
    pub fn permits_of(&self, semaphore: &Name) -> u32 {
        self.permits.get(semaphore).map_or(1, |permits| permits.get())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            permits: BTreeMap::new(),
            session_timeout: None,
            announces: true,
            most_semaphores: 10_000,
            most_waiters: 1_000,
        }
    }
}
