//! What the checker finds, the simulator can replay, and what happens in the simulator, the
//! checker knows of: the two must agree on what can happen.

use std::{
    collections::BTreeSet,
    num::NonZeroUsize,
    sync::{Arc, Mutex},
};

use checker::{Bounds, Check, Checkable, Verdict};
use mutual_exclusion::{MutualExclusion, Workload, liveness, safety};
use protocol::{ProcessId, Property, View};
use ricart_agrawala::Site;
use scenario::{Budget, Order, Scenario};
use simulator::{Experiment, Shrinker};
use trace::{Script, What};

use crate::{
    puppet::{Censor, Cue, Do, Prompter, Puppet, never, perform, reader, replay, stage, tales},
    wrong_sites,
};

/// The property that the checker finds broken, by a run in which the simulator finds it broken
/// too.
fn broken<S>(scenario: &Scenario<Workload>, site: fn(ProcessId, Vec<ProcessId>) -> S) -> String
where
    S: MutualExclusion + Checkable,
{
    let properties = &[safety(), liveness()];
    let application = |_| scenario.workload.worker();
    let process = |me: ProcessId, _| site(me, me.peers(scenario.processes));
    let check = Check {
        scenario,
        properties,
        process: &process,
        application: &application,
        monitor: (),
        bounds: Bounds::default(),
        threads: NonZeroUsize::MIN,
    };
    let verdict = check.run(&mut |_| {});
    let Verdict::Violated { violation, run, .. } = verdict else { panic!("{verdict}") };
    let experiment =
        Experiment { scenario, properties, process: &process, application: &application };
    let shrinker =
        Shrinker { experiment: &experiment, monitor: &|| (), may_omit: &|_| false, noun: "site" };
    assert_eq!(shrinker.replay(&run.script).as_ref(), Some(&violation));
    assert_eq!(run.repeats_from, None);
    violation.property.into_owned()
}

fn sites(processes: u32, entries: u32, budget: Budget) -> Scenario<Workload> {
    Scenario { budget, ..Scenario::new(processes, Workload::high_contention(entries)) }
}

#[test]
fn runs_of_wrong_sites_are_replayed() {
    let tolerant = |scenario| Scenario { tolerate_rejections: true, ..scenario };
    let calm = |processes, entries| sites(processes, entries, Budget::NOTHING);
    assert_eq!(broken(&tolerant(calm(2, 1)), wrong_sites::no_tie_break::Site::new), "safety");
    assert_eq!(broken(&calm(2, 1), wrong_sites::both_win_a_tie::Site::new), "deadlock");
    // A request that is too old comes to one who is inside, and is passed over.
    assert_eq!(broken(&tolerant(calm(2, 2)), wrong_sites::counts_alone::Site::new), "deadlock");
    assert_eq!(
        broken(&tolerant(calm(3, 1)), wrong_sites::one_reply_is_enough::Site::new),
        "safety"
    );
}

#[test]
fn runs_in_which_the_links_are_not_as_assumed_are_replayed() {
    let lossy = sites(3, 1, Budget { losses: 1, ..Budget::NOTHING });
    assert_eq!(broken(&lossy, Site::new), "deadlock");
    let crashing = sites(3, 1, Budget { crashes: 1, ..Budget::NOTHING });
    assert_eq!(broken(&crashing, Site::new), "deadlock");
    let reviving = sites(2, 1, Budget { crashes: 1, restarts: 1, ..Budget::NOTHING });
    assert_eq!(broken(&reviving, Site::new), "deadlock");
    // A second reply that nobody waits for is rejected, whatever the property is called.
    let doubling = sites(2, 1, Budget { duplications: 1, ..Budget::NOTHING });
    assert!(broken(&doubling, Site::new).contains("reject"));
}

/// Everything that any of the puppets can come to tell is told in a replay, too.
fn all_is_replayed<const REJOINS: bool>(scenario: &Scenario<()>, cues: &[Cue]) {
    for of in 0..scenario.processes {
        for tale in tales::<REJOINS>(scenario, cues, of) {
            let properties = [never::<REJOINS>(of, &tale)];
            let verdict = perform(scenario, cues, &properties, ());
            let Verdict::Violated { violation, run, .. } = verdict else { panic!("{verdict}") };
            let replayed = replay(scenario, cues, &properties, &|| (), &run.script);
            assert_eq!(replayed, Some(violation), "{:?}", run.script);
        }
    }
}

const TALK: [Cue; 3] =
    [(0, &[Do::Say(1, 11)]), (0, &[Do::Say(1, 2), Do::Set("a")]), (1, &[Do::Say(0, 3)])];

