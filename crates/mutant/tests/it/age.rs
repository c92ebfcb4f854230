//! Not a test: a source to be mutated.

/// Whether ours is older than theirs, or as old.
pub(crate) fn is_older(ours: u64, theirs: u64) -> bool {
    ours <= theirs
}
