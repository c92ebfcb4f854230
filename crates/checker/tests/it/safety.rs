//! What must never be is found, as soon as it can be, and the same way each time.

use std::{env, num::NonZeroUsize, panic, process::Command};

use checker::{Bounds, Check, Verdict};
use protocol::{ProcessId, Property, View, Violation};
use scenario::{Budget, Order, Scenario};
use trace::{ScriptOf, What};

use crate::{
    clickers::{Clicker, Finger, Grid, fewer_than},
    puppet::{Censor, Cue, Do, Puppet, never, perform, replay, stage},
};

fn calm() -> Scenario<()> {
    stage(2, Budget::NOTHING)
}

/// What is wrong, and how it comes to that.
fn found(verdict: Verdict<Puppet>) -> (Violation, ScriptOf<Puppet>) {
    match verdict {
        Verdict::Violated { violation, run, .. } => (violation, run.script),
        _ => panic!("{verdict}"),
    }
}

fn violated(scenario: &Scenario<()>, cues: &[Cue]) -> (Violation, ScriptOf<Puppet>) {
    found(perform(scenario, cues, &[], ()))
}

#[test]
fn no_run_that_goes_wrong_is_shorter() {
    let cues: [Cue; 3] = [(0, &[Do::Say(1, 1)]), (0, &[Do::Say(1, 2)]), (0, &[Do::Say(1, 3)])];
    let length = |scenario: &Scenario<()>, tale: &str| {
        found(perform(scenario, &cues, &[never(1, tale)], ())).1.len()
    };
    let mut scenario = calm();
    assert_eq!(length(&scenario, "1, 2, 3"), 6);
    assert_eq!(length(&scenario, "1"), 2);
    scenario.links.order = Order::Unordered;
    assert_eq!(length(&scenario, "3"), 4);
    assert_eq!(length(&scenario, "2, 3"), 5);
}

#[test]
fn the_initial_state_may_be_wrong_already() {
    let (violation, script) = found(perform(&calm(), &[], &[never(1, "")], ()));
    assert_eq!((violation.property.as_ref(), script.len()), ("taboo", 0));
}

#[test]
fn the_same_run_is_shown_each_time_on_any_number_of_threads() {
    /// Wrong in hundreds of states of one level.
    fn events(threads: usize) -> Vec<String> {
        let verdict = Grid { threads, ..Grid::new(6, 5) }.check(&[fewer_than(14)]);
        let Verdict::Violated { run, .. } = verdict else { panic!("{verdict}") };
        run.script.events.iter().map(|event| format!("{:?}", event.what)).collect()
    }
    let once = events(1);
    assert_eq!(once.len(), 14);
    for threads in [1, 2, 3, 2] {
        assert_eq!(events(threads), once, "{threads} threads");
    }
}

#[test]
fn many_threads_find_what_one_finds_however_many_states_a_level_has() {
    let counts = |threads| {
        let verdict = Grid { threads, ..Grid::new(6, 5) }.check(&[fewer_than(31)]);
        assert!(matches!(verdict, Verdict::Proved(_)), "{verdict}");
        let extent = *verdict.extent();
        (extent.unique_states, extent.total_states, extent.depth)
    };
    for threads in 1..=3 {
        assert_eq!(counts(threads), (46_656, 1 + 6 * 5 * 7776, 30));
    }
}

#[test]
fn a_rejection_is_found_and_names_the_one_who_rejects() {
    // All are alike: whoever is shown must be the one who did it.
    for size in 2..7 {
        let cues: Vec<Cue> = (0..size - 1).map(|of| (of, &[Do::Reject(6)] as &[_])).collect();
        let (violation, script) = violated(&stage(7, Budget::NOTHING), &cues);
        let What::Command { at, .. } = script.events[0].what else { panic!("no command") };
        let detail = format!("process {at} rejects what process 6 did: it is rude");
        assert_eq!((violation.detail, script.len()), (detail, 1));
    }
}

#[test]
fn a_tolerated_rejection_is_none() {
    let scenario = Scenario { tolerate_rejections: true, ..calm() };
    let verdict = perform::<false, _>(&scenario, &[(0, &[Do::Reject(1)])], &[], ());
    assert!(matches!(verdict, Verdict::Proved(_)), "{verdict}");
    let (violation, _) = violated(&scenario, &[(0, &[Do::Reject(1), Do::Panic])]);
    assert_eq!(violation.detail, "process 0: told to");
}

#[test]
fn a_panic_is_found_and_names_the_process() {
    let (violation, script) = violated(&calm(), &[(1, &[Do::Say(0, 1)]), (1, &[Do::Panic])]);
    assert_eq!((violation.detail.as_ref(), script.len()), ("process 1: told to", 2));
}

