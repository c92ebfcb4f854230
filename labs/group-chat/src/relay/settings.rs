//! What the relay is told before it starts.

/// What the relay is told before it starts. Nothing of it ever changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Settings {
    /// How many of the last pieces a client is told that comes, unless they are long; none, by
    /// default.
    pub history: usize,
}
