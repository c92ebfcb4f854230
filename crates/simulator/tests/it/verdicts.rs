//! What is watched while a run goes on, and at its end.

use std::time::Duration;

use protocol::{EffectOf, Monitor, ProcessId, Property, View, Violation};
use simulator::{Experiment, Run};

use crate::puppet::{Diary, Do, Puppet, play, play_as, stage, time};

fn nobody_hears(taboo: u64) -> Property<Puppet> {
    Property::always("taboo", move |view: &View<Puppet>| {
        let heard = view.living().find(|(_, puppet)| puppet.heard.contains(&taboo));
        heard.map_or(Ok(()), |(id, _)| Err(format!("{id} hears {taboo}")))
    })
}

fn all_hear(number: u64) -> Property<Puppet> {
    Property::eventually("news", move |view: &View<Puppet>| {
        let waits = view.living().find(|(_, puppet)| !puppet.heard.contains(&number));
        waits.map_or(Ok(()), |(id, _)| Err(format!("{id} waits for {number}")))
    })
}

fn failure(run: &Run<Diary>) -> String {
    run.failure.as_ref().map_or_else(String::new, ToString::to_string)
}

#[test]
fn a_broken_safety_property_is_found_at_the_step_that_breaks_it() {
    let cues = [
        ("5ms", 0, Do::Say(1, 6)),
        ("6ms", 0, Do::Say(1, 7)),
        ("6500us", 1, Do::Say(0, 8)),
        ("7ms", 0, Do::Say(1, 9)),
    ];
    let run = play_as(&stage(2), &cues, None, &[nobody_hears(8), nobody_hears(7)]);
    // Two starts, two links, four commands, and 7 is the second message.
    assert_eq!(failure(&run), "taboo: 1 hears 7 (after 10 steps, at 7.000 ms)");
    assert_eq!((run.steps, run.ended_at), (10, time("7ms")));
    assert_eq!(run.monitor.numbers(), [6, 7]);
}

#[test]
fn the_state_before_the_first_step_is_judged() {
    let never = Property::always("never", |_: &View<Puppet>| Err("it is so".to_owned()));
    let run = play_as(&stage(2), &[], None, &[never]);
    assert_eq!(failure(&run), "never: it is so (after 0 steps, at 0.000 ms)");
    assert!(run.monitor.from("0s").is_empty());
}

#[test]
fn nobody_takes_a_step_after_the_first_failure() {
    let taboo = |taboo| {
        Property::always("taboo", move |view: &View<Puppet>| {
            if view.moved == Some(ProcessId(taboo)) { Err("moved".into()) } else { Ok(()) }
        })
    };
    let run = play_as(&stage(3), &[], None, &[taboo(1)]);
    assert_eq!((run.steps, run.monitor.from("0s").len()), (2, 2)); // 2 has not even started.
}

#[test]
fn a_property_is_told_who_has_changed() {
    let mut scenario = stage(2);
    scenario.crashes.push("0@7ms..9ms".parse().unwrap());
    for (last, step) in [(0, "7ms"), (1, "6ms")] {
        let blames = Property::always("blame", move |view: &View<Puppet>| {
            let dead_or_told = !view.alive[0] || !view.process(ProcessId(1)).heard.is_empty();
            if dead_or_told && view.moved == Some(ProcessId(last)) {
                Err("it".into())
            } else {
                Ok(())
            }
        });
        let run = play_as(&scenario, &[("5ms", 0, Do::Say(1, 1))], None, &[blames]);
        assert_eq!(run.failure.unwrap().at, time(step));
    }
}

#[test]
fn at_rest_with_something_owed_is_a_deadlock_and_says_who_waits() {
    let run = play_as(&stage(2), &[("5ms", 0, Do::Say(1, 7))], None, &[all_hear(7)]);
    assert_eq!(failure(&run), "deadlock: 0 waits for 7 (after 6 steps, at 6.000 ms)");
    let both = [("5ms", 0, Do::Say(1, 7)), ("9ms", 1, Do::Say(0, 7))];
    assert_eq!(failure(&play_as(&stage(2), &both, None, &[all_hear(7)])), "");
}

#[test]
fn the_dead_are_owed_nothing() {
    let mut scenario = stage(2);
    scenario.crashes.push("0@9ms".parse().unwrap());
    let run = play_as(&scenario, &[("5ms", 0, Do::Say(1, 7))], None, &[all_hear(7)]);
    assert_eq!(failure(&run), "");
}

#[test]
fn what_is_owed_at_the_deadline_is_a_lack_of_liveness() {
    let mut scenario = stage(2);
    scenario.deadline = time("8ms");
    let mut cues = vec![("5ms", 0, Do::Say(1, 7)), ("8ms", 1, Do::Say(0, 7))];
    let run = play_as(&scenario, &cues, None, &[all_hear(7)]);
    assert_eq!(failure(&run), "liveness: 0 waits for 7 (after 7 steps, at 8.000 ms)");
    assert_eq!(run.ended_at, time("8ms"));
    cues[1].0 = "7ms"; // What happens at the deadline is in time.
    assert_eq!(failure(&play_as(&scenario, &cues, None, &[all_hear(7)])), "");
}

