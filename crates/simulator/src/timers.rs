//! The timers of a process.

use std::collections::BTreeMap;

/// Those that are set, each with the number of its setting: one that was cancelled or set again
/// since runs out for nothing.
pub(crate) struct Timers<T> {
    set: BTreeMap<T, u64>,
    /// How many settings there have been, in all the lives of the process.
    settings: u64,
}

impl<T: Ord> Timers<T> {
    pub(crate) fn new() -> Self {
        Self { set: BTreeMap::new(), settings: 0 }
    }

    /// Sets `timer`, and returns the number of this setting.
    pub(crate) fn set(&mut self, timer: T) -> u64 {
        self.settings += 1;
        self.set.insert(timer, self.settings);
        self.settings
    }

    /// Whether this setting of `timer` is the one that counts.
    pub(crate) fn counts(&self, timer: &T, setting: u64) -> bool {
        self.set.get(timer) == Some(&setting)
    }

    pub(crate) fn cancel_all(&mut self) {
        self.set.clear();
    }

    pub(crate) fn cancel(&mut self, timer: &T) {
        self.set.remove(timer);
    }
}
