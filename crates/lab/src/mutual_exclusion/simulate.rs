//! `simulate`: many runs in virtual time, each decided by its seed.

use std::{ops::Range, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use mutual_exclusion::{
    Command, Fairness, Measures, MutualExclusion, Spread, Workload, contention, counted, liveness,
    safety,
};
use protocol::{Monitor, ProcessId, Property, Violation};
use scenario::{Order, Scenario};
use serde::Serialize;
use simulator::{Experiment, Fates, Narrator, Shrinker, sweep};
use trace::{Driver, Trace};

use super::{
    Lab,
    drawing::{self, Drawing, Target},
    screen,
    setting::Setting,
    system::{Bare, BehindReliable, System},
};
use crate::{Failure, Outcome, Output, Verdict, stop::unless_stopped, whole_number};

pub(super) const EXAMPLE: &str = "simulate --seeds 0..1000 --loss 0.2";

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// Which seeds, the last one not included
    #[arg(long, value_name = "FROM..TO", value_parser = seeds, default_value = "0..100")]
    #[arg(allow_hyphen_values = true)]
    seeds: Range<u64>,
    /// Only this seed, told step by step (with --json only how it ended)
    #[arg(long, conflicts_with = "seeds", value_parser = whole_number(0..=u64::MAX))]
    seed: Option<u64>,
    /// Print the experiment as TOML and do nothing else; where the links may be of two kinds,
    /// --order says which
    #[arg(long)]
    print_scenario: bool,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    setting: Setting,
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let range = text
        .split_once("..")
        .and_then(|(from, to)| Some(from.parse::<u64>().ok()?..to.parse::<u64>().ok()?));
    match range {
        Some(range) if range.is_empty() => {
            Err("no seed is in it: the second number must be the greater one, as in 0..100".into())
        }
        Some(range) => Ok(range),
        None => Err(format!(
            "write the first seed and the one after the last, {} at the most, as in 0..100",
            u64::MAX
        )),
    }
}

/// What the runs of an experiment add up to.
#[derive(Clone, Debug, Default)]
struct Sum {
    runs: u64,
    /// Those in which two sites have ever waited at once.
    contended_runs: u64,
    entries: u64,
    messages: u64,
    /// The most often that a site was passed by another.
    worst_bypass: u32,
    response: Spread,
    synchronisation: Spread,
    fates: Fates,
}

/// A run that went wrong.
struct Broken {
    seed: u64,
    order: Order,
    failure: simulator::Failure,
    /// The few events that it comes down to, if it does.
    story: Option<String>,
}

/// Runs what the options say.
pub(super) async fn run<L: Lab>(options: Options, out: Output) -> Result<Option<Verdict>, Failure> {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} runs, {eta} left");
    bar.set_style(style.expect("the template names fields that exist"));
    let shown = bar.clone();
    unless_stopped(move || obey::<L>(&options, &shown, out)).await?.unwrap_or_else(|| {
        screen::hide(&bar);
        let text = "interrupted: not all runs came to their end";
        Ok(Some(Verdict::new(Outcome::Interrupted, text)))
    })
}

fn obey<L: Lab>(
    options: &Options,
    bar: &ProgressBar,
    out: Output,
) -> Result<Option<Verdict>, Failure> {
    let scenarios = options.setting.scenarios(L::NEEDS_FIFO)?;
    if options.print_scenario {
        if scenarios.len() > 1 {
            let text = "these options are several experiments: choose one with --order";
            return Err(Failure::Usage(text.to_owned()));
        }
        if options.setting.is_reliable() {
            out.line("# For sites behind reliable links: simulate --reliable --scenario FILE")?;
        }
        out.line(scenarios[0].to_toml().trim_end())?;
        out.record(&scenarios[0])?;
        return Ok(None);
    }
    let mut total = Sum::default();
    for scenario in &scenarios {
        let result = if options.setting.is_reliable() {
            try_out::<BehindReliable<L>>(options, scenario, bar, out)?
        } else {
            try_out::<Bare<L>>(options, scenario, bar, out)?
        };
        match result {
            Ok(sum) => {
                sum.tell(scenario, out)?;
                total.merge(&sum);
            }
            Err(broken) => {
                let seed = broken.seed;
                let name = format_args!("{}-seed-{seed}", L::NAME);
                let target = options.drawing.trace.clone();
                let target = target.unwrap_or_else(|| Target::of_failure(name));
                let picture = target.draw_failure(&draw::<L>(options, scenario, seed));
                return tell_failure::<L>(options, &broken, picture.as_deref(), out).map(Some);
            }
        }
    }
    if let Some(target) = &options.drawing.trace {
        let first = options.seed.unwrap_or(options.seeds.start);
        target.write(&draw::<L>(options, &scenarios[0], first))?;
        let (order, path) = (name(scenarios[0].links.order), target.path().display());
        out.line(format_args!("to look at seed {first}, {order} links: {path}"))?;
    }
    let text = format!(
        "mutual exclusion held: {}, {}, in {}; all safe, all live, all fair",
        counted(total.entries, "entry"),
        total.cost(),
        counted(total.runs, "run"),
    );
    Ok(Some(Verdict::new(Outcome::Held, text)))
}

