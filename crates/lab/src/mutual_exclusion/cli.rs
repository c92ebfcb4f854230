//! The command line of the labs of the family.

use std::process::ExitCode;

use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing_subscriber::{filter::Targets, prelude::*};

use super::{Course, Lab, Links, Staging, block_on, check, cluster, node, retell, simulate};
use crate::{Failure, Output, Verdict, ending::conclude};

#[derive(Parser)]
#[command(version, propagate_version = true, disable_help_subcommand = true)]
struct Cli<E: Args> {
    #[command(subcommand)]
    command: Option<Command<E>>,
    /// Print JSON lines instead of the narrative
    #[arg(long, global = true, display_order = 100)]
    json: bool,
    /// Say more on standard error; -vv says all (RUST_LOG goes before)
    #[arg(short, long, global = true, display_order = 100, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Subcommand)]
enum Command<E: Args> {
    /// The course's exercise, and then some, on real sockets of this machine (the default)
    Demo(Staging),
    /// The course's exercise with your own numbers
    Scenario {
        #[command(flatten)]
        exercise: E,
        #[command(flatten)]
        links: Links,
    },
    /// One site, as a process of its own that talks TCP
    Node(node::Options),
    /// All sites at once, each a process of its own, adding to one unlocked counter file
    Cluster(cluster::Options),
    /// Many runs in virtual time, under whatever faults you like, each decided by its seed
    Simulate(Box<simulate::Options>),
    /// Every run there can be, for a few sites and entries
    Check(check::Options),
    /// A run that was written down: its steps taken again, and pictures of it
    Trace(retell::Options),
}

pub(super) fn run<L: Lab>() -> ExitCode {
    let parsed = command::<L>()
        .try_get_matches()
        .and_then(|matches| Cli::<L::Exercise>::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            return conclude(Err(Failure::Usage(in_one_line(&error))), Output::new(false));
        }
        Err(help) => help.exit(),
    };
    log(cli.verbose);
    let out = Output::new(cli.json);
    conclude(obey::<L>(cli.command.unwrap_or(Command::Demo(Staging::default())), out), out)
}

/// What is wrong with the command line, without the usage, which `--help` shows.
fn in_one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let said = lines.filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let said = said.collect::<Vec<_>>().join(" ");
    let said = said.trim_start_matches("error: ");
    let is_negative = said
        .strip_prefix("unexpected argument '-")
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    let hint = if is_negative { ": no delay, chance or moment is negative" } else { "" };
    format!("{said}{hint}; see --help")
}

fn obey<L: Lab>(command: Command<L::Exercise>, out: Output) -> Result<Option<Verdict>, Failure> {
    match command {
        Command::Demo(staging) => block_on(L::Exercise::demo(staging, out)).map(Some),
        Command::Scenario { exercise, links } => {
            block_on(exercise.scenario(links, out)).map(|()| None)
        }
        Command::Node(options) => block_on(node::run::<L>(&options, out)).map(Some),
        Command::Cluster(options) => block_on(cluster::run::<L>(&options, out)).map(Some),
        Command::Simulate(options) => simulate::run::<L>(&options, out),
        Command::Check(options) => block_on(check::run::<L>(options, out)),
        Command::Trace(options) => retell::run::<L>(&options, out).map(Some),
    }
}

/// The command line with the lab's name in it, and an example to paste for each subcommand.
fn command<L: Lab>() -> clap::Command {
    let example = |options: &str| {
        format!("Example:\n  cargo run -p {} -- {options}", L::NAME).trim_end().to_owned()
    };
    let mut command = Cli::<L::Exercise>::command()
        .name(L::NAME)
        .bin_name(L::NAME)
        .about(L::ABOUT)
        .after_help(example("cluster --size 5 --entries 200"));
    for (subcommand, options) in [
        ("demo", "demo"),
        ("scenario", L::EXERCISE_EXAMPLE),
        ("node", node::EXAMPLE),
        ("cluster", cluster::EXAMPLE),
        ("simulate", simulate::EXAMPLE),
        ("check", check::EXAMPLE),
        ("trace", retell::EXAMPLE),
    ] {
        command = command.mut_subcommand(subcommand, |it| {
            it.after_help(example(options)).mut_args(takes_negative_numbers)
        });
    }
    command
}

/// What is wrong with a negative number is for the option to say.
fn takes_negative_numbers(arg: Arg) -> Arg {
    if arg.get_action().takes_values() { arg.allow_negative_numbers(true) } else { arg }
}

/// Diagnostics go to standard error: warnings, or what `RUST_LOG` says, or more with each `-v`.
fn log(verbose: u8) {
    let level = ["warn", "info", "debug"][usize::from(verbose.min(2))];
    let wanted = std::env::var("RUST_LOG").unwrap_or_default();
    let (targets, problem) = match wanted.parse::<Targets>() {
        Ok(targets) if !wanted.is_empty() => (targets, None),
        Ok(_) => (level.parse().unwrap_or_default(), None),
        Err(error) => (level.parse().unwrap_or_default(), Some(error)),
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(anstream::stderr)
        .without_time()
        .with_target(false);
    tracing_subscriber::registry().with(lines).with(targets).init();
    if let Some(error) = problem {
        tracing::warn!("RUST_LOG={wanted} is not understood and left out: {error}");
    }
}
