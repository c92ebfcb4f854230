//! Total order by agreement, claim by claim: K. P. Birman and T. A. Joseph, 1987, the protocol
//! ABCAST.

use group_chat::multicast::{Agreed, MOST_EARLY, agreed::Message};
use protocol::{ProcessId, Timestamp};

use crate::by_hand::{A, B, C, Desk, NOTHING};

fn said(number: u64, text: &str) -> Message {
    Message::Said { number, text: text.into() }
}

fn proposed(number: u64, counter: u64) -> Message {
    Message::Proposed { number, counter }
}

fn agreed(number: u64, counter: u64, process: ProcessId) -> Message {
    Message::Agreed { number, place: Timestamp { counter, process } }
}

#[test]
fn the_sender_asks_everybody_and_takes_the_last_place_of_all() {
    let mut desk = Desk::of(A, Agreed::new);
    let asks = [r#"-> 1: "lunch?", number 1"#, r#"-> 2: "lunch?", number 1"#];
    assert_eq!(desk.says("lunch?"), asks);
    assert_eq!(desk.hears(C, proposed(1, 7)), NOTHING);
    let done = [
        "-> 1: number 1 has place 7 of member 2",
        "-> 2: number 1 has place 7 of member 2",
        r#"delivers "lunch?" of member 0"#,
    ];
    assert_eq!(desk.hears(B, proposed(1, 3)), done);
}

#[test]
fn everybody_proposes_a_place_behind_all_that_it_knows() {
    let mut desk = Desk::of(B, Agreed::new);
    assert_eq!(desk.hears(A, said(1, "a")), ["-> 0: place 1 for number 1"]);
    assert_eq!(desk.hears(C, said(1, "c")), ["-> 2: place 2 for number 1"]);
    assert_eq!(desk.hears(A, agreed(1, 9, C)).len(), 0);
    assert_eq!(desk.hears(C, said(2, "d")), ["-> 2: place 11 for number 2"]);
}

#[test]
fn what_stands_first_is_delivered_when_its_place_is_agreed_on() {
    let mut desk = Desk::of(B, Agreed::new);
    desk.hears(A, said(1, "a"));
    desk.hears(C, said(1, "c"));
    // It stands second: "a" has place 1 as yet, and might keep it.
    assert_eq!(desk.hears(C, agreed(1, 2, B)), NOTHING);
    // "a" moves behind "c", which is the first then.
    let done = [r#"delivers "c" of member 2"#, r#"delivers "a" of member 0"#];
    assert_eq!(desk.hears(A, agreed(1, 2, C)), done);
}

/// Priorities are made unique by the name of who proposed them.
#[test]
fn equal_counters_are_told_apart_by_who_proposed_them() {
    for (place_of_a, place_of_c, order) in [(A, C, ["a", "c"]), (C, A, ["c", "a"])] {
        let mut desk = Desk::of(B, Agreed::new);
        desk.hears(A, said(1, "a"));
        desk.hears(C, said(1, "c"));
        assert_eq!(desk.hears(A, agreed(1, 5, place_of_a)), NOTHING);
        let done = desk.hears(C, agreed(1, 5, place_of_c));
        let texts = done.iter().map(|line| line.split('"').nth(1).unwrap_or_default());
        assert!(texts.eq(order), "{done:?}");
    }
}

/// The protocol is not FIFO: of two messages of one sender, all may agree to put the second first.
#[test]
fn all_may_agree_to_a_place_before_an_earlier_message() {
    let mut desk = Desk::of(A, Agreed::new);
    desk.says("one");
    desk.says("two");
    // To member 1, the second came first.
    desk.hears(B, proposed(1, 3));
    assert_eq!(desk.hears(C, proposed(1, 1)).len(), 2, "what is agreed on, and nothing delivered");
    desk.hears(B, proposed(2, 2));
    let done = desk.hears(C, proposed(2, 2));
    assert_eq!(done[2..], [r#"delivers "two" of member 0"#, r#"delivers "one" of member 0"#]);
}

#[test]
fn a_member_alone_agrees_with_itself() {
    let mut desk = Desk::of(A, |me, _peers| Agreed::new(me, Vec::new()));
    assert_eq!(desk.says("hello"), [r#"delivers "hello" of member 0"#]);
}

#[test]
fn what_no_member_sends_is_rejected() {
    let mut desk = Desk::of(B, Agreed::new);
    desk.hears(A, said(1, "a"));
    assert_eq!(desk.hears(A, said(1, "b")), ["rejects 0: a number that was used before"]);
    let nobody_waits = "rejects 0: a proposal that nobody waits for";
    assert_eq!(desk.hears(A, proposed(1, 1)), [nobody_waits]);
    desk.says("mine");
    desk.hears(A, proposed(1, 1));
    assert_eq!(desk.hears(A, proposed(1, 1)), [nobody_waits]);
    let end_of_time = "rejects 0: a place beyond the end of time";
    assert_eq!(desk.hears(A, proposed(1, u64::MAX)), [end_of_time]);
    assert_eq!(desk.hears(A, agreed(1, u64::MAX, A)), [end_of_time]);
    let left_out = "rejects 0: an agreement that leaves out what was proposed here";
    assert_eq!(desk.hears(A, agreed(1, 1, A)), [left_out]);
    desk.hears(A, agreed(1, 1, B));
    let nobody_waits = "rejects 0: an agreement that nobody waits for";
    assert_eq!(desk.hears(A, agreed(1, 1, B)), [nobody_waits]);
    assert_eq!(desk.hears(A, agreed(7, 1, B)), [nobody_waits]);
}

#[test]
fn nobody_is_kept_in_mind_without_bounds() {
    let mut desk = Desk::of(B, Agreed::new);
    for number in 1..=MOST_EARLY {
        desk.hears(A, said(number, "a"));
    }
    let too_many = "rejects 0: too many messages without an agreement";
    assert_eq!(desk.hears(A, said(MOST_EARLY + 1, "a")), [too_many]);
    assert_eq!(desk.hears(C, said(1, "c")).len(), 1);
}
