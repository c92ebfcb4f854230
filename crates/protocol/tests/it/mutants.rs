//! Links that are made reliable wrongly, and the property that finds each of them: in some of the
//! runs of five hundred seeds, and in a shortest one of all that there can be.
//!
//! What each failure comes down to stands in `tests/golden/mutants`, and the shortest runs in
//! `tests/golden/shortest`; after a change, `GOLDEN=overwrite cargo test -p protocol mutants`
//! writes them down anew.
//!
//! No budget breaks a connection between the living, so what breaks over a new link alone is found
//! in runs of seeds.
//!
//! That a packet tells between which lives it goes is held in `reliable.rs`: no driver delivers
//! over one connection what another has carried, so that no run here misses it.

use std::fmt::Display;

use checker::Checkable;
use lab_tests::{caught, shortest};
use protocol::{Process, ProcessId, Property, Reliable, View};
use scenario::{Budget, Order, Scenario};
use simulator::{Experiment, Shrinker};

use monitors::{Faithful, Restful};
use talker::{Heard, SIZE, Say, Speaker, Talker};

mod monitors;
mod talker;
mod wrong;

/// Links that break nothing. Everybody says so many words.
fn good_links(words: usize) -> Scenario<usize> {
    Scenario::new(SIZE, words)
}

/// Links that do all that links can do, but for breaking.
fn bad_links(words: usize) -> Scenario<usize> {
    let mut scenario = good_links(words);
    let chance = |percent: &str| percent.parse().expect("a chance");
    scenario.links.order = Order::Unordered;
    scenario.links.loss = chance("20%");
    scenario.links.duplication = chance("10%");
    scenario
}

/// The connection breaks and comes back: after everybody's only word, or before it.
fn breaking_links(when: &str) -> Scenario<usize> {
    let partition = format!("0@{when}/noticed").parse().expect("a partition");
    Scenario { partitions: vec![partition], ..good_links(1) }
}

/// A process dies soon after its second word, and comes back without its memory.
fn deadly(words: usize) -> Scenario<usize> {
    let crash = "0@12ms..20ms/silent".parse().expect("a crash");
    Scenario { crashes: vec![crash], ..good_links(words) }
}

/// All of that, and a restart behind a broken connection.
fn the_worst() -> Scenario<usize> {
    let partitions = ["0@8ms..14ms/noticed", "0@25ms..50ms/noticed", "1@60ms..70ms"];
    let crashes = ["0@18ms..20ms", "1@30ms..35ms"];
    Scenario {
        partitions: partitions.map(|text| text.parse().expect("a partition")).into(),
        crashes: crashes.map(|text| text.parse().expect("a crash")).into(),
        ..bad_links(10)
    }
}

/// The property that finds these; the honest ones have it in the same scenario.
fn caught_by<P>(scenario: &Scenario<usize>, reliable: fn(Talker, u64) -> P) -> String
where
    P: Process<Command = Say, Message: Clone + PartialEq + Display, Event = Heard, Timer: Display>,
{
    with_shrinker(scenario, Reliable::new, |honest| {
        with_shrinker(scenario, reliable, |wrong| caught(honest, wrong))
    })
}

/// Everybody says so many words, and so much may happen to them.
fn within(budget: Budget, words: usize) -> Scenario<usize> {
    Scenario { budget, ..good_links(words) }
}

const ONE_LOSS: Budget = Budget { losses: 1, ..Budget::NOTHING };
const ONE_DOUBLE: Budget = Budget { duplications: 1, ..Budget::NOTHING };
const ONE_OVERTAKES: Budget = Budget { reorderings: 1, ..Budget::NOTHING };
const ONE_RESTART: Budget = Budget { crashes: 1, restarts: 1, ..Budget::NOTHING };

/// The property that a shortest run breaks; the honest ones are proved to have it.
fn soonest_caught_by<P>(scenario: &Scenario<usize>, reliable: fn(Talker, u64) -> P) -> String
where
    P: Checkable + Process<Command = Say, Message: Display, Event = Heard, Timer: Display>,
{
    with_shrinker(scenario, Reliable::new, |honest| {
        with_shrinker(scenario, reliable, |wrong| shortest(honest, wrong))
    })
}

fn with_shrinker<P: Process<Command = Say, Event = Heard>, T>(
    scenario: &Scenario<usize>,
    reliable: fn(Talker, u64) -> P,
    use_it: impl FnOnce(&Shrinker<P, Speaker, (Faithful, Restful), usize>) -> T,
) -> T {
    let watch = || (Faithful::default(), Restful::default());
    watched(scenario, &[], &watch, reliable, use_it)
}

fn watched<P: Process<Command = Say, Event = Heard>, M, T>(
    scenario: &Scenario<usize>,
    properties: &[Property<P>],
    monitor: &dyn Fn() -> M,
    reliable: fn(Talker, u64) -> P,
    use_it: impl FnOnce(&Shrinker<P, Speaker, M, usize>) -> T,
) -> T {
    let experiment = Experiment {
        scenario,
        properties,
        process: &|me: ProcessId, life| reliable(Talker::new(me, life), life),
        application: &|_| Speaker { letters: scenario.workload },
    };
    use_it(&Shrinker {
        experiment: &experiment,
        monitor,
        may_omit: &|Say(_)| true,
        noun: "process",
    })
}

