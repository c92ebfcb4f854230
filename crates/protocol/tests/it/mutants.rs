//! Links that are made reliable wrongly, and the property that finds each of them.
//!
//! The process inside only talks: to each peer it says messages with numbers in a row, which
//! begin anew when the peer begins a new life. A monitor compares them with what is heard.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use protocol::{
    Application, Delay, Effect, EffectOf, Effects, Link, Monitor, Never, Plan, Process, ProcessId,
    Reliable, Violation,
};
use scenario::{Order, Scenario};
use simulator::{Experiment, Failure};

mod wrong;

/// How often each process talks after its start.
const TIMES: u32 = 10;

/// Talks to all its peers, at its start and whenever it is told to.
struct Talker {
    incarnation: u64,
    peers: BTreeMap<ProcessId, Peer>,
}

/// What a [`Talker`] knows of a peer.
#[derive(Clone, Copy, Default)]
struct Peer {
    /// `None` before the link was ever up.
    incarnation: Option<u64>,
    /// How much was said to that life of it.
    said: u32,
}

#[derive(Clone, Copy)]
struct Talk {
    /// Whether there will be more.
    is_last: bool,
}

#[derive(Clone, Copy)]
struct Word {
    from_life: u64,
    to_life: Option<u64>,
    /// From 1.
    number: u32,
    is_last: bool,
}

struct Heard {
    from: ProcessId,
    word: Word,
}

impl Talker {
    fn new(me: ProcessId, incarnation: u64, size: u32) -> Self {
        let peers = me.peers(size).into_iter().map(|peer| (peer, Peer::default())).collect();
        Self { incarnation, peers }
    }

    fn talk(&mut self, is_last: bool, fx: &mut Effects<Self>) {
        for (&id, peer) in &mut self.peers {
            peer.said += 1;
            let Peer { incarnation: to_life, said: number } = *peer;
            fx.send(id, Word { from_life: self.incarnation, to_life, number, is_last });
        }
    }
}

impl Process for Talker {
    type Command = Talk;
    type Message = Word;
    type Event = Heard;
    type Timer = Never;

    const REJOINS: bool = true;

    fn on_start(&mut self, fx: &mut Effects<Self>) {
        self.talk(false, fx);
    }

    fn on_command(&mut self, Talk { is_last }: Talk, fx: &mut Effects<Self>) {
        self.talk(is_last, fx);
    }

    fn on_message(&mut self, from: ProcessId, word: Word, fx: &mut Effects<Self>) {
        fx.emit(Heard { from, word });
    }

    fn on_link(&mut self, id: ProcessId, link: Link, _fx: &mut Effects<Self>) {
        let peer = self.peers.entry(id).or_default();
        if let Link::Up { incarnation, .. } = link {
            if peer.incarnation.is_some_and(|known| known != incarnation) {
                peer.said = 0;
            }
            peer.incarnation = Some(incarnation);
        }
    }
}

/// Has its process talk, and is done when it has heard the last word of each peer.
struct Listener {
    /// Whose last word has not been heard.
    missing: BTreeSet<ProcessId>,
}

impl<P: Process<Command = Talk, Event = Heard>> Application<P> for Listener {
    fn on_start(&mut self, plan: &mut Plan<Talk>) {
        for i in 1..=TIMES {
            let after = Delay::Constant(i * Duration::from_millis(5));
            plan.ask(after, Talk { is_last: i == TIMES });
        }
    }

    fn on_event(&mut self, Heard { from, word }: &Heard, _plan: &mut Plan<Talk>) {
        if word.is_last {
            self.missing.remove(from);
        }
    }

    fn is_done(&self) -> bool {
        self.missing.is_empty()
    }
}

/// Per pair of lives, exactly once and in order.
#[derive(Default)]
struct Faithful {
    /// In which life each process is that ever died.
    lives: BTreeMap<ProcessId, u64>,
    /// How much was heard, by the lives of who spoke and who heard.
    heard: BTreeMap<[(ProcessId, u64); 2], u32>,
    violation: Option<Violation>,
}

impl<P: Process<Event = Heard>> Monitor<P> for Faithful {
    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        let Effect::Emit(Heard { from, word }) = effect else { return };
        let life = self.lives.get(&by).copied().unwrap_or(0);
        let heard = self.heard.entry([(*from, word.from_life), (by, life)]).or_default();
        let broken = if word.to_life.is_some_and(|to_life| to_life != life) {
            "within one life"
        } else if word.number <= *heard {
            "at most once"
        } else if word.number > *heard + 1 {
            "in order"
        } else {
            *heard += 1;
            return;
        };
        let detail = format!("{by} hears number {} of {from} after {heard}", word.number);
        self.violation.get_or_insert(Violation::new(broken, detail));
    }

    fn on_crash(&mut self, _now: Duration, who: ProcessId) {
        *self.lives.entry(who).or_default() += 1;
    }

    fn violation(&self) -> Option<Violation> {
        self.violation.clone()
    }
}

