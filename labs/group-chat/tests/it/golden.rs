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
    for start in [
        r#"{"speaker":"Server","kind":"running","addr":"127.0.0.1:"#,
        r#"{"speaker":"Client 2","kind":"heard","from":"127.0.0.1:"#,
        r#"{"speaker":"Client 2","kind":"heard","from":"carol","text":"hi\n"}"#,
        r#"{"kind":"delivered","member":0,"from":"#,
    ] {
        assert!(records.iter().any(|it| it.starts_with(start)), "no {start} in {records:?}");
    }
}
