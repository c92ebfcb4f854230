//! What a link promises: order, and nothing before `Up` or after `Down`.

use std::{net::TcpListener, time::Duration};

use crate::support::*;
use network::{Config, Limits, Mesh, Notice, Timing};

#[test]
fn messages_arrive_in_order() {
    run(async {
        let (zero, mut one) = pair().await;
        for number in 0..10_000 {
            zero.command(say(ONE, number.to_string()));
        }
        for number in 0..10_000 {
            assert_eq!(heard(&mut one).await, number.to_string());
        }
    });
}

#[test]
fn what_is_sent_before_the_first_up_arrives_in_order_after_it() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let zero: Node = start(seat_0, config(ZERO, &addresses));
        for number in 0..100 {
            zero.command(say(ONE, number.to_string()));
        }
        let mut one: Node = start(seat_1, config(ONE, &addresses));
        assert!(matches!(one.next().await, Notice::Up { peer: ZERO, .. }));
        assert_eq!(one.next().await, Notice::Event(Event::Up(ZERO, 1)));
        for number in 0..100 {
            let event = Event::Heard(ZERO, number.to_string());
            assert_eq!(one.next().await, Notice::Event(event));
        }
    });
}

#[test]
fn a_long_message_arrives_whole() {
    run(async {
        let (zero, mut one) = pair().await;
        let text = "x".repeat(1_000_000);
        zero.command(say(ONE, text.clone()));
        assert!(heard(&mut one).await == text, "another text of the same length, or not");
    });
}

#[test]
fn a_broken_connection_is_made_again_and_what_was_sent_meanwhile_is_lost() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let cable = Cable::lay(addresses[0]).await.unwrap();
        let mut zero: Node = start(seat_0, config(ZERO, &addresses));
        let through_the_cable = [cable.addr, addresses[1]];
        let witness = Witness::default();
        let config_1 = config(ONE, &through_the_cable);
        let monitor = Box::new(witness.clone());
        let mut one = Node::start(seat_1, config_1, Parrot::default(), monitor).unwrap();
        up(&mut zero, ONE).await;
        up(&mut one, ZERO).await;

        cable.cut();
        down(&mut one, ZERO).await;
        one.command(say(ZERO, "lost"));
        up(&mut one, ZERO).await;
        one.command(say(ZERO, "found"));
        down(&mut zero, ONE).await;
        up(&mut zero, ONE).await;
        assert_eq!(heard(&mut zero).await, "found");
        assert!(witness.0.borrow().contains(&"lost: cut".to_owned()));
    });
}

#[test]
fn a_closed_link_says_first_what_was_sent_before() {
    run(async {
        let (zero, mut one) = pair().await;
        let text = "x".repeat(1000);
        for _ in 0..1000 {
            zero.command(say(ONE, text.clone()));
        }
        zero.command(Command::Close(ONE));
        for _ in 0..1000 {
            assert_eq!(one.next().await, Notice::Event(Event::Heard(ZERO, text.clone())));
        }
        assert_eq!(one.next().await, Notice::Down { peer: ZERO });
        assert_eq!(one.next().await, Notice::Event(Event::Down(ZERO)));
        // In a mesh, it comes back.
        assert_eq!(up(&mut one, ZERO).await, 1);
    });
}

#[test]
fn a_new_connection_replaces_the_one_before() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let mut zero: Node = start(seat_0, config(ZERO, &addresses));
        let mut first = Stranger::as_one(addresses[0]).await;
        up(&mut zero, ONE).await;
        let mut second = Stranger::as_one(addresses[0]).await;
        down(&mut zero, ONE).await;
        up(&mut zero, ONE).await;
        assert_eq!(first.receive::<Packet>().await, None);
        second.send(&Packet::Message("here".into())).await;
        assert_eq!(heard(&mut zero).await, "here");
    });
}

