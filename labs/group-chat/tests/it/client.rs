//! What a client does, and what the course's client prints.

use group_chat::relay::{
    Client, LONGEST_PIECE, Message, Request, Response, SERVER, Speaker, client::Event, decode,
};
use lab_tests::{assert_rejects, step};
use protocol::{Effect, EffectOf, Input, Link, ProcessId};

fn linked() -> Client {
    let mut client = Client::new(SERVER);
    let addr = "127.0.0.1:5000".parse().expect("an address");
    let link = Link::Up { addr, incarnation: 0 };
    let done = step(&mut client, Input::Link { peer: SERVER, link });
    assert_eq!(printed(&done), ["Connected."]);
    client
}

fn printed(done: &[EffectOf<Client>]) -> Vec<String> {
    let line = |effect: &EffectOf<Client>| match effect {
        Effect::Emit(event) => Some(event.printed()),
        _ => None,
    };
    done.iter().filter_map(line).collect()
}

fn hears(client: &mut Client, response: Response) -> Vec<EffectOf<Client>> {
    let message = Message::Response(response);
    step(client, Input::Message { from: SERVER, message })
}

#[test]
fn a_line_is_sent_and_what_others_say_is_printed() {
    let mut client = linked();
    let message = Message::Request(Request::Say("hello\n".into()));
    let done = step(&mut client, Input::Command(decode("hello\n")));
    assert_eq!(done, [Effect::Send { to: SERVER, message }]);
    let from = Speaker::At("127.0.0.1:47036".parse().expect("an address"));
    let heard = hears(&mut client, Response::Relayed { from, text: "hello yourself\n".into() });
    assert_eq!(printed(&heard), ["[('127.0.0.1', 47036)] hello yourself"]);
}

#[test]
fn an_answer_is_printed() {
    let at = |addr: &str| Speaker::At(addr.parse().expect("an address"));
    let speakers = vec![Speaker::Named("alice".into()), at("[::1]:47036")];
    for (response, line) in [
        (Response::Named("bob".into()), "* you are bob"),
        (Response::Taken("bob".into()), "* bob is somebody else: choose another name"),
        (Response::Present { speakers, more: 0 }, "* here are alice, ('::1', 47036)"),
    ] {
        assert_eq!(printed(&hears(&mut linked(), response)), [line]);
    }
}

#[test]
fn who_is_not_connected_is_told_what_is_not_sent() {
    let mut client = linked();
    let done = step(&mut client, Input::Link { peer: SERVER, link: Link::Down });
    assert_eq!(printed(&done), ["Disconnected."]);
    let done = step(&mut client, Input::Command(Request::Name("bob".into())));
    assert_eq!(done, [Effect::Emit(Event::NotSent(Request::Name("bob".into())))]);
    assert_eq!(printed(&done), ["Not connected, and so not sent: /name bob"]);
}

#[test]
fn what_no_relay_would_pass_on_is_not_sent() {
    let mut client = linked();
    let longest = "x".repeat(LONGEST_PIECE);
    let done = step(&mut client, Input::Command(decode(&longest)));
    assert!(matches!(&done[..], [Effect::Send { .. }]), "{done:?}");
    let done = step(&mut client, Input::Command(decode(&format!("{longest}x"))));
    assert_eq!(printed(&done), ["Not sent: that is longer than 61440 bytes, say it in parts"]);
    assert_eq!(done.len(), 1);
}

#[test]
fn what_no_relay_sends_is_rejected() {
    let why = "not a response of the relay";
    let done = step(
        &mut linked(),
        Input::Message { from: SERVER, message: Message::Request(Request::Who) },
    );
    assert_rejects(&done, SERVER, why);
    let (stranger, message) = (ProcessId(7), Message::Response(Response::Named("bob".into())));
    let done = step(&mut linked(), Input::Message { from: stranger, message });
    assert_rejects(&done, stranger, why);
}
