//! What remains of a failing run is small, real, and enough.

use std::fmt::Display;

use mutual_exclusion::{Command, Fairness, MutualExclusion, Workload, liveness, safety};
use protocol::{Application, Monitor, Process, ProcessId, Reliable};
use ricart_agrawala::Site;
use scenario::{Order, Scenario};
use simulator::{Experiment, Shrinker, Shrunk, sweep};

use crate::careless::{self, Flaw};

/// What remains of the run of this seed. It is checked that it fails as it says, and that it does
/// not when any one event is left out.
pub(crate) fn shrunk<P, A, M, W>(shrinker: &Shrinker<P, A, M, W>, seed: u64) -> Shrunk<P>
where
    P: Process<Command: Clone + PartialEq + Display, Message: Clone + PartialEq + Display>,
    P: Process<Event: Display, Timer: Display>,
    A: Application<P>,
    M: Monitor<P>,
{
    let shrunk = shrinker.shrink(seed).expect("something remains");
    assert_eq!(shrinker.replay(&shrunk.script), Some(shrunk.violation.clone()));
    for event in 0..shrunk.script.len() {
        let without = shrinker.replay(&shrunk.script.without(event));
        let is_the_same = without.is_some_and(|it| it.property == shrunk.violation.property);
        assert!(!is_the_same, "without {}:\n{}", event + 1, shrunk.story);
    }
    shrunk
}

/// The first seed that breaks `property`, and what remains of its run.
fn mutual_exclusion<P>(
    scenario: &Scenario<Workload>,
    process: &(dyn Fn(ProcessId, u64) -> P + Sync),
    property: &str,
) -> (u64, Shrunk<P>)
where
    P: MutualExclusion<Message: Clone + PartialEq + Display, Timer: Display>,
{
    let properties = [safety(), liveness()];
    let application = |_| scenario.workload.worker();
    let experiment =
        Experiment { scenario, properties: &properties, process, application: &application };
    let attempt = |seed| match experiment.run(seed, ()).failure {
        Some(failure) if failure.violation.property == property => Err(()),
        _ => Ok(()),
    };
    let (seed, ()) = sweep(0..1000, attempt, |()| {}).expect("a seed that fails");
    let monitor = || Fairness::new(scenario.processes);
    let may_omit = |command: &Command| *command == Command::Enter;
    let shrinker =
        Shrinker { experiment: &experiment, monitor: &monitor, may_omit: &may_omit, noun: "site" };
    let found = shrunk(&shrinker, seed);
    assert_eq!(found.violation.property, property);
    assert_eq!(found.story, shrunk(&shrinker, seed).story, "the same seed has the same story");
    (seed, found)
}

fn worst_links(sites: u32) -> Scenario<Workload> {
    let mut scenario = Scenario::new(sites, Workload::mixed_contention(10));
    scenario.links.order = Order::Unordered;
    scenario.links.loss = "1%".parse().unwrap();
    scenario.links.duplication = "3%".parse().unwrap();
    scenario.partitions.push("0@40ms..60ms".parse().unwrap());
    scenario.crashes.push("1@500ms..600ms".parse().unwrap());
    scenario
}

#[test]
fn two_sites_that_break_no_ties_need_six_events() {
    let scenario = Scenario::new(2, Workload::mixed_contention(10));
    let process = |me, _| careless::Site::new(Flaw::NoTieBreak, me, 2);
    let (_, shrunk) = mutual_exclusion(&scenario, &process, "safety");
    let story = [
        "  1  site 0 is told to enter",
        "     site 0 -> site 1: request 1",
        "  2  site 1 is told to enter",
        "     site 1 -> site 0: request 1",
        "  3  site 0 <- site 1: request 1",
        "     site 0 -> site 1: reply",
        "  4  site 1 <- site 0: request 1",
        "     site 1 -> site 0: reply",
        "  5  site 0 <- site 1: reply",
        "     site 0 entered",
        "  6  site 1 <- site 0: reply",
        "     site 1 entered",
        "     safety: sites 0 and 1 are inside at once",
    ];
    assert_eq!(shrunk.story.lines().collect::<Vec<_>>(), story);
}

