//! Whole numbers and durations on the command line.

use std::{ffi::OsStr, fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

use clap::{Arg, Command, Error, builder::TypedValueParser, error::ErrorKind};
use protocol::parse_duration;

/// Reads the value of an option as a number of the range; what is none is refused in a line that
/// names the option, the range and the value.
///
/// The option's type must be that of the range. A literal without a type would be an `i32`, which
/// is not `From<u32>`.
///
/// ```
/// use lab::whole_number;
///
/// #[derive(clap::Parser)]
/// struct Options {
///     #[arg(long, value_parser = whole_number(1..=64_u32))]
///     size: u32,
/// }
///
/// let refusal = <Options as clap::Parser>::try_parse_from(["lab", "--size", "many"]);
/// let text = refusal.err().unwrap().to_string();
/// assert!(text.contains(r#"--size takes a whole number from 1 to 64, not "many""#), "{text}");
/// ```
pub fn whole_number<T>(range: RangeInclusive<T>) -> impl TypedValueParser<Value = T>
where
    T: Clone + Display + From<u32> + FromStr + PartialOrd + Send + Sync + 'static,
{
    WholeNumber(range)
}

/// See [`whole_number`].
#[derive(Clone)]
struct WholeNumber<T>(RangeInclusive<T>);

impl<T> TypedValueParser for WholeNumber<T>
where
    T: Clone + Display + FromStr + PartialOrd + Send + Sync + 'static,
{
    type Value = T;

    fn parse_ref(&self, of: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let number = value.to_str().and_then(|text| text.parse().ok());
        number.filter(|number| self.0.contains(number)).ok_or_else(|| {
            let (least, most) = (self.0.start(), self.0.end());
            refused(of, arg, &format!("a whole number from {least} to {most}"), value)
        })
    }
}

/// Reads the value of an option as a duration of the range; what is none is refused in a line that
/// names the option, the range and the value.
///
/// ```
/// use lab::duration;
/// use std::time::Duration;
///
/// const SECOND: Duration = Duration::from_secs(1);
///
/// #[derive(clap::Parser)]
/// struct Options {
///     #[arg(long, value_parser = duration(SECOND..=60 * SECOND))]
///     patience: Duration,
/// }
///
/// let refusal = <Options as clap::Parser>::try_parse_from(["lab", "--patience", "0s"]);
/// let text = refusal.err().unwrap().to_string();
/// let right = "--patience takes a duration like 250us, 5ms, 2s or 3m, from 1s to 60s";
/// assert!(text.contains(right), "{text}");
/// ```
pub fn duration(range: RangeInclusive<Duration>) -> impl TypedValueParser<Value = Duration> {
    Within(range)
}

/// See [`duration`].
#[derive(Clone)]
struct Within(RangeInclusive<Duration>);

impl TypedValueParser for Within {
    type Value = Duration;

    fn parse_ref(&self, of: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Duration, Error> {
        let duration = value.to_str().and_then(|text| parse_duration(text).ok());
        duration.filter(|duration| self.0.contains(duration)).ok_or_else(|| {
            let (least, most) = (self.0.start(), self.0.end());
            let right = format!("a duration like 250us, 5ms, 2s or 3m, from {least:?} to {most:?}");
            refused(of, arg, &right, value)
        })
    }
}

/// An option is called by its name, and what has none by what its value is called in the help.
fn refused(of: &Command, arg: Option<&Arg>, right: &str, value: &OsStr) -> Error {
    let option = arg.and_then(Arg::get_long).map(|name| format!("--{name}"));
    let name = option.or_else(|| Some(arg?.get_id().as_str().to_uppercase()));
    let name = name.unwrap_or_default();
    let shown: String = value.to_string_lossy().chars().take(40).collect();
    let text = format!("{name} takes {right}, not {shown:?}");
    Error::raw(ErrorKind::ValueValidation, text).with_cmd(of)
}
