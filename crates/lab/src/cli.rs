//! A lab's command line: its subcommands, and what all labs have in common.

use std::process::ExitCode;

use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing_subscriber::{filter::Targets, prelude::*};

use crate::{Failure, Output, Verdict, ending::conclude};

/// The subcommands of a lab.
pub trait Commands: Subcommand {
    /// The package's name, as in `cargo run -p NAME`.
    const NAME: &'static str;
    /// What the lab is, in a line.
    const ABOUT: &'static str;
    /// For each subcommand, a command line that is worth pasting; what else to say about it is a
    /// comment, on a line of its own. The one under no name is shown for the lab as a whole.
    const EXAMPLES: &'static [(&'static str, &'static str)];

    /// What is done when no subcommand is given.
    fn demo() -> Self;

    /// Does it.
    ///
    /// # Errors
    /// When there is no verdict, nor should there have been none.
    fn obey(self, out: Output) -> Result<Option<Verdict>, Failure>;
}

/// What a lab's binary does: reads the command line, does what it says, and says how that went.
pub fn run<C: Commands>() -> ExitCode {
    let parsed =
        command::<C>().try_get_matches().and_then(|matches| Cli::<C>::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            return conclude(Err(Failure::Usage(in_one_line(&error))), Output::new(false));
        }
        Err(help) => help.exit(),
    };
    log(cli.verbose);
    let out = Output::new(cli.json);
    conclude(cli.command.unwrap_or_else(C::demo).obey(out), out)
}

#[derive(Parser)]
#[command(version, propagate_version = true, disable_help_subcommand = true)]
struct Cli<C: Subcommand> {
    #[command(subcommand)]
    command: Option<C>,
    /// Print JSON lines instead of the narrative
    #[arg(long, global = true, display_order = 100)]
    json: bool,
    /// Say more on standard error; -vv says all (RUST_LOG goes before)
    #[arg(short, long, global = true, display_order = 100, action = clap::ArgAction::Count)]
    verbose: u8,
}

/// The command line with the lab's name in it, and an example to paste for each subcommand.
fn command<C: Commands>() -> clap::Command {
    let example = |words: &str| {
        format!("Example:\n  cargo run -p {} -- {words}", C::NAME).trim_end().to_owned()
    };
    let command = Cli::<C>::command().name(C::NAME).bin_name(C::NAME).about(C::ABOUT);
    C::EXAMPLES.iter().fold(command, |command, &(subcommand, words)| {
        if subcommand.is_empty() {
            return command.after_help(example(words));
        }
        command.mut_subcommand(subcommand, |it| {
            it.after_help(example(words)).mut_args(takes_negative_numbers)
        })
    })
}

/// What is wrong with a negative number is for the option to say.
fn takes_negative_numbers(arg: Arg) -> Arg {
    if arg.get_action().takes_values() { arg.allow_negative_numbers(true) } else { arg }
}

/// What is wrong with the command line, without the usage, which `--help` shows.
fn in_one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let said = lines.filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let said = said.collect::<Vec<_>>().join(" ").replace(" tip: ", "; ");
    let said = said.trim_start_matches("error: ");
    let is_negative = said
        .strip_prefix("unexpected argument '-")
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    let hint = if is_negative { ": no delay, chance or moment is negative" } else { "" };
    format!("{said}{hint}; see --help")
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
