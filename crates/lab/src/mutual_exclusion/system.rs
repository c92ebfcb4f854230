//! A lab's sites as they are run: bare, or behind reliable links.

use std::marker::PhantomData;

use protocol::{Inside, Monitor, ProcessId, Reliable};

use super::{Lab, Solution, unlocked::Unlocked};

/// What is run, and how the algorithm in it is watched.
pub(super) trait System {
    /// The algorithm.
    type Inner: Solution;
    /// What the driver drives.
    type Site: Solution;
    /// A monitor of the driven that shows one of the algorithm what it should see.
    type Watched<M: Monitor<Self::Inner> + 'static>: Monitor<Self::Site> + 'static;

    /// What is behind the system's name in the hello: sites that are run otherwise don't match.
    const SUFFIX: &'static str;

    fn site(me: ProcessId, size: u32, incarnation: u64) -> Self::Site;

    fn watched<M: Monitor<Self::Inner> + 'static>(monitor: M) -> Self::Watched<M>;

    fn unwatched<M: Monitor<Self::Inner> + 'static>(watched: Self::Watched<M>) -> M;
}

pub(super) const BEHIND_RELIABLE_LINKS: &str = " behind reliable links";

/// The algorithm on its own.
pub(super) struct Bare<L>(PhantomData<L>);

/// The algorithm behind reliable links.
pub(super) struct BehindReliable<L>(PhantomData<L>);

impl<L: Lab> System for Bare<L> {
    type Inner = L::Site;
    type Site = L::Site;
    type Watched<M: Monitor<L::Site> + 'static> = M;

    const SUFFIX: &'static str = "";

    fn site(me: ProcessId, size: u32, _incarnation: u64) -> L::Site {
        L::site(me, size)
    }

    fn watched<M: Monitor<L::Site> + 'static>(monitor: M) -> M {
        monitor
    }

    fn unwatched<M: Monitor<L::Site> + 'static>(watched: M) -> M {
        watched
    }
}

impl<L: Lab> System for BehindReliable<L> {
    type Inner = L::Site;
    type Site = Reliable<L::Site>;
    type Watched<M: Monitor<L::Site> + 'static> = Inside<M>;

    const SUFFIX: &'static str = BEHIND_RELIABLE_LINKS;

    fn site(me: ProcessId, size: u32, incarnation: u64) -> Reliable<L::Site> {
        Reliable::new(L::site(me, size), incarnation)
    }

    fn watched<M: Monitor<L::Site> + 'static>(monitor: M) -> Inside<M> {
        Inside(monitor)
    }

    fn unwatched<M: Monitor<L::Site> + 'static>(watched: Inside<M>) -> M {
        watched.0
    }
}

impl System for Unlocked {
    type Inner = Self;
    type Site = Self;
    type Watched<M: Monitor<Self> + 'static> = M;

    const SUFFIX: &'static str = " without its lock";

    fn site(_me: ProcessId, _size: u32, _incarnation: u64) -> Self {
        Self::new()
    }

    fn watched<M: Monitor<Self> + 'static>(monitor: M) -> M {
        monitor
    }

    fn unwatched<M: Monitor<Self> + 'static>(watched: M) -> M {
        watched
    }
}
