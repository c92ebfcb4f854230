//! A run that never ends, followed: a way, and a round at its end that is gone for ever.
//!
//! Nobody can follow it to its end. But a system that is in the same state after a round can go
//! the same round again, and what was never so on that round is never so.

use std::{collections::BTreeMap, fmt, time::Duration};

use protocol::{Application, Monitor, Process, ProcessId, Violation};
use trace::{BEGINNING, HappenedTo, ScriptOf};

use crate::{Shrinker, duty::DutyOf, links::Channel, replay::Replay, stage::Stage};

/// Why a run shows nobody who waits for ever.
///
/// See the example of [`Shrinker::replay_for_ever`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoLasso {
    /// Nothing is repeated.
    Empty,
    /// An event of the round is not bound to happen when its turn comes. A fault never is.
    NotBound {
        /// In the first round or the second.
        round: u32,
        /// Which event of the script, from 0 on.
        event: usize,
    },
    /// The round ends in another state than the one that it began in.
    Open {
        /// The first round or the second.
        round: u32,
        /// What is not as it was.
        part: &'static str,
    },
    /// Something is bound to happen all the time and does not; a phrase.
    Unfair(String),
    /// Whatever must be so some time is so somewhere on the round.
    Kept,
    /// Something else goes wrong, and ends the run.
    Violated(Violation),
}

impl<P, A, M, W> Shrinker<'_, P, A, M, W>
where
    P: Process<Command: Clone + PartialEq, Message: Clone + PartialEq> + Clone + PartialEq,
    A: Application<P> + Clone + PartialEq,
    M: Monitor<P> + Clone + PartialEq,
{
    /// What is wrong with the run that follows a script and then repeats its events from
    /// `repeats_from` on for ever: it never comes to what it must come to some time.
    ///
    /// The round is gone twice, and after each the state must be the one before it: processes,
    /// applications, monitor, links, what is on its way in them, what is bound to happen. Moments
    /// are no part of that, so that a timer counts as set, for however long. What is bound to
    /// happen all the way round must happen on it.
    ///
    /// ```
    /// use protocol::{Application, Effects, Link, Never, Plan, Process, ProcessId, Property, View};
    /// use scenario::Scenario;
    /// use simulator::{Experiment, NoLasso, Shrinker};
    /// use std::time::Duration;
    /// use trace::{BEGINNING, Name, Script, What};
    ///
    /// /// Two who send a ball back and forth.
    /// #[derive(Clone, PartialEq)]
    /// struct Player;
    ///
    /// impl Process for Player {
    ///     type Command = Never;
    ///     type Message = ();
    ///     type Event = Never;
    ///     type Timer = Never;
    ///
    ///     fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
    ///         match command {}
    ///     }
    ///
    ///     fn on_message(&mut self, from: ProcessId, (): (), fx: &mut Effects<Self>) {
    ///         fx.send(from, ());
    ///     }
    ///
    ///     fn on_link(&mut self, peer: ProcessId, _link: Link, fx: &mut Effects<Self>) {
    ///         if peer == ProcessId(1) {
    ///             fx.send(peer, ());
    ///         }
    ///     }
    /// }
    ///
    /// /// Asks for nothing.
    /// #[derive(Clone, PartialEq)]
    /// struct Nobody;
    ///
    /// impl Application<Player> for Nobody {
    ///     fn on_start(&mut self, _plan: &mut Plan<Never>) {}
    ///
    ///     fn on_event(&mut self, event: &Never, _plan: &mut Plan<Never>) {
    ///         match *event {}
    ///     }
    ///
    ///     fn is_done(&self) -> bool {
    ///         true
    ///     }
    /// }
    ///
    /// let ends = Property::eventually("end", |_: &View<Player>| Err("they play".into()));
    /// let experiment = Experiment {
    ///     scenario: &Scenario::new(2, ()),
    ///     properties: &[ends],
    ///     process: &|_, _| Player,
    ///     application: &|_| Nobody,
    /// };
    /// let shrinker = Shrinker {
    ///     experiment: &experiment,
    ///     monitor: &|| (),
    ///     may_omit: &|_| false,
    ///     noun: "player",
    /// };
    /// let flies = |from, to, cause| What::Delivery {
    ///     from: ProcessId(from),
    ///     to: ProcessId(to),
    ///     message: Name { cause, nth: 0 },
    /// };
    /// let there_and_back = [flies(0, 1, BEGINNING), flies(1, 0, 1)];
    /// let script = Script::of(there_and_back, Duration::from_secs(1));
    /// let wrong = shrinker.replay_for_ever(&script, 0).unwrap();
    /// assert_eq!(wrong.to_string(), "end: for ever, they play");
    ///
    /// // The way back alone is no round: the ball ends where it did not begin.
    /// let back = shrinker.replay_for_ever(&script, 1);
    /// assert_eq!(back, Err(NoLasso::Open { round: 1, part: "what is under way" }));
    /// ```
    ///
    /// # Errors
    /// When that is not what the script shows.
    ///
    /// # Panics
    /// When the script has fewer events than `repeats_from`.
    pub fn replay_for_ever(
        &self,
        script: &ScriptOf<P>,
        repeats_from: usize,
    ) -> Result<Violation, NoLasso> {
        let (way, round) = script.events.split_at(repeats_from);
        let mut replay = self.follow(way, (self.monitor)(), |_, _| {});
        let mut result = Err(NoLasso::Empty);
        replay.guarded(|replay| result = Rounds::new(replay).go(way, round));
        replay.violation.map_or(result, |violation| Err(NoLasso::Violated(violation)))
    }
}

