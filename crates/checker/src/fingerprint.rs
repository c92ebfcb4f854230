//! Sixty-four bits that stand for a value.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::quality::FixedState;

/// The seed is fixed, so that every run of a search is the same.
const HASHES: FixedState = FixedState::with_seed(0x5167_6e61_6c62_6f78);

/// The fingerprint of one value.
pub(crate) fn fingerprint(value: &impl Hash) -> u64 {
    HASHES.hash_one(value)
}

/// What a fingerprint is made with.
pub(crate) fn hasher() -> impl Hasher {
    HASHES.build_hasher()
}

/// The fingerprint of a whole whose parts have these.
pub(crate) fn of_parts(parts: impl IntoIterator<Item = u64>) -> u64 {
    let mut hasher = hasher();
    parts.into_iter().for_each(|part| hasher.write_u64(part));
    hasher.finish()
}

/// About how likely it is that two of so many states have the same fingerprint, so that one
/// of them was never looked at: there are n(n − 1)/2 pairs, and each agrees once in 2⁶⁴ times.
pub(crate) fn chance_of_collision(states: u64) -> f64 {
    let states = states as f64;
    states * (states - 1.0).max(0.0) / 2.0 / 2.0_f64.powi(64)
}
