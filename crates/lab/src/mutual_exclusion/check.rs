//! `check`: every run there can be, within bounds that the verdict states.

use std::{hash::Hash, num::NonZeroUsize, thread};

use checker::{Bounds, Check, Counterexample, Outlook, Reduction, Verdict as Found};
use mutual_exclusion::{Command, Fairness, Measures, Worker, Workload, counted, is_seen_by_safety};
use protocol::{Inside, Monitor, ProcessId, Reliable};
use scenario::{Budget, Order, Scenario};
use simulator::{Experiment, Shrinker};
use trace::{Driver, Header};

use super::{
    Lab, Mutant, Solution,
    drawing::{self, Drawing, Target},
    screen::{Screen, Story},
    setting::LinkOrder,
    simulate::{name, properties},
    system::BEHIND_RELIABLE_LINKS,
};
use crate::{Failure, Outcome, Output, Verdict, stop::unless_stopped, whole_number};

pub(super) const EXAMPLE: &str = "check --losses 1";

/// As many as a budget can say.
const MOST_FAULTS: u32 = u8::MAX as u32;

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// How many sites take part: 3, if not said; with --reliable 2; with --mutant 2, and 3 if two do
    /// nothing wrong
    #[arg(long, value_parser = whole_number(1..=16_u32))]
    size: Option<u32>,
    /// How often each site enters: if nothing else is said either, as often as can be searched in
    /// seconds
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
    /// How many of the dead may come back, with their memory lost; no more than die
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
    pub(super) histories: bool,
    /// Leave out orders of steps that make no difference, and, for lamport-mutex, what sites
    /// remember for nothing; only without faults, over links that keep order
    #[arg(long, conflicts_with_all = ["reliable", "histories", "mutant"])]
    reduced: bool,
    /// Go on when a site rejects what another did
    #[arg(long)]
    tolerate_rejections: bool,
    /// Check sites that are wrong in one point; --mutant list names them
    #[arg(long, value_name = "NAME", conflicts_with = "reliable")]
    mutant: Option<String>,
    #[command(flatten)]
    drawing: Drawing,
    /// About how many states to look at: it stops when there are more, and what was begun is done
    #[arg(long, default_value_t = u64::MAX, hide_default_value = true, value_name = "COUNT",
          value_parser = whole_number(1..=u64::MAX))]
    max_states: u64,
    /// After how many steps a run is followed no further: only what one more does is looked at
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

/// Makes the site of a system of that size.
type Site<S> = dyn Fn(ProcessId, u32) -> S + Sync;

/// What a lab says of its sites.
#[derive(Clone, Copy)]
pub(super) struct Promised {
    needs_fifo: bool,
    /// How many entries can be searched in seconds.
    entries: u32,
}

/// Checks what the options say.
pub(super) async fn run<L: Lab>(options: Options, out: Output) -> Result<Option<Verdict>, Failure> {
    let screen = Screen::new(L::NAME, out);
    let bar = screen.clone();
    unless_stopped(move || obey::<L>(&options, &screen)).await?.unwrap_or_else(|| {
        bar.hide();
        Ok(Some(Verdict::new(Outcome::Interrupted, "interrupted: nothing is proved")))
    })
}

fn obey<L: Lab>(options: &Options, screen: &Screen) -> Result<Option<Verdict>, Failure> {
    let verdict = check::<L>(options, screen)?;
    if options.drawing.trace.is_some()
        && verdict.as_ref().is_some_and(|verdict| verdict.outcome == Outcome::Held)
    {
        screen.out.line("nothing goes wrong, so that there is no run to draw")?;
    }
    Ok(verdict)
}

/// Checks the sites that the options name.
fn check<L: Lab>(options: &Options, screen: &Screen) -> Result<Option<Verdict>, Failure> {
    let promised = Promised { needs_fifo: L::NEEDS_FIFO, entries: L::ENTRIES_TO_CHECK };
    let Some(wanted) = &options.mutant else {
        return check_site(options, &L::site, L::outlook(), promised, screen).map(Some);
    };
    let mutants = L::mutants();
    let names: Vec<&str> = mutants.iter().map(Mutant::name).collect();
    if wanted == "list" {
        screen.out.line(names.join("\n"))?;
        screen.out.record(&names)?;
        return Ok(None);
    }
    match mutants.iter().find(|mutant| mutant.name() == *wanted) {
        Some(mutant) => mutant.check(options, promised, screen).map(Some),
        None => {
            let names = names.join(", ");
            Err(Failure::Usage(format!("--mutant {wanted}: there is none; choose from {names}")))
        }
    }
}

