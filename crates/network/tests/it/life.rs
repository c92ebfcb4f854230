//! From the first input to the last byte.

use std::rc::Rc;

use crate::support::*;
use network::{Config, Mesh, Notice, Timing};
use tokio::task::yield_now;

#[test]
fn a_monitor_sees_every_input_before_its_effects() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let witness = Witness::default();
        let monitor = Box::new(witness.clone());
        let mut zero =
            Node::start(seat_0, config(ZERO, &addresses), Parrot::default(), monitor).unwrap();
        let one: Node = start(seat_1, config(ONE, &addresses));
        one.command(say(ZERO, "hello"));
        heard(&mut zero).await;
        zero.command(say(ONE, "hello yourself"));
        let up = format!("Up {{ addr: {}, incarnation: 1 }}", addresses[1]);
        assert_eq!(
            *witness.0.borrow(),
            [
                "0 < Start".to_owned(),
                format!("0 < Link {{ peer: 1, link: {up} }}"),
                "0 > Emit(Up(1, 1))".to_owned(),
                "0 < Message { from: 1, message: \"hello\" }".to_owned(),
                "0 > Emit(Heard(1, \"hello\"))".to_owned(),
                "0 < Command(Say(1, \"hello yourself\"))".to_owned(),
                "0 > Send { to: 1, message: \"hello yourself\" }".to_owned(),
            ]
        );
    });
}

/// Waits for a farewell of `peer`; its tally.
async fn farewell(mesh: &mut Node) -> u64 {
    until(mesh, |notice| match notice {
        Notice::Farewell { tally, .. } => Some(tally),
        _ => None,
    })
    .await
}

#[test]
fn a_farewell_follows_what_was_said_before_it() {
    run(async {
        let (zero, mut one) = pair().await;
        zero.command(say(ONE, "last request"));
        zero.farewell(50);
        assert_eq!(one.next().await, Notice::Event(Event::Heard(ZERO, "last request".into())));
        assert_eq!(one.next().await, Notice::Farewell { peer: ZERO, tally: 50 });
        // Answers still pass.
        one.command(say(ZERO, "question"));
        zero.command(say(ONE, "answer"));
        assert_eq!(heard(&mut one).await, "answer");
    });
}

#[test]
fn a_farewell_reaches_those_who_come_later_and_those_who_come_back() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let zero: Node = start(seat_0, config(ZERO, &addresses));
        zero.command(say(ONE, "last request"));
        zero.farewell(50);
        let cable = Cable::lay(addresses[0]).await.unwrap();
        let mut one: Node = start(seat_1, config(ONE, &[cable.addr, addresses[1]]));
        assert_eq!(heard(&mut one).await, "last request");
        assert_eq!(farewell(&mut one).await, 50);
        cable.cut();
        assert_eq!(farewell(&mut one).await, 50);
    });
}

#[test]
fn closing_says_everything_first() {
    run(async {
        let (zero, mut one) = pair().await;
        let text = "x".repeat(1000);
        for _ in 0..5000 {
            zero.command(say(ONE, text.clone()));
        }
        let closed = tokio::task::spawn_local(zero.close());
        for _ in 0..5000 {
            assert_eq!(one.next().await, Notice::Event(Event::Heard(ZERO, text.clone())));
            one.command(say(ZERO, "what?")); // The other does not listen any more, but takes it.
        }
        down(&mut one, ZERO).await;
        closed.await.unwrap();
    });
}

#[test]
fn closing_does_not_wait_for_a_peer_that_takes_nothing() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let timing = Timing { linger: std::time::Duration::from_millis(10), ..Timing::default() };
        let mut zero: Node = start(seat_0, Config { timing, ..config(ZERO, &addresses) });
        let _deaf = Stranger::as_one(addresses[0]).await;
        let _silent = Stranger::connect(addresses[0]).await;
        up(&mut zero, ONE).await;
        for _ in 0..7000 {
            zero.command(say(ONE, "x".repeat(1000)));
        }
        zero.close().await;
    });
}

#[test]
fn nothing_is_left_of_a_node_that_was_closed_or_dropped() {
    run(async {
        for politely in [true, false] {
            let ([seat_0, seat_1, _nobody], addresses) = seats();
            let token = Rc::new(());
            let parrot = Parrot { token: Rc::clone(&token) };
            let config_1 = config(ONE, &addresses);
            let mut zero: Node = start(seat_0, config(ZERO, &addresses));
            let mut one: Mesh<Parrot<false>> =
                Mesh::start(seat_1, config_1, parrot, Box::new(())).unwrap();
            let mut silent = Stranger::connect(addresses[1]).await;
            up(&mut one, ZERO).await;
            if politely {
                one.close().await;
            } else {
                drop(one);
                while Rc::strong_count(&token) > 1 {
                    yield_now().await; // Tasks end when it is their turn.
                }
            }
            assert_eq!(Rc::strong_count(&token), 1, "a task still holds the process");
            down(&mut zero, ONE).await;
            assert!(silent.receive::<Packet>().await.is_none());
            std::net::TcpListener::bind(addresses[1]).expect("the port is free again");
        }
    });
}

#[test]
#[should_panic(expected = "as told by 1")]
fn a_panic_of_the_process_reaches_the_application() {
    run(async {
        let (mut zero, one) = pair().await;
        one.command(say(ZERO, "panic"));
        loop {
            zero.next().await;
        }
    });
}

#[test]
#[should_panic(expected = "as commanded")]
fn a_panic_over_a_command_reaches_the_application_at_once() {
    run(async {
        let (zero, _one) = pair().await;
        zero.command(Command::Panic);
    });
}

#[test]
#[should_panic(expected = "process 0 of 2 sends to process 2: a process sends to its peers")]
fn a_process_may_not_send_to_strangers() {
    run(async {
        let (zero, _one) = pair().await;
        zero.command(say(TWO, "who are you?"));
    });
}
