//! An experiment on the command line: options that become scenarios, and become options again in
//! the line that replays a run.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::ValueEnum;
use mutual_exclusion::Workload;
use protocol::{Delay, parse_duration};
use scenario::{Chance, Crash, Order, Partition, Scenario};

use crate::{Failure, whole_number};

/// How long a scenario may be, in bytes: with room for faults of each of a thousand sites.
const LONGEST_SCENARIO: u64 = 1 << 20;

/// Everything that decides a run but its seed.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Setting {
    /// How many sites take part
    #[arg(long, default_value_t = 5, value_parser = whole_number(1..=scenario::MAX_PROCESSES))]
    size: u32,
    /// How often each site enters
    #[arg(long, default_value_t = 10, value_parser = whole_number(0..=u32::MAX))]
    entries: u32,
    /// Whether a link keeps messages in order; without it, all is tried that the algorithm is
    /// meant for
    #[arg(long, value_enum)]
    order: Option<LinkOrder>,
    /// Who asks when
    #[arg(long, value_enum, default_value_t = Load::Mixed)]
    load: Load,
    /// How long a message takes: 5ms, 1ms..9ms, 1ms+exp(4ms) or 1ms..9ms~80ms@2%
    #[arg(long, default_value = "1ms..9ms")]
    delay: Delay,
    /// How likely a message is lost, as in 0.2 or 20%
    #[arg(long, default_value = "0", value_name = "CHANCE")]
    loss: Chance,
    /// How likely a message arrives twice
    #[arg(long, default_value = "0", value_name = "CHANCE")]
    duplication: Chance,
    /// How likely a message is held up, so that later ones overtake it
    #[arg(long, default_value = "0", value_name = "CHANCE")]
    reordering: Chance,
    /// Who dies when, as in 2@10ms; 2@10ms..20ms has it start again; behind it /silent, if no
    /// connection is to tell (may be repeated)
    #[arg(long, value_name = "SITE@WHEN")]
    crash: Vec<Crash>,
    /// Who is cut off when, as in 0,1@10ms..30ms; behind it /out, /in, /noticed (may be repeated)
    #[arg(long, value_name = "SITES@WHEN")]
    partition: Vec<Partition>,
    /// Put the sites behind reliable links: what is lost is sent again. Without any fault named,
    /// the links are as bad as can be: a fifth is lost, a tenth doubled and held up, and two
    /// partitions come and go
    #[arg(long)]
    reliable: bool,
    /// How long a run may take, in virtual time
    #[arg(long, default_value = "60m", value_parser = parse_duration, value_name = "DURATION")]
    deadline: Duration,
    /// Go on when a site rejects what another did
    #[arg(long)]
    tolerate_rejections: bool,
    /// Take all this from a TOML file instead (--order fifo --print-scenario shows one)
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "size", "entries", "order", "load", "delay", "loss", "duplication", "reordering", "crash",
        "partition", "deadline", "tolerate_rejections",
    ])]
    scenario: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LinkOrder {
    Fifo,
    Unordered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Load {
    /// Now many compete, now nobody
    Mixed,
    /// Everybody wants to be inside all the time
    High,
    /// Two requests seldom meet
    Low,
    /// Five entries in a row, then a long pause
    Bursts,
}

impl LinkOrder {
    /// The one that was chosen, or else all that the sites are meant for.
    pub(super) fn those_to_try(chosen: Option<Self>, needs_fifo: bool) -> &'static [Order] {
        match chosen {
            Some(Self::Fifo) => &[Order::Fifo],
            Some(Self::Unordered) => &[Order::Unordered],
            None if needs_fifo => &[Order::Fifo],
            None => &[Order::Fifo, Order::Unordered],
        }
    }
}

impl Setting {
    pub(super) fn is_reliable(&self) -> bool {
        self.reliable
    }

    /// Whether no fault of the links was named.
    fn names_no_fault(&self) -> bool {
        let chances = [self.loss, self.duplication, self.reordering];
        chances == [Chance::NEVER; 3] && self.crash.is_empty() && self.partition.is_empty()
    }

