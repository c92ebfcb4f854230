//! The text wire: what is written is read back, and nothing that anybody writes does harm.

use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;
use semaphore::{
    Account, Code, LONGEST_NAME, Message, Name, Refusal, Request, Response, Token, parse,
};

fn name() -> impl Strategy<Value = Name> {
    "[!-~äß→]{1,16}".prop_map(|text| Name::new(text).expect("a word"))
}

fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        (name(), any::<bool>()).prop_map(|(name, fenced)| Request::Hello { name, fenced }),
        (name(), any::<Option<u32>>())
            .prop_map(|(semaphore, timeout_ms)| Request::Acquire { semaphore, timeout_ms }),
        name().prop_map(|semaphore| Request::Try { semaphore }),
        name().prop_map(|semaphore| Request::Release { semaphore }),
        Just(Request::Status),
        Just(Request::Ping),
    ]
}

fn response() -> impl Strategy<Value = Response> {
    let token = any::<Option<u64>>().prop_map(|token| token.map(Token));
    let addr = any::<(IpAddr, u16)>().prop_map(SocketAddr::from);
    let holders = proptest::collection::vec(name(), 0..4);
    let code = proptest::sample::select(Code::ALL);
    prop_oneof![
        (name(), token).prop_map(|(semaphore, token)| Response::Acquired { semaphore, token }),
        name().prop_map(|semaphore| Response::Wait { semaphore }),
        name().prop_map(|semaphore| Response::Released { semaphore }),
        name().prop_map(|semaphore| Response::TimedOut { semaphore }),
        (name(), addr, name()).prop_map(|(client, addr, semaphore)| {
            Response::Announced { client, addr, semaphore }
        }),
        (name(), any::<(u32, u32)>(), holders).prop_map(
            |(semaphore, (permits, waiting), holders)| {
                Response::Account(Account { semaphore, permits, waiting, holders })
            }
        ),
        any::<u32>().prop_map(|semaphores| Response::Status { semaphores }),
        Just(Response::Pong),
        (code, "[!-~]{1,9}( [!-~]{1,9}){0,5}")
            .prop_map(|(code, text)| Response::Refused(Refusal { code, text })),
    ]
}

proptest! {
    #[test]
    fn a_request_is_read_back(request in request()) {
        prop_assert_eq!(parse(&request.to_string()), Ok(Message::Request(request)));
    }

    #[test]
    fn a_response_is_read_back(response in response()) {
        let line = response.to_string();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(parse(&line), Ok(Message::Response(response)));
    }

    /// Words that are almost right, in any order.
    #[test]
    fn no_line_does_harm(
        words in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(vec![
                    "HELLO", "ACQUIRE", "TRY", "RELEASE", "STATUS", "PING", "FENCED", "TIMEOUT",
                    "LOCK_ACQUIRED", "ERROR", "Client", "(127.0.0.1,", "1)", "released",
                    "semaphore", "SEMAPHORE", "PERMITS", "3", "WAITING", "HOLDERS", "\r", "\t",
                ]).prop_map(str::to_owned),
                ".*",
            ],
            0..9,
        )
    ) {
        answers_in_a_line(&words.join(" "))?;
    }

    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        answers_in_a_line(&String::from_utf8_lossy(&bytes))?;
    }
}

/// Whatever it is: it is understood, and means the same when it is said again, or it is refused in
/// a line that is not long.
fn answers_in_a_line(line: &str) -> Result<(), TestCaseError> {
    match parse(line) {
        Ok(message) => prop_assert_eq!(parse(&message.to_string()), Ok(message)),
        Err(refusal) => {
            let said = refusal.to_string();
            prop_assert!(said.starts_with("ERROR "), "{}", said);
            prop_assert!(!said.chars().any(char::is_control) && said.len() < 700, "{}", said);
        }
    }
    Ok(())
}

#[test]
fn what_is_wrong_is_named_and_what_would_be_right() {
    let verbs = "say HELLO, ACQUIRE, TRY, RELEASE, STATUS or PING";
    let acquire = "say ACQUIRE <semaphore> [TIMEOUT <ms>]";
    let timeout =
        "say ACQUIRE <semaphore> TIMEOUT <ms>, where <ms> is a whole number up to 4294967295";
    let name = "a name is one word of 1 to 64 bytes";
    for (line, said) in [
        ("", format!("UNKNOWN_VERB ``: {verbs}")),
        ("acquire s", format!("UNKNOWN_VERB `acquire`: {verbs}")),
        ("\u{1b}[2J", format!("UNKNOWN_VERB `\\u{{1b}}[2J`: {verbs}")),
        ("HELLO", "USAGE `HELLO`: say HELLO <name> [FENCED]".into()),
        ("HELLO alice and bob", "USAGE `HELLO alice and bob`: say HELLO <name> [FENCED]".into()),
        ("ACQUIRE", format!("USAGE `ACQUIRE`: {acquire}")),
        ("ACQUIRE s TIMEOUT", format!("USAGE `ACQUIRE s TIMEOUT`: {acquire}")),
        ("ACQUIRE s TIMEOUT -1", format!("USAGE `ACQUIRE s TIMEOUT -1`: {timeout}")),
        (
            "ACQUIRE s TIMEOUT 4294967296",
            format!("USAGE `ACQUIRE s TIMEOUT 4294967296`: {timeout}"),
        ),
        ("TRY", "USAGE `TRY`: say TRY <semaphore>".into()),
        ("RELEASE a b", "USAGE `RELEASE a b`: say RELEASE <semaphore>".into()),
        ("STATUS now", "USAGE `STATUS now`: say STATUS".into()),
        ("STATUS \u{a0}", "USAGE `STATUS \\u{a0}`: say STATUS".into()),
        ("TRY\u{a0}s", format!("UNKNOWN_VERB `TRY\\u{{a0}}s`: {verbs}")),
        ("HELLO a\u{7}b", format!("BAD_NAME `a\\u{{7}}b`: {name}")),
    ] {
        let refusal = line.parse::<Request>().unwrap_err();
        assert_eq!(refusal.to_string(), format!("ERROR {said}"));
    }
    let long = "x".repeat(LONGEST_NAME + 1);
    assert!(parse("ACQUIRE s TIMEOUT 4294967295").is_ok());
    let refusal = parse(&format!("TRY {long}")).unwrap_err();
    assert_eq!(refusal.to_string(), format!("ERROR BAD_NAME `{}...`: {name}", &long[..32]));
    assert!(parse(&format!("TRY {}", &long[1..])).is_ok());
}

#[test]
fn codes_are_words_of_their_own() {
    let mut words: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    words.push("TIMEOUT");
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Code::ALL.len() + 1);
}