#[test]
fn one_lost_message_is_a_deadlock() {
    let mut scenario = Scenario::new(2, Workload::high_contention(10));
    scenario.links.loss = "5%".parse().unwrap();
    let process = |me: ProcessId, _| Site::new(me, me.peers(2));
    let (_, shrunk) = mutual_exclusion(&scenario, &process, "deadlock");
    let story = [
        "  1  site 0 is told to enter",
        "     site 0 -> site 1: request 1",
        "  2  site 1 <- site 0: request 1",
        "     site 1 -> site 0: reply",
        "  3  site 1 -> site 0: reply (lost)",
        "     deadlock: site 0 waits for site 1",
    ];
    assert_eq!(shrunk.story.lines().collect::<Vec<_>>(), story);
}

#[test]
fn of_many_faults_the_one_that_matters_remains() {
    let process = |me, _| careless::Site::new(Flaw::CountsReplies, me, 3);
    let (_, shrunk) = mutual_exclusion(&worst_links(3), &process, "safety");
    let story = [
        "  1  site 2 is told to enter",
        "     site 2 -> site 0: request 1",
        "     site 2 -> site 1: request 1",
        "  2  site 2 -> site 0: request 1 (duplicated)",
        "  3  site 1 is told to enter",
        "     site 1 -> site 0: request 1",
        "     site 1 -> site 2: request 1",
        "  4  site 0 <- site 2: request 1",
        "     site 0 -> site 2: reply",
        "  5  site 0 <- site 2: request 1",
        "     site 0 -> site 2: reply",
        "  6  site 2 <- site 0: reply",
        "  7  site 0 <- site 1: request 1",
        "     site 0 -> site 1: reply",
        "  8  site 1 <- site 0: reply",
        "  9  site 2 <- site 1: request 1",
        "     site 2 -> site 1: reply",
        " 10  site 2 <- site 0: reply",
        "     site 2 entered",
        " 11  site 1 <- site 2: reply",
        "     site 1 entered",
        "     safety: sites 1 and 2 are inside at once",
    ];
    assert_eq!(shrunk.story.lines().collect::<Vec<_>>(), story);
}

#[test]
fn five_sites_need_no_more_than_what_two_entries_need() {
    let process = |me, _| careless::Site::new(Flaw::NoTieBreak, me, 5);
    let mut scenario = Scenario::new(5, Workload::mixed_contention(20));
    scenario.links.order = Order::Unordered;
    let (_, shrunk) = mutual_exclusion(&scenario, &process, "safety");
    // Each of two sites asks four others, and hears from all of them.
    assert_eq!(shrunk.script.len(), 2 + 8 + 8, "{}", shrunk.story);
}

#[test]
fn behind_links_made_reliable_the_story_is_of_packets() {
    let mut scenario = Scenario::new(2, Workload::mixed_contention(10));
    scenario.links.loss = "20%".parse().unwrap();
    scenario.links.order = Order::Unordered;
    let process = |me, life| Reliable::new(careless::Site::new(Flaw::NoTieBreak, me, 2), life);
    let (_, shrunk) = mutual_exclusion(&scenario, &process, "safety");
    // The timer that runs out has a packet overtake one that was sent before.
    assert_eq!(shrunk.script.len(), 7, "{}", shrunk.story);
}

#[test]
fn who_is_inside_must_leave_before_anybody_is_said_to_wait_in_vain() {
    // A site that is asked to wait by one that is inside does not wait in vain: whatever is left
    // out, what remains has lost a message.
    let mut scenario = Scenario::new(3, Workload::high_contention(10));
    scenario.links.loss = "1%".parse().unwrap();
    let process = |me: ProcessId, _| Site::new(me, me.peers(3));
    let (_, shrunk) = mutual_exclusion(&scenario, &process, "deadlock");
    assert_eq!(shrunk.story.matches("(lost)").count(), 1, "{}", shrunk.story);
}
