//! What people read, to the letter.

use crate::LAB;

#[test]
fn what_people_read_is_as_written_down() {
    LAB.assert_golden();
}

#[test]
fn the_handout_shows_what_is_printed() {
    LAB.assert_handout(include_str!("../../README.md"), 1);
}
