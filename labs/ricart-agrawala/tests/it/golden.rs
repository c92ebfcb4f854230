//! What people read, to the letter: the console sessions in `tests/golden`, and those of the
//! handout.

use crate::LAB;

#[test]
fn what_people_read_is_as_written_down() {
    LAB.assert_golden();
}

#[test]
fn the_handout_shows_what_is_printed() {
    LAB.assert_handout(include_str!("../../README.md"), 5);
}

#[test]
fn people_read_the_same_behind_reliable_links() {
    LAB.assert_same_behind_reliable_links(
        "scenario --sites 5 --request 4@3 --request 2@7 --request 5@3",
    );
}

#[test]
fn what_is_no_number_is_refused_by_name() {
    LAB.assert_numbers(1000);
}

#[test]
fn a_value_with_a_hyphen_is_refused_by_its_option() {
    LAB.assert_hyphens();
}
