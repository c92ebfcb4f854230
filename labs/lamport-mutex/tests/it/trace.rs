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
