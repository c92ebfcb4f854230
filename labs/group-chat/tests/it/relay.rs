//! What the relay does with each piece.

use group_chat::relay::{
    LONGEST_PIECE, Message, Relay, Request, Response, Settings, decode, encode,
};
use lab_tests::{assert_rejects, step};
use protocol::{Effect, EffectOf, Input, Link, ProcessId};

/// A relay, and what it does.
struct Desk {
    relay: Relay,
}

const FIRST: ProcessId = ProcessId(1);
const SECOND: ProcessId = ProcessId(2);
const THIRD: ProcessId = ProcessId(3);

impl Desk {
    /// The first and the second client are there, and nobody has said anything.
    fn open(settings: Settings) -> Self {
        let mut desk = Self { relay: Relay::new(settings) };
        for (client, port) in [(FIRST, 47001), (SECOND, 47002)] {
            let printed = format!("prints [NEW] ('127.0.0.1', {port}) connected.");
            assert_eq!(desk.link(client), [printed]);
        }
        desk
    }

    /// A client is linked.
    fn link(&mut self, client: ProcessId) -> Vec<String> {
        let addr = format!("127.0.0.1:{}", 47_000 + client.0).parse().expect("an address");
        let link = Link::Up { addr, incarnation: 0 };
        told(step(&mut self.relay, Input::Link { peer: client, link }))
    }

    /// A client is linked no more.
    fn unlink(&mut self, client: ProcessId) {
        let done = step(&mut self.relay, Input::Link { peer: client, link: Link::Down });
        assert!(done.is_empty());
    }

    /// What the relay does about a piece: what it sends, to whom, and what it prints.
    fn hears(&mut self, client: ProcessId, piece: &str) -> Vec<String> {
        told(self.is_sent(client, Message::Request(decode(piece))))
    }

    fn is_sent(&mut self, from: ProcessId, message: Message) -> Vec<EffectOf<Relay>> {
        step(&mut self.relay, Input::Message { from, message })
    }
}

fn told(done: Vec<EffectOf<Relay>>) -> Vec<String> {
    let words = |effect: EffectOf<Relay>| match effect {
        Effect::Send { to, message } => format!("{to}: {}", on_the_wire(&message)),
        Effect::Emit(event) => event.to_string(),
        other => panic!("{other:?}"),
    };
    done.into_iter().map(words).collect()
}

/// What a message is on the wire.
pub(crate) fn on_the_wire(message: &Message) -> String {
    let mut text = String::new();
    encode(message, &mut text).expect("a string takes everything");
    text
}

#[test]
fn what_one_says_all_others_hear_as_it_came() {
    let mut desk = Desk::open(Settings::default());
    desk.link(THIRD);
    let line = [
        "1: [('127.0.0.1', 47002)] lunch?\n",
        "3: [('127.0.0.1', 47002)] lunch?\n",
        "prints [('127.0.0.1', 47002)] lunch?",
    ];
    assert_eq!(desk.hears(SECOND, "lunch?\n"), line);
    desk.unlink(THIRD);
    for piece in ["no line feed", " \t ", "", "\r\n", "/whoever\n", "/name two words\n", "/name\n"]
    {
        let heard = desk.hears(FIRST, piece);
        assert_eq!(heard[..1], [format!("2: [('127.0.0.1', 47001)] {piece}")]);
        assert_eq!(heard.len(), 2, "{heard:?}");
    }
}

#[test]
fn nothing_that_is_printed_drives_a_terminal() {
    let mut desk = Desk::open(Settings::default());
    let heard = desk.hears(FIRST, "\u{1b}[2J\ta\u{8}\r\n");
    assert_eq!(heard[0], "2: [('127.0.0.1', 47001)] \u{1b}[2J\ta\u{8}\r\n");
    assert_eq!(heard[1], "prints [('127.0.0.1', 47001)] \\u{1b}[2J\ta\\u{8}");
}

