//! The binary of the lab.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    lab::run::<cli::Command>()
}
