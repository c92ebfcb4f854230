//! How a client comes to a hub: which wire, which secret, and whether there is room.

use std::{net::SocketAddr, time::Duration};

use crate::support::*;
use network::{HUB, Notice, Text};
use protocol::ProcessId;
use wire::{hello::MAGIC, text::Framing};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn one_port_serves_those_who_speak_frames_and_those_who_speak_text() {
    run(async {
        let (mut hub, addr) = hub(|_| ());
        let mut person = Person::connect(addr).await;
        person.send("hello\n").await;
        assert_eq!(heard_from(&mut hub).await, (ONE, "hello".into()));
        let mut client = dial(addr, |_| ());
        client.command(say(HUB, "good morning"));
        assert_eq!(heard_from(&mut hub).await, (TWO, "good morning".into()));

        hub.command(say(ONE, "to one"));
        hub.command(say(TWO, "to two"));
        assert_eq!(person.line().await, "to one\n");
        assert_eq!(heard_from(&mut client).await, (HUB, "to two".into()));
    });
}

#[test]
fn every_connection_is_up_under_a_name_of_its_own() {
    run(async {
        let (mut hub, addr) = hub(|_| ());
        for number in 1..=3 {
            let id = ProcessId(number);
            let mut person = Person::connect(addr).await;
            person.send("x\n").await;
            let is_up = Notice::Up { peer: id, addr: person.addr() };
            until(&mut hub, |notice| (notice == is_up).then_some(())).await;
            drop(person);
            down(&mut hub, id).await;
        }
    });
}

#[test]
fn who_says_nothing_for_a_while_is_taken_for_one_who_listens_to_text() {
    run(async {
        let (mut hub, addr) = hub(|_| ());
        let mut person = Person::connect(addr).await;
        up(&mut hub, ONE).await;
        hub.command(say(ONE, "anybody there?"));
        assert_eq!(person.line().await, "anybody there?\n");
    });
}

#[test]
fn who_has_said_nothing_is_not_up_before_that() {
    run(async {
        let (mut hub, addr) = hub(|config| {
            let text = Text { patience: HOUR, ..Text::lines(Shout) };
            config.text = Some(text);
        });
        let mut first = Person::connect(addr).await;
        let mut second = Person::connect(addr).await;
        for person in [&mut second, &mut first] {
            person.send("x").await;
            let expected = person.addr();
            let addr = until(&mut hub, |notice| match notice {
                Notice::Up { addr, .. } => Some(addr),
                _ => None,
            });
            assert_eq!(addr.await, expected);
        }
    });
}

#[test]
fn who_begins_a_magic_and_does_not_end_it_is_refused() {
    run(async {
        let (mut hub, addr) = hub(|config| config.timing.hello = Duration::from_millis(50));
        let mut stranger = Stranger::connect(addr).await;
        stranger.send_bytes(&MAGIC[..5]).await;
        let why = "no hello within 50ms: is this the right port?";
        assert_eq!(stranger.refusal().await, why);
        assert_eq!(refused(&mut hub).await, why);
    });
}

#[test]
fn a_hub_without_text_refuses_it() {
    run(async {
        let (_hub, addr) = hub(|config| config.text = None);
        let mut person = Person::connect(addr).await;
        person.send("hello, is there anybody?\n").await;
        assert_eq!(
            person.line().await,
            "no text is spoken here, in test: is this the right port?\n"
        );
    });
}

#[test]
fn who_leaves_before_the_wire_is_known_was_never_there() {
    run(async {
        let (mut hub, addr) = hub(|_| ());
        drop(Person::connect(addr).await);
        let mut person = Person::connect(addr).await;
        person.send("x\n").await;
        // The name that the first one would have had.
        assert_eq!(heard_from(&mut hub).await, (ONE, "x".into()));
    });
}

#[test]
fn a_client_that_knows_the_secret_is_let_in_on_either_wire() {
    run(async {
        let (mut hub, addr) = hub(|config| config.secret = Some("swordfish".parse().unwrap()));
        let mut person = Person::connect(addr).await;
        person.send("SECRET swordfish\r\nhello\n").await;
        assert_eq!(heard_from(&mut hub).await, (ONE, "hello".into()));
        let client = dial(addr, |config| config.secret = Some("swordfish".parse().unwrap()));
        client.command(say(HUB, "hello"));
        assert_eq!(heard_from(&mut hub).await, (TWO, "hello".into()));
    });
}