/// Everybody hears so many words some time.
fn all_is_heard<P: 'static>(words: usize, inside: fn(&P) -> &Talker) -> Property<P> {
    Property::eventually("all is heard", move |view: &View<P>| {
        let mut waiting = view.living().filter(|(_, process)| inside(process).heard < words);
        waiting.next().map_or(Ok(()), |(id, _)| Err(format!("process {id} has not heard all")))
    })
}

#[test]
fn honest_ones_bear_the_worst() {
    with_shrinker(&the_worst(), Reliable::new, |honest| {
        for seed in 0..500 {
            let run = honest.experiment.run(seed, (honest.monitor)());
            assert_eq!(run.failure, None, "seed {seed}");
        }
    });
}

#[test]
fn what_is_doubled_is_taken_in_once() {
    assert_eq!(caught_by(&bad_links(1), wrong::takes_in_doubles::Reliable::new), "at most once");
    assert_eq!(
        soonest_caught_by(&within(ONE_DOUBLE, 1), wrong::takes_in_doubles::Reliable::new),
        "at most once"
    );
}

#[test]
fn what_comes_early_waits() {
    let impatient = wrong::takes_in_what_is_early::Reliable::new;
    assert_eq!(caught_by(&bad_links(2), impatient), "in order");
    assert_eq!(soonest_caught_by(&within(ONE_OVERTAKES, 2), impatient), "in order");
}

#[test]
fn what_is_acknowledged_was_taken_in() {
    let early = wrong::acknowledges_what_is_early::Reliable::new;
    assert_eq!(caught_by(&bad_links(2), early), "nothing is lost");
    assert_eq!(soonest_caught_by(&within(ONE_OVERTAKES, 2), early), "nothing is lost");
}

#[test]
fn what_is_acknowledged_was_sent() {
    let one_too_many = wrong::acknowledges_one_too_many::Reliable::new;
    assert_eq!(caught_by(&good_links(1), one_too_many), "nobody rejects");
    assert_eq!(soonest_caught_by(&within(Budget::NOTHING, 1), one_too_many), "nobody rejects");
}

#[test]
fn an_acknowledgement_that_was_lost_is_given_again() {
    let once = wrong::acknowledges_once::Reliable::new;
    assert_eq!(caught_by(&bad_links(1), once), "comes to rest");
    assert_eq!(soonest_caught_by(&within(ONE_LOSS, 1), once), "comes to rest");
}

#[test]
fn what_was_lost_is_sent_again() {
    assert_eq!(caught_by(&bad_links(1), wrong::never_repeats::Reliable::new), "nothing is lost");
    assert_eq!(
        soonest_caught_by(&within(ONE_LOSS, 1), wrong::never_repeats::Reliable::new),
        "nothing is lost"
    );
}

#[test]
fn what_came_before_the_last_word_is_sent_again_too() {
    use wrong::repeats_the_last_alone::Reliable as Hasty;
    assert_eq!(caught_by(&bad_links(2), Hasty::new), "comes to rest");
    // Nobody has to watch whether anything is said again and again: it is never heard.
    let scenario = within(ONE_LOSS, 2);
    let (honest, hasty) = ([all_is_heard(2, Reliable::inner)], [all_is_heard(2, Hasty::inner)]);
    let property = watched(&scenario, &honest, &|| (), Reliable::new, |honest| {
        watched(&scenario, &hasty, &|| (), Hasty::new, |hasty| shortest(honest, hasty))
    });
    assert_eq!(property, "all is heard");
}

#[test]
fn what_was_said_while_the_link_was_down_is_heard() {
    let waits = wrong::waits_for_the_next_word::Reliable::new;
    assert_eq!(caught_by(&breaking_links("3ms..30ms"), waits), "nothing is lost");
    assert_eq!(soonest_caught_by(&within(ONE_RESTART, 1), waits), "nothing is lost");
}

#[test]
fn what_a_broken_link_lost_is_sent_again() {
    let forgets = wrong::does_not_repeat_over_a_new_link::Reliable::new;
    assert_eq!(caught_by(&breaking_links("7ms..30ms"), forgets), "nothing is lost");
}

#[test]
fn who_begins_anew_is_told_from_the_beginning() {
    let goes_on = wrong::does_not_begin_anew::Reliable::new;
    assert_eq!(caught_by(&deadly(1), goes_on), "nothing is lost");
    assert_eq!(caught_by(&deadly(2), goes_on), "comes to rest");
    assert_eq!(soonest_caught_by(&within(ONE_RESTART, 1), goes_on), "within one life");
}

#[test]
fn what_was_said_to_the_dead_is_not_heard() {
    let carries_over = wrong::carries_over_to_another_life::Reliable::new;
    assert_eq!(caught_by(&deadly(1), carries_over), "within one life");
    assert_eq!(soonest_caught_by(&within(ONE_RESTART, 1), carries_over), "within one life");
}