#[test]
fn whatever_links_do_is_replayed() {
    let budget =
        Budget { losses: 1, duplications: 1, reorderings: 1, early_timeouts: 1, ..Budget::NOTHING };
    let mut scenario = stage(2, budget);
    all_is_replayed::<false>(&scenario, &TALK);
    scenario.links.order = Order::Unordered;
    all_is_replayed::<false>(&scenario, &TALK);
}

#[test]
fn which_of_several_equal_messages_is_meant_is_told() {
    let says: &[Do] = &[Do::Say(0, 1), Do::Say(0, 2), Do::Say(0, 1)];
    let (losses, reorderings) = (1, 1);
    for budget in [Budget { losses, ..Budget::NOTHING }, Budget { reorderings, ..Budget::NOTHING }]
    {
        all_is_replayed::<false>(&stage(2, budget), &[(1, says)]);
    }
    // The first 1 is said to the dead, the second one to the new life.
    let cues: [Cue; 2] = [(1, &[Do::Say(0, 1)]), (1, &[Do::Say(0, 2), Do::Say(0, 1)])];
    let budget = Budget { crashes: 1, restarts: 1, reorderings: 1, ..Budget::NOTHING };
    all_is_replayed::<true>(&stage(2, budget), &cues);
}

#[test]
fn crashes_and_new_lives_are_replayed() {
    let scenario = stage(2, Budget { crashes: 2, restarts: 2, ..Budget::NOTHING });
    all_is_replayed::<false>(&scenario, &TALK[1..]);
    all_is_replayed::<true>(&scenario, &TALK[1..]);
}

#[test]
fn closed_links_are_replayed() {
    let cues: [Cue; 4] =
        [(0, &[Do::Say(1, 1)]), (0, &[Do::Close(1)]), (1, &[Do::Say(0, 2)]), (1, &[Do::Say(0, 3)])];
    all_is_replayed::<false>(&stage(2, Budget::NOTHING), &cues);
    let scenario = stage(2, Budget { crashes: 1, restarts: 1, ..Budget::NOTHING });
    all_is_replayed::<true>(&scenario, &cues);
}

/// What becomes of messages, links and lives can be this story, and is replayed so.
fn story_is_replayed(scenario: &Scenario<()>, cues: &[Cue], story: &'static str) {
    let verdict = perform::<false, _>(scenario, cues, &[], Censor::of(story));
    let Verdict::Violated { violation, run, .. } = verdict else { panic!("{story}: {verdict}") };
    let replayed = replay::<false, _>(scenario, cues, &[], &|| Censor::of(story), &run.script);
    assert_eq!(replayed, Some(violation));
}

#[test]
fn fates_are_replayed() {
    let scenario = stage(2, Budget { losses: 1, duplications: 1, crashes: 1, ..Budget::NOTHING });
    for story in [
        "0 -> 1: 2 is lost",
        "0 -> 1: 11 is duplicated, 0 -> 1: 11 is lost",
        "1 dies, 0 -> 1: 11 is cut, 0 -> 1: 2 is cut",
        "0 -> 1: 11 is duplicated, 1 dies, 0 -> 1: 11 is cut, 0 -> 1: 11 is cut",
    ] {
        story_is_replayed(&scenario, &TALK, story);
    }
}

#[test]
fn who_has_a_link_down_misses_what_is_cut_after_that() {
    let cues: [Cue; 2] = [(0, &[Do::Close(1)]), (1, &[Do::Say(0, 2), Do::Say(0, 3)])];
    let story = "0 has 1 down, 1 -> 0: 2 is cut, 1 -> 0: 3 is cut";
    story_is_replayed(&stage(2, Budget::NOTHING), &cues, story);
}

/// What 1 has heard at the end of a run is never that.
fn does_not_end<const REJOINS: bool>(tale: &'static str) -> Property<Puppet<REJOINS>> {
    Property::eventually("another end", move |view: &View<Puppet<REJOINS>>| {
        let is_so = view.living().any(|(id, puppet)| id.0 == 1 && puppet.diary == tale);
        if is_so { Err(format!("1 tells: {tale}")) } else { Ok(()) }
    })
}

fn end_is_replayed<const REJOINS: bool>(budget: Budget, tale: &'static str) {
    let (scenario, properties) = (stage(2, budget), [does_not_end::<REJOINS>(tale)]);
    let verdict = perform(&scenario, &TALK[..1], &properties, ());
    let Verdict::Violated { violation, run, .. } = verdict else { panic!("{tale}: {verdict}") };
    assert_eq!(violation.property, "deadlock");
    let replayed = replay(&scenario, &TALK[..1], &properties, &|| (), &run.script);
    assert_eq!(replayed, Some(violation), "{:?}", run.script);
}

