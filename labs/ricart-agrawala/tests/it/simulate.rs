//! Runs in virtual time: what they promise, and that a printed line has them again.

use lab_tests::{Ended, run};

use crate::LAB;

/// All lines but the one that says how to have the run again.
fn story(ended: &Ended) -> Vec<&str> {
    ended.stdout.lines().filter(|line| !line.starts_with("to see it again: ")).collect()
}

#[test]
fn two_hundred_seeds_are_safe_live_and_fair_over_both_kinds_of_links() {
    LAB.assert_holds_over(&["FIFO", "unordered"], "8.00");
}

#[test]
#[cfg(unix)]
fn a_run_that_fails_prints_a_line_that_has_it_again() {
    for faults in [
        "--loss 0.2",
        "--crash 2@10ms",
        "--crash 2@10ms..20ms",
        "--duplication 5%",
        "--partition 0,1@5ms..60ms/out --size 4 --entries 3 --load bursts",
        "--loss 10% --delay 1ms+exp(4ms) --order unordered --tolerate-rejections",
    ] {
        LAB.assert_replays(&format!("simulate {faults}"));
    }
}

#[test]
fn behind_reliable_links_bad_ones_do_no_harm() {
    LAB.assert_reliable();
}

#[test]
fn a_lost_message_ends_in_a_deadlock_that_says_who_waits_for_whom() {
    let ended = LAB.run("simulate --seeds 0..200 --loss 0.2");
    let failure = ended.stdout.lines().next().unwrap();
    assert!(
        failure.starts_with("seed 0, FIFO links: deadlock: site 0 waits for site"),
        "{failure}"
    );
    assert_eq!(ended.verdict(), "failed with seed 0: deadlock");
    assert!(LAB.replay_line(&ended).starts_with("simulate --seed 0 "), "{ended:?}");
}

#[test]
fn a_scenario_file_is_the_same_experiment_as_the_options_it_was_made_from() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("scenario.toml");
    for options in [
        "--order fifo",
        "--size 3 --entries 4 --order unordered --load low --delay 2ms..5ms --reordering 30%",
        "--size 4 --order unordered --load bursts --partition 3@20ms..30ms/noticed --loss 0.1",
        "--order fifo --crash 2@10ms..20ms/silent --duplication 0.1 --tolerate-rejections",
    ] {
        let printed = run(LAB.command("simulate --print-scenario").args(options.split(' ')));
        assert_eq!(printed.code, Some(0), "{printed:?}");
        std::fs::write(&file, &printed.stdout).unwrap();
        for seed in ["--seed 3", "--seeds 0..20"] {
            let by_options =
                run(LAB.command("simulate").args(seed.split(' ')).args(options.split(' ')));
            let by_file =
                run(LAB.command("simulate").args(seed.split(' ')).arg("--scenario").arg(&file));
            assert_eq!(story(&by_options), story(&by_file), "{options}");
            assert_eq!(by_options.code, by_file.code, "{options}");
        }
    }
}

#[test]
fn a_scenario_that_was_printed_for_reliable_links_says_so() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("scenario.toml");
    let options = "--reliable --order unordered";
    let printed = LAB.run(&format!("simulate {options} --print-scenario")).stdout;
    let advice = "# For sites behind reliable links: simulate --reliable --scenario FILE\n";
    assert!(printed.starts_with(advice), "{printed}");
    std::fs::write(&file, printed).unwrap();
    let by_options = LAB.run(&format!("simulate {options} --seeds 0..20"));
    let advised = "simulate --seeds 0..20 --reliable --scenario";
    assert_eq!(run(LAB.command(advised).arg(&file)).stdout, by_options.stdout);
}

#[test]
#[cfg(target_os = "linux")]
fn a_simulation_that_is_interrupted_ends_with_a_verdict() {
    let words = "simulate --seeds 0..1000000000";
    LAB.assert_stops(words, "interrupted: not all runs came to their end");
}

#[test]
fn a_seed_gives_the_same_run_and_another_seed_another() {
    let told = |seed: u32| LAB.run(&format!("simulate --order unordered --seed {seed}"));
    assert_eq!(told(1).stdout, told(1).stdout);
    assert_ne!(told(1).stdout, told(2).stdout);
}

#[test]
fn programs_read_json_lines_and_a_failure_with_its_replay() {
    for (options, outcome) in [("--seeds 0..20", "held"), ("--seeds 0..20 --loss 0.2", "broken")] {
        let ended = LAB.run(&format!("--json simulate {options}"));
        let records: Vec<serde_json::Value> =
            ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(records.last().unwrap()["outcome"], outcome);
        if outcome == "broken" {
            let replay = records[0]["replay"].as_str().unwrap();
            assert!(replay.starts_with("cargo run -p ricart-agrawala -- simulate --seed 0 "));
            assert_eq!(records[0]["property"], "deadlock");
        }
    }
}

#[test]
fn a_scenario_file_that_makes_no_sense_is_refused_in_a_line() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("scenario.toml");
    let good = LAB.run("simulate --print-scenario --order fifo").stdout;
    for (bad, why) in [
        (String::new(), "not a scenario: line 1: missing field `processes`"),
        (good.replace("processes = 5", "processes = 0"), "0 processes: choose from 1 to 1000"),
        (good.replace("loss = 0.0", "loss = 1.5"), "`1.5` is no probability"),
        (good.replace("fifo", "random"), "unknown variant `random`"),
        (good.replace("loss", "losses"), "unknown field `losses`"),
        ("\u{fffd}{[".repeat(1000), "not a scenario: line 1"),
    ] {
        std::fs::write(&file, bad).unwrap();
        let Ended { code, stderr, .. } = run(LAB.command("simulate --scenario").arg(&file));
        assert!(stderr.starts_with(&format!("error: {}: ", file.display())), "{stderr}");
        assert!(stderr.contains(why) && stderr.lines().count() == 1, "{why}: {stderr}");
        assert_eq!(code, Some(2));
    }
    std::fs::write(&file, b"\xff\xfe").unwrap();
    assert_eq!(run(LAB.command("simulate --scenario").arg(&file)).code, Some(2));
    assert_eq!(run(LAB.command("simulate --scenario").arg(scratch.path())).code, Some(2));
    std::fs::write(&file, vec![b'#'; (1 << 20) + 1]).unwrap();
    let Ended { code, stderr, .. } = run(LAB.command("simulate --scenario").arg(&file));
    assert!(stderr.contains(": it is longer than 1048576 bytes, as no scenario is; "), "{stderr}");
    assert_eq!(code, Some(2));
}

#[test]
fn the_help_of_every_subcommand_has_an_example_to_paste() {
    LAB.assert_help();
}
