//! Processes that do as they are told and tell all that they hear: tests read what happened off
//! a diary, line by line.

use std::{fmt, time::Duration};

use protocol::{
    Application, Delay, Effect, EffectOf, Effects, Fate, Link, Monitor, Plan, Process, ProcessId,
    Property, parse_duration,
};
use scenario::Scenario;
use simulator::{Experiment, Run};

/// With `REJOINS`, its peers go on with its next life.
pub(crate) struct Puppet<const REJOINS: bool = false> {
    life: u64,
    /// Sends this to whomever it is linked to, as soon as it hears of it.
    greeting: Option<u64>,
    /// The numbers that it has heard; forgotten in a crash.
    pub(crate) heard: Vec<u64>,
}

/// What puppets are told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Do {
    Say(u32, u64),
    Set(&'static str, &'static str),
    /// Set a timer that runs for ever.
    Wait,
    Stop(&'static str),
    Close(u32),
    Reject(u32),
    /// Say, close and say once more, in one step.
    SayCloseSay(u32),
    Panic,
    /// Tell what it has heard so far, and what its clock shows.
    Recite,
}

impl fmt::Display for Do {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl<const REJOINS: bool> Puppet<REJOINS> {
    pub(crate) fn new(life: u64) -> Self {
        Self { life, greeting: None, heard: Vec::new() }
    }

    /// One that tells everybody which life it is in.
    pub(crate) fn greeting(life: u64) -> Self {
        Self { greeting: Some(life), ..Self::new(life) }
    }
}

impl<const REJOINS: bool> Process for Puppet<REJOINS> {
    type Command = Do;
    type Message = u64;
    type Event = String;
    type Timer = &'static str;

    const REJOINS: bool = REJOINS;

    fn on_start(&mut self, fx: &mut Effects<Self>) {
        fx.emit(format!("starts life {}", self.life));
    }

    fn on_command(&mut self, command: Do, fx: &mut Effects<Self>) {
        match command {
            Do::Say(to, number) => fx.send(ProcessId(to), number),
            Do::Set(timer, after) => fx.set_timer(timer, time(after)),
            Do::Wait => fx.set_timer("for ever", Duration::MAX),
            Do::Stop(timer) => fx.cancel_timer(timer),
            Do::Close(peer) => fx.close(ProcessId(peer)),
            Do::Reject(peer) => fx.reject(ProcessId(peer), "it is rude"),
            Do::SayCloseSay(peer) => {
                (1..=5).for_each(|number| fx.send(ProcessId(peer), number));
                fx.close(ProcessId(peer));
                (6..=9).for_each(|number| fx.send(ProcessId(peer), number));
            }
            Do::Panic => panic!("told to"),
            Do::Recite => fx.emit(format!("has heard {:?} at its {:?}", self.heard, fx.now())),
        }
    }

    fn on_message(&mut self, from: ProcessId, number: u64, fx: &mut Effects<Self>) {
        self.heard.push(number);
        fx.emit(format!("hears {number} from {from}"));
    }

    fn on_timer(&mut self, timer: &'static str, fx: &mut Effects<Self>) {
        fx.emit(format!("timer {timer} at its {:?}", fx.now()));
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, fx: &mut Effects<Self>) {
        match link {
            Link::Up { incarnation, .. } => {
                fx.emit(format!("up {peer} in life {incarnation}"));
                if let Some(number) = self.greeting {
                    fx.send(peer, number);
                }
            }
            Link::Down => fx.emit(format!("down {peer}")),
        }
    }
}

/// What one puppet is told in each of its lives, and how long after it began.
#[derive(Default)]
pub(crate) struct Script(Vec<(Duration, Do)>);

impl<const REJOINS: bool> Application<Puppet<REJOINS>> for Script {
    fn on_start(&mut self, plan: &mut Plan<Do>) {
        for (after, command) in self.0.drain(..) {
            plan.ask(Delay::Constant(after), command);
        }
    }

    fn on_event(&mut self, _event: &String, _plan: &mut Plan<Do>) {}

    fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}

/// Everything that the puppets told and everything that befell their messages, in order.
#[derive(Default)]
pub(crate) struct Diary(Vec<(Duration, String)>);

impl Diary {
    /// The lines from `moment` on. Before it, links come up.
    pub(crate) fn from(&self, moment: &str) -> Vec<&str> {
        self.0.iter().filter(|(at, _)| *at >= time(moment)).map(|(_, line)| &**line).collect()
    }

    /// The lines with `word` in them.
    pub(crate) fn with(&self, word: &str) -> Vec<&str> {
        self.from("0s").into_iter().filter(|line| line.contains(word)).collect()
    }

    /// The numbers heard, in order.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        let number = |line: &&str| line.split_once("hears ")?.1.split(' ').next()?.parse().ok();
        self.from("0s").iter().filter_map(number).collect()
    }

    fn write(&mut self, now: Duration, line: impl fmt::Display) {
        self.0.push((now, format!("{now:?} {line}")));
    }
}

impl<const REJOINS: bool> Monitor<Puppet<REJOINS>> for Diary {
    fn on_effect(&mut self, now: Duration, by: ProcessId, effect: &EffectOf<Puppet<REJOINS>>) {
        if let Effect::Emit(told) = effect {
            self.write(now, format_args!("{by} {told}"));
        }
    }

    fn on_fate(&mut self, now: Duration, from: ProcessId, to: ProcessId, n: &u64, fate: Fate) {
        self.write(now, format_args!("{from} -> {to}: {n} is {fate}"));
    }

    fn on_crash(&mut self, now: Duration, who: ProcessId) {
        self.write(now, format_args!("{who} dies"));
    }
}

pub(crate) fn time(text: &str) -> Duration {
    parse_duration(text).unwrap()
}

/// So many puppets whose messages take a millisecond, in order.
pub(crate) fn stage(puppets: u32) -> Scenario<()> {
    let mut scenario = Scenario::new(puppets, ());
    scenario.links.delay = "1ms".parse().unwrap();
    scenario
}

/// What is told to whom, and when.
pub(crate) type Cue = (&'static str, u32, Do);

/// The numbers 1, 2, … said by 0 to 1, a microsecond apart.
pub(crate) fn speech(length: u64) -> impl Iterator<Item = (Duration, Do)> {
    (1..=length).map(|number| (Duration::from_micros(number), Do::Say(1, number)))
}

pub(crate) fn play(scenario: &Scenario<()>, cues: &[Cue]) -> Run<Diary> {
    play_from(1, scenario, cues)
}

pub(crate) fn play_from(seed: u64, scenario: &Scenario<()>, cues: &[Cue]) -> Run<Diary> {
    perform::<false>(scenario, &|of| script(cues, of), None, &[], seed)
}

/// Plays puppets with the given answer to `REJOINS`, greeting and properties.
pub(crate) fn play_as<const REJOINS: bool>(
    scenario: &Scenario<()>,
    cues: &[Cue],
    greeting: Option<u64>,
    properties: &[Property<Puppet<REJOINS>>],
) -> Run<Diary> {
    perform(scenario, &|of| script(cues, of), greeting, properties, 1)
}

pub(crate) fn script(cues: &[Cue], of: ProcessId) -> Script {
    let cues = cues.iter().filter(|&&(_, who, _)| who == of.0);
    Script(cues.map(|&(at, _, command)| (time(at), command)).collect())
}

/// 0 makes a speech of such a length to 1.
pub(crate) fn recite(scenario: &Scenario<()>, length: u64, seed: u64) -> Run<Diary> {
    let script = |of: ProcessId| Script(if of.0 == 0 { speech(length).collect() } else { vec![] });
    perform::<false>(scenario, &script, None, &[], seed)
}

fn perform<const REJOINS: bool>(
    scenario: &Scenario<()>,
    script: &(dyn Fn(ProcessId) -> Script + Sync),
    greeting: Option<u64>,
    properties: &[Property<Puppet<REJOINS>>],
    seed: u64,
) -> Run<Diary> {
    let process = |_, life| Puppet { greeting, ..Puppet::new(life) };
    let experiment = Experiment { scenario, properties, process: &process, application: script };
    experiment.run(seed, Diary::default())
}
