//! Processes that do as they are told and keep a diary. So each history is a state, and the
//! diaries that a search comes across are all that can happen.

use std::{
    collections::BTreeSet,
    fmt,
    hash::Hash,
    num::NonZeroUsize,
    sync::{Arc, Mutex},
    time::Duration,
};

use checker::{Bounds, Check, Verdict};
use protocol::{
    Application, Delay, Effects, Fate, Input, InputOf, Link, Monitor, Plan, Process, ProcessId,
    Property, View, Violation,
};
use scenario::{Budget, Scenario};
use simulator::{Experiment, Shrinker};
use trace::ScriptOf;

/// With `REJOINS`, its peers go on with its next life.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Puppet<const REJOINS: bool = false> {
    life: u64,
    /// What befell it in this life, in order; that all are linked at the beginning is left out.
    pub(crate) diary: String,
}

/// What puppets are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Do {
    /// Whoever hears 10 or more answers with ten less.
    Say(u32, u64),
    Set(&'static str),
    Stop(&'static str),
    Close(u32),
    Reject(u32),
    Panic,
}

/// What is told to whom, to be done in one step. Of its own cues, each puppet is given the next
/// one when it has followed the one before.
pub(crate) type Cue = (u32, &'static [Do]);

/// What a puppet has said, and in which of its lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Said {
    life: u64,
    number: u64,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.life {
            0 => write!(f, "{}", self.number),
            life => write!(f, "{} of life {life}", self.number),
        }
    }
}

impl<const REJOINS: bool> Puppet<REJOINS> {
    pub(crate) fn new(life: u64) -> Self {
        Self { life, diary: String::new() }
    }

    fn note(&mut self, line: impl fmt::Display) {
        let comma = if self.diary.is_empty() { "" } else { ", " };
        self.diary = format!("{}{comma}{line}", self.diary);
    }

    fn say(&self, to: ProcessId, number: u64, fx: &mut Effects<Self>) {
        fx.send(to, Said { life: self.life, number });
    }
}

impl<const REJOINS: bool> Process for Puppet<REJOINS> {
    type Command = &'static [Do];
    type Message = Said;
    type Event = ();
    type Timer = &'static str;

    const REJOINS: bool = REJOINS;

    fn on_start(&mut self, _fx: &mut Effects<Self>) {
        if self.life > 0 {
            self.note(format!("life {}", self.life));
        }
    }

    fn on_command(&mut self, cue: &'static [Do], fx: &mut Effects<Self>) {
        for &command in cue {
            match command {
                Do::Say(to, number) => self.say(ProcessId(to), number, fx),
                Do::Set(timer) => fx.set_timer(timer, Duration::from_millis(5)),
                Do::Stop(timer) => fx.cancel_timer(timer),
                Do::Close(peer) => fx.close(ProcessId(peer)),
                Do::Reject(peer) => fx.reject(ProcessId(peer), "it is rude"),
                Do::Panic => panic!("told to"),
            }
        }
        fx.emit(());
    }

    fn on_message(&mut self, from: ProcessId, said: Said, fx: &mut Effects<Self>) {
        self.note(said);
        if said.number >= 10 {
            self.say(from, said.number - 10, fx);
        }
    }

    fn on_timer(&mut self, timer: &'static str, _fx: &mut Effects<Self>) {
        self.note(format_args!("{timer} rings"));
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, _fx: &mut Effects<Self>) {
        match link {
            Link::Up { incarnation: 0, .. } if self.life == 0 => {}
            Link::Up { incarnation, .. } => {
                self.note(format_args!("up {peer} in life {incarnation}"));
            }
            Link::Down => self.note(format_args!("down {peer}")),
        }
    }
}

/// Gives a puppet its cues, one by one, in each of its lives.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Prompter {
    cues: Vec<&'static [Do]>,
    next: usize,
}

impl Prompter {
    pub(crate) fn new(cues: &[Cue], of: ProcessId) -> Self {
        let cues = cues.iter().filter(|(who, _)| *who == of.0).map(|(_, cue)| *cue);
        Self { cues: cues.collect(), next: 0 }
    }

    fn go_on(&mut self, plan: &mut Plan<&'static [Do]>) {
        if let Some(cue) = self.cues.get(self.next) {
            let max = Duration::from_millis(20);
            plan.ask(Delay::Uniform { min: Duration::ZERO, max }, cue);
            self.next += 1;
        }
    }
}

impl<const REJOINS: bool> Application<Puppet<REJOINS>> for Prompter {
    fn on_start(&mut self, plan: &mut Plan<&'static [Do]>) {
        self.go_on(plan);
    }

    fn on_event(&mut self, (): &(), plan: &mut Plan<&'static [Do]>) {
        self.go_on(plan);
    }

