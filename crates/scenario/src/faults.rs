//! Faults that befall somebody at some moment: partitions, crashes and wrong clocks.

use std::{fmt, str::FromStr, time::Duration};

use protocol::{ProcessId, parse_duration};
use serde::{Deserialize, Serialize};

use crate::{Offset, ScenarioError, text};

/// The links between some processes and all the others are cut for a while.
///
/// As text, `0,1@10ms..30ms`: processes 0 and 1 are cut off from 10 ms to 30 ms. Without the
/// second moment it never heals. `/out` cuts what they say, `/in` what they hear, `/noticed`
/// breaks the connections.
///
/// ```
/// use scenario::{Direction, Partition};
///
/// let partition: Partition = "0,1@10ms..30ms/out".parse()?;
/// assert_eq!(partition.direction, Direction::Out);
/// let [inside, outside] = [protocol::ProcessId(1), protocol::ProcessId(2)];
/// assert!(partition.cuts(inside, outside) && !partition.cuts(outside, inside));
/// assert_eq!(partition.to_string(), "0,1@10ms..30ms/out");
/// # Ok::<(), scenario::ScenarioError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// Who is cut off. Among themselves they can speak.
    pub side: Vec<ProcessId>,
    /// When it begins.
    #[serde(with = "text::duration")]
    pub from: Duration,
    /// When it heals, if it does.
    #[serde(with = "text::maybe_duration", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Duration>,
    /// Which way is cut.
    #[serde(default)]
    pub direction: Direction,
    /// Whether the connections break, so that both ends learn of it at once. Otherwise messages
    /// just vanish.
    #[serde(default)]
    pub noticed: bool,
}

/// Which way a partition cuts, seen from those who are cut off.
///
/// See the example of [`Partition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Both.
    #[default]
    Both,
    /// What they say is not heard.
    Out,
    /// They don't hear.
    In,
}

/// A process dies, and forgets all that it knew.
///
/// As text, `2@10ms`; `2@10ms..20ms` has it start again at 20 ms, and with `/silent` its peers
/// are not told of its death by their connections.
///
/// ```
/// use scenario::Crash;
///
/// let crash: Crash = "2@10ms..20ms".parse()?;
/// assert!(crash.restart.is_some() && crash.noticed);
/// # Ok::<(), scenario::ScenarioError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crash {
    /// Who.
    pub process: ProcessId,
    /// When.
    #[serde(with = "text::duration")]
    pub at: Duration,
    /// When it starts again as another incarnation, if it does.
    #[serde(with = "text::maybe_duration", default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Duration>,
    /// Whether connections to it break, as those of a killed process do; a machine that loses
    /// power breaks none.
    #[serde(default = "yes")]
    pub noticed: bool,
}

/// A clock that is wrong.
///
/// ```
/// use scenario::Scenario;
///
/// let text = r#"
///     processes = 3
///     workload = 7
///
///     [[clocks]]
///     process = 1
///     offset = "-3ms"
///     drift_ppm = 50
/// "#;
/// let clock = &Scenario::<u32>::from_toml(text)?.clocks[0];
/// assert_eq!((clock.offset.0, clock.drift_ppm), (-3_000_000, 50));
/// # Ok::<(), scenario::ScenarioError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockError {
    /// Whose.
    pub process: ProcessId,
    /// How far it is ahead at the start.
    #[serde(default)]
    pub offset: Offset,
    /// How many microseconds it gains in a second; it loses them, if negative.
    #[serde(default)]
    pub drift_ppm: i32,
}

fn yes() -> bool {
    true
}

impl Partition {
    /// Whether it is in the way of what `from` sends to `to`.
    pub fn cuts(&self, from: ProcessId, to: ProcessId) -> bool {
        match (self.side.contains(&from), self.side.contains(&to)) {
            (true, false) => self.direction != Direction::In,
            (false, true) => self.direction != Direction::Out,
            _ => false,
        }
    }

    pub(crate) fn validate(&self, processes: u32) -> Result<(), ScenarioError> {
        self.side.iter().try_for_each(|&id| known("a partition", id, processes))?;
        let is_cut_off = |id| self.side.contains(&id);
        if self.side.is_empty() || ProcessId::all(processes).all(is_cut_off) {
            return Err(ScenarioError::OneSided);
        }
        if self.until.is_some_and(|until| until <= self.from) {
            return Err(ScenarioError::Backwards("a partition"));
        }
        if self.noticed && self.direction != Direction::Both {
            return Err(ScenarioError::NoticedOneWay);
        }
        Ok(())
    }
}

