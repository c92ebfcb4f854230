//! A failing run, made as small as it gets.
//!
//! The first run that fails has hundreds of events, and most have nothing to do with the failure.
//! Here they are taken away as long as what is left still breaks the same property, with the same
//! processes: A. Zeller and R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
//! IEEE Transactions on Software Engineering 28(2):183–200, 2002.
//! <https://doi.org/10.1109/32.988498>
//!
//! Every run that is tried is one that could happen: nothing arrives that was not sent, links
//! that keep order keep it, no timer runs out early, and an application asks only for what it
//! asks for.

use std::fmt;

use protocol::{Application, Monitor, Process, Violation};
use trace::{HappenedTo, Script, ScriptOf, What};

use crate::{
    Experiment, Narrator,
    recorder::Recorder,
    replay::{LONG_ENOUGH, Replay},
};

/// Finds the few events to which a failing run comes down.
///
/// ```
/// use mutual_exclusion::{Command, Workload, liveness, safety};
/// use protocol::ProcessId;
/// use ricart_agrawala::Site;
/// use scenario::Scenario;
/// use simulator::{Experiment, Shrinker};
///
/// let mut scenario = Scenario::new(2, Workload::high_contention(10));
/// scenario.links.loss = "0.2".parse()?;
/// let experiment = Experiment {
///     scenario: &scenario,
///     properties: &[safety(), liveness()],
///     process: &|me: ProcessId, _incarnation| Site::new(me, me.peers(2)),
///     application: &|_| scenario.workload.worker(),
/// };
/// let shrinker = Shrinker {
///     experiment: &experiment,
///     monitor: &|| (),
///     may_omit: &|command| *command == Command::Enter,
///     noun: "site",
/// };
/// let shrunk = shrinker.shrink(7).unwrap();
/// let story = [
///     "  1  site 1 is told to enter",
///     "     site 1 -> site 0: request 1",
///     "  2  site 1 -> site 0: request 1 (lost)",
///     "     deadlock: site 1 waits for site 0",
/// ];
/// assert_eq!(shrunk.story.lines().collect::<Vec<_>>(), story);
/// assert_eq!(shrunk.script.len(), 2);
/// assert_eq!(shrinker.replay(&shrunk.script), Some(shrunk.violation));
/// assert_eq!(shrinker.replay(&shrunk.script.without(1)), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Shrinker<'a, P: Process, A, M, W> {
    /// What fails.
    pub experiment: &'a Experiment<'a, P, A, W>,
    /// Makes the monitor that watches a run.
    pub monitor: &'a dyn Fn() -> M,
    /// Whether an application might as well never have asked for this: a site need not want to
    /// enter, but who is inside must leave.
    pub may_omit: &'a dyn Fn(&P::Command) -> bool,
    /// What a process is called.
    pub noun: &'static str,
}

/// A failing run of which no event can be left out.
///
/// See the example of [`Shrinker`].
pub struct Shrunk<P: Process> {
    /// What is wrong with it.
    pub violation: Violation,
    /// Its events.
    pub script: ScriptOf<P>,
    /// What happens, line by line. Events are numbered; what follows from an event stands
    /// beneath it, and what is wrong at the end.
    pub story: String,
}

/// How a run comes to fail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// In the middle of it.
    AtOnce,
    /// When nothing is left to happen.
    AtRest,
    /// However long it goes on.
    Never,
}

/// Up to how many events all pairs of them are tried.
const FEW: usize = 64;

impl<P, A, M, W> Shrinker<'_, P, A, M, W>
where
    P: Process<Command: Clone + PartialEq, Message: Clone + PartialEq>,
    A: Application<P>,
    M: Monitor<P>,
{
    /// Runs the experiment from a seed. If it fails, returns what remains of the run when as much
    /// is left out as can be.
    ///
    /// None remains of a failure that hangs on more than the order of events, such as a deadline
    /// that is too near.
    ///
    /// # Panics
    /// When [`Experiment::run`] does.
    pub fn shrink(&self, seed: u64) -> Option<Shrunk<P>>
    where
        P: Process<Command: fmt::Display, Message: fmt::Display>,
        P::Event: fmt::Display,
        P::Timer: fmt::Display,
    {
        let recorder = Recorder::new(self.experiment.scenario);
        let run = self.experiment.run(seed, ((self.monitor)(), recorder));
        let property = run.failure?.violation.property;
        let script = run.monitor.1.finish();
        let manners = [Manner::AtOnce, Manner::AtRest, Manner::Never];
        let found = manners.into_iter().find_map(|manner| {
            let search = Search { shrinker: self, property: &property, manner };
            let limit = script.events.len() + LONG_ENOUGH;
            Some((search.attempt(&script.events, limit)?, search))
        });
        let (events, search) = found?;
        let script = Script { events: search.reduce_to_the_least(events) };
        let violation = self.replay(&script)?;
        let story = format!("{}     {violation}\n", self.tell(&script, None));
        Some(Shrunk { violation, script, story })
    }

    /// What is wrong with the run that follows a script, if anything is.
    pub fn replay(&self, script: &ScriptOf<P>) -> Option<Violation> {
        let mut replay = self.follow(&script.events, (self.monitor)(), |_, _| {});
        replay.guarded(Replay::conclude);
        replay.violation
    }

    /// What happens in the run that follows a script, line by line, as in [`Shrunk::story`]; and
    /// from which of its events on it is repeated for ever, if it is.
    pub fn tell(&self, script: &ScriptOf<P>, repeats_from: Option<usize>) -> String
    where
        P: Process<Command: fmt::Display, Message: fmt::Display>,
        P::Event: fmt::Display,
        P::Timer: fmt::Display,
    {
        let narrator = Narrator::numbered(self.noun, String::new());
        let replay = self.follow(&script.events, narrator, Narrator::begin_event);
        let told = replay.stage.monitor.finish().unwrap_or_default(); // A string takes all.
        match repeats_from {
            Some(first) => {
                format!("{told}     from event {} on, all this again, for ever\n", first + 1)
            }
            None => told,
        }
    }

    /// Shows the run that follows a script to a monitor.
    pub fn show<N: Monitor<P>>(&self, script: &ScriptOf<P>, monitor: N) -> N {
        self.follow(&script.events, monitor, |_, _| {}).stage.monitor
    }

    /// Lets the events happen, and tells the monitor the number of each before it does.
    pub(crate) fn follow<'e, N: Monitor<P>>(
        &self,
        events: impl IntoIterator<Item = &'e HappenedTo<P>>,
        monitor: N,
        announce: impl Fn(&mut N, usize),
    ) -> Replay<'_, P, A, N, W>
    where
        P: 'e,
    {
        let mut replay = Replay::new(self.experiment, self.may_omit, monitor);
        replay.guarded(|replay| {
            replay.begin();
            for (event, number) in events.into_iter().zip(1..) {
                announce(&mut replay.stage.monitor, number);
                replay.follow(event);
            }
        });
        replay
    }
}