/// A replay that goes round.
struct Rounds<'r, 'a, P: Process, A, M, W> {
    replay: &'r mut Replay<'a, P, A, M, W>,
    /// The state that each round begins in.
    start: State<P, A, M>,
    /// What must be so some time and has not been so since.
    unkept: Vec<Violation>,
    /// What has been bound to happen since and has not happened.
    neglected: Vec<DutyOf<P>>,
}

impl<'r, 'a, P, A, M, W> Rounds<'r, 'a, P, A, M, W>
where
    P: Process<Command: Clone + PartialEq, Message: Clone + PartialEq> + Clone + PartialEq,
    A: Application<P> + Clone + PartialEq,
    M: Monitor<P> + Clone + PartialEq,
{
    fn new(replay: &'r mut Replay<'a, P, A, M, W>) -> Self {
        let start = State::of(replay);
        let (unkept, neglected) = (replay.unkept().collect(), start.duties.clone());
        Self { replay, start, unkept, neglected }
    }

    /// Goes round twice. The second time, what says the same arrives, under another name; all
    /// happens as long after the first time as a round takes.
    fn go(mut self, way: &[HappenedTo<P>], round: &[HappenedTo<P>]) -> Result<Violation, NoLasso> {
        let ends = |events: &[HappenedTo<P>]| events.last().map(|event| (event.id, event.at));
        let (before, began) = ends(way).unwrap_or((BEGINNING, Duration::ZERO));
        let (last, ended) = ends(round).ok_or(NoLasso::Empty)?;
        let numbered = || round.iter().zip(way.len()..);
        let mut duties = Vec::new();
        for (event, number) in numbered() {
            let duty = self.replay.stage.duty_of(&event.what);
            let duty = duty.filter(|duty| self.does(event.id, event.at, duty));
            duties.push(duty.ok_or(NoLasso::NotBound { round: 1, event: number })?);
        }
        self.is_back(1)?;
        for ((event, number), duty) in numbered().zip(&duties) {
            let (id, at) = (event.id + (last - before), event.at + (ended - began));
            if !self.does(id, at, duty) {
                return Err(NoLasso::NotBound { round: 2, event: number });
            }
        }
        self.is_back(2)?;
        if let Some(duty) = self.neglected.first() {
            return Err(NoLasso::Unfair(duty.to_string()));
        }
        let Violation { property, detail } = self.unkept.into_iter().next().ok_or(NoLasso::Kept)?;
        Ok(Violation::new(property, format!("for ever, {detail}")))
    }

    /// Whether a duty is done when its turn comes.
    fn does(&mut self, id: u32, at: Duration, duty: &DutyOf<P>) -> bool {
        let is_done = self.replay.fulfil(id, at, duty);
        let due = self.replay.stage.duties();
        self.neglected.retain(|it| it != duty && due.contains(it));
        let unkept: Vec<_> = self.replay.unkept().collect();
        self.unkept.retain(|it| unkept.iter().any(|other| other.property == it.property));
        is_done
    }

    /// Whether all is as it was before that round.
    fn is_back(&mut self, round: u32) -> Result<(), NoLasso> {
        let difference = State::of(self.replay).difference(&self.start);
        difference.map_or(Ok(()), |part| Err(NoLasso::Open { round, part }))
    }
}

