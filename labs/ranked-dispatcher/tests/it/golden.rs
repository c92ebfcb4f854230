//! What people read, and programs, to the letter.

use crate::LAB;

#[test]
fn what_people_read_is_as_written_down() {
    LAB.assert_golden();
}

#[test]
fn the_handout_shows_what_is_printed() {
    LAB.assert_handout(include_str!("../../README.md"), 1);
}

#[test]
fn what_programs_read_are_records() {
    let records = LAB.records("demo");
    for record in [
        r#"{"speaker":"Server","kind":"starting","clients":10}"#,
        r#"{"speaker":"Client of rank 0","kind":"assigned","rank":0}"#,
        r#"{"speaker":"Client of rank 0","kind":"typed","rank":0,"line":"print"}"#,
        r#"{"speaker":"Server","kind":"new-ranking"}"#,
    ] {
        assert!(records.iter().any(|it| it == record), "no {record} in {records:?}");
    }
}