    fn is_done(&self) -> bool {
        self.next == self.cues.len()
    }
}

/// Watches what becomes of messages, links and lives, and objects to one story of it.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Censor {
    pub(crate) forbidden: &'static str,
    story: String,
}

impl Censor {
    pub(crate) fn of(forbidden: &'static str) -> Self {
        Self { forbidden, story: String::new() }
    }

    fn note(&mut self, line: impl fmt::Display) {
        let comma = if self.story.is_empty() { "" } else { ", " };
        self.story = format!("{}{comma}{line}", self.story);
    }
}

impl<const REJOINS: bool> Monitor<Puppet<REJOINS>> for Censor {
    fn on_input(
        &mut self,
        _: Duration,
        at: ProcessId,
        _: &Puppet<REJOINS>,
        input: &InputOf<Puppet<REJOINS>>,
    ) {
        if let Input::Link { peer, link: Link::Down } = input {
            self.note(format_args!("{at} has {peer} down"));
        }
    }

    fn on_fate(&mut self, _: Duration, from: ProcessId, to: ProcessId, said: &Said, fate: Fate) {
        self.note(format_args!("{from} -> {to}: {said} is {fate}"));
    }

    fn on_crash(&mut self, _: Duration, who: ProcessId) {
        self.note(format_args!("{who} dies"));
    }

    fn violation(&self) -> Option<Violation> {
        let is_told = !self.story.is_empty() && self.story == self.forbidden;
        is_told.then(|| Violation::new("censor", self.forbidden))
    }
}

/// So many puppets, of whom nobody is told anything.
pub(crate) fn stage(puppets: u32, budget: Budget) -> Scenario<()> {
    Scenario { budget, ..Scenario::new(puppets, ()) }
}

/// Searches all that can become of puppets.
pub(crate) fn perform<const REJOINS: bool, M>(
    scenario: &Scenario<()>,
    cues: &[Cue],
    properties: &[Property<Puppet<REJOINS>>],
    monitor: M,
) -> Verdict<Puppet<REJOINS>>
where
    M: Monitor<Puppet<REJOINS>> + Clone + Eq + Hash + Send + Sync,
{
    let check = Check {
        scenario,
        properties,
        process: &|_, life| Puppet::new(life),
        application: &|of| Prompter::new(cues, of),
        monitor,
        bounds: Bounds::default(),
        threads: NonZeroUsize::MIN,
    };
    check.run(&mut |_| {})
}

/// All that can stand in the diary of one of the puppets while it lives.
pub(crate) fn tales<const REJOINS: bool>(
    scenario: &Scenario<()>,
    cues: &[Cue],
    of: u32,
) -> BTreeSet<String> {
    let tales = Arc::new(Mutex::new(BTreeSet::new()));
    let verdict = perform::<REJOINS, _>(scenario, cues, &[reader(of, &tales)], ());
    assert!(matches!(verdict, Verdict::Proved(_)), "{verdict}");
    let tales = tales.lock().unwrap();
    tales.clone()
}

/// Holds always, and reads one of the diaries in every state.
pub(crate) fn reader<const REJOINS: bool>(
    of: u32,
    tales: &Arc<Mutex<BTreeSet<String>>>,
) -> Property<Puppet<REJOINS>> {
    let tales = tales.clone();
    Property::always("reader", move |view: &View<Puppet<REJOINS>>| {
        let living = view.living().find(|(id, _)| id.0 == of);
        tales.lock().unwrap().extend(living.map(|(_, puppet)| puppet.diary.clone()));
        Ok(())
    })
}

/// One of the diaries never reads so.
pub(crate) fn never<const REJOINS: bool>(of: u32, tale: &str) -> Property<Puppet<REJOINS>> {
    let tale = tale.to_owned();
    Property::always("taboo", move |view: &View<Puppet<REJOINS>>| {
        let mut living = view.living();
        match living.any(|(id, puppet)| id.0 == of && puppet.diary == tale) {
            true => Err(format!("{of} tells: {tale}")),
            false => Ok(()),
        }
    })
}

/// What the simulator finds wrong when the same happens there.
pub(crate) fn replay<const REJOINS: bool, M: Monitor<Puppet<REJOINS>>>(
    scenario: &Scenario<()>,
    cues: &[Cue],
    properties: &[Property<Puppet<REJOINS>>],
    monitor: &dyn Fn() -> M,
    script: &ScriptOf<Puppet<REJOINS>>,
) -> Option<Violation> {
    let experiment = Experiment {
        scenario,
        properties,
        process: &|_, life| Puppet::new(life),
        application: &|of| Prompter::new(cues, of),
    };
    let may_omit = &|_: &&'static [Do]| false;
    Shrinker { experiment: &experiment, monitor, may_omit, noun: "puppet" }.replay(script)
}
