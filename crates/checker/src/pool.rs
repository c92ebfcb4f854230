//! Parts that many states have in common, each kept once, with a number that stands for it.
//!
//! The pool is shared by all threads, behind a lock. Each thread has a copy of what it has met, and
//! asks the pool only for what it has not.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;

/// All the values that a part of a state has ever had, with a number for each.
pub(crate) struct Pool<T>(Mutex<Members<T>>);

struct Members<T> {
    numbers: HashTable<u32>,
    /// By number: the fingerprint and the value.
    all: Vec<(u64, Arc<T>)>,
}

impl<T> Pool<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Members { numbers: HashTable::new(), all: Vec::new() }))
    }

    /// About how many bytes it takes up: what hangs on a value by pointers is only guessed.
    pub(crate) fn bytes(&self) -> usize {
        const GUESS: usize = 256;
        self.members().all.len() * (size_of::<T>() + GUESS)
    }

    /// Its members, even if somebody has panicked with the lock in its hands: comparing values may
    /// panic, and happens before anything is changed.
    fn members(&self) -> MutexGuard<'_, Members<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one thread knows of a pool.
pub(crate) struct Known<'p, T> {
    pool: &'p Pool<T>,
    /// By number, as are the members: all of the pool up to some number.
    fingerprints: Vec<u64>,
    members: Vec<Arc<T>>,
}

impl<'p, T: Eq> Known<'p, T> {
    pub(crate) fn new(pool: &'p Pool<T>) -> Self {
        Self { pool, fingerprints: Vec::new(), members: Vec::new() }
    }

    /// The number of a value, which it is given when it is new.
    pub(crate) fn number(&mut self, fingerprint: u64, value: T) -> u32 {
        let mut members = self.pool.members();
        let Members { numbers, all } = &mut *members;
        let is_same = |&number: &u32| *all[number as usize].1 == value;
        let number = match numbers.find(fingerprint, is_same) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(all.len()).expect("memory is full before numbers are");
                numbers.insert_unique(fingerprint, number, |&other| all[other as usize].0);
                all.push((fingerprint, Arc::new(value)));
                number
            }
        };
        drop(members);
        self.learn(number);
        number
    }

    /// Makes sure that the value of this number is known.
    #[inline]
    pub(crate) fn learn(&mut self, number: u32) {
        if number as usize >= self.members.len() {
            let members = self.pool.members();
            for (fingerprint, value) in &members.all[self.members.len()..] {
                self.fingerprints.push(*fingerprint);
                self.members.push(value.clone());
            }
        }
    }

    /// How many bytes it takes up, apart from the pool.
    pub(crate) fn bytes(&self) -> usize {
        self.fingerprints.capacity() * size_of::<u64>()
            + self.members.capacity() * size_of::<Arc<T>>()
    }

    /// The value of a number that is known.
    pub(crate) fn get(&self, number: u32) -> &T {
        &self.members[number as usize]
    }

    /// The fingerprint of a number that is known.
    pub(crate) fn fingerprint(&self, number: u32) -> u64 {
        self.fingerprints[number as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_knows_takes_up_room_whoever_has_found_it() {
        let pool = Pool::new();
        let (mut finder, mut other) = (Known::new(&pool), Known::new(&pool));
        for value in 0..1000 {
            finder.number(value, value);
        }
        assert_eq!(other.bytes(), 0);
        other.learn(999);
        let least = 1000 * (size_of::<u64>() + size_of::<Arc<u64>>());
        assert!(finder.bytes() >= least && other.bytes() >= least);
        assert!(pool.bytes() >= 1000 * size_of::<u64>());
    }
}
