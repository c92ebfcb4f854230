//! Who waits for ever is found, on cycles and where ways join.

use std::{hash::Hash, num::NonZeroUsize, time::Duration};

use checker::{Bound, Bounds, Check, Checkable, Verdict};
use protocol::{Application, Effects, Link, Never, Plan, Process, ProcessId, Property, View};
use scenario::{Order, Scenario};
use simulator::{Experiment, Shrinker};

/// Asks for nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Nobody;

impl<P: Process> Application<P> for Nobody {
    fn on_start(&mut self, _plan: &mut Plan<P::Command>) {}

    fn on_event(&mut self, _event: &P::Event, _plan: &mut Plan<P::Command>) {}

    fn is_done(&self) -> bool {
        true
    }
}

pub(crate) fn check<P, A>(
    order: Order,
    processes: u32,
    process: impl Fn(ProcessId) -> P + Sync,
    application: &A,
    property: Property<P>,
) -> Verdict<P>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash + Send + Sync,
{
    let mut scenario = Scenario::new(processes, ());
    scenario.links.order = order;
    let experiment = Experiment {
        scenario: &scenario,
        properties: &[property],
        process: &|me, _| process(me),
        application: &|_| application.clone(),
    };
    search(&experiment)
}

/// What the checker finds. A run that never ends is followed by the simulator, too.
fn search<P, A>(experiment: &Experiment<P, A, ()>) -> Verdict<P>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash + Send + Sync,
{
    let Experiment { scenario, properties, process, application } = experiment;
    let check = Check {
        scenario,
        properties,
        process: *process,
        application: *application,
        monitor: (),
        bounds: Bounds::default(),
        threads: NonZeroUsize::MIN,
    };
    let verdict = check.run(&mut |_| {});
    if let Verdict::Violated { violation, run, .. } = &verdict
        && let Some(first) = run.repeats_from
    {
        let shrinker =
            Shrinker { experiment, monitor: &|| (), may_omit: &|_| false, noun: "process" };
        let replayed = shrinker.replay_for_ever(&run.script, first);
        assert_eq!(replayed.as_ref(), Ok(violation));
    }
    verdict
}

/// What is wrong, how many steps lead to what is repeated for ever, and how many those are.
pub(crate) fn starves<P: Process>(verdict: Verdict<P>) -> (String, usize, usize) {
    match verdict {
        Verdict::Violated { violation, run, .. } => {
            let before =
                run.repeats_from.unwrap_or_else(|| panic!("it comes to rest: {violation}"));
            (violation.to_string(), before, run.script.len() - before)
        }
        _ => panic!("{verdict}"),
    }
}

pub(crate) fn is_proved<P: Process>(verdict: &Verdict<P>) -> bool {
    matches!(verdict, Verdict::Proved(_))
}

/// One of a ring in which a token goes round for ever.
#[derive(Clone, PartialEq, Eq, Hash)]
struct RingSite {
    me: u32,
    wants: bool,
    /// Whether it takes the token when it wants it.
    takes: bool,
}

impl RingSite {
    const SIZE: u32 = 3;

    fn next(&self) -> ProcessId {
        ProcessId((self.me + 1) % Self::SIZE)
    }
}

impl Process for RingSite {
    type Command = Never;
    type Message = ();
    type Event = Never;
    type Timer = Never;

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_message(&mut self, _from: ProcessId, (): (), fx: &mut Effects<Self>) {
        self.wants &= !self.takes;
        fx.send(self.next(), ());
    }

    fn on_link(&mut self, peer: ProcessId, _link: Link, fx: &mut Effects<Self>) {
        if self.me == 0 && peer == self.next() {
            fx.send(peer, ());
        }
    }
}

fn ring(takes: bool) -> Verdict<RingSite> {
    let nobody_wants = Property::eventually("service", |view: &View<RingSite>| {
        let mut waiting = view.living().filter(|(_, site)| site.wants);
        waiting.next().map_or(Ok(()), |(id, _)| Err(format!("{id} waits")))
    });
    let site = move |me: ProcessId| RingSite { me: me.0, wants: me.0 == 1, takes };
    check(Order::Fifo, RingSite::SIZE, site, &Nobody, nobody_wants)
}

#[test]
fn who_is_passed_over_for_ever_is_found_on_a_cycle() {
    assert_eq!(starves(ring(false)), ("service: for ever, 1 waits".to_owned(), 0, 3));
}

#[test]
fn who_is_served_when_its_turn_comes_does_not_starve() {
    let verdict = ring(true);
    assert!(is_proved(&verdict), "{verdict}");
    // One step until it is served, then round and round.
    assert_eq!(verdict.extent().unique_states, 4);
}

/// Goes from one place to the next where timers lead.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Walker {
    place: u32,
    /// From where to where.
    ways: &'static [(u32, u32)],
}

impl Walker {
    fn arrive(&mut self, place: u32, fx: &mut Effects<Self>) {
        self.ways.iter().for_each(|way| fx.cancel_timer(*way));
        self.place = place;
        let onwards = self.ways.iter().filter(|(from, _)| *from == place);
        onwards.for_each(|way| fx.set_timer(*way, Duration::ZERO));
    }
}

impl Process for Walker {
    type Command = Never;
    type Message = Never;
    type Event = Never;
    type Timer = (u32, u32);

    fn on_start(&mut self, fx: &mut Effects<Self>) {
        self.arrive(0, fx);
    }

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_message(&mut self, _from: ProcessId, message: Never, _fx: &mut Effects<Self>) {
        match message {}
    }

    fn on_timer(&mut self, (_, to): (u32, u32), fx: &mut Effects<Self>) {
        self.arrive(to, fx);
    }
}

