//! `check`: every run there can be, within bounds that the verdict states.

use std::{hash::Hash, num::NonZeroUsize, thread};

use checker::{Bounds, Check, Counterexample, Extent, Verdict as Found};
use indicatif::{ProgressBar, ProgressStyle};
use mutual_exclusion::{Command, Fairness, Measures, Workload};
use protocol::{Inside, Monitor, ProcessId, Reliable, Violation};
use scenario::{Budget, Order, Scenario};
use simulator::{Experiment, Shrinker};

use super::{
    Lab, Solution,
    setting::LinkOrder,
    simulate::{counted, name, properties},
};
use crate::{Failure, Outcome, Output, Verdict, whole_number};

pub(super) const EXAMPLE: &str = "check --losses 1";

/// As many as a budget can say.
const MOST_FAULTS: u32 = u8::MAX as u32;

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// How many sites take part
    #[arg(long, default_value_t = 3, value_parser = whole_number(1..=16_u32))]
    size: u32,
    /// How often each site enters: as often as can be searched in seconds, if not said
    #[arg(long, value_parser = whole_number(0..=u32::MAX))]
    entries: Option<u32>,
    /// Whether a link keeps messages in order; without it, all is tried that the algorithm is
    /// meant for
    #[arg(long, value_enum)]
    order: Option<LinkOrder>,
    /// How many messages may be lost, whichever they are
    #[arg(long, default_value_t = 0, value_parser = whole_number(0..=MOST_FAULTS))]
    losses: u32,
    /// How many messages may arrive twice
    #[arg(long, default_value_t = 0, value_parser = whole_number(0..=MOST_FAULTS))]
    duplications: u32,
    /// How many messages may overtake others on links that keep order otherwise
    #[arg(long, default_value_t = 0, value_parser = whole_number(0..=MOST_FAULTS))]
    reorderings: u32,
    /// How many sites may die
    #[arg(long, default_value_t = 0, value_parser = whole_number(0..=MOST_FAULTS))]
    crashes: u32,
    /// How many of the dead may come back, with their memory lost
    #[arg(long, default_value_t = 0, value_parser = whole_number(0..=MOST_FAULTS))]
    restarts: u32,
    /// How many timers may run out while a message is still under way
    #[arg(long, default_value_t = 0, value_parser = whole_number(0..=MOST_FAULTS))]
    early_timeouts: u32,
    /// Put the sites behind reliable links: what is lost is sent again
    #[arg(long)]
    reliable: bool,
    /// Watch every history too: that nobody is passed too often, and what an entry costs. Two
    /// states with different histories are then two states (always with --mutant)
    #[arg(long)]
    histories: bool,
    /// Go on when a site rejects what another did
    #[arg(long)]
    tolerate_rejections: bool,
    /// Check sites that are wrong in one point; --mutant list names them
    #[arg(long, value_name = "NAME")]
    mutant: Option<String>,
    /// How many states to look at
    #[arg(long, default_value_t = u64::MAX, hide_default_value = true, value_name = "COUNT",
          value_parser = whole_number(1..=u64::MAX))]
    max_states: u64,
    /// How many events a run may have
    #[arg(long, default_value_t = u32::MAX, hide_default_value = true, value_name = "COUNT",
          value_parser = whole_number(0..=u32::MAX))]
    max_depth: u32,
    /// About how much memory to take, in megabytes
    #[arg(long, default_value_t = 2048, value_name = "MB", value_parser = whole_number(1..=1_000_000_u64))]
    max_memory: u64,
    /// How many threads search: as many as there are cores, if not said
    #[arg(long, value_parser = whole_number(1..=256_u32))]
    threads: Option<u32>,
}

/// Sites of a lab that are wrong in one point: its `mutants.rs` has them.
pub struct Mutant {
    name: String,
    check: Box<Checking>,
}

/// Checks sites of some kind.
type Checking = dyn Fn(&Options, Promised, Output) -> Result<Verdict, Failure>;

/// What a lab says of its sites.
#[derive(Clone, Copy)]
struct Promised {
    needs_fifo: bool,
    /// How many entries can be searched in seconds.
    entries: u32,
}

