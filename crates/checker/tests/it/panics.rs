//! Whoever panics, be it a process, an application, a property or a monitor, is what is wrong.

use std::{num::NonZeroUsize, time::Duration};

use checker::{Bounds, Check, Verdict};
use protocol::{Application, InputOf, Monitor, Plan, ProcessId, Property, View, Violation};
use scenario::{Budget, Scenario};

use crate::clickers::{Clicker, Finger};

/// Where somebody panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Spot {
    Start,
    Event,
    IsDone,
    SecondLife,
    Always,
    Sometimes,
    AtRest,
    Input,
    Crash,
    Violation,
    ViolationAtRest,
}

impl Spot {
    /// Panics, if that is the spot.
    fn pass(self, here: Self) {
        if self == here {
            panic!("at {here:?}");
        }
    }
}

/// Clicks once.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Clumsy(Finger, Spot);

impl Application<Clicker> for Clumsy {
    fn on_start(&mut self, plan: &mut Plan<()>) {
        self.1.pass(Spot::Start);
        self.0.on_start(plan);
    }

    fn on_event(&mut self, event: &(), plan: &mut Plan<()>) {
        self.1.pass(Spot::Event);
        self.0.on_event(event, plan);
    }

    fn is_done(&self) -> bool {
        self.1.pass(Spot::IsDone);
        self.0.is_done()
    }
}

/// Watches nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Nervous(Spot);

impl Monitor<Clicker> for Nervous {
    fn on_input(&mut self, _: Duration, _: ProcessId, _: &Clicker, _: &InputOf<Clicker>) {
        self.0.pass(Spot::Input);
    }

    fn on_crash(&mut self, _: Duration, _: ProcessId) {
        self.0.pass(Spot::Crash);
    }

    fn violation(&self) -> Option<Violation> {
        self.0.pass(Spot::Violation);
        None
    }

    fn violation_at_rest(&self) -> Option<Violation> {
        self.0.pass(Spot::ViolationAtRest);
        None
    }
}

/// What is wrong with one clicker that clicks once and may die and come back, and after how many
/// events.
fn panics(spot: Spot, threads: usize) -> (String, usize) {
    let judge = move |here, view: &View<Clicker>| {
        if view.process(ProcessId(0)).0 == 1 {
            spot.pass(here);
        }
        Ok(())
    };
    let properties = [
        Property::always("always", move |view| judge(Spot::Always, view)),
        Property::eventually("eventually", move |view| judge(Spot::AtRest, view)),
        Property::sometimes("sometimes", move |view| {
            judge(Spot::Sometimes, view).is_ok() && view.process(ProcessId(0)).0 == 1
        }),
    ];
    let budget = Budget { crashes: 1, restarts: 1, ..Budget::NOTHING };
    let check = Check {
        scenario: &Scenario { budget, ..Scenario::new(1, ()) },
        properties: &properties,
        process: &|_, life| {
            if life == 1 {
                spot.pass(Spot::SecondLife);
            }
            Clicker(0)
        },
        application: &|_| Clumsy(Finger { clicks_left: 1, is_insatiable: false }, spot),
        monitor: Nervous(spot),
        bounds: Bounds::default(),
        threads: NonZeroUsize::new(threads).unwrap(),
    };
    match check.run(&mut |_| {}) {
        Verdict::Violated { violation, run, .. } => (violation.to_string(), run.script.len()),
        verdict => panic!("{spot:?}: {verdict}"),
    }
}

#[test]
fn a_panic_is_a_violation_wherever_it_is() {
    let spots = [
        (Spot::Start, "process 0: at Start", 0),
        (Spot::Event, "process 0: at Event", 1),
        (Spot::IsDone, "at IsDone", 1),
        (Spot::SecondLife, "at SecondLife", 2),
        (Spot::Always, "at Always", 1),
        (Spot::Sometimes, "at Sometimes", 1),
        (Spot::AtRest, "at AtRest", 1),
        (Spot::Input, "at Input", 0),
        (Spot::Crash, "at Crash", 1),
        (Spot::Violation, "at Violation", 0),
        (Spot::ViolationAtRest, "at ViolationAtRest", 1),
    ];
    for (spot, detail, events) in spots {
        for threads in 1..=2 {
            assert_eq!(panics(spot, threads), (format!("nobody panics: {detail}"), events));
        }
    }
}