/// All that decides what can happen next, but for moments. Nobody dies on a round, or comes back.
struct State<P: Process, A, M> {
    processes: Vec<P>,
    applications: Vec<A>,
    monitor: M,
    links: Vec<Channel>,
    /// What the messages say that are on their way, in order.
    under_way: BTreeMap<(ProcessId, ProcessId), Vec<P::Message>>,
    duties: Vec<DutyOf<P>>,
}

impl<P, A, M> State<P, A, M>
where
    P: Process<Command: Clone + PartialEq, Message: Clone + PartialEq> + Clone + PartialEq,
    A: Application<P> + Clone + PartialEq,
    M: Monitor<P> + Clone + PartialEq,
{
    fn of<W>(replay: &mut Replay<P, A, M, W>) -> Self {
        let duties = replay.stage.duties();
        let Stage { applications, monitor, network, under_way, .. } = &replay.stage;
        // Where order counts for nothing, what is on its way is what is bound to arrive.
        let in_order = under_way.iter().filter(|_| network.keeps_order());
        let said = in_order.map(|(&link, flying)| {
            (link, flying.iter().map(|flying| flying.message.clone()).collect::<Vec<_>>())
        });
        Self {
            processes: replay.processes.clone(),
            applications: applications.clone(),
            monitor: monitor.clone(),
            links: network.connections(),
            under_way: said.filter(|(_, messages)| !messages.is_empty()).collect(),
            duties,
        }
    }

    /// What is not as it is in another state.
    fn difference(&self, other: &Self) -> Option<&'static str> {
        let count = |state: &Self, duty| state.duties.iter().filter(|it| *it == duty).count();
        let has_as_many = |duty| count(self, duty) == count(other, duty);
        let mut parts = [
            ("the processes", self.processes == other.processes),
            ("the applications", self.applications == other.applications),
            ("the monitor", self.monitor == other.monitor),
            ("the links", self.links == other.links),
            ("what is under way", self.under_way == other.under_way),
            ("what is bound to happen", self.duties.iter().chain(&other.duties).all(has_as_many)),
        ]
        .into_iter();
        parts.find(|(_, is_the_same)| !is_the_same).map(|(part, _)| part)
    }
}

impl fmt::Display for NoLasso {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "nothing is repeated"),
            Self::NotBound { round, event } => {
                write!(f, "in round {round}, event {} is not bound to happen", event + 1)
            }
            Self::Open { round, part } => {
                let ordinal = if *round == 1 { "first" } else { "second" };
                write!(f, "after the {ordinal} round, {part} is not as before")
            }
            Self::Unfair(neglected) => f.write_str(neglected),
            Self::Kept => write!(f, "all that must be so some time is so on the way round"),
            Self::Violated(violation) => violation.fmt(f),
        }
    }
}

impl std::error::Error for NoLasso {}
