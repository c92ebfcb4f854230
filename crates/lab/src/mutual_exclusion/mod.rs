//! The labs that solve mutual exclusion: one set of subcommands for all of them.
//!
//! A lab says who it is by implementing [`Lab`]; its `main` is [`run`]. What it gets is `demo`,
//! `scenario`, `node`, `cluster`, `simulate` and `check`.

mod actor;
mod check;
mod cli;
mod cluster;
mod columns;
mod counter;
mod drawing;
mod journal;
mod member;
mod mutant;
mod node;
mod record;
mod retell;
mod screen;
mod scribe;
mod setting;
mod shared;
mod simulate;
mod stage;
mod system;
mod testimony;
mod unlocked;

use std::{fmt, future::Future, process::ExitCode};

use checker::{Checkable, Outlook};
use mutual_exclusion::{MutualExclusion, Worker};
use protocol::{Process, ProcessId};
use serde::{Serialize, de::DeserializeOwned};

use self::drawing::Drawing;
use crate::{Failure, Output, Verdict};

pub use mutant::Mutant;
pub use stage::Stage;

/// A solution that can be simulated, checked, narrated and run over TCP.
pub trait Solution:
    MutualExclusion
    + Checkable
    + fmt::Debug
    + Process<
        Message: fmt::Debug + fmt::Display + Serialize + DeserializeOwned + 'static,
        Timer: fmt::Debug + fmt::Display + Serialize + DeserializeOwned + 'static,
    > + 'static
{
}

impl<P> Solution for P where
    P: MutualExclusion
        + Checkable
        + fmt::Debug
        + Process<
            Message: fmt::Debug + fmt::Display + Serialize + DeserializeOwned + 'static,
            Timer: fmt::Debug + fmt::Display + Serialize + DeserializeOwned + 'static,
        > + 'static
{
}

/// A lab of the family: a solution, its wrong variants, and the course's exercise.
pub trait Lab: 'static {
    /// The algorithm.
    type Site: Solution;
    /// The exercise that the course does with it.
    type Exercise: Course;

    /// The package's name, as in `cargo run -p NAME`.
    const NAME: &'static str;
    /// What it is, in a line.
    const ABOUT: &'static str;
    /// Whether the algorithm was never meant for links that do not keep messages in order.
    const NEEDS_FIFO: bool = false;
    /// How often each of three sites may enter, or of two behind reliable links, for all runs to be
    /// searched in seconds.
    const ENTRIES_TO_CHECK: u32 = 2;
    /// The options of an exercise that is worth trying.
    const EXERCISE_EXAMPLE: &'static str;

    /// The site `me` of a system of `size`.
    fn site(me: ProcessId, size: u32) -> Self::Site;

    /// Sites that are wrong in one point each, as `mutants!` lists them.
    fn mutants() -> Vec<Mutant>;

    /// What matters of a state of its sites, if less does than all that they remember.
    fn outlook() -> Option<&'static Outlook<Self::Site, Worker>> {
        None
    }
}

/// The course's exercise; its fields are what the student may say on the command line.
pub trait Course: clap::Args {
    /// `scenario`: the exercise with what the student wants.
    ///
    /// # Errors
    /// When what the student wants makes no sense, or the exercise can't be told.
    fn scenario(&self, links: Links, out: Output) -> impl Future<Output = Result<(), Failure>>;

    /// `demo`: the exercise as the course has it, on real sockets.
    ///
    /// # Errors
    /// When the sockets fail, or the story can't be told.
    fn demo(staging: Staging, out: Output) -> impl Future<Output = Result<Verdict, Failure>>;
}

/// What the sites talk over.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Links {
    /// Put the sites behind reliable links: what is lost is sent again
    #[arg(long)]
    pub reliable: bool,
}

/// How the course's exercise is staged.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Staging {
    #[command(flatten)]
    links: Links,
    #[command(flatten)]
    drawing: Drawing,
}

/// Over these links, and nothing is drawn.
impl From<Links> for Staging {
    fn from(links: Links) -> Self {
        Self { links, drawing: Drawing::default() }
    }
}

/// What a lab's binary does: reads the command line, does what it says, and says how that went.
pub fn run<L: Lab>() -> ExitCode {
    crate::run::<cli::Command<L>>()
}
