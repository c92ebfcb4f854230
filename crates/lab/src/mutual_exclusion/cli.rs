//! The subcommands of the labs of the family.

use clap::Subcommand;

use super::{Course, Lab, Links, Staging, check, cluster, node, retell, simulate};
use crate::{Commands, Failure, Output, Verdict, block_on};

#[derive(Subcommand)]
pub(super) enum Command<L: Lab> {
    /// The course's exercise, and then some, on real sockets of this machine (the default)
    Demo(Staging),
    /// The course's exercise with your own numbers
    Scenario {
        #[command(flatten)]
        exercise: L::Exercise,
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

impl<L: Lab> Commands for Command<L> {
    const NAME: &'static str = L::NAME;
    const ABOUT: &'static str = L::ABOUT;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("", "cluster --size 5 --entries 200"),
        ("demo", "demo"),
        ("scenario", L::EXERCISE_EXAMPLE),
        ("node", node::EXAMPLE),
        ("cluster", cluster::EXAMPLE),
        ("simulate", simulate::EXAMPLE),
        ("check", check::EXAMPLE),
        ("trace", retell::EXAMPLE),
    ];

    fn demo() -> Self {
        Self::Demo(Staging::default())
    }

    fn obey(self, out: Output) -> Result<Option<Verdict>, Failure> {
        match self {
            Self::Demo(staging) => block_on(L::Exercise::demo(staging, out)).map(Some),
            Self::Scenario { exercise, links } => {
                block_on(exercise.scenario(links, out)).map(|()| None)
            }
            Self::Node(options) => block_on(node::run::<L>(&options, out)).map(Some),
            Self::Cluster(options) => block_on(cluster::run::<L>(&options, out)).map(Some),
            Self::Simulate(options) => block_on(simulate::run::<L>(*options, out)),
            Self::Check(options) => block_on(check::run::<L>(options, out)),
            Self::Trace(options) => retell::run::<L>(&options, out).map(Some),
        }
    }
}
