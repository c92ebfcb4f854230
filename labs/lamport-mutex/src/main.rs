//! The binary of the lab: its names, and nothing else.

mod course;
mod mutants;
mod outlook;

use std::process::ExitCode;

use checker::Outlook;
use lab::mutual_exclusion::{Lab, Mutant};
use lamport_mutex::Site;
use mutual_exclusion::Worker;
use protocol::ProcessId;

struct LamportMutex;

impl Lab for LamportMutex {
    type Site = Site;
    type Exercise = course::Exercise;

    const NAME: &'static str = "lamport-mutex";
    const ABOUT: &'static str = "Mutual exclusion by a replicated queue: all know who is next";
    const NEEDS_FIFO: bool = true;
    const ENTRIES_TO_CHECK: u32 = 1;
    const EXERCISE_EXAMPLE: &'static str = "scenario --sites 3";

    fn site(me: ProcessId, size: u32) -> Site {
        Site::new(me, me.peers(size))
    }

    fn mutants() -> Vec<Mutant> {
        mutants::all()
    }

    fn outlook() -> Option<&'static Outlook<Site, Worker>> {
        Some(&outlook::outlook)
    }
}

fn main() -> ExitCode {
    lab::mutual_exclusion::run::<LamportMutex>()
}
