//! What is told of a run, and what is not.

use simulator::{Experiment, Narrator};

use crate::puppet::{Do, Puppet, script, stage};

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