impl Crash {
    pub(crate) fn validate_all(crashes: &[Self], processes: u32) -> Result<(), ScenarioError> {
        for (i, crash) in crashes.iter().enumerate() {
            known("a crash", crash.process, processes)?;
            if crash.restart.is_some_and(|restart| restart <= crash.at) {
                return Err(ScenarioError::Backwards("a crash"));
            }
            let overlaps = |other: &&Self| {
                other.process == crash.process
                    && other.restart.is_none_or(|restart| restart >= crash.at)
                    && crash.restart.is_none_or(|restart| restart >= other.at)
            };
            if crashes[..i].iter().any(|other| overlaps(&other)) {
                return Err(ScenarioError::DeadAlready(crash.process.0));
            }
        }
        Ok(())
    }
}

impl ClockError {
    pub(crate) fn validate(&self, processes: u32) -> Result<(), ScenarioError> {
        known("a clock", self.process, processes)?;
        if self.drift_ppm.unsigned_abs() > 500_000 {
            return Err(ScenarioError::Drift(self.drift_ppm));
        }
        Ok(())
    }
}

fn known(what: &'static str, id: ProcessId, processes: u32) -> Result<(), ScenarioError> {
    if id.0 < processes {
        Ok(())
    } else {
        Err(ScenarioError::NoSuchProcess { what, process: id.0, processes })
    }
}

/// Takes a moment, or two as in `10ms..20ms`, apart.
fn moments(text: &str) -> Option<(Duration, Option<Duration>)> {
    match text.split_once("..") {
        Some((from, until)) => {
            Some((parse_duration(from).ok()?, Some(parse_duration(until).ok()?)))
        }
        None => Some((parse_duration(text).ok()?, None)),
    }
}

impl FromStr for Partition {
    type Err = ScenarioError;

    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        let parse = || {
            let mut words = text.split('/');
            let (side, when) = words.next()?.split_once('@')?;
            let side: Result<_, _> = side.split(',').map(|id| id.parse().map(ProcessId)).collect();
            let (from, until) = moments(when)?;
            let (mut direction, mut noticed) = (Direction::Both, false);
            for word in words {
                match word {
                    "out" => direction = Direction::Out,
                    "in" => direction = Direction::In,
                    "noticed" => noticed = true,
                    _ => return None,
                }
            }
            Some(Self { side: side.ok()?, from, until, direction, noticed })
        };
        parse().ok_or_else(|| ScenarioError::Text {
            what: "partition",
            text: text.to_owned(),
            example: "0,1@10ms..30ms, with /out, /in or /noticed behind it",
        })
    }
}

impl FromStr for Crash {
    type Err = ScenarioError;

    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        let parse = || {
            let (crash, noticed) = match text.strip_suffix("/silent") {
                Some(crash) => (crash, false),
                None => (text, true),
            };
            let (process, when) = crash.split_once('@')?;
            let (at, restart) = moments(when)?;
            Some(Self { process: ProcessId(process.parse().ok()?), at, restart, noticed })
        };
        parse().ok_or_else(|| ScenarioError::Text {
            what: "crash",
            text: text.to_owned(),
            example: "2@10ms, 2@10ms..20ms or 2@10ms/silent",
        })
    }
}

/// One or two moments, as they are read back.
struct Moments(Duration, Option<Duration>);

impl fmt::Display for Moments {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&text::write(self.0))?;
        self.1.map_or(Ok(()), |until| write!(f, "..{}", text::write(until)))
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let side: Vec<String> = self.side.iter().map(ToString::to_string).collect();
        write!(f, "{}@{}", side.join(","), Moments(self.from, self.until))?;
        f.write_str(match self.direction {
            Direction::Both => "",
            Direction::Out => "/out",
            Direction::In => "/in",
        })?;
        f.write_str(if self.noticed { "/noticed" } else { "" })
    }
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}@{}", self.process, Moments(self.at, self.restart))?;
        f.write_str(if self.noticed { "" } else { "/silent" })
    }
}