fn try_out<S: System>(
    options: &Options,
    scenario: &Scenario<Workload>,
    bar: &ProgressBar,
    out: Output,
) -> Result<Result<Sum, Broken>, Failure> {
    let mut result = match options.seed {
        Some(seed) => narrate::<S>(scenario, seed, out)?,
        None => try_all::<S>(scenario, &options.seeds, bar),
    };
    if let Err(broken) = &mut result {
        broken.story = shrink::<S>(scenario, broken.seed);
    }
    Ok(result)
}

/// The few events that the failing run of `seed` comes down to.
fn shrink<S: System>(scenario: &Scenario<Workload>, seed: u64) -> Option<String> {
    let size = scenario.processes;
    let properties = properties();
    let shrinker = Shrinker {
        experiment: &Experiment {
            scenario,
            properties: &properties,
            process: &|me: ProcessId, incarnation| S::site(me, size, incarnation),
            application: &|_| scenario.workload.worker(),
        },
        monitor: &|| S::watched((Fairness::new(size), Measures::new(size))),
        may_omit: &|command| *command == Command::Enter,
        noun: "site",
    };
    shrinker.shrink(seed).map(|shrunk| shrunk.story)
}

/// Runs one seed and tells it step by step.
fn narrate<S: System>(
    scenario: &Scenario<Workload>,
    seed: u64,
    out: Output,
) -> Result<Result<Sum, Broken>, Failure> {
    let properties = properties();
    if out.is_json() {
        return Ok(try_one::<S, _>(scenario, &properties, seed, ()).0);
    }
    let narrator = Narrator::new("site", out.narrative());
    let (result, narrator) = try_one::<S, _>(scenario, &properties, seed, narrator);
    narrator.finish().map_err(|_| Failure::OutputClosed)?.finish()?;
    Ok(result)
}

/// Runs every seed, on all cores.
fn try_all<S: System>(
    scenario: &Scenario<Workload>,
    seeds: &Range<u64>,
    bar: &ProgressBar,
) -> Result<Sum, Broken> {
    bar.set_length(seeds.end - seeds.start);
    bar.reset();
    let properties = properties();
    let mut total = Sum::default();
    let first_failure = sweep(
        seeds.clone(),
        |seed| try_one::<S, _>(scenario, &properties, seed, ()).0,
        |sum| {
            total.merge(&sum);
            bar.set_position(total.runs);
        },
    );
    bar.finish_and_clear();
    first_failure.map_or(Ok(total), |(_, broken)| Err(broken))
}

/// The run of `seed`, as a picture.
fn draw<L: Lab>(options: &Options, scenario: &Scenario<Workload>, seed: u64) -> Trace {
    let replay = options.setting.replay(scenario.links.order, seed);
    if options.setting.is_reliable() {
        draw_system::<L, BehindReliable<L>>(scenario, seed, &replay)
    } else {
        draw_system::<L, Bare<L>>(scenario, seed, &replay)
    }
}

fn draw_system<L: Lab, S: System>(scenario: &Scenario<Workload>, seed: u64, replay: &str) -> Trace {
    let size = scenario.processes;
    let recorder = drawing::recorder::<S::Site>(size);
    let (result, recorder) = try_one::<S, _>(scenario, &properties(), seed, recorder);
    let mut header = drawing::header(L::NAME, Driver::Simulator, size, S::SUFFIX);
    header.arguments = replay.split(' ').map(str::to_owned).collect();
    header.seed = Some(seed);
    let violation = result.err().map(|broken| broken.failure.violation);
    let site = |me, incarnation| S::site(me, size, incarnation);
    drawing::whole_run(drawing::befallen_by(header, scenario), recorder, violation, site)
}

fn try_one<S: System, N: Monitor<S::Site>>(
    scenario: &Scenario<Workload>,
    properties: &[Property<S::Site>],
    seed: u64,
    narrator: N,
) -> (Result<Sum, Broken>, N) {
    let size = scenario.processes;
    let experiment = Experiment {
        scenario,
        properties,
        process: &|me: ProcessId, incarnation| S::site(me, size, incarnation),
        application: &|_| scenario.workload.worker(),
    };
    let watch = S::watched((Fairness::new(size), Measures::new(size)));
    let run = experiment.run(seed, (watch, narrator));
    let (watch, narrator) = run.monitor;
    let (fairness, measures) = S::unwatched(watch);
    let wanted = u64::from(size) * u64::from(scenario.workload.entries);
    let result = match run.failure {
        Some(failure) => Err(Broken { seed, order: scenario.links.order, failure, story: None }),
        None if measures.entries != wanted && scenario.crashes.is_empty() => {
            let detail = format!("{} of {wanted} entries were made", measures.entries);
            let violation = Violation::new("liveness", detail);
            let failure = simulator::Failure { violation, at: run.ended_at, steps: run.steps };
            Err(Broken { seed, order: scenario.links.order, failure, story: None })
        }
        None => Ok(Sum {
            runs: 1,
            contended_runs: run.seen.contains(&"contention").into(),
            entries: measures.entries,
            messages: measures.messages,
            worst_bypass: fairness.worst(),
            response: measures.response,
            synchronisation: measures.synchronisation,
            fates: run.fates,
        }),
    };
    (result, narrator)
}

