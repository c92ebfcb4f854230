//! The binary of the lab: its names, and nothing else.

mod course;
mod mutants;

use std::process::ExitCode;

use lab::mutual_exclusion::{Lab, Mutant};
use protocol::ProcessId;
use ricart_agrawala::Site;

struct RicartAgrawala;

impl Lab for RicartAgrawala {
    type Site = Site;
    type Exercise = course::Exercise;

    const NAME: &'static str = "ricart-agrawala";
    const ABOUT: &'static str = "Mutual exclusion by permission: a lock without a lock server";
    const EXERCISE_EXAMPLE: &'static str = "scenario --sites 5 --request 3@2 --request 1@1";

    fn site(me: ProcessId, size: u32) -> Site {
        Site::new(me, me.peers(size))
    }

    fn mutants() -> Vec<Mutant> {
        mutants::all()
    }
}

fn main() -> ExitCode {
    lab::mutual_exclusion::run::<RicartAgrawala>()
}
