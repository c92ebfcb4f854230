//! How likely something is.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A probability, from 0 to 1. As text, `0.2` or `20%`.
///
/// ```
/// use scenario::Chance;
///
/// assert_eq!("20%".parse::<Chance>(), "0.2".parse());
/// assert!("1.5".parse::<Chance>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Chance(f64);

/// Why something is no probability; says what would be.
///
/// ```
/// let error = "often".parse::<scenario::Chance>().unwrap_err();
/// let text = "`often` is no probability: write one from 0 to 1, or from 0% to 100%";
/// assert_eq!(error.to_string(), text);
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{0}` is no probability: write one from 0 to 1, or from 0% to 100%")]
pub struct ChanceError(String);

impl Chance {
    /// It never happens.
    ///
    /// ```
    /// use scenario::{Chance, Dice};
    ///
    /// assert!(!Dice::new(7).happens(Chance::NEVER));
    /// ```
    pub const NEVER: Self = Self(0.0);

    /// How many of the 2⁶⁴ words of a fair generator stand for "it happens"; `None` for all.
    pub(crate) fn words(self) -> Option<u64> {
        let words = self.0 * 2f64.powi(64);
        (self.0 < 1.0).then_some(words as u64)
    }
}

impl TryFrom<f64> for Chance {
    type Error = ChanceError;

    fn try_from(probability: f64) -> Result<Self, ChanceError> {
        if (0.0..=1.0).contains(&probability) {
            Ok(Self(probability))
        } else {
            Err(ChanceError(probability.to_string()))
        }
    }
}

impl From<Chance> for f64 {
    fn from(chance: Chance) -> Self {
        chance.0
    }
}

impl FromStr for Chance {
    type Err = ChanceError;

    fn from_str(text: &str) -> Result<Self, ChanceError> {
        let (number, scale) = match text.strip_suffix('%') {
            Some(percent) => (percent, 100.0),
            None => (text, 1.0),
        };
        let wrong = |_| ChanceError(text.to_owned());
        let number: f64 = number.trim().parse().map_err(wrong)?;
        Self::try_from(number / scale).map_err(|_| ChanceError(text.to_owned()))
    }
}

impl fmt::Display for Chance {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}