#[test]
fn a_peer_that_takes_nothing_is_cut_before_its_queue_grows_over_the_bound() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let limits = Limits { outbound: 100_000, frame: 10_000, ..Limits::default() };
        let mut zero: Node = start(seat_0, Config { limits, ..config(ZERO, &addresses) });
        let _deaf = Stranger::as_one(addresses[0]).await;
        up(&mut zero, ONE).await;
        // The system's own buffers take some of it.
        let why = loop {
            zero.command(say(ONE, "x".repeat(9_000)));
            tokio::select! {
                biased;
                why = cut(&mut zero) => break why,
                () = std::future::ready(()) => {}
            }
        };
        assert_eq!(why, "too slow: more than 100000 bytes wait for it");
        down(&mut zero, ONE).await;
    });
}

#[test]
fn the_bound_is_for_what_the_peer_has_not_taken() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let limits = Limits { outbound: 20_000, frame: 10_000, ..Limits::default() };
        let mut zero: Node = start(seat_0, Config { limits, ..config(ZERO, &addresses) });
        let mut one: Node = start(seat_1, config(ONE, &addresses));
        up(&mut zero, ONE).await;
        // Five times the bound, which the system's own buffers take.
        let text = "x".repeat(1000);
        zero.command(Command::Repeat(ONE, text.clone(), 100));
        for _ in 0..100 {
            assert_eq!(heard(&mut one).await, text);
        }
    });
}

#[test]
fn what_the_system_does_not_take_at_once_follows_without_being_asked_for() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        // Nothing else has the nodes do anything: no heartbeat.
        let hour = Duration::from_secs(3600);
        let timing = Timing { heartbeat: hour, silence: 2 * hour, ..Timing::default() };
        let mut zero: Node = start(seat_0, Config { timing, ..config(ZERO, &addresses) });
        let mut one: Node = start(seat_1, Config { timing, ..config(ONE, &addresses) });
        up(&mut zero, ONE).await;
        let text = "x".repeat(1000);
        zero.command(Command::Repeat(ONE, text.clone(), 7000));
        for _ in 0..7000 {
            assert_eq!(heard(&mut one).await, text);
        }
    });
}

#[test]
fn a_queue_for_a_peer_that_never_comes_is_bounded() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let limits = Limits { outbound: 20_000, frame: 10_000, ..Limits::default() };
        let mut zero: Node = start(seat_0, Config { limits, ..config(ZERO, &addresses) });
        for _ in 0..3 {
            zero.command(say(ONE, "x".repeat(9_000)));
        }
        assert_eq!(cut(&mut zero).await, "too slow: more than 20000 bytes wait for it");
        // Like after a `Down`, what is sent is lost until the next `Up`.
        zero.command(say(ONE, "lost"));
        let mut one: Node = start(seat_1, config(ONE, &addresses));
        up(&mut zero, ONE).await;
        zero.command(say(ONE, "found"));
        assert_eq!(heard(&mut one).await, "found");
    });
}

#[test]
fn a_message_that_is_too_long_ends_the_link_and_says_why() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let limits = Limits { frame: 1000, ..Limits::default() };
        let mut zero: Node = start(seat_0, Config { limits, ..config(ZERO, &addresses) });
        let _one: Node = start(seat_1, config(ONE, &addresses));
        up(&mut zero, ONE).await;
        zero.command(say(ONE, "x".repeat(1000)));
        let why = cut(&mut zero).await;
        assert_eq!(why, "it was to be sent a message of more than 1000 bytes: send less at once");
        down(&mut zero, ONE).await;
    });
}

#[test]
fn one_process_alone_is_a_mesh_too() {
    run(async {
        let ([seat], addresses) = seats();
        let mut alone: Node = start(seat, config(ZERO, &addresses));
        alone.command(Command::SetTimer('a', Duration::ZERO));
        let rang = until(&mut alone, |notice| match notice {
            Notice::Event(Event::Rang(timer, _)) => Some(timer),
            _ => None,
        });
        assert_eq!(rang.await, 'a');
        alone.close().await;
    });
}

#[test]
fn the_port_is_free_again_when_the_node_is_closed() {
    run(async {
        let ([seat], addresses) = seats();
        let alone: Mesh<Parrot<false>> = start(seat, config(ZERO, &addresses));
        assert!(TcpListener::bind(addresses[0]).is_err());
        alone.close().await;
        assert!(TcpListener::bind(addresses[0]).is_ok());
    });
}
