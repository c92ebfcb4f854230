//! How long something takes, as data: a [`Delay`] is a distribution, written as short text.

use alloc::{
    format,
    string::{String, ToString},
};
use core::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

/// A distribution of durations. Whoever needs a duration draws from it; this crate draws nothing.
///
/// | text              | what is drawn                                                   |
/// |-------------------|-----------------------------------------------------------------|
/// | `5ms`             | always that                                                     |
/// | `1ms..9ms`        | anything from the first to the second, equally likely           |
/// | `1ms+exp(4ms)`    | the first, and an exponentially distributed rest of that mean   |
/// | `1ms..9ms~80ms@2%`| the uniform one, but in 2 of 100 draws the long delay instead   |
///
/// ```
/// use protocol::Delay;
/// use std::time::Duration;
///
/// let delay: Delay = "1ms..9ms".parse().unwrap();
/// assert_eq!(delay.mean(), Duration::from_millis(5));
/// assert_eq!(delay.to_string(), "1ms..9ms");
/// assert!("9ms..1ms".parse::<Delay>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Delay {
    /// Always the same.
    Constant(Duration),
    /// From `min` to `max`, both included.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest; not less than `min`.
        max: Duration,
    },
    /// `min`, and an exponentially distributed rest: independent events at a steady rate.
    Exponential {
        /// The shortest.
        min: Duration,
        /// The mean of what comes on top of it.
        rest: Duration,
    },
    /// Usually uniform, now and then long: a path that stalls.
    Spikes {
        /// The shortest.
        min: Duration,
        /// The longest but for the spikes; not less than `min`.
        max: Duration,
        /// How long a spike takes.
        spike: Duration,
        /// How many of a hundred draws are spikes, at most 100.
        percent: u8,
    },
}

impl Delay {
    /// No delay at all.
    ///
    /// ```
    /// use protocol::Delay;
    ///
    /// assert_eq!("0s".parse(), Ok(Delay::NONE));
    /// ```
    pub const NONE: Self = Self::Constant(Duration::ZERO);

    /// The mean of the distribution.
    pub fn mean(&self) -> Duration {
        match *self {
            Self::Constant(always) => always,
            Self::Uniform { min, max } => (min + max) / 2,
            Self::Exponential { min, rest } => min + rest,
            Self::Spikes { min, max, spike, percent } => {
                let percent = u32::from(percent);
                ((min + max) / 2 * (100 - percent) + spike * percent) / 100
            }
        }
    }
}

/// Why a text is no [`Delay`] or no duration; says what would be.
///
/// ```
/// let error = protocol::parse_duration("5 minutes").unwrap_err();
/// let text = "`5 minutes` is no duration: write one like 250us, 5ms or 2s";
/// assert_eq!(error.to_string(), text);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelayError(String);

impl fmt::Display for DelayError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for DelayError {}

/// The duration that a text such as `250us`, `5ms` or `2s` means: a whole number and its unit,
/// `ns`, `us`, `ms`, `s` or `m`. It is a day at the most.
///
/// ```
/// use protocol::parse_duration;
/// use std::time::Duration;
///
/// assert_eq!(parse_duration("250us"), Ok(Duration::from_micros(250)));
/// assert!(parse_duration("0.25ms").is_err());
/// ```
///
/// # Errors
/// When the text is anything else.
pub fn parse_duration(text: &str) -> Result<Duration, DelayError> {
    const A_DAY: u64 = 24 * 60 * 60 * 1_000_000_000;
    let wrong = || DelayError(format!("`{text}` is no duration: write one like 250us, 5ms or 2s"));
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(unit_at);
    let nanoseconds_per_unit: u64 = match unit {
        "ns" => 1,
        "us" | "µs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    match number.checked_mul(nanoseconds_per_unit) {
        Some(nanoseconds) if nanoseconds <= A_DAY => Ok(Duration::from_nanos(nanoseconds)),
        _ => Err(DelayError(format!("`{text}` is too long: a day at the most"))),
    }
}

impl FromStr for Delay {
    type Err = DelayError;

