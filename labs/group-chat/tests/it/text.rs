//! The text wire: every text means something, and what is written is read back.

use group_chat::relay::{LONGEST_NAME, Message, Request, Response, Speaker, decode, is_name};
use proptest::prelude::*;

use crate::relay::on_the_wire;

/// Texts that are almost commands, and any others.
fn piece() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        proptest::sample::select(vec![
            "/name", "/who", "alice", " ", "\t", "\r", "\n", "/", "\u{1b}"
        ])
        .prop_map(str::to_owned),
        ".*",
    ];
    proptest::collection::vec(word, 0..5).prop_map(|words| words.concat())
}

fn read_back(request: &Request) -> Request {
    decode(&on_the_wire(&Message::Request(request.clone())))
}

proptest! {
    #[test]
    fn what_is_said_is_passed_on_to_the_byte(piece in piece()) {
        let request = decode(&piece);
        prop_assert_eq!(&read_back(&request), &request);
        match request {
            Request::Say(text) => prop_assert_eq!(text, piece),
            Request::Name(name) => prop_assert!(is_name(&name) && piece.contains(&name)),
            Request::Who => prop_assert!(piece.starts_with("/who")),
        }
    }

    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let request = decode(&String::from_utf8_lossy(&bytes));
        prop_assert_eq!(read_back(&request), request);
    }

    #[test]
    fn a_name_is_read_back(name in "[-_a-zA-Z0-9äß→]{1,16}") {
        let is_a_name = is_name(&name);
        prop_assert_eq!(is_a_name, !name.contains('→'));
        let request = Request::Name(name);
        prop_assert_eq!(read_back(&request) == request, is_a_name);
    }

    /// Whatever others say, nobody can take it for an answer of the relay, nor for two lines.
    #[test]
    fn a_message_is_one_line_to_people(piece in piece()) {
        let from = Speaker::Named("alice".into());
        let shown = Message::Response(Response::Relayed { from, text: piece.into() }).to_string();
        prop_assert!(shown.starts_with("[alice] "));
        prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\t'), "{}", shown);
    }
}

#[test]
fn a_command_is_a_command_to_the_letter() {
    let longest = "x".repeat(LONGEST_NAME);
    for piece in ["/who", "/who\n", "/who\r\n"] {
        assert_eq!(decode(piece), Request::Who);
    }
    assert_eq!(decode(&format!("/name {longest}\n")), Request::Name(longest.clone()));
    for piece in [
        " /who\n",
        "/who \n",
        "/WHO\n",
        "/who\n\n",
        "/name\n",
        "/name \n",
        "/name two words\n",
        "/name  alice\n",
        &format!("/name {longest}x\n"),
    ] {
        assert_eq!(decode(piece), Request::Say(piece.into()));
    }
}