#[test]
fn what_remains_at_rest_is_replayed() {
    let losses = Budget { losses: 1, ..Budget::NOTHING };
    end_is_replayed::<false>(losses, "");
    let crashes = Budget { crashes: 1, ..Budget::NOTHING };
    end_is_replayed::<false>(crashes, "11, down 0");
    let restarts = Budget { restarts: 1, ..crashes };
    end_is_replayed::<false>(restarts, "11, down 0");
    end_is_replayed::<true>(restarts, "11, down 0, up 0 in life 1, 11 of life 1");
    end_is_replayed::<true>(restarts, "life 1, up 0 in life 0");
}

#[test]
fn a_death_that_is_noticed_before_the_new_life_breaks_no_link_of_that() {
    const END: &str = "down 0, up 0 in life 1, 11 of life 1";
    let scenario = stage(2, Budget { crashes: 1, restarts: 1, ..Budget::NOTHING });
    let properties = [does_not_end::<true>(END)];
    let verdict = perform(&scenario, &TALK[..1], &properties, ());
    let Verdict::Violated { violation, mut run, .. } = verdict else { panic!("{verdict}") };
    let events = &mut run.script.events;
    let down = events.iter().position(|event| matches!(event.what, What::Down { .. })).unwrap();
    let restart = events.iter().position(|event| matches!(event.what, What::Restart(_))).unwrap();
    // Whichever comes first in the run that was found, both ways are possible.
    for _ in 0..2 {
        let (one, other) = (events[down].what.clone(), events[restart].what.clone());
        (events[down].what, events[restart].what) = (other, one);
        let script = Script { events: events.clone() };
        let replayed = replay(&scenario, &TALK[..1], &properties, &|| (), &script);
        assert_eq!(replayed.as_ref(), Some(&violation), "{script:?}");
    }
}

/// What each of the puppets told at some time in runs of the simulator that stayed within the
/// budget.
fn simulated<const REJOINS: bool>(
    scenario: &Scenario<()>,
    cues: &[Cue],
    of: u32,
    seeds: u64,
) -> BTreeSet<String> {
    let mut tales = BTreeSet::new();
    for seed in 0..seeds {
        let told = Arc::new(Mutex::new(BTreeSet::new()));
        let experiment = Experiment {
            scenario,
            properties: &[reader::<REJOINS>(of, &told)],
            process: &|_, life| Puppet::new(life),
            application: &|of| Prompter::new(cues, of),
        };
        let fates = experiment.run(seed, ()).fates;
        let Budget { losses, duplications, .. } = scenario.budget;
        if fates.lost <= losses.into() && fates.duplicated <= duplications.into() {
            tales.append(&mut told.lock().unwrap());
        }
    }
    tales
}

/// The simulator shows nothing that the checker does not know of, and, given time, not much less.
fn agree<const REJOINS: bool>(scenario: &Scenario<()>, cues: &[Cue], at_least: usize) {
    for of in 0..scenario.processes {
        let (seen, known) =
            (simulated::<REJOINS>(scenario, cues, of, 500), tales::<REJOINS>(scenario, cues, of));
        let unknown: Vec<_> = seen.difference(&known).collect();
        assert!(unknown.is_empty(), "of {of}: {unknown:?}");
        assert!(
            seen.len() >= at_least.min(known.len()),
            "of {of}: {} of {}",
            seen.len(),
            known.len()
        );
    }
}

#[test]
fn the_checker_knows_of_all_that_links_do_in_the_simulator() {
    let budget = Budget { losses: 2, duplications: 1, early_timeouts: 4, ..Budget::NOTHING };
    let mut scenario = stage(2, budget);
    scenario.links.loss = "0.2".parse().unwrap();
    scenario.links.duplication = "0.1".parse().unwrap();
    agree::<false>(&scenario, &TALK, 10);
    scenario.links.order = Order::Unordered;
    agree::<false>(&scenario, &TALK, 10);
}

#[test]
fn the_checker_knows_of_all_that_becomes_of_the_dead_and_the_new_in_the_simulator() {
    let budget = Budget { crashes: 1, restarts: 1, early_timeouts: 4, ..Budget::NOTHING };
    for crash in ["0@10ms..20ms", "0@3ms..4ms", "1@8ms..9ms", "1@8ms..40ms"] {
        let mut scenario = stage(2, budget);
        scenario.crashes.push(crash.parse().unwrap());
        agree::<false>(&scenario, &TALK, 3);
        agree::<true>(&scenario, &TALK, 3);
    }
}

#[test]
fn the_checker_knows_of_all_that_becomes_of_closed_links_in_the_simulator() {
    let cues: [Cue; 4] =
        [(0, &[Do::Say(1, 1)]), (0, &[Do::Close(1)]), (1, &[Do::Say(0, 2)]), (1, &[Do::Say(0, 3)])];
    agree::<false>(&stage(2, Budget::NOTHING), &cues, 3);
}
