//! How much may go wrong where nothing is left to chance.

use serde::{Deserialize, Serialize};

/// How often each kind of fault may happen, to whomever and at any moment, when every possible
/// run is searched. Where chance decides, this counts for nothing: there links have likelihoods,
/// and crashes their moments.
///
/// ```
/// use scenario::{Budget, Scenario};
///
/// let text = "
///     processes = 3
///     workload = 7
///
///     [budget]
///     losses = 1
/// ";
/// let scenario: Scenario<u32> = Scenario::from_toml(text)?;
/// assert_eq!(scenario.budget, Budget { losses: 1, ..Budget::NOTHING });
/// # Ok::<(), scenario::ScenarioError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    /// Messages that are lost.
    pub losses: u8,
    /// Messages that arrive twice.
    pub duplications: u8,
    /// Messages that overtake others, on links that keep order otherwise.
    pub reorderings: u8,
    /// Processes that die, one by one, and forget all that they knew. Their peers get what was
    /// under way, unless it is lost too, and then learn that the connection is broken.
    pub crashes: u8,
    /// Dead processes that come back.
    pub restarts: u8,
    /// Timers that run out while a message is under way that may be what they wait for.
    pub early_timeouts: u8,
}

impl Budget {
    /// Nothing goes wrong.
    pub const NOTHING: Self = Self {
        losses: 0,
        duplications: 0,
        reorderings: 0,
        crashes: 0,
        restarts: 0,
        early_timeouts: 0,
    };

    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::NOTHING
    }
}
