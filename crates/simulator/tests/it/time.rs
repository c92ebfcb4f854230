//! Timers, and the clocks that they run by.

use crate::puppet::{Do, play, play_as, stage, time};

#[test]
fn a_timer_runs_out_once_after_its_time() {
    let run = play(&stage(1), &[("5ms", 0, Do::Set("tea", "3ms"))]);
    assert_eq!(run.monitor.from("1ms"), ["8ms 0 timer tea at its 8ms"]);
}

#[test]
fn setting_a_set_timer_replaces_it() {
    for (again, out) in [("3ms", "9ms"), ("1ms", "7ms")] {
        let cues = [("5ms", 0, Do::Set("tea", "3ms")), ("6ms", 0, Do::Set("tea", again))];
        assert_eq!(
            play(&stage(1), &cues).monitor.from("1ms"),
            [format!("{out} 0 timer tea at its {out}")]
        );
    }
}

#[test]
fn a_cancelled_timer_does_not_run_out_and_can_be_set_again() {
    let cues = [
        ("5ms", 0, Do::Set("tea", "3ms")),
        ("6ms", 0, Do::Stop("tea")),
        ("6ms", 0, Do::Stop("never set")),
        ("7ms", 0, Do::Set("tea", "9ms")),
    ];
    let run = play(&stage(1), &cues);
    assert_eq!(run.monitor.from("1ms"), ["16ms 0 timer tea at its 16ms"]);
}

#[test]
fn timers_of_other_names_and_other_processes_run_on() {
    let cues = [
        ("5ms", 0, Do::Set("tea", "3ms")),
        ("5ms", 0, Do::Set("eggs", "4ms")),
        ("5ms", 1, Do::Set("tea", "5ms")),
        ("6ms", 0, Do::Stop("tea")),
    ];
    let run = play(&stage(2), &cues);
    let lines = ["9ms 0 timer eggs at its 9ms", "10ms 1 timer tea at its 10ms"];
    assert_eq!(run.monitor.from("1ms"), lines);
}

#[test]
fn a_timer_dies_with_its_process() {
    let mut scenario = stage(1);
    scenario.crashes.push("0@6ms..7ms".parse().unwrap());
    // The second life sets it again at 12 ms, before that of the first would run out.
    let cues = [("5ms", 0, Do::Set("tea", "10ms"))];
    let run = play(&scenario, &cues);
    assert_eq!(run.monitor.with("timer"), ["22ms 0 timer tea at its 22ms"]);
    scenario.crashes[0].restart = None;
    assert!(play(&scenario, &cues).monitor.with("timer").is_empty());
}

#[test]
fn a_timer_that_was_stopped_does_not_keep_the_run_from_its_end() {
    let mut scenario = stage(1);
    scenario.deadline = time("1s");
    for length in ["100ms", "100s"] {
        let run =
            play(&scenario, &[("5ms", 0, Do::Set("tea", length)), ("6ms", 0, Do::Stop("tea"))]);
        assert_eq!((run.failure, run.ended_at), (None, time("6ms")), "{length}");
    }
}

#[test]
fn a_timer_may_be_set_to_the_longest_time_there_is() {
    for drift_ppm in [-500_000, 0, 500_000] {
        let mut scenario = wrong_clock("+1s", drift_ppm);
        scenario.deadline = time("1s");
        let run = play(&scenario, &[("5ms", 0, Do::Wait)]);
        assert_eq!((run.failure, run.ended_at), (None, time("1s")));
    }
}

#[test]
fn a_clock_that_is_ahead_or_behind_shows_it_and_timers_last_as_long_as_ever() {
    let cues = [("5ms", 0, Do::Set("tea", "3ms")), ("8ms", 1, Do::Recite)];
    for (offset, zero, one) in [("+2s", "2.008s", "8ms"), ("-2s", "8ms", "2.008s")] {
        // None is before zero: if one is behind, all others are ahead.
        let run = play(&wrong_clock(offset, 0), &cues);
        let recital = format!("8ms 1 has heard [] at its {one}");
        assert_eq!(run.monitor.with("timer"), [format!("8ms 0 timer tea at its {zero}")]);
        assert_eq!(run.monitor.with("has heard"), [recital]);
    }
}

#[test]
fn timers_run_by_a_clock_that_drifts() {
    let cues = [("10ms", 0, Do::Set("tea", "30ms")), ("10ms", 1, Do::Set("tea", "30ms"))];
    for (drift_ppm, line) in
        [(500_000, "30ms 0 timer tea at its 45ms"), (-500_000, "70ms 0 timer tea at its 35ms")]
    {
        let run = play(&wrong_clock("+0s", drift_ppm), &cues);
        let mut lines = [line, "40ms 1 timer tea at its 40ms"];
        if drift_ppm < 0 {
            lines.reverse();
        }
        assert_eq!(run.monitor.with("timer"), lines);
    }
}

#[test]
fn a_clock_goes_on_through_the_death_of_its_process() {
    let mut scenario = wrong_clock("+1s", 0);
    scenario.crashes.push("0@5ms..10ms".parse().unwrap());
    let run = play_as::<true>(&scenario, &[("10ms", 0, Do::Recite)], None, &[]);
    assert_eq!(run.monitor.with("has heard"), ["20ms 0 has heard [] at its 1.02s"]);
}

fn wrong_clock(offset: &str, drift_ppm: i32) -> scenario::Scenario<()> {
    let mut scenario = stage(2);
    let (process, offset) = (protocol::ProcessId(0), offset.parse().unwrap());
    scenario.clocks.push(scenario::ClockError { process, offset, drift_ppm });
    scenario
}