#[test]
fn a_person_without_the_secret_is_turned_away_and_told_why() {
    let no_secret = "this server has a secret: let the first line be `SECRET <secret>`";
    let wrong = "the client and the server hold different secrets: \
                 give both the same --secret (or SIGNALBOX_SECRET)";
    for (line, why) in [
        ("SECRET shark\n", wrong),
        ("SECRET \n", wrong),
        ("SECRET\n", no_secret),
        ("hello\nSECRET swordfish\n", no_secret),
        ("", no_secret),
        (&"x".repeat(2000), no_secret),
    ] {
        run(async {
            let (mut hub, addr) = hub(|config| {
                config.secret = Some("swordfish".parse().unwrap());
                config.timing.hello = Duration::from_millis(300);
            });
            let mut person = Person::connect(addr).await;
            person.send(line).await;
            assert_eq!(person.line().await, format!("ERROR REFUSED {why}\n"));
            assert_eq!(person.line().await, "");
            let refused = Notice::Refused { peer: None, addr: person.addr(), why: why.into() };
            assert_eq!(hub.next().await, refused);
        });
    }
}

#[test]
fn a_client_with_another_secret_is_turned_away_on_both_sides() {
    run(async {
        let (mut hub, addr) = hub(|config| config.secret = Some("swordfish".parse().unwrap()));
        let mut client = dial(addr, |config| config.secret = Some("shark".parse().unwrap()));
        let why = "the client and the server hold different secrets: \
                   give both the same --secret (or SIGNALBOX_SECRET)";
        assert_eq!(refused(&mut hub).await, why);
        assert_eq!(refused_by(&mut client).await, (HUB, why.into(), false));
    });
}

#[test]
fn a_member_of_a_mesh_that_dials_a_hub_is_told_so() {
    run(async {
        let (_hub, addr) = hub(|_| ());
        let ([seat_0, seat_1], mut addresses) = seats();
        drop(seat_0);
        addresses[0] = addr;
        let mut one: Node = start(seat_1, config(ONE, &addresses));
        let (_, why, _) = refused_by(&mut one).await;
        assert!(why.starts_with("process 1 dialled process 0 and reached the server"), "{why}");
    });
}

#[test]
fn of_too_many_clients_the_last_is_told_to_come_later() {
    run(async {
        let (mut hub, addr) = hub(|config| config.clients = 2);
        let mut first = Person::connect(addr).await;
        first.send("x\n").await;
        let mut second = dial(addr, |_| ());
        up(&mut second, HUB).await;
        let why = "the server has 2 clients and takes no more: try again later";
        let mut third = Person::connect(addr).await;
        third.send("x\n").await;
        assert_eq!(third.line().await, format!("ERROR REFUSED {why}\n"));
        let mut fourth = dial(addr, |_| ());
        assert_eq!(refused_by(&mut fourth).await, (HUB, why.into(), true));

        drop(first);
        down(&mut hub, ONE).await;
        let mut fifth = Person::connect(addr).await;
        fifth.send("here\n").await;
        assert_eq!(heard(&mut hub).await, "here");
    });
}

/// Has a stranger talk nonsense, and hear that it is.
async fn talk_nonsense(addr: SocketAddr) {
    let mut stranger = Stranger::connect(addr).await;
    stranger.send_bytes(&[MAGIC[0]; 8]).await;
    assert!(stranger.hears_the_rest().await.contains("no text is spoken here"));
}

#[test]
fn a_stranger_does_not_fill_the_log_with_the_help_of_a_client() {
    let (warnings, _guard) = Warnings::listen();
    run(async {
        let (mut hub, addr) = hub(|_| ());
        for number in 1..=20 {
            talk_nonsense(addr).await;
            let mut person = Person::connect(addr).await;
            person.send("x\n").await;
            up(&mut hub, ProcessId(number)).await;
        }
    });
    assert_eq!(warnings.take().len(), 1);
}

#[test]
fn a_reason_is_told_again_after_a_while() {
    run(async {
        let (mut hub, addr) = hub(|config| config.timing.heartbeat = Duration::from_millis(1));
        for _ in 0..2 {
            loop {
                talk_nonsense(addr).await;
                tokio::select! {
                    biased;
                    why = refused(&mut hub) => break assert!(why.contains("no hello")),
                    () = std::future::ready(()) => {}
                }
            }
        }
    });
}

#[test]
fn hundreds_that_are_silent_are_in_nobodys_way() {
    run(async {
        let (mut hub, addr) = hub(|config| {
            let text = Text { framing: Framing::Chunks, ..Text::lines(Shout) };
            config.text = Some(text);
        });
        let mut silent = Vec::new();
        for _ in 0..400 {
            silent.push(Person::connect(addr).await);
        }
        let mut person = Person::connect(addr).await;
        person.send("first\n").await;
        assert_eq!(heard_from(&mut hub).await, (ONE, "first\n".into()));
        up(&mut hub, ProcessId(401)).await;
        for id in 2..=401 {
            hub.command(say(ProcessId(id), "still there?"));
        }
        for person in &mut silent {
            assert_eq!(person.line().await, "still there?\n");
        }
    });
}

/// Nobody takes them: whoever has no room at the door would never be connected.
#[test]
fn a_crowd_has_room_at_the_door() {
    run(async {
        let listener = network::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let addr = listener.local_addr().unwrap();
        let mut crowd = Vec::new();
        for _ in 0..400 {
            crowd.push(Person::connect(addr).await);
        }
    });
}
