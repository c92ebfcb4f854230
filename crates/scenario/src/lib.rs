//! An experiment as data: who takes part, over which links, under which faults, doing what, and
//! for how long.
//!
//! A failing run is worth something only if it can be had again. So an experiment is not code:
//! it is a [`Scenario`], which can be written to a file, compared, sent to a colleague, and run
//! once more. Whatever chance decides is drawn from one seed, by [`Dice`].
//!
//! **The model.** Links lose, double, reorder and delay messages; partitions cut them, for a
//! while or for good, in one direction or both; processes crash, and may come back without their
//! memory; clocks are off and drift. Nobody lies: what arrives is what was sent.
//!
//! # Example
//!
//! ```
//! use scenario::Scenario;
//!
//! let text = r#"
//!     processes = 3
//!     deadline = "10s"
//!     workload = 7
//!
//!     [links]
//!     delay = "1ms..9ms"
//!     order = "unordered"
//!     loss = 0.2
//!
//!     [[partitions]]
//!     side = [0]
//!     from = "10ms"
//!     until = "30ms"
//!
//!     [[crashes]]
//!     process = 2
//!     at = "50ms"
//!     restart = "80ms"
//! "#;
//! let scenario: Scenario<u32> = Scenario::from_toml(text)?;
//! assert_eq!(scenario.partitions[0].side, [protocol::ProcessId(0)]);
//! assert_eq!(Scenario::from_toml(&scenario.to_toml())?, scenario);
//! # Ok::<(), scenario::ScenarioError>(())
//! ```

mod budget;
mod chance;
mod dice;
mod faults;
mod text;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use protocol::{Delay, ProcessId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use budget::Budget;
pub use chance::Chance;
pub use dice::Dice;
pub use faults::{ClockError, Crash, Direction, Partition};
pub use text::Offset;

/// The largest system that a scenario may describe.
///
/// ```
/// use scenario::{MAX_PROCESSES, Scenario};
///
/// assert!(Scenario::new(MAX_PROCESSES, ()).validate().is_ok());
/// assert!(Scenario::new(MAX_PROCESSES + 1, ()).validate().is_err());
/// ```
pub const MAX_PROCESSES: u32 = 1000;

/// An experiment. `W` is the workload of the problem at hand.
///
/// See the [crate's example](crate#example).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario<W> {
    /// How many processes take part; their names are `0 … processes − 1`.
    pub processes: u32,
    /// When the run is over at the latest: whatever must happen, must have happened by then.
    #[serde(with = "text::duration", default = "default_deadline")]
    pub deadline: Duration,
    /// How many steps a run may take. A system that babbles for ever is stopped there.
    #[serde(default = "default_max_steps")]
    pub max_steps: u64,
    /// Whether the run goes on when a process rejects what another did.
    #[serde(default)]
    pub tolerate_rejections: bool,
    /// What the links do.
    #[serde(default)]
    pub links: Links,
    /// When which links are cut.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partitions: Vec<Partition>,
    /// Who dies when, and may come back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crashes: Vec<Crash>,
    /// Whose clock is wrong, and how. The clocks of the others are right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockError>,
    /// How often what may go wrong when all runs are searched.
    #[serde(default, skip_serializing_if = "Budget::is_nothing")]
    pub budget: Budget,
    /// What the applications do.
    pub workload: W,
}

/// What the links do, all alike.
///
/// ```
/// use scenario::{Chance, Links, Order, Topology};
///
/// let links = Links::default();
/// assert_eq!((links.topology, links.order), (Topology::Mesh, Order::Fifo));
/// assert_eq!((links.loss, links.delay.to_string()), (Chance::NEVER, "1ms..9ms".into()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Links {
    /// Who is linked to whom from the start.
    pub topology: Topology,
    /// How long a message takes.
    pub delay: Delay,
    /// Whether messages of one link keep their order.
    pub order: Order,
    /// How likely a message is lost.
    pub loss: Chance,
    /// How likely a second copy of a message arrives, after a delay of its own.
    pub duplication: Chance,
    /// How likely a message is held up for a second delay, even on a link that keeps order, so
    /// that later ones may overtake it.
    pub reordering: Chance,
}

/// Who is linked to whom.
///
/// See the example of [`Links`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topology {
    /// Everybody to everybody.
    #[default]
    Mesh,
    /// Everybody to process 0, and to nobody else: a server and its clients.
    Star,
}

/// Whether messages of one link keep their order.
///
/// See the example of [`Links`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// First in, first out.
    #[default]
    Fifo,
    /// Each message takes as long as it takes.
    Unordered,
}

