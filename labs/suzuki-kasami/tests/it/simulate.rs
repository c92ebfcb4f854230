//! Runs in virtual time: what they promise, and that a printed line has them again.

use crate::LAB;

#[test]
fn two_hundred_seeds_are_safe_live_and_fair_over_both_kinds_of_links() {
    let ended = LAB.run("simulate --seeds 0..200");
    let verdict = ended.verdict();
    assert!(verdict.starts_with("mutual exclusion held: 20000 entries, "), "{ended:?}");
    assert!(verdict.ends_with("in 400 runs; all safe, all live, all fair"), "{ended:?}");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for links in ["FIFO", "unordered"] {
        let line = format!("{links} links: 200 runs (200 with contention), 10000 entries");
        assert!(ended.stdout.contains(&line), "{}", ended.stdout);
    }
}

#[test]
fn behind_reliable_links_bad_ones_do_no_harm() {
    LAB.assert_reliable();
}

#[test]
#[cfg(unix)]
fn without_them_a_run_fails_and_prints_a_line_that_has_it_again() {
    for faults in [
        "--loss 0.2",
        "--crash 2@30ms",
        "--duplication 5%",
        "--partition 0,1@5ms..60ms/out --size 4 --entries 3 --load bursts",
    ] {
        LAB.assert_replays(&format!("simulate {faults}"));
    }
}

#[test]
fn the_help_of_every_subcommand_has_an_example_to_paste() {
    LAB.assert_help();
}