/// The search for fewer events that break the same property in the same manner.
struct Search<'a, P: Process, A, M, W> {
    shrinker: &'a Shrinker<'a, P, A, M, W>,
    property: &'a str,
    manner: Manner,
}

impl<P, A, M, W> Search<'_, P, A, M, W>
where
    P: Process<Command: Clone + PartialEq, Message: Clone + PartialEq>,
    A: Application<P>,
    M: Monitor<P>,
{
    /// Takes away whole stretches at first, then smaller and smaller ones: of what the
    /// applications ask for, because much follows from that, and of everything.
    fn reduce_to_the_least(&self, mut events: Vec<HappenedTo<P>>) -> Vec<HappenedTo<P>> {
        loop {
            let length = events.len();
            events = self.reduce(events, |what| matches!(what, What::Command { .. }));
            events = self.reduce(events, |_| true);
            if events.len() < length {
                continue;
            }
            match self.reduce_by_two(&events) {
                Some(fewer) => events = fewer,
                None => return events,
            }
        }
    }

    fn reduce(
        &self,
        mut events: Vec<HappenedTo<P>>,
        is_eligible: impl Fn(&What<P::Command, P::Timer>) -> bool,
    ) -> Vec<HappenedTo<P>> {
        let mut size = events.len();
        while size > 0 {
            let mut start = 0;
            loop {
                let eligible =
                    events.iter().enumerate().filter(|(_, event)| is_eligible(&event.what));
                let stretch: Vec<usize> = eligible.map(|(i, _)| i).skip(start).take(size).collect();
                if stretch.is_empty() {
                    break;
                }
                match self.without(&events, |i| stretch.binary_search(&i).is_ok()) {
                    Some(fewer) => events = fewer,
                    None => start += size,
                }
            }
            size /= 2;
        }
        events
    }

    /// Some events hang together: none can go alone, but two can, or two and all between them.
    fn reduce_by_two(&self, events: &[HappenedTo<P>]) -> Option<Vec<HappenedTo<P>>> {
        let length = if events.len() <= FEW { events.len() } else { 0 };
        let mut pairs = (0..length).flat_map(|j| (0..j).map(move |i| (i, j)));
        pairs.find_map(|(first, last)| {
            let both = self.without(events, |i| i == first || i == last);
            both.or_else(|| self.without(events, |i| (first..=last).contains(&i)))
        })
    }

    /// What remains when some events are left out, if it is less and still fails.
    fn without(
        &self,
        events: &[HappenedTo<P>],
        is_left_out: impl Fn(usize) -> bool,
    ) -> Option<Vec<HappenedTo<P>>> {
        let others = events.iter().enumerate().filter(|(i, _)| !is_left_out(*i));
        self.attempt(others.map(|(_, event)| event), events.len() - 1)
    }

    /// The events that happen when these are asked for, at most `limit`, if they fail the run.
    fn attempt<'e>(
        &self,
        events: impl IntoIterator<Item = &'e HappenedTo<P>>,
        limit: usize,
    ) -> Option<Vec<HappenedTo<P>>>
    where
        P: 'e,
    {
        let shrinker = self.shrinker;
        let mut replay = shrinker.follow(events, (shrinker.monitor)(), |_, _| {});
        if self.manner != Manner::Never {
            // What was to follow from what was left out may come otherwise, if that is no detour.
            replay.guarded(|replay| while replay.happened.len() < limit && replay.go_on() {});
        }
        let happened = replay.happened.clone();
        match self.manner {
            Manner::AtOnce => {}
            Manner::AtRest if !replay.is_at_rest() => return None,
            Manner::AtRest | Manner::Never => replay.guarded(Replay::conclude),
        }
        let is_the_same = replay.violation.is_some_and(|it| it.property == self.property);
        is_the_same.then_some(happened)
    }
}
