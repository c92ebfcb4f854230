//! Runs in virtual time: what they promise, and that a printed line has them again.

use crate::LAB;

#[test]
fn two_hundred_seeds_are_safe_live_and_fair_over_both_kinds_of_links() {
    LAB.assert_holds_over(&["FIFO", "unordered"], "4.46");
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