/// Checks sites by their states, or by their histories.
fn check_site<S: Solution>(
    options: &Options,
    site: &Site<S>,
    outlook: Option<&Outlook<S, Worker>>,
    promised: Promised,
    screen: &Screen,
) -> Result<Verdict, Failure> {
    if !options.reliable && options.histories {
        return check_histories(options, site, promised, screen);
    }
    over_all_links(options, promised, |scenario| {
        let size = scenario.processes;
        let reliable = |me, life| Reliable::new(site(me, size), life);
        match (options.reliable, options.histories) {
            (false, _) => {
                search(options, scenario, &|me, _life| site(me, size), outlook, &(), screen)
            }
            (true, false) => search(options, scenario, &reliable, None, &(), screen),
            (true, true) => {
                search(options, scenario, &reliable, None, &Inside(watch(size)), screen)
            }
        }
    })
}

/// What watches the histories of a system of that size.
fn watch(size: u32) -> (Fairness, Measures) {
    (Fairness::new(size), Measures::new(size))
}

/// Checks sites by their histories, over the links as they are.
pub(super) fn check_histories<S: Solution>(
    options: &Options,
    site: &Site<S>,
    promised: Promised,
    screen: &Screen,
) -> Result<Verdict, Failure> {
    over_all_links(options, promised, |scenario| {
        let size = scenario.processes;
        search(options, scenario, &|me, _life| site(me, size), None, &watch(size), screen)
    })
}

/// Searches systems of each size, over each kind of links that the sites are meant for. `search`
/// returns the verdict on one that is not proved.
fn over_all_links(
    options: &Options,
    promised: Promised,
    search: impl Fn(&Scenario<Workload>) -> Result<Option<Verdict>, Failure>,
) -> Result<Verdict, Failure> {
    let entries = options.entries.unwrap_or(promised.entries);
    let orders = options.orders(promised.needs_fifo)?;
    for size in options.sizes() {
        for &order in orders {
            if let Some(verdict) = search(&options.scenario(size, order, entries)?)? {
                return Ok(verdict);
            }
        }
    }
    Ok(Verdict::new(Outcome::Held, options.proved(orders, entries)))
}

/// Checks one system, and tells what was found. Returns the verdict, if it is not proved.
fn search<P: Solution, M>(
    options: &Options,
    scenario: &Scenario<Workload>,
    site: &(impl Fn(ProcessId, u64) -> P + Sync),
    outlook: Option<&Outlook<P, Worker>>,
    monitor: &M,
    screen: &Screen,
) -> Result<Option<Verdict>, Failure>
where
    M: Monitor<P> + Clone + Eq + Hash + Send + Sync,
{
    let properties = properties();
    // Nobody contends where nobody can.
    let can_contend = scenario.processes > 1 && scenario.workload.entries > 0;
    let properties = &properties[..if can_contend { 3 } else { 2 }];
    let check = Check {
        scenario,
        properties,
        process: site,
        application: &|_| scenario.workload.worker(),
        monitor: monitor.clone(),
        bounds: options.bounds(),
        threads: options.threads(),
    };
    let reduction = Reduction { is_visible: &is_seen_by_safety, outlook };
    let found = screen.watch(|report| match options.reduced {
        true => check.run_reduced(&reduction, report),
        false => check.run(report),
    });
    let story = match &found {
        Found::Violated { violation, run, .. } => {
            let shrinker = Shrinker {
                experiment: &Experiment {
                    scenario,
                    properties,
                    process: site,
                    application: &|_| scenario.workload.worker(),
                },
                monitor: &|| monitor.clone(),
                may_omit: &|command| *command == Command::Enter,
                noun: "site",
            };
            let replayed = match run.repeats_from {
                Some(first) => shrinker.replay_for_ever(&run.script, first).ok(),
                None => shrinker.replay(&run.script),
            };
            let is_replayed = replayed.is_some_and(|it| it.property == violation.property);
            if !run.script.is_empty() && !is_replayed {
                let text = format!("{found}, but the simulator does not see it in the same run");
                return Err(Failure::Failed(text));
            }
            let recorder = drawing::recorder(scenario.processes);
            let recorder = shrinker.show(&run.script, recorder);
            let header = options.header(screen.lab, scenario);
            let trace = drawing::whole_run(header, recorder, Some(violation.clone()), site);
            Some(Story {
                kind: kind(&found, run),
                text: format!("{}     {violation}", shrinker.tell(&run.script, run.repeats_from)),
                picture: options.target(screen.lab).draw_failure(&drawing::in_order(trace)),
            })
        }
        Found::Proved(_) | Found::BoundHit { .. } => None,
    };
    screen.tell(scenario, &found, story.as_ref())?;
    Ok(match &found {
        Found::Proved(_) => None,
        Found::BoundHit { bound, left, .. } => {
            let text = format!("BoundHit: {bound}; {} left to work on", counted(*left, "state"));
            Some(Verdict::new(Outcome::Undecided, text))
        }
        Found::Violated { .. } => Some(Verdict::new(Outcome::Broken, found.to_string())),
    })
}

