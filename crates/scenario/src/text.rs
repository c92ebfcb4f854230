//! Moments, lengths and offsets as short text.

use std::{fmt, str::FromStr, time::Duration};

use protocol::{Delay, parse_duration};
use serde::{Deserialize, Serialize};

use crate::ScenarioError;

/// Durations in scenarios, as in `"250us"`. For `#[serde(with = …)]`.
pub(crate) mod duration {
    use super::{Deserialize, Duration, parse_duration, write};
    use serde::{Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(at: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&write(*at))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(from)?;
        parse_duration(&text).map_err(D::Error::custom)
    }
}

/// The same where there may be none.
pub(crate) mod maybe_duration {
    use super::{Deserialize, Duration, parse_duration, write};
    use serde::{Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(
        at: &Option<Duration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => to.serialize_some(&write(*at)),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Duration>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| parse_duration(&text).map_err(D::Error::custom)).transpose()
    }
}

/// A duration as it is read back.
pub(crate) fn write(duration: Duration) -> String {
    Delay::Constant(duration).to_string()
}

/// How far a clock is ahead, in nanoseconds; behind, if negative. As text, `+5s` or `-3ms`.
///
/// ```
/// use scenario::Offset;
///
/// assert_eq!("-3us".parse::<Offset>(), Ok(Offset(-3_000)));
/// assert_eq!(Offset(5_000_000_000).to_string(), "+5s");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Offset(pub i64);

impl FromStr for Offset {
    type Err = ScenarioError;

    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        let (sign, length) = match text.strip_prefix('-') {
            Some(behind) => (-1, behind),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let wrong = || ScenarioError::Text {
            what: "clock offset",
            text: text.to_owned(),
            example: "+5s or -3ms",
        };
        let length = parse_duration(length).map_err(|_| wrong())?;
        let nanoseconds = i64::try_from(length.as_nanos()).map_err(|_| wrong())?;
        Ok(Self(sign * nanoseconds))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        write!(f, "{sign}{}", write(Duration::from_nanos(self.0.unsigned_abs())))
    }
}

impl TryFrom<String> for Offset {
    type Error = ScenarioError;

    fn try_from(text: String) -> Result<Self, ScenarioError> {
        text.parse()
    }
}

impl From<Offset> for String {
    fn from(offset: Offset) -> Self {
        offset.to_string()
    }
}
