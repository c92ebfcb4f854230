//! Timers, and links on which nobody speaks.

use std::time::Duration;

use crate::support::*;
use network::{Config, Notice, Timing};

fn alone() -> Node {
    let ([seat], addresses) = seats();
    start(seat, config(ZERO, &addresses))
}

async fn rang(node: &mut Node) -> (char, Duration) {
    until(node, |notice| match notice {
        Notice::Event(Event::Rang(timer, now)) => Some((timer, now)),
        _ => None,
    })
    .await
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn timers_run_out_in_order_and_not_before_their_time() {
    run_by_a_paused_clock(async {
        let mut node = alone();
        node.command(Command::SetTimer('c', seconds(300)));
        node.command(Command::SetTimer('b', seconds(20)));
        node.command(Command::SetTimer('a', seconds(20)));
        for (expected, not_before) in [('a', 20), ('b', 20), ('c', 300)] {
            let (timer, now) = rang(&mut node).await;
            assert_eq!(timer, expected);
            assert!(now >= seconds(not_before), "{timer} rang at {now:?}");
        }
    });
}

#[test]
fn a_timer_that_is_set_again_or_cancelled_does_not_run_out_as_before() {
    run_by_a_paused_clock(async {
        let mut node = alone();
        node.command(Command::SetTimer('a', seconds(1)));
        node.command(Command::SetTimer('b', seconds(2)));
        node.command(Command::SetTimer('a', seconds(3)));
        node.command(Command::CancelTimer('b'));
        let (timer, now) = rang(&mut node).await;
        assert_eq!(timer, 'a');
        assert!(now >= seconds(3), "it rang at {now:?}");
    });
}

#[test]
fn a_timer_is_not_late_because_of_a_later_one() {
    run_by_a_paused_clock(async {
        let mut node = alone();
        node.command(Command::SetTimer('b', seconds(300)));
        tokio::task::yield_now().await; // The node has begun to wait for it.
        node.command(Command::SetTimer('a', seconds(1)));
        let (timer, now) = rang(&mut node).await;
        assert_eq!(timer, 'a');
        assert!(now < seconds(300), "it rang at {now:?}");
    });
}

#[test]
fn a_timer_may_be_set_for_the_end_of_time() {
    run_by_a_paused_clock(async {
        let mut node = alone();
        node.command(Command::SetTimer('z', Duration::MAX));
        node.command(Command::SetTimer('a', seconds(1)));
        assert_eq!(rang(&mut node).await.0, 'a');
    });
}

#[test]
fn a_link_on_which_nobody_speaks_stays_up_by_its_heartbeats() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let heartbeat = Duration::from_millis(20);
        let timing = Timing { heartbeat, silence: 10 * heartbeat, ..Timing::default() };
        let mut zero: Node = start(seat_0, Config { timing, ..config(ZERO, &addresses) });
        let mut one = Stranger::as_one(addresses[0]).await;
        up(&mut zero, ONE).await;
        // Three times as long as silence would be endured.
        for _ in 0..30 {
            assert_eq!(one.receive().await, Some(Packet::Heartbeat));
            one.send(&Packet::Heartbeat).await;
        }
        one.send(&Packet::Message("here".into())).await;
        assert_eq!(zero.next().await, Notice::Event(Event::Heard(ONE, "here".into())));
    });
}

#[test]
fn a_peer_that_is_silent_for_too_long_is_down() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let heartbeat = Duration::from_millis(5);
        let timing = Timing { heartbeat, silence: 4 * heartbeat, ..Timing::default() };
        let mut zero: Node = start(seat_0, Config { timing, ..config(ZERO, &addresses) });
        let mut one = Stranger::as_one(addresses[0]).await;
        up(&mut zero, ONE).await;
        assert_eq!(cut(&mut zero).await, "silent for 20ms");
        down(&mut zero, ONE).await;
        while let Some(packet) = one.receive::<Packet>().await {
            assert_eq!(packet, Packet::Heartbeat);
        }
        // It may come back: silence is no crime.
        let _one = Stranger::as_one(addresses[0]).await;
        up(&mut zero, ONE).await;
    });
}
