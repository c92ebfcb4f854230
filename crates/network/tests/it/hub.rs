//! What a hub promises its process and its clients once they are there.

use std::{net::TcpListener, time::Duration};

use crate::support::*;
use network::{HUB, Hub, HubConfig, Limits, Notice, Text};
use protocol::ProcessId;
use tokio::io::AsyncWriteExt;

/// A hub that relays text as it comes, with one person at it, who is up.
async fn relay(pause: Duration) -> (TestHub, Person) {
    let (mut hub, addr) = hub(|config| {
        config.text = Some(Text { pause, ..Text::chunks(Shout) });
    });
    let mut person = Person::connect(addr).await;
    person.send("x\n").await;
    assert_eq!(heard(&mut hub).await, "x\n");
    (hub, person)
}

/// A hub with one person at it, who is up.
pub(crate) async fn with_person(change: impl FnOnce(&mut HubConfig<String>)) -> (TestHub, Person) {
    let (mut hub, addr) = hub(change);
    let mut person = Person::connect(addr).await;
    person.send("x\n").await;
    assert_eq!(heard(&mut hub).await, "x");
    (hub, person)
}

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn lines_arrive_in_order_however_the_network_cuts_them() {
    run(async {
        let (mut hub, mut person) = with_person(|_| ()).await;
        let lines: String = (0..10_000).map(|number| format!("{number}\n")).collect();
        for part in lines.as_bytes().chunks(1237) {
            person.send(part).await;
        }
        for number in 0..10_000 {
            assert_eq!(heard(&mut hub).await, number.to_string());
        }
    });
}

#[test]
fn what_means_nothing_is_answered_and_the_next_line_is_heard() {
    let limits = Limits { frame: 1000, ..Limits::default() };
    for (nonsense, answer) in [
        (vec![b'x'; 1 << 20], "ERROR TOO_LONG a line has 1000 bytes at most\n"),
        (b"caf\xe9".to_vec(), "ERROR NOT_UTF8 byte 4 is not UTF-8: send text in UTF-8\n"),
        (Vec::new(), "ERROR EMPTY a line has something to say\n"),
    ] {
        run(async {
            let (mut hub, mut person) = with_person(|config| config.limits = limits).await;
            person.send(nonsense).await;
            person.send("\nnext\n").await;
            assert_eq!(person.line().await, answer);
            assert_eq!(hub.next().await, Notice::Event(Event::Heard(ONE, "next".into())));
            hub.command(say(ONE, "fine"));
            assert_eq!(person.line().await, "fine\n");
        });
    }
}

#[test]
fn a_line_that_its_sender_did_not_end_is_not_heard() {
    run(async {
        let (mut hub, mut person) = with_person(|_| ()).await;
        person.send("whole\nhal").await;
        drop(person);
        assert_eq!(hub.next().await, Notice::Event(Event::Heard(ONE, "whole".into())));
        assert_eq!(hub.next().await, Notice::Down { peer: ONE });
    });
}

#[test]
fn a_relay_passes_on_what_comes_without_a_line_feed() {
    run(async {
        let (mut hub, mut person) = relay(Duration::from_millis(20)).await;
        person.send("no line feed").await;
        assert_eq!(heard(&mut hub).await, "no line feed");
        person.send("last words").await;
        drop(person);
        assert_eq!(heard(&mut hub).await, "last words");
        down(&mut hub, ONE).await;
    });
}

#[test]
fn a_relay_does_not_wait_once_a_line_is_whole() {
    run(async {
        let (mut hub, mut person) = relay(HOUR).await;
        let mut other = Person::connect(person.stream.get_ref().peer_addr().unwrap()).await;
        person.send("two ").await;
        // The hub has many a chance to take it for a chunk.
        for _ in 0..100 {
            other.send("x\n").await;
            assert_eq!(heard_from(&mut hub).await, (TWO, "x\n".into()));
        }
        person.send("halves\nof a line").await;
        assert_eq!(heard_from(&mut hub).await, (ONE, "two halves\n".into()));
    });
}

