//! Runs that are written down.

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
fn the_first_picture_that_people_see_is_true() {
    let words = "simulate --seed 3 --size 3 --entries 1 --load high --order fifo";
    LAB.assert_picture(words, "../../docs/pictures/three-sites.svg");
}
