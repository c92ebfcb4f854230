//! A pair of monitors is a monitor: each sees all, and either can find fault.

use std::time::Duration;

use protocol::{
    Effect, EffectOf, Effects, Fate, Input, InputOf, Monitor, Never, Process, ProcessId, Violation,
};

struct Mute;

impl Process for Mute {
    type Command = Never;
    type Message = ();
    type Event = Never;
    type Timer = Never;

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_message(&mut self, _from: ProcessId, (): (), _fx: &mut Effects<Self>) {}
}

/// Writes down what it sees, and finds fault when it is told to.
#[derive(Clone, Default, PartialEq, Debug)]
struct Witness {
    saw: Vec<String>,
    objects: Option<&'static str>,
    objects_at_rest: Option<&'static str>,
}

impl Monitor<Mute> for Witness {
    fn on_input(&mut self, now: Duration, at: ProcessId, _mute: &Mute, input: &InputOf<Mute>) {
        self.saw.push(format!("{now:?} {at} {input:?}"));
    }

    fn on_effect(&mut self, now: Duration, by: ProcessId, effect: &EffectOf<Mute>) {
        self.saw.push(format!("{now:?} {by} {effect:?}"));
    }

    fn on_step_end(&mut self, now: Duration, own: Duration, at: ProcessId, _mute: &Mute) {
        self.saw.push(format!("{now:?} {at} is done at {own:?}"));
    }

    fn on_fate(&mut self, now: Duration, from: ProcessId, to: ProcessId, _: &(), fate: Fate) {
        self.saw.push(format!("{now:?} {from} -> {to} {fate}"));
    }

    fn on_crash(&mut self, now: Duration, who: ProcessId) {
        self.saw.push(format!("{now:?} {who} dies"));
    }

    fn violation(&self) -> Option<Violation> {
        self.objects.map(|detail| Violation::new("objection", detail))
    }

    fn violation_at_rest(&self) -> Option<Violation> {
        self.objects_at_rest.map(|detail| Violation::new("late objection", detail))
    }
}

/// Shows a monitor one of each.
fn show_all(to: &mut impl Monitor<Mute>) {
    let (now, a, b) = (Duration::from_secs(1), ProcessId(0), ProcessId(1));
    to.on_input(now, a, &Mute, &Input::Start);
    to.on_effect(now, a, &Effect::Close(b));
    to.on_step_end(now, 2 * now, a, &Mute);
    to.on_fate(now, a, b, &(), Fate::Cut);
    to.on_crash(now, b);
}

const ALL: [&str; 5] =
    ["1s 0 Start", "1s 0 Close(1)", "1s 0 is done at 2s", "1s 0 -> 1 cut", "1s 1 dies"];

#[test]
fn both_of_a_pair_see_everything() {
    let mut pair = (Witness::default(), Witness::default());
    show_all(&mut pair);
    assert_eq!(pair.0.saw, ALL);
    assert_eq!(pair.0, pair.1);
}

#[test]
fn a_monitor_that_may_be_there_sees_everything_if_it_is() {
    let mut maybe = Some(Witness::default());
    show_all(&mut maybe);
    assert_eq!(maybe.unwrap().saw, ALL);
    show_all(&mut None::<Witness>);

    let strict = Witness { objects: Some("now"), objects_at_rest: Some("late"), saw: Vec::new() };
    let strict = Some(strict);
    assert_eq!(strict.violation().unwrap().detail, "now");
    assert_eq!(strict.violation_at_rest().unwrap().detail, "late");
    assert_eq!(None::<Witness>.violation(), None);
    assert_eq!(None::<Witness>.violation_at_rest(), None);
}

#[test]
fn either_of_a_pair_can_find_fault() {
    let witness = |objects| Witness { objects, objects_at_rest: objects, ..Witness::default() };
    for (one, other, heard) in [
        (None, None, None),
        (Some("left"), None, Some("left")),
        (None, Some("right"), Some("right")),
        (Some("left"), Some("right"), Some("left")),
    ] {
        let pair = (witness(one), witness(other));
        let detail = |violation: Option<Violation>| violation.map(|violation| violation.detail);
        assert_eq!(detail(pair.violation()).as_deref(), heard);
        assert_eq!(detail(pair.violation_at_rest()).as_deref(), heard);
    }
}

#[test]
fn nobody_watching_finds_no_fault() {
    assert_eq!(Monitor::<Mute>::violation(&()), None);
    assert_eq!(Monitor::<Mute>::violation_at_rest(&()), None);
}