    fn from_str(text: &str) -> Result<Self, DelayError> {
        let wrong = |why: &str| {
            DelayError(format!(
                "`{text}` is no delay: {why}; write one like 5ms, 1ms..9ms, 1ms+exp(4ms) \
                 or 1ms..9ms~80ms@2%"
            ))
        };
        let duration = |part: &str| parse_duration(part).map_err(|e| wrong(&e.0));
        if let Some((min, rest)) = text.split_once("+exp(") {
            let rest = rest.strip_suffix(')').ok_or_else(|| wrong("a `)` is missing"))?;
            return Ok(Self::Exponential { min: duration(min)?, rest: duration(rest)? });
        }
        let (usual, spike) = match text.split_once('~') {
            Some((usual, spike)) => (usual, Some(spike)),
            None => (text, None),
        };
        let (min, max) = match usual.split_once("..") {
            Some((min, max)) => (duration(min)?, duration(max)?),
            None => (duration(usual)?, duration(usual)?),
        };
        if min > max {
            return Err(wrong("the shortest is longer than the longest"));
        }
        match spike {
            None if usual.contains("..") => Ok(Self::Uniform { min, max }),
            None => Ok(Self::Constant(min)),
            Some(spike) => {
                let (spike, percent) = spike
                    .strip_suffix('%')
                    .and_then(|spike| spike.split_once('@'))
                    .ok_or_else(|| wrong("a spike says how often, as in ~80ms@2%"))?;
                let percent = percent.parse().ok().filter(|&percent: &u8| percent <= 100);
                let percent = percent.ok_or_else(|| wrong("a percentage is from 0 to 100"))?;
                Ok(Self::Spikes { min, max, spike: duration(spike)?, percent })
            }
        }
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            Self::Constant(always) => write!(f, "{}", Exact(always)),
            Self::Uniform { min, max } => write!(f, "{}..{}", Exact(min), Exact(max)),
            Self::Exponential { min, rest } => write!(f, "{}+exp({})", Exact(min), Exact(rest)),
            Self::Spikes { min, max, spike, percent } => {
                write!(f, "{}..{}~{}@{percent}%", Exact(min), Exact(max), Exact(spike))
            }
        }
    }
}

/// A duration in the largest unit that keeps it whole, so that it can be read back.
struct Exact(Duration);

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let nanoseconds = self.0.as_nanos();
        let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];
        let fits = |&&(size, _): &&(u128, &str)| nanoseconds.is_multiple_of(size);
        let (size, unit) = units.iter().find(fits).unwrap_or(&units[3]);
        write!(f, "{}{unit}", nanoseconds / size)
    }
}

impl TryFrom<String> for Delay {
    type Error = DelayError;

    fn try_from(text: String) -> Result<Self, DelayError> {
        text.parse()
    }
}

impl From<Delay> for String {
    fn from(delay: Delay) -> Self {
        delay.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["0s", "5ms", "250us", "1ms..9ms", "1ms+exp(4ms)", "1ms..9ms~80ms@2%", "61s"] {
            let delay: Delay = text.parse().unwrap();
            assert_eq!(delay.to_string(), text);
        }
        assert_eq!("1ms~80ms@2%".parse::<Delay>().unwrap().to_string(), "1ms..1ms~80ms@2%");
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (text, why) in [
            ("", "is no duration"),
            ("5", "is no duration"),
            ("-5ms", "is no duration"),
            ("5 ms", "is no duration"),
            ("99999999999999999999s", "is no duration"),
            ("9999999999s", "too long"),
            ("9ms..1ms", "the shortest is longer"),
            ("1ms..2ms~3ms", "says how often"),
            ("1ms..2ms~3ms@101%", "from 0 to 100"),
            ("1ms+exp(2ms", "a `)` is missing"),
        ] {
            let error = text.parse::<Delay>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn means_are_those_of_the_distributions() {
        for (text, mean) in [("4ms", 4), ("2ms..8ms", 5), ("1ms+exp(4ms)", 5)] {
            assert_eq!(text.parse::<Delay>().unwrap().mean(), Duration::from_millis(mean));
        }
        let spikes: Delay = "1ms..9ms~105ms@10%".parse().unwrap();
        assert_eq!(spikes.mean(), Duration::from_millis(15));
    }
}