/// Why something is no [`Scenario`]; says what would be.
///
/// ```
/// use scenario::Scenario;
///
/// let mut scenario = Scenario::new(3, ());
/// scenario.crashes.push("3@10ms".parse()?);
/// let error = scenario.validate().unwrap_err();
/// assert_eq!(error.to_string(), "a crash names process 3, but the last one is 2");
/// # Ok::<(), scenario::ScenarioError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// Not TOML, or not the right keys and values.
    #[error("not a scenario: {0}")]
    Toml(String),
    /// A system too small or too large.
    #[error("{0} processes: choose from 1 to {MAX_PROCESSES}")]
    Processes(u32),
    /// A fault befalls a process that does not exist.
    #[error("{what} names process {process}, but the last one is {last}", last = processes - 1)]
    NoSuchProcess {
        /// Which fault.
        what: &'static str,
        /// Whom it names.
        process: u32,
        /// How many there are.
        processes: u32,
    },
    /// Something is over before it begins.
    #[error("{0} ends before it begins: give the earlier moment first")]
    Backwards(&'static str),
    /// A process is to die while it is dead.
    #[error("process {0} crashes while it is down: let it restart before")]
    DeadAlready(u32),
    /// Not a fault that can be.
    #[error("a one-way partition can't be noticed: half a connection does not break")]
    NoticedOneWay,
    /// A partition between some and nobody.
    #[error("a partition leaves nobody on one of its sides: cut off some, but not all")]
    OneSided,
    /// A clock that would stand still or run backwards.
    #[error("a drift of {0} parts per million: choose from -500000 to 500000")]
    Drift(i32),
    /// Not one of the short texts for faults.
    #[error("`{text}` is no {what}: write one like {example}")]
    Text {
        /// What it should be.
        what: &'static str,
        /// What it is.
        text: String,
        /// What would be right.
        example: &'static str,
    },
}

impl<W> Scenario<W> {
    /// `processes` processes over links as [`Links::default`] has them, and no other faults.
    ///
    /// See the example of [`ScenarioError`].
    pub fn new(processes: u32, workload: W) -> Self {
        Self {
            processes,
            deadline: default_deadline(),
            max_steps: default_max_steps(),
            tolerate_rejections: false,
            links: Links::default(),
            partitions: Vec::new(),
            crashes: Vec::new(),
            clocks: Vec::new(),
            budget: Budget::NOTHING,
            workload,
        }
    }

    /// Whether this can be run at all.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    pub fn validate(&self) -> Result<(), ScenarioError> {
        if !(1..=MAX_PROCESSES).contains(&self.processes) {
            return Err(ScenarioError::Processes(self.processes));
        }
        self.partitions.iter().try_for_each(|partition| partition.validate(self.processes))?;
        self.clocks.iter().try_for_each(|clock| clock.validate(self.processes))?;
        Crash::validate_all(&self.crashes, self.processes)
    }
}

impl<W: Serialize + DeserializeOwned> Scenario<W> {
    /// Reads one from TOML and validates it.
    ///
    /// # Errors
    /// What is wrong with the text or with the scenario, in one line.
    pub fn from_toml(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |at| 1 + text[..at.start].matches('\n').count());
            let why = error.message().replace('\n', " ");
            ScenarioError::Toml(format!("line {line}: {why}"))
        })?;
        scenario.validate()?;
        Ok(scenario)
    }

    /// Writes it as TOML, with every default spelt out.
    ///
    /// # Panics
    /// When `W` can't be written as TOML.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a scenario is plain data, which TOML can hold")
    }
}

impl Default for Links {
    /// Reliable, in order, one to nine milliseconds, everybody to everybody.
    fn default() -> Self {
        let (min, max) = (Duration::from_millis(1), Duration::from_millis(9));
        Self {
            topology: Topology::default(),
            delay: Delay::Uniform { min, max },
            order: Order::default(),
            loss: Chance::NEVER,
            duplication: Chance::NEVER,
            reordering: Chance::NEVER,
        }
    }
}

/// Where a process is said to be when there are no sockets: 10.0.0.0 and so on, port 1.
///
/// ```
/// use protocol::ProcessId;
///
/// assert_eq!(scenario::made_up_address(ProcessId(7)).to_string(), "10.0.0.7:1");
/// ```
pub fn made_up_address(process: ProcessId) -> SocketAddr {
    const TEN: u32 = 10 << 24;
    SocketAddr::new(IpAddr::V4(Ipv4Addr::from(TEN + process.0)), 1)
}

fn default_deadline() -> Duration {
    Duration::from_secs(60 * 60)
}

fn default_max_steps() -> u64 {
    100_000_000
}

#[cfg(test)]
mod tests;