#[test]
fn a_relay_never_cuts_a_character() {
    run(async {
        let (mut hub, mut person) = relay(Duration::from_millis(20)).await;
        person.send(b"a\xc3").await;
        assert_eq!(heard(&mut hub).await, "a");
        person.send(b"\xa4").await;
        assert_eq!(heard(&mut hub).await, "ä");
    });
}

#[test]
fn a_relay_answers_what_is_no_text() {
    run(async {
        let (mut hub, mut person) = relay(HOUR).await;
        person.send(b"caf\xe9\n").await;
        assert!(person.line().await.starts_with("ERROR NOT_UTF8 byte 4 "));
        person.send("café\n").await;
        assert_eq!(heard(&mut hub).await, "café\n");
    });
}

#[test]
fn a_client_that_never_reads_is_cut_and_nobody_else_notices() {
    let (warnings, _guard) = Warnings::listen();
    let limits = Limits { outbound: 100_000, frame: 10_000, ..Limits::default() };
    run(async {
        let (mut hub, addr) = hub(|config| config.limits = limits);
        let mut deaf = Person::connect(addr).await;
        deaf.send("x\n").await;
        up(&mut hub, ONE).await;
        let mut other = Person::connect(addr).await;
        other.send("x\n").await;
        up(&mut hub, TWO).await;
        // The system's own buffers take some of it.
        let why = loop {
            hub.command(say(ONE, "x".repeat(9_000)));
            hub.command(say(TWO, "fine"));
            assert_eq!(other.line().await, "fine\n");
            tokio::select! {
                biased;
                why = cut(&mut hub) => break why,
                () = std::future::ready(()) => {}
            }
        };
        assert_eq!(why, "too slow: more than 100000 bytes wait for it");
        down(&mut hub, ONE).await;
        hub.command(say(TWO, "still fine"));
        assert_eq!(other.line().await, "still fine\n");
    });
    let [line] = &warnings.take()[..] else { panic!("not one line") };
    assert!(line.contains("the client at 127.0.0.1:"), "{line}");
    assert!(line.contains(": too slow"), "{line}");
}

#[test]
fn whoever_is_hung_up_on_hears_what_was_said_before() {
    run(async {
        let (mut hub, mut person) = with_person(|_| ()).await;
        let text = "x".repeat(1000);
        hub.command(Command::Repeat(ONE, text.clone(), 1000));
        hub.command(say(ONE, "goodbye"));
        hub.command(Command::Close(ONE));
        down(&mut hub, ONE).await;
        // Had the hub closed the socket over this, its last words might have been lost.
        person.send("but I am not finished\n").await;
        for _ in 0..1000 {
            assert_eq!(person.line().await.trim_end(), text);
        }
        assert_eq!(person.line().await, "goodbye\n");
        assert_eq!(person.line().await, "");
    });
}

#[test]
fn a_rejected_client_is_told_why_on_either_wire() {
    run(async {
        let (mut hub, addr) = hub(|_| ());
        let mut person = Person::connect(addr).await;
        person.send("x\n").await;
        up(&mut hub, ONE).await;
        hub.command(Command::Reject(ONE));
        assert_eq!(person.line().await, "ERROR REFUSED it snores\n");
        assert_eq!(person.line().await, "");
        let mut client = dial(addr, |_| ());
        up(&mut hub, TWO).await;
        hub.command(Command::Reject(TWO));
        assert_eq!(refused_by(&mut client).await, (HUB, "it snores".into(), true));
        down(&mut client, HUB).await;
    });
}

#[test]
fn a_client_whose_frames_make_no_sense_is_rejected_and_nobody_else_notices() {
    run(async {
        let (mut hub, addr) = hub(|_| ());
        let mut liar = Stranger::as_client(addr).await;
        up(&mut hub, ONE).await;
        liar.send_bytes(&[0xff; 4]).await;
        let Some(Packet::Refused { why }) = liar.receive().await else { panic!("not refused") };
        assert!(why.starts_with("it sent a message of more than 65536 bytes"), "{why}");
        down(&mut hub, ONE).await;
        let mut person = Person::connect(addr).await;
        person.send("fine\n").await;
        assert_eq!(heard(&mut hub).await, "fine");
    });
}

