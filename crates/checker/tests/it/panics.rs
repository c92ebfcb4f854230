//! Whoever panics, be it a process, an application, a property or a monitor, is what is wrong.

use std::{
    hash::{Hash, Hasher},
    num::NonZeroUsize,
    time::Duration,
};

use checker::{Bounds, Check, Reduction, Verdict};
use protocol::{
    Application, Effects, InputOf, Link, Monitor, Never, Plan, Process, ProcessId, Property, View,
    Violation,
};
use scenario::{Budget, Scenario};

use crate::{
    clickers::{Clicker, Finger},
    liveness::Nobody,
};

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
/// steps.
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
    for (spot, detail, steps) in spots {
        for threads in 1..=2 {
            assert_eq!(panics(spot, threads), (format!("nobody panics: {detail}"), steps));
        }
    }
}

/// In pieces once it is spoken to: then nobody can tell what it is.
#[derive(Clone, PartialEq, Eq)]
struct Brittle {
    is_whole: bool,
}

impl Hash for Brittle {
    fn hash<H: Hasher>(&self, into: &mut H) {
        assert!(self.is_whole, "in pieces");
        self.is_whole.hash(into);
    }
}

impl Process for Brittle {
    type Command = Never;
    type Message = ();
    type Event = Never;
    type Timer = Never;

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_message(&mut self, _from: ProcessId, (): (), _fx: &mut Effects<Self>) {
        self.is_whole = false;
    }

    fn on_link(&mut self, peer: ProcessId, _link: Link, fx: &mut Effects<Self>) {
        fx.send(peer, ());
    }
}

#[test]
fn a_panic_is_a_violation_where_it_is_asked_who_goes_first() {
    let check = Check {
        scenario: &Scenario::new(2, ()),
        properties: &[],
        process: &|_, _| Brittle { is_whole: true },
        application: &|_| Nobody,
        monitor: (),
        bounds: Bounds::default(),
        threads: NonZeroUsize::MIN,
    };
    let reduction = Reduction { is_visible: &|_, _| false, outlook: None };
    match check.run_reduced(&reduction, &mut |_| {}) {
        Verdict::Violated { violation, run, .. } => {
            assert_eq!(violation.to_string(), "nobody panics: in pieces");
            assert_eq!(run.script.len(), 1);
        }
        verdict => panic!("{verdict}"),
    }
}
