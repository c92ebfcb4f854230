//! One semaphore: who holds it, and who is next.

use alloc::collections::{BTreeMap, VecDeque};

use protocol::ProcessId;

use crate::Token;

/// A semaphore, as the server keeps it.
///
/// ```
/// use protocol::ProcessId;
/// use semaphore::Semaphore;
///
/// let [a, b, c] = [0, 1, 2].map(ProcessId);
/// let mut semaphore = Semaphore::of(1);
/// semaphore.holders.insert(a, None);
/// semaphore.waiters.extend([b, c]);
/// assert!(!semaphore.is_free());
/// assert!(semaphore.ahead_of(c).eq([a, b]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Semaphore {
    /// How many can hold it at once. Never changes.
    pub permits: u32,
    /// Who holds a permit, and the token of its grant, if it has one. No more than `permits`.
    pub holders: BTreeMap<ProcessId, Option<Token>>,
    /// Who waits, the next one first. Nobody who holds it, and nobody while it is free.
    pub waiters: VecDeque<ProcessId>,
}

impl Semaphore {
    /// One that nobody holds.
    pub fn of(permits: u32) -> Self {
        Self { permits, holders: BTreeMap::new(), waiters: VecDeque::new() }
    }

    /// Whether a permit is left.
    pub fn is_free(&self) -> bool {
        self.holders.len() < self.permits as usize
    }

    /// Whether anybody holds it or waits for it.
    pub fn is_in_use(&self) -> bool {
        !(self.holders.is_empty() && self.waiters.is_empty())
    }

    /// Everybody for whom `client` waits here, or would if it had to: it gets the only permit when
    /// all of them have had it and given it back. Of several permits any may come back first, so
    /// that it waits for nobody in particular.
    pub fn ahead_of(&self, client: ProcessId) -> impl Iterator<Item = ProcessId> {
        let in_line = self.holders.keys().chain(&self.waiters).copied();
        in_line.filter(|_| self.permits == 1).take_while(move |&other| other != client)
    }
}
