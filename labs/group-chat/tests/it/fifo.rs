//! FIFO order, claim by claim.

use group_chat::multicast::{Fifo, MOST_EARLY, fifo::Message};

use crate::by_hand::{A, B, C, Desk, NOTHING};

fn message(number: u64, text: &str) -> Message {
    Message { number, text: text.into() }
}

#[test]
fn a_member_delivers_its_own_at_once_and_tells_the_others() {
    let mut desk = Desk::of(A, Fifo::new);
    for (number, text) in [(1, "one"), (2, "two")] {
        let done = [
            format!("delivers {text:?} of member 0"),
            format!("-> 1: {text:?}, number {number}"),
            format!("-> 2: {text:?}, number {number}"),
        ];
        assert_eq!(desk.says(text), done);
    }
}

#[test]
fn what_is_early_waits_for_what_is_missing() {
    let mut desk = Desk::of(C, Fifo::new);
    assert_eq!(desk.hears(A, message(3, "three")), NOTHING);
    assert_eq!(desk.hears(A, message(2, "two")), NOTHING);
    let done = ["one", "two", "three"].map(|text| format!("delivers {text:?} of member 0"));
    assert_eq!(desk.hears(A, message(1, "one")), done);
}

#[test]
fn nobody_waits_for_another_member() {
    let mut desk = Desk::of(C, Fifo::new);
    assert_eq!(desk.hears(A, message(2, "two")), NOTHING);
    assert_eq!(desk.hears(B, message(1, "yes")), [r#"delivers "yes" of member 1"#]);
}

#[test]
fn what_no_member_sends_is_rejected() {
    let mut desk = Desk::of(C, Fifo::new);
    desk.hears(A, message(1, "one"));
    desk.hears(A, message(3, "three"));
    for number in [0, 1, 3] {
        let done = desk.hears(A, message(number, "again"));
        assert_eq!(done, ["rejects 0: a number that was used before"], "{number}");
    }
    for number in [MOST_EARLY + 2, u64::MAX] {
        let done = desk.hears(A, message(number, "late"));
        assert_eq!(done, ["rejects 0: a number too far ahead"], "{number}");
    }
    assert_eq!(desk.hears(A, message(MOST_EARLY + 1, "early")), NOTHING);
}