#[test]
fn a_process_speaks_to_its_peers_alone() {
    let wrong: [(&'static [Do], _); 4] = [
        (&[Do::Say(1, 7)], "sends to process 1: a process sends to its peers"),
        (&[Do::Say(3, 7)], "sends to process 3: a process sends to its peers"),
        (&[Do::Close(1)], "closes its link to process 1: a process closes links to its peers"),
        (&[Do::Close(9)], "closes its link to process 9: a process closes links to its peers"),
    ];
    for (cue, why) in wrong {
        let scenario = stage(3, Budget::NOTHING);
        let (violation, script) = violated(&scenario, &[(1, cue)]);
        assert_eq!(violation.detail, format!("process 1: process 1 of 3 {why}"));
        let replayed = replay::<false, _>(&scenario, &[(1, cue)], &[], &|| (), &script);
        assert_eq!(replayed, Some(violation));
    }
}

#[test]
fn what_a_monitor_objects_to_is_found() {
    let scenario = stage(2, Budget { losses: 1, ..Budget::NOTHING });
    let cues: [Cue; 1] = [(0, &[Do::Say(1, 7)])];
    let verdict = perform(&scenario, &cues, &[], Censor::of("0 -> 1: 7 is lost"));
    let (violation, script) = found(verdict);
    assert_eq!((violation.property.as_ref(), script.len()), ("censor", 2));
}

#[test]
fn a_step_that_is_wrong_may_lead_to_a_state_that_is_wrong() {
    /// Objects to rejections too.
    #[derive(Clone, PartialEq, Eq, Hash)]
    struct Gentle(bool);
    impl protocol::Monitor<Puppet> for Gentle {
        fn on_effect(
            &mut self,
            _: std::time::Duration,
            _: ProcessId,
            effect: &protocol::EffectOf<Puppet>,
        ) {
            self.0 |= matches!(effect, protocol::Effect::Reject { .. });
        }

        fn violation(&self) -> Option<Violation> {
            self.0.then(|| Violation::new("gentleness", "somebody rejects"))
        }
    }
    let cues: [Cue; 1] = [(0, &[Do::Reject(1)])];
    let (violation, script) = found(perform(&calm(), &cues, &[], Gentle(false)));
    assert_eq!((violation.property.as_ref(), script.len()), ("gentleness", 1));
    let replayed = replay::<false, _>(&calm(), &cues, &[], &|| Gentle(false), &script);
    assert_eq!(replayed, Some(violation));
}

#[test]
fn what_a_monitor_misses_at_the_end_is_found() {
    /// Wants to hear at least so much.
    #[derive(Clone, PartialEq, Eq, Hash)]
    struct Curious(u32);
    impl protocol::Monitor<Puppet> for Curious {
        fn on_input(
            &mut self,
            _: std::time::Duration,
            _: ProcessId,
            _: &Puppet,
            input: &protocol::InputOf<Puppet>,
        ) {
            if let protocol::Input::Message { .. } = input {
                self.0 = self.0.saturating_sub(1);
            }
        }

        fn violation_at_rest(&self) -> Option<Violation> {
            (self.0 > 0).then(|| Violation::new("curiosity", "too little was said"))
        }
    }
    let cues: [Cue; 1] = [(0, &[Do::Say(1, 1), Do::Say(1, 2)])];
    let heard = |wanted| perform(&calm(), &cues, &[], Curious(wanted));
    assert!(matches!(heard(2), Verdict::Proved(_)));
    let (violation, script) = found(heard(3));
    assert_eq!((violation.property.as_ref(), script.len()), ("curiosity", 3));
}

#[test]
fn who_waits_where_nothing_is_left_to_happen_is_in_a_deadlock() {
    let news = Property::eventually("news", |view: &View<Puppet>| {
        let heard = &view.process(ProcessId(1)).diary;
        if heard == "1" { Ok(()) } else { Err("1 waits".into()) }
    });
    let cues: [Cue; 1] = [(0, &[Do::Say(1, 1)])];
    let lossy = stage(2, Budget { losses: 1, ..Budget::NOTHING });
    let (violation, script) = found(perform(&lossy, &cues, &[news], ()));
    assert_eq!((violation.to_string().as_ref(), script.len()), ("deadlock: 1 waits", 2));
}

#[test]
fn an_application_that_is_not_done_is_in_a_deadlock() {
    let never_done = |dead: u8| {
        let check = Check {
            scenario: &stage(1, Budget { crashes: dead, ..Budget::NOTHING }),
            properties: &[],
            process: &|_, _| Clicker(0),
            application: &|_| Finger { clicks_left: 1, is_insatiable: true },
            monitor: (),
            bounds: Bounds::default(),
            threads: NonZeroUsize::MIN,
        };
        check.run(&mut |_| {})
    };
    for dead in 0..2 {
        let verdict = never_done(dead);
        let Verdict::Violated { violation, run, .. } = verdict else { panic!("{verdict}") };
        assert_eq!(violation.to_string(), "deadlock: process 0 is not done");
        assert_eq!(run.script.len(), 1); // One that dies instead is in no deadlock.
    }
}

#[test]
fn a_panic_in_a_search_prints_nothing_and_any_other_does() {
    // Standard error belongs to the whole test binary, so a test is run in a binary of its own.
    const SELF: &str = "safety::a_panic_in_a_search_prints_nothing_and_any_other_does";
    if env::var_os("PANIC").is_some() {
        violated(&calm(), &[(0, &[Do::Panic])]);
        panic::catch_unwind(|| panic!("outside of a search")).unwrap_err();
        return;
    }
    let mut child = Command::new(env::current_exe().unwrap());
    let child = child.args(["--exact", SELF, "--nocapture"]).env("PANIC", "yes");
    let stderr = String::from_utf8(child.output().unwrap().stderr).unwrap();
    assert!(!stderr.contains("told to"), "{stderr}");
    assert!(stderr.contains("outside of a search"), "{stderr}");
}

#[test]
#[should_panic(expected = "only a valid scenario can be checked")]
fn a_scenario_that_is_not_valid_is_refused() {
    perform::<false, _>(&stage(0, Budget::NOTHING), &[], &[], ());
}