impl Mutant {
    /// The mutant of that name: in Rust's spelling, or as it stands on a command line.
    pub fn new<S: Solution>(
        name: &str,
        site: impl Fn(ProcessId, u32) -> S + Sync + 'static,
    ) -> Self {
        let check = move |options: &Options, promised, out| {
            let histories = true;
            check_site(&Options { histories, ..options.clone() }, &site, promised, out)
        };
        Self { name: name.replace('_', "-"), check: Box::new(check) }
    }

    /// As it stands on a command line.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The mutants of this module, each of whose `Site`s is made in the same way.
///
/// ```ignore
/// lab::mutants!([no_tie_break, counts_alone], |me, size| Site::new(me, me.peers(size)))
/// ```
#[macro_export]
macro_rules! mutants {
    ([$($name:ident),* $(,)?], |$me:ident, $size:ident| $site:expr) => {
        ::std::vec![$({
            use self::$name::Site;
            $crate::mutual_exclusion::Mutant::new(stringify!($name), |$me, $size| $site)
        }),*]
    };
}

pub(super) fn run<L: Lab>(options: &Options, out: Output) -> Result<Verdict, Failure> {
    let promised = Promised { needs_fifo: L::NEEDS_FIFO, entries: L::ENTRIES_TO_CHECK };
    let Some(wanted) = &options.mutant else {
        return check_site(options, &L::site, promised, out);
    };
    let mutants = L::mutants();
    match mutants.iter().find(|mutant| mutant.name == *wanted) {
        Some(mutant) => (mutant.check)(options, promised, out),
        None => {
            let names: Vec<&str> = mutants.iter().map(|mutant| &*mutant.name).collect();
            let what =
                if wanted == "list" { "the mutants are" } else { "there is no such mutant, but" };
            Err(Failure::Usage(format!("--mutant {wanted}: {what} {}", names.join(", "))))
        }
    }
}

/// Checks sites of one kind, over each kind of links that they are meant for.
fn check_site<S: Solution>(
    options: &Options,
    site: &(impl Fn(ProcessId, u32) -> S + Sync),
    promised: Promised,
    out: Output,
) -> Result<Verdict, Failure> {
    let (size, entries) = (options.size, options.entries.unwrap_or(promised.entries));
    let watch = (Fairness::new(size), Measures::new(size));
    let orders = LinkOrder::those_to_try(options.order, promised.needs_fifo && !options.reliable);
    let mut told = Vec::new();
    for &order in orders {
        let scenario = options.scenario(order, entries)?;
        let bare = |me: ProcessId, _life| site(me, size);
        let reliable = |me: ProcessId, life| Reliable::new(site(me, size), life);
        let found = match (options.reliable, options.histories) {
            (false, false) => search(options, &scenario, &bare, &(), out),
            (false, true) => search(options, &scenario, &bare, &watch, out),
            (true, false) => search(options, &scenario, &reliable, &(), out),
            (true, true) => search(options, &scenario, &reliable, &Inside(watch.clone()), out),
        };
        let (outcome, text, extent) = found?;
        record(order, &text, &extent, out)?;
        if outcome == Outcome::Broken {
            return Ok(Verdict::new(outcome, text));
        }
        out.line(format_args!("{} links: {extent}", name(order)))?;
        told.push((name(order), extent));
    }
    Ok(Verdict::new(Outcome::Held, proved(options, entries, &told)))
}

/// What was proved, in a line.
fn proved(options: &Options, entries: u32, told: &[(&str, Extent)]) -> String {
    let orders: Vec<&str> = told.iter().map(|(order, _)| *order).collect();
    let states = told.iter().map(|(_, extent)| extent.unique_states).sum();
    let chance: f64 = told.iter().map(|(_, extent)| extent.chance_of_a_missed_state()).sum();
    format!(
        "Proved: mutual exclusion, for {} with {entries} {} each over {} links{}: {}; {}, but for \
         a chance of {chance:.0e} that a state was missed",
        counted(options.size.into(), "site"),
        if entries == 1 { "entry" } else { "entries" },
        orders.join(" and "),
        if options.reliable { " made reliable" } else { "" },
        counted(states, "state"),
        if options.histories { "safe, live, fair, at the promised cost" } else { "safe and live" },
    )
}

/// Checks one system; says how it ended, and tells the run that goes wrong, if there is one.
fn search<P: Solution, M>(
    options: &Options,
    scenario: &Scenario<Workload>,
    site: &(impl Fn(ProcessId, u64) -> P + Sync),
    monitor: &M,
    out: Output,
) -> Result<(Outcome, String, Extent), Failure>
where
    M: Monitor<P> + Clone + Eq + Hash + Send + Sync,
{
    let properties = properties();
    let check = Check {
        scenario,
        properties: &properties,
        process: site,
        application: &|_| scenario.workload.worker(),
        monitor: monitor.clone(),
        bounds: options.bounds(),
        threads: options.threads(),
    };
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {human_pos} states, {msg}, {per_sec}");
    bar.set_style(style.expect("the template names fields that exist"));
    let found = check.run(&mut |extent| {
        bar.set_message(format!("depth {}", extent.depth));
        bar.set_position(extent.unique_states);
    });
    bar.finish_and_clear();
    let text = found.to_string();
    let extent = *found.extent();
    let outcome = match found {
        Found::Proved(_) => Outcome::Held,
        Found::BoundHit { .. } => Outcome::Broken,
        Found::Violated { violation, run, .. } => {
            let shrinker = Shrinker {
                experiment: &Experiment {
                    scenario,
                    properties: &properties,
                    process: site,
                    application: &|_| scenario.workload.worker(),
                },
                monitor: &|| monitor.clone(),
                may_omit: &|command| *command == Command::Enter,
                noun: "site",
            };
            tell(scenario, &shrinker.tell(&run.script), &violation, &run, out)?;
            Outcome::Broken
        }
    };
    Ok((outcome, text, extent))
}

fn tell<P: Solution>(
    scenario: &Scenario<Workload>,
    story: &str,
    violation: &Violation,
    run: &Counterexample<P>,
    out: Output,
) -> Result<(), Failure> {
    let what = if run.repeats_from.is_some() { "a run that never ends" } else { "a shortest run" };
    out.line(format_args!(
        "{what}, over {} links:\n{}",
        name(scenario.links.order),
        story.trim_end()
    ))?;
    if let Some(first) = run.repeats_from {
        out.line(format_args!("     and from event {} on, all this again, for ever", first + 1))?;
    }
    Ok(out.line(format_args!("     {violation}"))?)
}

fn record(order: Order, text: &str, extent: &Extent, out: Output) -> Result<(), Failure> {
    let Extent { unique_states, total_states, depth, elapsed } = extent;
    Ok(out.record(&serde_json::json!({
        "order": name(order), "found": text, "unique_states": unique_states,
        "total_states": total_states, "depth": depth, "seconds": elapsed.as_secs_f64(),
    }))?)
}

impl Options {
    fn scenario(&self, order: Order, entries: u32) -> Result<Scenario<Workload>, Failure> {
        let mut scenario = Scenario::new(self.size, Workload::high_contention(entries));
        scenario.links.order = order;
        scenario.tolerate_rejections = self.tolerate_rejections;
        scenario.budget = Budget {
            losses: self.losses as u8,
            duplications: self.duplications as u8,
            reorderings: self.reorderings as u8,
            crashes: self.crashes as u8,
            restarts: self.restarts as u8,
            early_timeouts: self.early_timeouts as u8,
        };
        scenario.validate().map_err(|error| Failure::Usage(error.to_string()))?;
        Ok(scenario)
    }

    fn bounds(&self) -> Bounds {
        let Self { max_states, max_depth, max_memory, .. } = *self;
        Bounds { max_states, max_depth, max_memory: max_memory * 1_000_000 }
    }

    fn threads(&self) -> NonZeroUsize {
        let wanted = self.threads.and_then(|threads| NonZeroUsize::new(threads as usize));
        let cores = || thread::available_parallelism().ok();
        wanted.or_else(cores).unwrap_or(NonZeroUsize::MIN)
    }
}
