//! What a client believes, and what it does not.

use lab_tests::{assert_rejects, step};
use protocol::{Effect, EffectOf, Input, InputOf, Link, ProcessId};
use semaphore::{Client, Event, HeartbeatTimer, Message, SERVER};

use crate::by_hand::{MS, name, request, response};

/// A client that is linked, and has said its name.
fn linked() -> Client {
    let mut client = Client::new(SERVER, Some(request("HELLO alice")), Some(20 * MS));
    let done = step(&mut client, up());
    let hello = Effect::Send { to: SERVER, message: Message::Request(request("HELLO alice")) };
    assert_eq!(done, [hello, Effect::Emit(Event::Connected)]);
    client
}

fn up() -> InputOf<Client> {
    let addr = "127.0.0.1:5555".parse().expect("an address");
    Input::Link { peer: SERVER, link: Link::Up { addr, incarnation: 0 } }
}

fn asks(client: &mut Client, line: &str) {
    let message = Message::Request(request(line));
    let done = step(client, Input::Command(request(line)));
    let timer = Effect::SetTimer { timer: HeartbeatTimer, after: 20 * MS };
    assert_eq!(done, [Effect::Send { to: SERVER, message }, timer]);
}

fn hears(client: &mut Client, line: &str) -> Vec<EffectOf<Client>> {
    let message = Message::Response(response(line));
    step(client, Input::Message { from: SERVER, message })
}

/// It takes that for the answer to what it has asked.
#[track_caller]
fn is_answered(client: &mut Client, line: &str) {
    assert_eq!(hears(client, line), [Effect::Emit(Event::Answered(response(line)))]);
}

/// It takes that for something that it has not asked.
#[track_caller]
fn is_told(client: &mut Client, line: &str) {
    assert_eq!(hears(client, line), [Effect::Emit(Event::Told(response(line)))]);
}

fn holds(client: &Client) -> Vec<&str> {
    client.holds().keys().map(semaphore::Name::as_str).collect()
}

#[test]
fn it_holds_from_the_grant_until_it_says_that_it_goes() {
    let mut client = linked();
    asks(&mut client, "ACQUIRE s");
    is_answered(&mut client, "WAIT s");
    assert!(holds(&client).is_empty());
    is_told(&mut client, "LOCK_ACQUIRED s 7");
    assert_eq!(client.holds()[&name("s")].map(|token| token.0), Some(7));
    asks(&mut client, "RELEASE s");
    assert!(holds(&client).is_empty());
    is_answered(&mut client, "LOCK_RELEASED s");
}

/// The server grants, and then hears the release of one that it has refused to nobody.
#[test]
fn who_goes_before_its_turn_does_not_come_in() {
    let mut client = linked();
    asks(&mut client, "ACQUIRE s");
    is_answered(&mut client, "WAIT s");
    asks(&mut client, "RELEASE s");
    is_told(&mut client, "LOCK_ACQUIRED s");
    assert!(holds(&client).is_empty());
    is_answered(&mut client, "LOCK_RELEASED s");
}

/// The server hears the release first, refuses it, and grants later.
#[test]
fn who_went_too_early_comes_in_after_all() {
    let mut client = linked();
    asks(&mut client, "ACQUIRE s");
    is_answered(&mut client, "WAIT s");
    asks(&mut client, "RELEASE s");
    is_answered(&mut client, "ERROR NOT_HELD you don't hold s: acquire it first");
    is_told(&mut client, "LOCK_ACQUIRED s");
    assert_eq!(holds(&client), ["s"]);
}

#[test]
fn a_link_takes_all_along() {
    let mut client = linked();
    asks(&mut client, "TRY s");
    is_answered(&mut client, "LOCK_ACQUIRED s");
    asks(&mut client, "STATUS");
    let done = step(&mut client, Input::Link { peer: SERVER, link: Link::Down });
    let (held, unanswered) = (vec![name("s")], vec![request("STATUS")]);
    let lost = Effect::Emit(Event::Disconnected { held, unanswered });
    assert_eq!(done, [Effect::CancelTimer(HeartbeatTimer), lost]);
    assert!(holds(&client).is_empty());
    let not_sent = Effect::Emit(Event::NotSent(request("TRY s")));
    assert_eq!(step(&mut client, Input::Command(request("TRY s"))), [not_sent]);
}

#[test]
fn it_says_that_it_lives_while_it_has_something_to_lose_and_hangs_up_on_silence() {
    let mut client = linked();
    let beat = |client: &mut Client| step(client, Input::Timer(HeartbeatTimer));
    asks(&mut client, "ACQUIRE s");
    is_answered(&mut client, "LOCK_ACQUIRED s");
    assert_eq!(beat(&mut client).len(), 2, "a ping, and the next beat");
    is_answered(&mut client, "PONG");
    assert_eq!(beat(&mut client).len(), 2, "a ping, and the next beat");
    assert_eq!(beat(&mut client)[0], Effect::Close(SERVER));
    assert!(holds(&client).is_empty());

    let mut client = linked();
    asks(&mut client, "STATUS");
    is_answered(&mut client, "STATUS 0");
    assert!(beat(&mut client).is_empty());
}

#[test]
fn a_name_that_is_taken_is_not_said_again() {
    let mut client = linked();
    is_told(&mut client, "ERROR NAME_TAKEN alice is somebody else: choose another name");
    step(&mut client, Input::Link { peer: SERVER, link: Link::Down });
    let done = step(&mut client, up());
    assert_eq!(done, [Effect::Emit(Event::Connected)]);
}

/// For what it waits for, it is the end of the waiting; for what it has just asked, the answer.
#[test]
fn who_is_out_of_tokens_ends_a_wait_or_answers() {
    let mut client = linked();
    let refused = "ERROR NO_TOKENS s has no tokens left: the server must be started again";
    asks(&mut client, "ACQUIRE s");
    is_answered(&mut client, "WAIT s");
    asks(&mut client, "TRY t");
    is_told(&mut client, refused);
    is_answered(&mut client, "LOCK_ACQUIRED t");
    asks(&mut client, "ACQUIRE s");
    is_answered(&mut client, refused);
}

#[test]
fn what_nobody_asked_for_is_rejected() {
    for line in [
        "LOCK_ACQUIRED s",
        "LOCK_RELEASED s",
        "WAIT s",
        "PONG",
        "STATUS 0",
        "ERROR BUSY s",
        "ERROR TIMEOUT s",
    ] {
        assert_rejects(&hears(&mut linked(), line), SERVER, "a response to what was not asked");
    }
    let mut client = linked();
    asks(&mut client, "ACQUIRE s");
    assert_rejects(&hears(&mut client, "WAIT t"), SERVER, "a response to what was not asked");
    let stranger = ProcessId(7);
    let message = Message::Response(response("PONG"));
    let done = step(&mut client, Input::Message { from: stranger, message });
    assert_rejects(&done, stranger, "not a response of the server");
}

#[test]
fn what_others_release_is_passed_on() {
    is_told(&mut linked(), "Client bob (::1, 47036) released semaphore s");
}