#[test]
fn liars_that_come_again_and_again_do_not_fill_the_log() {
    let (warnings, _guard) = Warnings::listen();
    run(async {
        let (mut hub, addr) = hub(|_| ());
        for number in 1..=150 {
            let mut liar = Stranger::as_client(addr).await;
            liar.send_bytes(&[0xff; 4]).await;
            down(&mut hub, ProcessId(number)).await;
        }
    });
    assert_eq!(warnings.take().len(), 100);
}

#[test]
fn a_client_that_is_killed_is_down() {
    run(async {
        let (mut hub, mut person) = with_person(|_| ()).await;
        person.send("half a line").await;
        // The end of a process whose socket holds what it has not read is a reset.
        hub.command(say(ONE, "unread"));
        person.stream.get_ref().readable().await.unwrap();
        drop(person);
        down(&mut hub, ONE).await;
    });
}

#[test]
fn who_has_said_all_may_still_listen_to_what_waits_for_him() {
    run(async {
        let limits = Limits { outbound: 8 << 20, ..Limits::default() };
        let (mut hub, mut person) = with_person(|config| config.limits = limits).await;
        let text = "x".repeat(1000);
        hub.command(Command::Repeat(ONE, text.clone(), 7000));
        person.stream.get_mut().shutdown().await.unwrap();
        down(&mut hub, ONE).await;
        for _ in 0..7000 {
            assert_eq!(person.line().await.trim_end(), text);
        }
        assert_eq!(person.line().await, "");
    });
}

#[test]
fn what_is_said_to_a_client_that_has_left_is_lost() {
    run(async {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let witness = Witness::default();
        let config = HubConfig::new("test", Some(Text::lines(Shout)));
        let mut hub: TestHub =
            Hub::start(listener, config, Parrot::default(), Box::new(witness.clone())).unwrap();
        let mut person = Person::connect(addr).await;
        person.send("x\n").await;
        up(&mut hub, ONE).await;
        drop(person);
        down(&mut hub, ONE).await;
        hub.command(say(ONE, "too late"));
        assert_eq!(witness.0.borrow().last().unwrap(), "too late: cut");
    });
}

#[test]
#[should_panic(expected = "sends to process 0: a process sends to its peers")]
fn a_server_may_not_send_to_itself() {
    run(async {
        let (hub, _) = hub(|_| ());
        hub.command(say(HUB, "me?"));
    });
}

#[test]
fn silence_ends_the_link_of_a_client_that_should_have_heartbeats_and_of_no_person() {
    run(async {
        let (mut hub, mut person) = with_person(|config| {
            config.timing.heartbeat = Duration::from_millis(5);
            config.timing.silence = Duration::from_millis(20);
        })
        .await;
        let addr = person.stream.get_ref().peer_addr().unwrap();
        let mut silent = Stranger::as_client(addr).await;
        assert_eq!(cut(&mut hub).await, "silent for 20ms");
        down(&mut hub, TWO).await;
        let mut last_word = silent.receive().await;
        while last_word == Some(Packet::Heartbeat) {
            last_word = silent.receive().await;
        }
        let why = "you were silent for 20ms: come again".into();
        assert_eq!(last_word, Some(Packet::Refused { why }));
        hub.command(say(ONE, "still there?"));
        assert_eq!(person.line().await, "still there?\n");
    });
}

#[test]
fn a_hub_that_closes_says_everything_first_and_its_clients_learn_of_it() {
    run(async {
        let (mut hub, mut person) = with_person(|_| ()).await;
        let mut client = dial(person.stream.get_ref().peer_addr().unwrap(), |_| ());
        up(&mut hub, TWO).await;
        let text = "x".repeat(1000);
        hub.command(Command::Repeat(ONE, text.clone(), 900));
        hub.command(say(TWO, "closing time"));
        let closed = tokio::task::spawn_local(hub.close());
        assert_eq!(heard(&mut client).await, "closing time");
        down(&mut client, HUB).await;
        for _ in 0..900 {
            assert_eq!(person.line().await.trim_end(), text);
        }
        assert_eq!(person.line().await, "");
        drop(person);
        closed.await.unwrap();
    });
}
