//! Runs that are written down: drawn, and taken again.

use crate::LAB;

#[test]
fn a_run_is_drawn_in_every_form() {
    LAB.assert_draws();
}

#[test]
fn what_was_written_down_is_taken_again() {
    LAB.assert_takes_again();
}

#[test]
fn the_picture_in_the_handout_is_true() {
    LAB.assert_picture(
        "simulate --seed 2 --size 3 --entries 2 --order fifo",
        "../../docs/pictures/token.svg",
    );
}

#[test]
#[cfg(target_os = "linux")]
fn what_sites_did_until_one_was_killed_the_algorithm_does_again() {
    LAB.assert_taken_again(10);
}

#[test]
#[ignore = "a soak: two hundred clusters"]
#[cfg(target_os = "linux")]
fn so_it_is_a_hundred_times() {
    LAB.assert_taken_again(100);
}
