//! Total order by a sequencer, claim by claim: M. F. Kaashoek, A. S. Tanenbaum, S. Flynn Hummel and
//! H. E. Bal, 1989.

use group_chat::multicast::{MOST_EARLY, Sequencer, sequencer::Message};
use protocol::ProcessId;

use crate::by_hand::{A, B, C, Desk, NOTHING};

fn request(text: &str) -> Message {
    Message::Request { text: text.into() }
}

fn numbered(number: u64, from: ProcessId, text: &str) -> Message {
    Message::Numbered { number, from, text: text.into() }
}

/// "The message is sent to the sequencer", point to point.
#[test]
fn what_is_said_goes_to_the_sequencer_alone() {
    let mut desk = Desk::of(B, Sequencer::new);
    assert_eq!(desk.says("lunch?"), [r#"-> 0: please number "lunch?""#]);
}

/// The sequencer gives it the next number and broadcasts it.
#[test]
fn the_sequencer_numbers_as_it_comes() {
    let mut desk = Desk::of(A, Sequencer::new);
    for (number, from, text) in [(1, C, "lunch?"), (2, B, "dinner?")] {
        let done = [
            format!("-> 1: number {number} is {text:?} of member {from}"),
            format!("-> 2: number {number} is {text:?} of member {from}"),
            format!("delivers {text:?} of member {from}"),
        ];
        assert_eq!(desk.hears(from, request(text)), done);
    }
    assert_eq!(desk.says("no")[2], r#"delivers "no" of member 0"#);
}

#[test]
fn all_deliver_by_number() {
    let mut desk = Desk::of(C, Sequencer::new);
    assert_eq!(desk.hears(A, numbered(3, A, "three")), NOTHING);
    assert_eq!(desk.hears(A, numbered(2, B, "two")), NOTHING);
    let done = [
        r#"delivers "one" of member 1"#,
        r#"delivers "two" of member 1"#,
        r#"delivers "three" of member 0"#,
    ];
    assert_eq!(desk.hears(A, numbered(1, B, "one")), done);
}

/// `broadcast` returns when the message has come back.
#[test]
fn a_member_waits_for_itself_before_it_sends_the_next() {
    let mut desk = Desk::of(B, Sequencer::new);
    assert_eq!(desk.says("one").len(), 1);
    assert_eq!(desk.says("two"), NOTHING);
    let done = [r#"delivers "one" of member 1"#, r#"-> 0: please number "two""#];
    assert_eq!(desk.hears(A, numbered(1, B, "one")), done);
    assert_eq!(desk.hears(A, numbered(2, B, "two")), [r#"delivers "two" of member 1"#]);
}

#[test]
fn what_no_member_sends_is_rejected() {
    let mut desk = Desk::of(C, Sequencer::new);
    let not_ours = "rejects 1: a request, which is for the sequencer alone";
    assert_eq!(desk.hears(B, request("please")), [not_ours]);
    let not_his = "rejects 1: a number, which the sequencer alone gives";
    assert_eq!(desk.hears(B, numbered(1, B, "first")), [not_his]);
    desk.hears(A, numbered(1, B, "one"));
    desk.hears(A, numbered(3, B, "three"));
    for number in [0, 1, 3] {
        let done = desk.hears(A, numbered(number, B, "again"));
        assert_eq!(done, ["rejects 0: a number that was used before"], "{number}");
    }
    let done = desk.hears(A, numbered(MOST_EARLY + 2, B, "late"));
    assert_eq!(done, ["rejects 0: a number too far ahead"]);
    desk.says("mine");
    let done = desk.hears(A, numbered(2, C, "yours"));
    assert_eq!(done, ["rejects 0: a number for what was not said"]);
}