#[test]
fn a_name_stands_in_the_place_of_the_address_until_its_client_leaves() {
    let mut desk = Desk::open(Settings::default());
    assert_eq!(desk.hears(FIRST, "/name alice\n"), ["1: * you are alice\n"]);
    let said = ["2: [alice] hello\n", "prints [alice] hello"];
    assert_eq!(desk.hears(FIRST, "hello\n"), said);
    let taken = ["2: * alice is somebody else: choose another name\n"];
    assert_eq!(desk.hears(SECOND, "/name alice"), taken);
    assert_eq!(desk.hears(FIRST, "/name alice\r\n"), ["1: * you are alice\n"]);

    assert_eq!(desk.hears(FIRST, "/name bob\n"), ["1: * you are bob\n"]);
    assert_eq!(desk.hears(SECOND, "/name alice\n"), ["2: * you are alice\n"]);
    desk.unlink(FIRST);
    assert_eq!(desk.hears(SECOND, "/name bob\n"), ["2: * you are bob\n"]);
}

#[test]
fn who_asks_who_is_here_is_told_alone() {
    let mut desk = Desk::open(Settings::default());
    desk.hears(SECOND, "/name bob\n");
    let here = "1: * here are ('127.0.0.1', 47001), bob\n";
    assert_eq!(desk.hears(FIRST, "/who\n"), [here]);
    desk.unlink(FIRST);
    assert_eq!(desk.hears(SECOND, "/who"), ["2: * here are bob\n"]);
}

#[test]
fn however_many_there_are_an_answer_is_not_long() {
    let mut desk = Desk::open(Settings::default());
    for client in 3..=1_000 {
        desk.link(ProcessId(client));
    }
    let answer = desk.hears(FIRST, "/who\n").concat();
    assert!(answer.ends_with("('127.0.0.1', 47020) and 980 more\n"), "{answer}");
}

#[test]
fn whoever_comes_is_told_what_was_said_last() {
    let mut desk = Desk::open(Settings { history: 2 });
    desk.hears(FIRST, "one\n");
    desk.hears(FIRST, "/name alice\n");
    desk.hears(FIRST, "two\n");
    desk.hears(SECOND, "three");
    desk.hears(SECOND, "/who\n");
    desk.unlink(FIRST);
    let told = [
        "prints [NEW] ('127.0.0.1', 47003) connected.",
        "3: [alice] two\n",
        "3: [('127.0.0.1', 47002)] three",
    ];
    assert_eq!(desk.link(THIRD), told);
}

#[test]
fn whoever_comes_is_told_no_more_than_it_can_take() {
    let mut desk = Desk::open(Settings { history: 1_000 });
    let words: Vec<String> = "abc".chars().map(|c| c.to_string().repeat(50 << 10)).collect();
    words.iter().for_each(|word| drop(desk.hears(FIRST, word)));
    let told = |word: &String| format!("3: [('127.0.0.1', 47001)] {word}");
    assert_eq!(desk.link(THIRD)[1..], [told(&words[1]), told(&words[2])]);
}

#[test]
fn what_no_client_sends_is_rejected() {
    let say = |text: &str| Message::Request(Request::Say(text.into()));
    let name = |text: &str| Message::Request(Request::Name(text.into()));
    for (message, why) in [
        (say("a\nb"), "a line feed in the middle of a piece: it ends a line"),
        (say("a\n\n"), "a line feed in the middle of a piece: it ends a line"),
        (say(&"x".repeat(LONGEST_PIECE + 1)), "a piece that is too long to be passed on"),
        (name("alice] hello"), "a name that is none"),
        (name(&"x".repeat(33)), "a name that is none"),
        (Message::Response(Response::Named("x".into())), "a response, which only the relay gives"),
    ] {
        let mut desk = Desk::open(Settings::default());
        assert_rejects(&desk.is_sent(FIRST, message), FIRST, why);
    }
    let mut desk = Desk::open(Settings::default());
    let why = "a message from somebody who is not linked";
    assert_rejects(&desk.is_sent(THIRD, say("hello\n")), THIRD, why);
}
