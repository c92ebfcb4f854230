//! What is still to happen, in the order of virtual time.
//!
//! A run spends much of its time here, so this is a calendar and not one heap: things of the
//! next days stand on a page each, found by a bitmap, and a page is small. R. Brown, "Calendar
//! Queues: A Fast O(1) Priority Queue Implementation for the Simulation Event Set Problem",
//! CACM 31(10):1220–1227, 1988. Each page is a heap, so that many things at one moment cost no
//! more than they would in one heap.

use std::{cmp::Reverse, collections::BinaryHeap, iter, time::Duration};

/// Things to come, each with its moment, in nanoseconds. What comes at the same moment comes in
/// the order in which it was put down.
pub(crate) struct Agenda<T> {
    /// The entries of the next days; day `d` has the page `d % PAGES`.
    pages: Vec<BinaryHeap<Entry>>,
    /// Which pages have anything on them, a bit each.
    busy: u64,
    /// What was too far ahead for the pages when it was put down.
    later: BinaryHeap<Entry>,
    /// The day of what was taken last. Nothing is put down before it.
    today: u64,
    /// A day is two to the power of this, in nanoseconds.
    day_bits: u32,
    /// How many things have ever been put down.
    put: u64,
    /// The things themselves, apart from their entries, so that sorting moves little.
    slots: Vec<Option<T>>,
    /// The empty slots. The one that was used last, and is still in the cache, comes first.
    free: Vec<usize>,
}

/// As many as `Agenda::busy` has bits.
const PAGES: u64 = 64;

/// Moment, place in the order of putting down, and slot: 64, 40 and 24 bits of one number, which
/// is compared at once. Reversed, because a heap has its greatest on top.
type Entry = Reverse<u128>;

const PLACE_BITS: u32 = 40;
const SLOT_BITS: u32 = 24;

impl<T> Agenda<T> {
    /// An empty agenda; things will typically be put down about `typical` ahead of their moment.
    pub(crate) fn new(typical: Duration) -> Self {
        // Sixteen days to what is typical, so that few things share a page.
        let day = (typical.as_nanos() / 8).clamp(1, 1 << 40);
        Self {
            pages: iter::repeat_with(BinaryHeap::new).take(PAGES as usize).collect(),
            busy: 0,
            later: BinaryHeap::new(),
            today: 0,
            day_bits: day.ilog2(),
            put: 0,
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Puts down what is to happen at `moment`, which must not be past.
    ///
    /// # Panics
    /// When sixteen million things are to come: a run that has come to this is out of hand.
    #[inline(always)]
    pub(crate) fn put(&mut self, moment: u64, thing: T) {
        let slot = self.free.pop().unwrap_or_else(|| {
            assert!(self.slots.len() >> SLOT_BITS == 0, "too much is under way");
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[slot] = Some(thing);
        let entry = u128::from(moment) << (PLACE_BITS + SLOT_BITS)
            | u128::from(self.put) << SLOT_BITS
            | slot as u128;
        self.put += 1;
        let day = moment >> self.day_bits;
        if day - self.today < PAGES {
            self.busy |= 1 << (day % PAGES);
            self.pages[(day % PAGES) as usize].push(Reverse(entry));
        } else {
            self.later.push(Reverse(entry));
        }
    }

    /// Takes the earliest out, with its moment and its place in the order of putting down.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<(u64, u64, T)> {
        let days_ahead = self.busy.rotate_right((self.today % PAGES) as u32).trailing_zeros();
        let page = (self.today + u64::from(days_ahead)) % PAGES;
        let nearest = &mut self.pages[page as usize];
        // Nothing is less than any entry, so that an empty page comes second.
        let Reverse(entry) = if nearest.peek() >= self.later.peek() {
            let entry = nearest.pop()?;
            if nearest.is_empty() {
                self.busy &= !(1 << page);
            }
            entry
        } else {
            self.later.pop()?
        };
        let moment = (entry >> (PLACE_BITS + SLOT_BITS)) as u64;
        let place = (entry >> SLOT_BITS) as u64 & ((1 << PLACE_BITS) - 1);
        let slot = entry as usize & ((1 << SLOT_BITS) - 1);
        self.today = moment >> self.day_bits;
        self.free.push(slot);
        Some((moment, place, self.slots[slot].take().expect("what has an entry is in its slot")))
    }
}

#[cfg(test)]
mod tests {
    use scenario::Dice;

    use super::*;

    #[test]
    fn the_earliest_comes_first_and_equals_in_the_order_of_putting_down() {
        for typical in [Duration::ZERO, Duration::from_nanos(100), Duration::from_secs(1_000_000)] {
            let mut agenda = Agenda::new(typical);
            for (moment, thing) in [(5000, 'd'), (1, 'a'), (3, 'b'), (3, 'c'), (5000, 'e')] {
                agenda.put(moment, thing);
            }
            assert_eq!(agenda.take(), Some((1, 1, 'a')));
            agenda.put(4, 'x');
            let rest: String = iter::from_fn(|| agenda.take()).map(|(_, _, c)| c).collect();
            assert_eq!(rest, "bcxde");
        }
    }

    #[test]
    fn the_order_is_that_of_a_sorted_list() {
        let mut dice = Dice::new(1);
        let mut agenda = Agenda::new(Duration::from_nanos(1000));
        let (mut list, mut now, mut put) = (Vec::new(), 0, 0);
        for _ in 0..20_000 {
            for _ in 0..dice.below(3) {
                let reach = if dice.below(10) == 0 { 100_000 } else { 1_000 };
                let moment = now + dice.below(reach);
                agenda.put(moment, ());
                list.push((moment, put));
                put += 1;
            }
            list.sort_unstable_by(|a, b| b.cmp(a));
            let taken = agenda.take().map(|(moment, place, ())| (moment, place));
            assert_eq!(taken, list.pop());
            now = taken.map_or(now, |(moment, _)| moment);
        }
    }
}