/// What every run of the family is held to.
pub(super) fn properties<P: MutualExclusion>() -> [Property<P>; 3] {
    [safety(), liveness(), contention()]
}

fn tell_failure<L: Lab>(
    options: &Options,
    broken: &Broken,
    picture: Option<&str>,
    out: Output,
) -> Result<Verdict, Failure> {
    #[derive(Serialize)]
    struct Record<'a> {
        seed: u64,
        property: &'a str,
        detail: &'a str,
        replay: &'a str,
        picture: Option<&'a str>,
    }

    let Broken { seed, order, failure, story } = broken;
    let replay = format!("cargo run -p {} -- {}", L::NAME, options.setting.replay(*order, *seed));
    let violation = &failure.violation;
    out.record(&Record {
        seed: *seed,
        property: &violation.property,
        detail: &violation.detail,
        replay: &replay,
        picture,
    })?;
    out.line(format_args!("seed {seed}, {} links: {failure}", name(*order)))?;
    if let Some(story) = story {
        out.line(format_args!("it comes down to this:\n{}", story.trim_end()))?;
    }
    out.line(format_args!("to see it again: {replay}"))?;
    if let Some(picture) = picture {
        out.line(format_args!("to look at it: {picture}"))?;
    }
    let property = &violation.property;
    let text = match &**property {
        "safety" => format!("mutual exclusion broken with seed {seed}: {property}"),
        _ => format!("failed with seed {seed}: {property}"),
    };
    Ok(Verdict::new(Outcome::Broken, text))
}

impl Sum {
    fn merge(&mut self, other: &Self) {
        self.runs += other.runs;
        self.contended_runs += other.contended_runs;
        self.entries += other.entries;
        self.messages += other.messages;
        self.worst_bypass = self.worst_bypass.max(other.worst_bypass);
        self.response.merge(&other.response);
        self.synchronisation.merge(&other.synchronisation);
        self.fates.merge(&other.fates);
    }

    fn cost(&self) -> String {
        match self.entries {
            0 => "no messages".to_owned(),
            entries => format!("{:.2} messages each", self.messages as f64 / entries as f64),
        }
    }

    fn tell(&self, scenario: &Scenario<Workload>, out: Output) -> Result<(), Failure> {
        let order = name(scenario.links.order);
        let hop = scenario.links.delay.mean();
        out.record(&serde_json::json!({
            "order": order, "runs": self.runs, "contended_runs": self.contended_runs,
            "entries": self.entries, "messages": self.messages,
            "worst_bypass": self.worst_bypass,
            "response_us": self.response.mean().map(in_microseconds),
            "synchronisation_us": self.synchronisation.mean().map(in_microseconds),
            "hop_us": in_microseconds(hop),
            "sent": self.fates.sent, "delivered": self.fates.delivered,
            "lost": self.fates.lost, "duplicated": self.fates.duplicated,
            "overtaken": self.fates.overtaken, "cut": self.fates.cut,
        }))?;
        out.line(format_args!(
            "{order} links: {} ({} with contention), {}, {}, nobody passed more than {}",
            counted(self.runs, "run"),
            self.contended_runs,
            counted(self.entries, "entry"),
            self.cost(),
            counted(self.worst_bypass.into(), "time"),
        ))?;
        let means = (self.response.mean(), self.synchronisation.mean());
        if let (Some(response), Some(gap)) = means
            && !hop.is_zero()
        {
            let hops = gap.as_secs_f64() / hop.as_secs_f64();
            out.line(format_args!(
                "  response {:.1} ms, synchronisation delay {hops:.2} message hops of {:.1} ms",
                in_microseconds(response) / 1e3,
                in_microseconds(hop) / 1e3,
            ))?;
        }
        let Fates { sent, lost, duplicated, overtaken, cut, .. } = self.fates;
        out.line(format_args!(
            "  of {} {lost} lost, {duplicated} duplicated, {overtaken} overtaken, {cut} cut",
            counted(sent, "message"),
        ))?;
        Ok(())
    }
}

fn in_microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

pub(super) fn name(order: Order) -> &'static str {
    match order {
        Order::Fifo => "FIFO",
        Order::Unordered => "unordered",
    }
}
