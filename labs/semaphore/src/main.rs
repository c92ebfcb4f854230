//! The binary of the lab.

mod cli;
mod mutants;

use std::process::ExitCode;

fn main() -> ExitCode {
    lab::run::<cli::Command>()
}