/// Whoever walks these ways must come to one of the places again and again.
fn walk(ways: &'static [(u32, u32)], promised: &'static [u32]) -> Verdict<Walker> {
    let arrives = Property::eventually("promise", |view: &View<Walker>| {
        let place = view.process(ProcessId(0)).place;
        if promised.contains(&place) { Ok(()) } else { Err(format!("at {place}")) }
    });
    check(Order::Fifo, 1, |_| Walker { place: 0, ways }, &Nobody, arrives)
}

#[test]
fn a_way_that_passes_by_what_is_promised_is_found_where_it_joins_the_other() {
    let diamond = &[(0, 1), (0, 2), (1, 3), (2, 3)];
    for promised in [&[1], &[2]] {
        let verdict = walk(diamond, promised);
        let Verdict::Violated { violation, run, .. } = verdict else { panic!("{verdict}") };
        assert_eq!(violation.to_string(), "deadlock: at 3");
        assert_eq!((run.script.len(), run.repeats_from), (2, None));
    }
    assert!(is_proved(&walk(diamond, &[3])));
}

#[test]
fn a_state_that_leads_to_itself_is_a_cycle() {
    let ways = &[(0, 1), (1, 1)];
    assert_eq!(starves(walk(ways, &[0])), ("promise: for ever, at 1".to_owned(), 1, 1));
    assert!(is_proved(&walk(ways, &[1])));
}

#[test]
fn the_cycle_that_is_soonest_reached_is_shown() {
    let ways = &[(0, 1), (1, 2), (2, 3), (3, 2), (1, 4), (4, 5), (5, 6), (6, 5)];
    assert_eq!(starves(walk(ways, &[0])), ("promise: for ever, at 2".to_owned(), 2, 2));
}

#[test]
fn a_cycle_that_comes_by_what_is_promised_is_none() {
    let ways = &[(0, 1), (1, 2), (2, 0)];
    assert!(is_proved(&walk(ways, &[2])));
    // Where the way to it is not always open, nothing makes anybody take it.
    let with_a_shortcut = &[(0, 1), (1, 2), (2, 0), (1, 0)];
    assert_eq!(starves(walk(with_a_shortcut, &[2])).1, 0);
}

#[test]
fn a_promise_that_panics_on_a_cycle_is_told_as_a_way_there() {
    let ways = &[(0, 1), (1, 2), (2, 0)];
    let fickle = Property::eventually("fickle", |view: &View<Walker>| {
        match view.process(ProcessId(0)).place {
            2 => panic!("lost"),
            place => Err(format!("at {place}")),
        }
    });
    let verdict = check(Order::Fifo, 1, |_| Walker { place: 0, ways }, &Nobody, fickle);
    let Verdict::Violated { violation, run, .. } = verdict else { panic!("{verdict}") };
    assert_eq!(violation.to_string(), "nobody panics: lost");
    assert_eq!((run.script.len(), run.repeats_from), (2, None));
}

fn promises(count: u32) -> Verdict<Walker> {
    let kept = |_| Property::eventually("kept", |_: &View<Walker>| Ok(()));
    let broken = Property::eventually("broken", |_: &View<Walker>| Err("never".into()));
    let properties: Vec<_> = (1..count).map(kept).chain([broken]).collect();
    search(&Experiment {
        scenario: &Scenario::new(1, ()),
        properties: &properties,
        process: &|_, _| Walker { place: 0, ways: &[(0, 0)] },
        application: &|_| Nobody,
    })
}

#[test]
fn thirty_two_promises_are_checked() {
    assert_eq!(starves(promises(32)).0, "broken: for ever, never");
}

#[test]
#[should_panic(expected = "33 properties must hold eventually, and a state has bits for 32")]
fn more_promises_are_refused() {
    promises(33);
}

#[test]
fn where_memory_ends_before_all_steps_are_kept_it_is_said_how_many_states_are_left() {
    /// From each of so many places to each: a step counts more than a state. What the process
    /// does fits into memory, and where all its steps lead does not.
    const PLACES: u32 = 120;
    let ways: Vec<_> = (0..PLACES).flat_map(|a| (0..PLACES).map(move |b| (a, b))).collect();
    let never = Property::eventually("promise", |_: &View<Walker>| Err("never".into()));
    let check = Check {
        scenario: &Scenario::new(1, ()),
        properties: &[never],
        process: &|_, _| Walker { place: 0, ways: ways.clone().leak() },
        application: &|_| Nobody,
        monitor: (),
        bounds: Bounds { max_memory: 1_290_000, ..Bounds::default() },
        threads: NonZeroUsize::MIN,
    };
    let Verdict::BoundHit { extent, bound, left } = check.run(&mut |_| {}) else {
        panic!("memory is enough")
    };
    assert_eq!((extent.unique_states, bound), (PLACES.into(), Bound::Memory));
    assert!((1..PLACES.into()).contains(&left), "{left}");
}

#[test]
fn each_of_several_promises_is_kept_or_named() {
    let place = |name, place: u32| {
        Property::eventually(name, move |view: &View<Walker>| {
            let here = view.process(ProcessId(0)).place;
            if here == place { Ok(()) } else { Err(format!("at {here}")) }
        })
    };
    let verdict = search(&Experiment {
        scenario: &Scenario::new(1, ()),
        properties: &[place("first", 1), place("second", 2), place("third", 3)],
        process: &|_, _| Walker { place: 0, ways: &[(0, 1), (1, 2), (2, 1), (1, 3), (3, 1)] },
        application: &|_| Nobody,
    });
    // 1 is on every way round, and 2 and 3 on one each.
    let (text, ..) = starves(verdict);
    assert!(text.starts_with("second: for ever, at "), "{text}");
}
