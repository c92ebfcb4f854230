//! Causal order, claim by claim: K. Birman, A. Schiper and P. Stephenson, 1991, the protocol CBCAST.

use group_chat::multicast::{Causal, MOST_EARLY, causal::Message};
use protocol::{ProcessId, VectorClock};

use crate::by_hand::{A, B, C, Desk, NOTHING};

/// A message whose sender had delivered so many of A, B and C.
fn message(delivered: [u64; 3], text: &str) -> Message {
    let mut clock = VectorClock::default();
    for (member, count) in ProcessId::all(3).zip(delivered) {
        (0..count).for_each(|_| clock.tick(member));
    }
    Message { clock, text: text.into() }
}

/// Rule 1: who sends counts the message, and stamps it with all its counts.
#[test]
fn a_message_says_what_it_comes_after() {
    let mut desk = Desk::of(B, Causal::new);
    desk.hears(A, message([1, 0, 0], "lunch?"));
    let done = [
        r#"delivers "yes" of member 1"#,
        r#"-> 0: "yes", clock {0: 1, 1: 1}"#,
        r#"-> 2: "yes", clock {0: 1, 1: 1}"#,
    ];
    assert_eq!(desk.says("yes"), done);
}

/// Rule 2, the sender's entry: a message is next of its sender.
#[test]
fn what_is_early_waits_for_those_of_its_sender() {
    let mut desk = Desk::of(C, Causal::new);
    assert_eq!(desk.hears(A, message([2, 0, 0], "two")), NOTHING);
    let done = ["one", "two"].map(|text| format!("delivers {text:?} of member 0"));
    assert_eq!(desk.hears(A, message([1, 0, 0], "one")), done);
}

/// Rule 2, the other entries: whatever its sender had delivered is delivered.
#[test]
fn an_answer_waits_for_the_question() {
    let mut desk = Desk::of(C, Causal::new);
    assert_eq!(desk.hears(B, message([1, 1, 0], "yes")), NOTHING);
    let done = [r#"delivers "lunch?" of member 0"#, r#"delivers "yes" of member 1"#];
    assert_eq!(desk.hears(A, message([1, 0, 0], "lunch?")), done);
}

/// Rule 3: what is delivered is counted, and so may free another. It holds for chains, too.
#[test]
fn an_answer_to_an_answer_waits_for_both() {
    let mut desk = Desk::of(A, Causal::new);
    assert_eq!(desk.hears(C, message([0, 1, 2], "two")), NOTHING);
    assert_eq!(desk.hears(C, message([0, 1, 1], "one")), NOTHING);
    let done = [
        r#"delivers "who?" of member 1"#,
        r#"delivers "one" of member 2"#,
        r#"delivers "two" of member 2"#,
    ];
    assert_eq!(desk.hears(B, message([0, 1, 0], "who?")), done);
}

/// Of two messages of which neither may have led to the other, none waits.
#[test]
fn concurrent_messages_wait_for_nothing() {
    for order in [[0, 1], [1, 0]] {
        let mut desk = Desk::of(C, Causal::new);
        for member in order {
            let message = message([1 - member, member, 0], "lunch?");
            let from = ProcessId(member as u32);
            let done = [format!(r#"delivers "lunch?" of member {member}"#)];
            assert_eq!(desk.hears(from, message), done);
        }
    }
}

#[test]
fn what_no_member_sends_is_rejected() {
    let mut desk = Desk::of(C, Causal::new);
    desk.hears(A, message([1, 0, 0], "one"));
    desk.hears(A, message([3, 0, 0], "three"));
    for number in [0, 1, 3] {
        let done = desk.hears(A, message([number, 0, 0], "again"));
        assert_eq!(done, ["rejects 0: a number that was used before"], "{number}");
    }
    let done = desk.hears(A, message([MOST_EARLY + 2, 0, 0], "late"));
    assert_eq!(done, ["rejects 0: a number too far ahead"]);
    let done = desk.hears(B, message([0, 1, 1], "you said"));
    assert_eq!(done, ["rejects 1: an answer to what was not said"]);
}
