//! The binary of the lab: its names, and nothing else.

mod course;
mod mutants;

use std::process::ExitCode;

use lab::mutual_exclusion::{Lab, Mutant};
use protocol::ProcessId;
use suzuki_kasami::Site;

struct SuzukiKasami;

impl Lab for SuzukiKasami {
    type Site = Site;
    type Exercise = course::Exercise;

    const NAME: &'static str = "suzuki-kasami";
    const ABOUT: &'static str = "Mutual exclusion by token: whoever has it is the one";
    const EXERCISE_EXAMPLE: &'static str = "scenario --sites 3 request:0 request:2 release:0";

    fn site(me: ProcessId, size: u32) -> Site {
        Site::new(me, me.peers(size), me == ProcessId(0))
    }

    fn mutants() -> Vec<Mutant> {
        mutants::all()
    }
}

fn main() -> ExitCode {
    lab::mutual_exclusion::run::<SuzukiKasami>()
}
