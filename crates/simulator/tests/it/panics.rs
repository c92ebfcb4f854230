//! A panic in a process fails its run, and not the program around it.

use std::{env, panic, process::Command};

use protocol::{Plan, Property, View, Violation};
use simulator::Experiment;

use crate::puppet::{Do, Puppet, play, stage};

#[test]
fn a_panic_fails_the_run_and_names_the_process() {
    let run = play(&stage(2), &[("5ms", 0, Do::Say(1, 1)), ("6500us", 0, Do::Panic)]);
    assert_eq!(
        run.failure.unwrap().to_string(),
        "nobody panics: process 0: told to (after 7 steps, at 6.500 ms)"
    );
}

#[test]
fn a_process_speaks_to_its_peers_alone() {
    for (command, why) in [
        (Do::Say(1, 7), "process 1 of 3 sends to process 1: a process sends to its peers"),
        (Do::Say(3, 7), "process 1 of 3 sends to process 3: a process sends to its peers"),
        (
            Do::Close(1),
            "process 1 of 3 closes its link to process 1: a process closes links to its peers",
        ),
        (
            Do::Close(9),
            "process 1 of 3 closes its link to process 9: a process closes links to its peers",
        ),
    ] {
        let violation = play(&stage(3), &[("5ms", 1, command)]).failure.unwrap().violation;
        assert_eq!(violation, Violation::new("nobody panics", format!("process 1: {why}")));
    }
}

#[test]
fn a_panic_when_a_new_life_begins_names_the_process_too() {
    let mut scenario = stage(3);
    scenario.crashes.push("1@5ms..9ms".parse().unwrap());
    let process = |_, life| if life == 0 { Puppet::new(life) } else { panic!("only once") };
    let by_process = Experiment {
        scenario: &scenario,
        properties: &[],
        process: &process,
        application: &|_| crate::puppet::Script::default(),
    };
    let detail = |failure: Option<simulator::Failure>| failure.unwrap().violation.detail;
    assert_eq!(detail(by_process.run(1, ()).failure), "process 1: only once");
    let by_application = Experiment {
        scenario: &scenario,
        properties: &[],
        process: &process,
        application: &|_| Stillborn,
    };
    assert_eq!(detail(by_application.run(1, ()).failure), "process 0: not this time");
}

#[test]
fn the_first_failure_is_the_one_that_counts() {
    let never = Property::always("never", |_: &View<Puppet>| Err("it is so".to_owned()));
    let scenario = stage(2);
    let experiment = Experiment {
        scenario: &scenario,
        properties: &[never],
        process: &|_, life| Puppet::new(life),
        application: &|_| Stillborn,
    };
    assert_eq!(experiment.run(1, ()).failure.unwrap().violation.property, "never");
}

#[test]
fn a_panic_in_a_run_prints_nothing_and_any_other_does() {
    // Standard error belongs to the whole test binary, so a test is run in a binary of its own.
    const SELF: &str = "panics::a_panic_in_a_run_prints_nothing_and_any_other_does";
    if env::var_os("PANIC").is_some() {
        let run = play(&stage(2), &[("5ms", 0, Do::Panic)]);
        assert!(run.failure.is_some());
        panic::catch_unwind(|| panic!("outside of a run")).unwrap_err();
        return;
    }
    let this = env::current_exe().unwrap();
    let mut child = Command::new(this);
    let child = child.args(["--exact", SELF, "--nocapture"]).env("PANIC", "yes");
    let stderr = String::from_utf8(child.output().unwrap().stderr).unwrap();
    assert!(!stderr.contains("told to"), "{stderr}");
    assert!(stderr.contains("outside of a run"), "{stderr}");
}

/// Panics when it is to begin.
struct Stillborn;

impl protocol::Application<Puppet> for Stillborn {
    fn on_start(&mut self, _plan: &mut Plan<Do>) {
        panic!("not this time");
    }

    fn on_event(&mut self, _event: &String, _plan: &mut Plan<Do>) {}

    fn is_done(&self) -> bool {
        true
    }
}
