//! The states that a search has come to: for each its fingerprint, and how it came there.

use hashbrown::{HashTable, hash_table::Entry};

/// The parent of the initial state.
pub(crate) const NOBODY: u32 = u32::MAX;

/// A part of the states that have been seen, in the order in which they were.
///
/// Fingerprints are as good as random, so they are their own hashes, and a table of four-byte
/// numbers is enough to find them.
#[derive(Default)]
pub(crate) struct Seen {
    numbers: HashTable<u32>,
    fingerprints: Vec<u64>,
    /// Of each, from which state it was come to first: that of the smallest fingerprint among
    /// those which lead to it in as few steps.
    parents: Vec<u32>,
}

impl Seen {
    /// The place of a state; `Err` when it was not seen before.
    pub(crate) fn note(&mut self, fingerprint: u64, parent: u32) -> Result<usize, usize> {
        let Self { numbers, fingerprints, parents } = self;
        let is_same = |&number: &u32| fingerprints[number as usize] == fingerprint;
        let hash = |&number: &u32| fingerprints[number as usize];
        match numbers.entry(fingerprint, is_same, hash) {
            Entry::Occupied(entry) => Ok(*entry.get() as usize),
            Entry::Vacant(entry) => {
                let place = parents.len();
                entry.insert(u32::try_from(place).expect("memory is full before numbers are"));
                fingerprints.push(fingerprint);
                parents.push(parent);
                Err(place)
            }
        }
    }

    pub(crate) fn set_parent(&mut self, place: usize, parent: u32) {
        self.parents[place] = parent;
    }

    pub(crate) fn len(&self) -> usize {
        self.parents.len()
    }

    pub(crate) fn fingerprint(&self, place: usize) -> u64 {
        self.fingerprints[place]
    }

    pub(crate) fn parent(&self, place: usize) -> u32 {
        self.parents[place]
    }

    /// The fingerprints of the states on a shortest way to that one, itself included, if the parents
    /// are places here.
    pub(crate) fn way_to(&self, place: u32) -> Vec<u64> {
        let parent = |&place: &u32| Some(self.parent(place as usize)).filter(|&it| it != NOBODY);
        let backwards = std::iter::successors(Some(place), parent);
        let mut way: Vec<_> = backwards.map(|it| self.fingerprint(it as usize)).collect();
        way.reverse();
        way
    }

    /// How many bytes it takes up.
    pub(crate) fn bytes(&self) -> usize {
        self.numbers.allocation_size()
            + 8 * self.fingerprints.capacity()
            + 4 * self.parents.capacity()
    }
}