    /// The experiments that this asks for: one, or one for each order of links.
    ///
    /// `needs_fifo`: whether the sites can't do without links that keep messages in order.
    pub(super) fn scenarios(&self, needs_fifo: bool) -> Result<Vec<Scenario<Workload>>, Failure> {
        if let Some(path) = &self.scenario {
            let named = |error: &dyn fmt::Display| {
                Failure::Usage(format!(
                    "{}: {error}; simulate --order fifo --print-scenario shows a right one",
                    path.display()
                ))
            };
            let text = read_scenario(path).map_err(|error| named(&error))?;
            return Ok(vec![Scenario::from_toml(&text).map_err(|error| named(&error))?]);
        }
        let orders = LinkOrder::those_to_try(self.order, needs_fifo && !self.reliable);
        orders.iter().map(|&order| self.over_links(order)).collect()
    }

    fn over_links(&self, order: Order) -> Result<Scenario<Workload>, Failure> {
        let workload = match self.load {
            Load::Mixed => Workload::mixed_contention(self.entries),
            Load::High => Workload::high_contention(self.entries),
            Load::Low => Workload::low_contention(self.entries),
            Load::Bursts => Workload::bursts(self.entries),
        };
        let mut scenario = Scenario::new(self.size, workload);
        scenario.tolerate_rejections = self.tolerate_rejections;
        scenario.deadline = self.deadline;
        scenario.links.order = order;
        scenario.links.delay = self.delay;
        scenario.links.loss = self.loss;
        scenario.links.duplication = self.duplication;
        scenario.links.reordering = self.reordering;
        scenario.crashes.clone_from(&self.crash);
        scenario.partitions.clone_from(&self.partition);
        if self.reliable && self.names_no_fault() {
            let bad = |error: &dyn fmt::Display| Failure::Usage(error.to_string());
            scenario.links.loss = "20%".parse().map_err(|error| bad(&error))?;
            scenario.links.duplication = "10%".parse().map_err(|error| bad(&error))?;
            scenario.links.reordering = "10%".parse().map_err(|error| bad(&error))?;
            for partition in ["0,1@50ms..250ms", "2@400ms..700ms"] {
                scenario.partitions.push(partition.parse().map_err(|error| bad(&error))?);
            }
        }
        scenario.validate().map_err(|error| Failure::Usage(error.to_string()))?;
        Ok(scenario)
    }

    /// The options that have the run of `seed` over such links again.
    pub(super) fn replay(&self, order: Order, seed: u64) -> String {
        let mut line = Replay(format!("simulate --seed {seed}"));
        if let Some(path) = &self.scenario {
            line.add("scenario", path.display());
            if self.reliable {
                line.0 += " --reliable";
            }
            return line.0;
        }
        line.add("size", self.size);
        line.add("entries", self.entries);
        line.add("order", if order == Order::Fifo { "fifo" } else { "unordered" });
        match self.load {
            Load::Mixed => {}
            Load::High => line.add("load", "high"),
            Load::Low => line.add("load", "low"),
            Load::Bursts => line.add("load", "bursts"),
        }
        if self.delay.to_string() != "1ms..9ms" {
            line.add("delay", self.delay);
        }
        for (name, chance) in [
            ("loss", self.loss),
            ("duplication", self.duplication),
            ("reordering", self.reordering),
        ] {
            if chance != Chance::NEVER {
                line.add(name, chance);
            }
        }
        self.crash.iter().for_each(|crash| line.add("crash", crash));
        self.partition.iter().for_each(|partition| line.add("partition", partition));
        if self.deadline != Duration::from_secs(60 * 60) {
            line.add("deadline", Delay::Constant(self.deadline));
        }
        if self.reliable {
            line.0 += " --reliable";
        }
        if self.tolerate_rejections {
            line.0 += " --tolerate-rejections";
        }
        line.0
    }
}

/// The text of a file, if it is not too long for what it should be.
fn read_scenario(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST_SCENARIO + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_SCENARIO {
        let text = format!("it is longer than {LONGEST_SCENARIO} bytes, as no scenario is");
        return Err(io::Error::other(text));
    }
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// A command line under way.
struct Replay(String);

impl Replay {
    /// Adds an option, its value quoted where a shell would take it apart.
    fn add(&mut self, name: &str, value: impl fmt::Display) {
        let value = value.to_string();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "@.,:/_-%+=".contains(c);
        let quote = if value.chars().all(is_plain) { "" } else { "'" };
        let value = value.replace('\'', r"'\''");
        self.0 += &format!(" --{name} {quote}{value}{quote}");
    }
}