#[test]
fn an_application_that_still_wants_something_is_owed_it() {
    struct Insatiable;
    impl protocol::Application<Puppet> for Insatiable {
        fn on_start(&mut self, _plan: &mut protocol::Plan<Do>) {}
        fn on_event(&mut self, _event: &String, _plan: &mut protocol::Plan<Do>) {}
        fn is_done(&self) -> bool {
            false
        }
    }
    let mut scenario = stage(2);
    scenario.crashes.push("0@5ms".parse().unwrap());
    let process = |_, life| Puppet::new(life);
    let experiment = Experiment {
        scenario: &scenario,
        properties: &[],
        process: &process,
        application: &|_| Insatiable,
    };
    let failure = experiment.run(1, ()).failure.unwrap().violation.to_string();
    assert_eq!(failure, "deadlock: process 1 is not done");
}

#[test]
fn a_run_may_take_so_many_steps_and_not_one_more() {
    let mut scenario = stage(2);
    let cues = [("5ms", 0, Do::Say(1, 7))];
    scenario.max_steps = 6;
    assert_eq!(failure(&play(&scenario, &cues)), "");
    scenario.max_steps = 5;
    let run = play(&scenario, &cues);
    assert_eq!(failure(&run), "liveness: 5 steps were not enough (after 5 steps, at 6.000 ms)");
    assert_eq!(run.steps, 5);
}

#[test]
fn what_was_seen_is_reported_in_the_order_of_the_properties() {
    let hears = |name, number| {
        Property::sometimes(name, move |view: &View<Puppet>| {
            view.living().any(|(_, puppet)| puppet.heard.last() == Some(&number))
        })
    };
    let properties = [hears("late", 9), nobody_hears(4), hears("never", 3), hears("early", 8)];
    let cues = [("5ms", 0, Do::Say(1, 8)), ("6ms", 0, Do::Say(1, 9)), ("7ms", 0, Do::Say(1, 5))];
    let run = play_as(&stage(2), &cues, None, &properties);
    assert_eq!(run.seen, ["late", "early"]);
    assert_eq!(failure(&run), "");
}

#[test]
fn a_rejection_fails_the_run_unless_it_is_tolerated() {
    let mut scenario = stage(2);
    let cues = [("5ms", 0, Do::Reject(1)), ("6ms", 0, Do::Say(1, 7))];
    let run = play(&scenario, &cues);
    let expected = "nobody rejects: process 0 rejects what process 1 did: it is rude (after 5 steps, at 5.000 ms)";
    assert_eq!(failure(&run), expected);
    scenario.tolerate_rejections = true;
    let run = play(&scenario, &cues);
    assert_eq!((failure(&run), run.monitor.numbers()), (String::new(), vec![7]));
}

/// Finds fault with the third effect, or with the whole.
#[derive(Default)]
struct Critic {
    effects: u32,
    waits_for_the_end: bool,
}

impl Monitor<Puppet> for Critic {
    fn on_effect(&mut self, _now: Duration, _by: ProcessId, _effect: &EffectOf<Puppet>) {
        self.effects += 1;
    }

    fn violation(&self) -> Option<Violation> {
        let is_bad = self.effects >= 3 && !self.waits_for_the_end;
        is_bad.then(|| Violation::new("taste", "too loud"))
    }

    fn violation_at_rest(&self) -> Option<Violation> {
        let is_bad = self.effects >= 3 && self.waits_for_the_end;
        is_bad.then(|| Violation::new("taste", "too loud on the whole"))
    }
}

#[test]
fn a_monitor_fails_a_run_at_once_or_at_rest() {
    let mut scenario = stage(2);
    let run = |scenario: &scenario::Scenario<()>, waits_for_the_end| {
        let experiment = Experiment {
            scenario,
            properties: &[],
            process: &|_, life| Puppet::<false>::new(life),
            application: &|_| crate::puppet::Script::default(),
        };
        let critic = Critic { effects: 0, waits_for_the_end };
        experiment.run(1, critic).failure.map(|failure| failure.to_string())
    };
    let at_once = "taste: too loud (after 3 steps, at 0.000 ms)";
    assert_eq!(run(&scenario, false).unwrap(), at_once);
    let at_rest = "taste: too loud on the whole (after 4 steps, at 0.000 ms)";
    assert_eq!(run(&scenario, true).unwrap(), at_rest);
    // By the deadline, the whole is not there yet.
    scenario.deadline = time("1ms");
    scenario.partitions.push("0@2ms..3ms".parse().unwrap());
    assert_eq!(run(&scenario, true), None);
}