/// Links that do all that links can do.
fn bad_links() -> Scenario<()> {
    let mut scenario = Scenario::new(2, ());
    let chance = |percent: &str| percent.parse().expect("a chance");
    scenario.links.order = Order::Unordered;
    scenario.links.loss = chance("20%");
    scenario.links.duplication = chance("10%");
    // Who talks for ever is not reliable either.
    scenario.max_steps = 10_000;
    scenario
}

/// Links that break nothing.
fn good_links() -> Scenario<()> {
    Scenario::new(2, ())
}

/// The connection breaks before the last word is said, and comes back after it.
fn breaking_links() -> Scenario<()> {
    let partition = "0@45ms..60ms/noticed".parse().expect("a partition");
    Scenario { partitions: vec![partition], ..good_links() }
}

/// A process dies, and comes back without its memory.
fn deadly() -> Scenario<()> {
    let crash = "0@20ms..30ms/silent".parse().expect("a crash");
    Scenario { crashes: vec![crash], max_steps: 10_000, ..good_links() }
}

/// The first seed with which the processes fail, and how.
fn first_failure<P: Process<Command = Talk, Event = Heard, Message: Clone>>(
    scenario: &Scenario<()>,
    reliable: fn(Talker, u64) -> P,
) -> Option<(u64, Failure)> {
    let size = scenario.processes;
    let experiment = Experiment {
        scenario,
        properties: &[],
        process: &|me, life| reliable(Talker::new(me, life, size), life),
        application: &|me| Listener { missing: me.peers(size).into_iter().collect() },
    };
    (0..500).find_map(|seed| Some((seed, experiment.run(seed, Faithful::default()).failure?)))
}

/// The property that finds these; the honest ones have it in the same scenario.
fn caught_by<P: Process<Command = Talk, Event = Heard, Message: Clone>>(
    scenario: &Scenario<()>,
    reliable: fn(Talker, u64) -> P,
) -> String {
    assert_eq!(first_failure(scenario, Reliable::new), None, "so fail the honest ones");
    let (seed, failure) = first_failure(scenario, reliable).expect("wrong, and nobody sees it");
    println!("seed {seed}: {failure}");
    failure.violation.property.into_owned()
}

#[test]
fn what_is_doubled_is_taken_in_once() {
    assert_eq!(caught_by(&bad_links(), wrong::takes_in_doubles::Reliable::new), "at most once");
}

#[test]
fn what_comes_early_waits() {
    assert_eq!(caught_by(&bad_links(), wrong::takes_in_what_is_early::Reliable::new), "in order");
}

#[test]
fn what_is_acknowledged_was_taken_in() {
    let early = wrong::acknowledges_what_is_early::Reliable::new;
    assert_eq!(caught_by(&bad_links(), early), "in order");
}

#[test]
fn what_is_acknowledged_was_sent() {
    let one_too_many = wrong::acknowledges_one_too_many::Reliable::new;
    assert_eq!(caught_by(&good_links(), one_too_many), "no rejection");
}

#[test]
fn an_acknowledgement_that_was_lost_is_given_again() {
    assert_eq!(caught_by(&bad_links(), wrong::acknowledges_once::Reliable::new), "liveness");
}

#[test]
fn what_was_lost_is_sent_again() {
    assert_eq!(caught_by(&bad_links(), wrong::never_repeats::Reliable::new), "deadlock");
}

#[test]
fn what_was_said_while_the_link_was_down_is_heard() {
    let waits = wrong::waits_for_the_next_word::Reliable::new;
    assert_eq!(caught_by(&breaking_links(), waits), "deadlock");
}

#[test]
fn what_a_broken_link_lost_is_sent_again() {
    let forgets = wrong::does_not_repeat_over_a_new_link::Reliable::new;
    assert_eq!(caught_by(&breaking_links(), forgets), "deadlock");
}

#[test]
fn who_begins_anew_is_told_from_the_beginning() {
    let goes_on = wrong::does_not_begin_anew::Reliable::new;
    assert_eq!(caught_by(&deadly(), goes_on), "no rejection");
    let deadly = Scenario { tolerate_rejections: true, ..deadly() };
    assert_eq!(caught_by(&deadly, goes_on), "in order");
}

#[test]
fn what_was_said_to_the_dead_is_not_heard() {
    let carries_over = wrong::carries_over_to_another_life::Reliable::new;
    assert_eq!(caught_by(&deadly(), carries_over), "within one life");
}
