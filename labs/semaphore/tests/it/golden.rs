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
    let typed = r#"{"kind":"typed","client":"1","line":"ACQUIRE test_semaphore"}"#;
    let heard = r#"{"kind":"heard","client":"1","response":"LOCK_ACQUIRED test_semaphore"}"#;
    assert_eq!(records[..2], [typed, heard]);
    let silent = r#"{"kind":"remark","text":"carol falls silent"}"#;
    assert!(records.iter().any(|record| record == silent), "{records:?}");
}
