//! A run told line by line.

use std::time::Duration;

use protocol::{Effect, Fate, Monitor, ProcessId};
use ricart_agrawala::{Message, Site};
use simulator::{Experiment, Narrator};

use crate::puppet::{Do, Puppet, script, stage};

const REPLY: Message = Message::Reply;

/// A story of two sites, told call by call.
struct Story(Narrator<String>);

impl Story {
    fn new() -> Self {
        Self(Narrator::new("site", String::new()))
    }

    fn sends(mut self, milliseconds: u64, from: u32, to: u32) -> Self {
        let now = Duration::from_millis(milliseconds);
        let effect = Effect::Send { to: ProcessId(to), message: REPLY };
        Monitor::<Site>::on_effect(&mut self.0, now, ProcessId(from), &effect);
        self
    }

    fn meets(mut self, milliseconds: u64, from: u32, to: u32, fate: Fate) -> Self {
        let (now, from, to) = (Duration::from_millis(milliseconds), ProcessId(from), ProcessId(to));
        Monitor::<Site>::on_fate(&mut self.0, now, from, to, &REPLY, fate);
        self
    }

    fn told(self) -> Vec<String> {
        let text = self.0.finish().unwrap();
        assert!(text.ends_with('\n'));
        text.lines().map(|line| line.replace(".000000", "").trim_start().to_owned()).collect()
    }
}

#[test]
fn what_a_message_meets_as_it_is_sent_stands_in_its_line() {
    for fate in [Fate::Lost, Fate::Duplicated, Fate::Cut] {
        let told = Story::new().sends(1, 0, 1).meets(1, 0, 1, fate).sends(1, 0, 2).told();
        assert_eq!(told[0], format!("1 ms  site 0 -> site 1: reply ({fate})"));
        assert_eq!(told[1..], ["1 ms  site 0 -> site 2: reply"]);
    }
}

#[test]
fn what_it_meets_later_has_a_line_of_its_own() {
    let told = Story::new().sends(1, 0, 1).meets(2, 0, 1, Fate::Cut).told();
    assert_eq!(told, ["1 ms  site 0 -> site 1: reply", "2 ms  site 0 -> site 1: reply (cut)"]);
    let told = Story::new().sends(1, 0, 1).sends(1, 1, 0).meets(1, 0, 1, Fate::Overtaken).told();
    assert_eq!(told.len(), 3);
    assert_eq!(told[2], "1 ms  site 0 -> site 1: reply (overtaken)");
}

#[test]
fn what_another_message_meets_has_a_line_of_its_own() {
    let told = Story::new().sends(1, 0, 1).meets(1, 2, 1, Fate::Cut).told();
    assert_eq!(told, ["1 ms  site 0 -> site 1: reply", "1 ms  site 2 -> site 1: reply (cut)"]);
    let told = Story::new().sends(1, 0, 1);
    let told = told.meets(1, 0, 1, Fate::Duplicated).meets(1, 0, 1, Fate::Cut).told();
    assert_eq!(told[0], "1 ms  site 0 -> site 1: reply (duplicated)");
    assert_eq!(told[1], "1 ms  site 0 -> site 1: reply (cut)");
}

#[test]
fn to_stop_a_timer_that_is_not_set_is_not_told() {
    let cues = [
        ("1ms", 0, Do::Stop("never set, or by a former life")),
        ("2ms", 0, Do::Set("ran out", "1ms")),
        ("4ms", 0, Do::Stop("ran out")),
        ("5ms", 0, Do::Set("set", "50ms")),
        ("6ms", 1, Do::Stop("set")),
        ("7ms", 0, Do::Stop("set")),
        ("8ms", 0, Do::Stop("set")),
        ("9ms", 0, Do::Set("never set, or by a former life", "50ms")),
    ];
    let mut scenario = stage(2);
    scenario.crashes.push("0@10ms..20ms".parse().unwrap());
    let experiment = Experiment {
        scenario: &scenario,
        properties: &[],
        process: &|_, life| Puppet::<false>::new(life),
        application: &|of| script(&cues, of),
    };
    let story = experiment.run(1, Narrator::new("puppet", String::new())).monitor.finish().unwrap();
    let stops = story.lines().filter_map(|line| line.split_once("stops timer "));
    let stops: Vec<&str> = stops.map(|(_, timer)| timer).collect();
    assert_eq!(stops, ["set", "set"], "once in each life:\n{story}");
}