/// What is known of a run that goes wrong.
fn kind<P: Solution>(found: &Found<P>, run: &Counterexample<P>) -> &'static str {
    match (run.repeats_from, found.extent().is_reduced) {
        (Some(_), _) => ", that never ends",
        (None, false) => ", as short as any",
        (None, true) => "",
    }
}

impl Options {
    /// Over which links to search.
    fn orders(&self, needs_fifo: bool) -> Result<&'static [Order], Failure> {
        let faults = self.faults();
        if self.reduced && !faults.is_empty() {
            let text = format!(
                "--reduced with up to {faults}: where there are faults, any order of steps may \
                 make a difference; give no fault, or leave out --reduced"
            );
            return Err(Failure::Usage(text));
        }
        if self.reduced && self.order == Some(LinkOrder::Unordered) {
            let text = "--reduced with --order unordered: over such links, any order of steps may \
                        make a difference; give --order fifo, or leave out --reduced";
            return Err(Failure::Usage(text.to_owned()));
        }
        let fifo_alone = self.reduced || needs_fifo && !self.reliable;
        Ok(LinkOrder::those_to_try(self.order, fifo_alone))
    }

    /// How the sites differ from the lab's own, if they do.
    fn variant(&self) -> String {
        match &self.mutant {
            Some(name) => format!("mutant {name}"),
            None if self.reliable => BEHIND_RELIABLE_LINKS.to_owned(),
            None => String::new(),
        }
    }

    fn header(&self, lab: &str, scenario: &Scenario<Workload>) -> Header {
        let header = drawing::header(lab, Driver::Checker, scenario.processes, &self.variant());
        Header { arguments: drawing::arguments(), ..drawing::befallen_by(header, scenario) }
    }

    /// Where a run that goes wrong is drawn.
    fn target(&self, lab: &str) -> Target {
        let name = format_args!("{lab}-{}", self.mutant.as_deref().unwrap_or("check"));
        self.drawing.trace.clone().unwrap_or_else(|| Target::of_failure(name))
    }

    fn sizes(&self) -> Vec<u32> {
        match self.size {
            Some(size) => vec![size],
            None if self.mutant.is_some() => vec![2, 3],
            None if self.reliable => vec![2],
            None => vec![3],
        }
    }

    /// What was proved, in a line.
    fn proved(&self, orders: &[Order], entries: u32) -> String {
        let orders: Vec<&str> = orders.iter().map(|&order| name(order)).collect();
        let faults = self.faults();
        let faults = if faults.is_empty() { faults } else { format!(", up to {faults}") };
        let sizes = self.sizes().into_iter().map(|size| counted(size.into(), "site"));
        let sizes: Vec<String> = sizes.collect();
        format!(
            "Proved: {}; {}, {} each{}, over {}{} links",
            if self.histories { "safe, live, fair, at the promised cost" } else { "safe and live" },
            sizes.join(" and "),
            counted(entries.into(), "entry"),
            faults,
            if self.reliable { "reliable " } else { "" },
            orders.join(" and "),
        )
    }

    /// How much may go wrong, in words.
    fn faults(&self) -> String {
        let faults = [
            (self.losses, ["loss", "losses"]),
            (self.duplications, ["duplication", "duplications"]),
            (self.reorderings, ["reordering", "reorderings"]),
            (self.crashes, ["crash", "crashes"]),
            (self.restarts, ["restart", "restarts"]),
            (self.early_timeouts, ["early timeout", "early timeouts"]),
        ];
        let faults = faults.into_iter().filter(|(count, _)| *count > 0);
        let faults =
            faults.map(|(count, names)| format!("{count} {}", names[usize::from(count > 1)]));
        let faults: Vec<String> = faults.collect();
        faults.join(", ")
    }

    fn scenario(
        &self,
        size: u32,
        order: Order,
        entries: u32,
    ) -> Result<Scenario<Workload>, Failure> {
        if self.restarts > self.crashes {
            let Self { restarts, crashes, .. } = self;
            let text = format!(
                "--restarts {restarts} with --crashes {crashes}: only who has died comes back; \
                 give no more --restarts than --crashes"
            );
            return Err(Failure::Usage(text));
        }
        let mut scenario = Scenario::new(size, Workload::high_contention(entries));
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
