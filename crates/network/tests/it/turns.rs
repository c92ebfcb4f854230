//! Whose turn it is with a hub, and who waits for whom.

use std::{
    io::{Read, Write},
    thread,
    time::Duration,
};

use crate::{hub::with_person, support::*};
use bytes::BytesMut;
use network::Limits;
use tokio::{
    io::AsyncReadExt,
    select,
    task::yield_now,
    time::{Instant, sleep, timeout},
};
use wire::frame;

/// The hub says nothing by itself for an hour: a heartbeat would have all that waits leave.
async fn hub_without_a_pulse() -> (TestHub, Person, Person) {
    let (mut hub, addr) = hub(|config| {
        config.timing.heartbeat = Duration::from_secs(3600);
        config.timing.silence = Duration::from_secs(7200);
    });
    let (mut one, mut two) = (Person::connect(addr).await, Person::connect(addr).await);
    one.send("x\n").await;
    up(&mut hub, ONE).await;
    two.send("x\n").await;
    up(&mut hub, TWO).await;
    (hub, one, two)
}

#[test]
fn all_are_answered_soon_whether_they_talk_in_turn_or_at_once() {
    run(async {
        let (_hub, mut one, mut two) = hub_without_a_pulse().await;
        for _ in 0..3 {
            for speaker in [&mut one, &mut two] {
                speaker.send("for two: in turn\n").await;
            }
            for _ in 0..2 {
                assert_eq!(two.line().await, "for two: in turn\n");
            }
            one.send("for two: alone\n").await;
            assert_eq!(two.line().await, "for two: alone\n");
            two.send("for two: himself\n").await;
            assert_eq!(two.line().await, "for two: himself\n");
        }
    });
}

/// Sixteen messages are a turn.
#[test]
fn what_was_said_before_the_end_of_a_link_arrives_soon() {
    run(async {
        let (hub, one, mut two) = hub_without_a_pulse().await;
        let mut liar = Stranger::as_client(one.stream.get_ref().peer_addr().unwrap()).await;
        let mut said = BytesMut::new();
        for number in 1..=15 {
            let message = Packet::Message(format!("for two: {number}"));
            frame::encode(&message, frame::MAX, &mut said).unwrap();
        }
        said.extend_from_slice(&[0xff; 4]);
        liar.send_bytes(&said).await;
        for number in 1..=15 {
            assert_eq!(two.line().await, format!("for two: {number}\n"));
        }
        hub.close().await;
    });
}

#[test]
fn who_says_much_at_once_does_not_keep_others_waiting() {
    run(async {
        let (mut hub, addr) = hub(|_| ());
        let (mut talker, mut other) = (Person::connect(addr).await, Person::connect(addr).await);
        for person in [&mut talker, &mut other] {
            person.send("x\n").await;
            assert_eq!(heard(&mut hub).await, "x");
        }
        // All of this has arrived when the hub has its next turn.
        let much = "much\n".repeat(1_000);
        for (person, said) in [(&talker, much.as_str()), (&other, "little\n")] {
            assert_eq!(person.stream.get_ref().try_write(said.as_bytes()).unwrap(), said.len());
        }
        let mut heard_before = 0;
        while heard(&mut hub).await == "much" {
            heard_before += 1;
        }
        assert!(heard_before < 100, "{heard_before}");
    });
}

#[test]
fn who_is_told_much_is_not_cut_for_being_a_little_slower() {
    const LINES: usize = 2_000; // More than systems keep.
    let limits = Limits { outbound: 100_000, frame: 10_000, ..Limits::default() };
    run_by_a_paused_clock(async {
        let (mut hub, addr) = hub(|config| config.limits = limits);
        let (mut talker, mut slow) = (Person::connect(addr).await, Person::connect(addr).await);
        for person in [&mut talker, &mut slow] {
            person.send("x\n").await;
            assert_eq!(heard(&mut hub).await, "x");
        }
        let line = format!("for two: {}\n", "x".repeat(9_990));
        let much = line.repeat(LINES);
        let talking = async {
            talker.send(&much).await;
        };
        let listening = async {
            // By the paused clock. The hub could read eight times as much in that time.
            let (mut room, mut left) = ([0; 4 << 10], much.len());
            while left > 0 {
                let count = slow.stream.get_mut().read(&mut room).await.unwrap();
                assert_ne!(count, 0, "cut, with {left} bytes to come");
                left -= count;
                sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::join!(talking, listening);
    });
}

#[test]
fn text_in_bulk_is_heard_at_a_pace() {
    run_by_a_paused_clock(async {
        let (mut hub, mut talker) = with_person(|_| ()).await;
        let start = Instant::now();
        let line = "much".repeat(10_000);
        for _ in 0..100 {
            talker.send(format!("{line}\n")).await;
            assert_eq!(heard(&mut hub).await, line);
        }
        // By the paused clock: that of itself takes no time, and these were two full reads each.
        assert!(start.elapsed() >= Duration::from_millis(100), "{:?}", start.elapsed());
    });
}

/// More is said to the second of them than half of what a hub keeps for somebody, whatever the system
/// takes of it.
async fn with_somebody_who_takes_nothing() -> (TestHub, Person, Person) {
    const MIB: usize = 1 << 20;
    let limits = Limits { outbound: 32 * MIB, frame: MIB, ..Limits::default() };
    let (mut hub, addr) = hub(|config| config.limits = limits);
    let (mut talker, mut deaf) = (Person::connect(addr).await, Person::connect(addr).await);
    for person in [&mut talker, &mut deaf] {
        person.send("x\n").await;
        assert_eq!(heard(&mut hub).await, "x");
    }
    hub.command(Command::Repeat(TWO, "x".repeat(MIB - 9), 31));
    (hub, talker, deaf)
}

#[test]
fn who_takes_nothing_is_waited_for_once() {
    run_by_a_paused_clock(async {
        let (mut hub, mut talker, _deaf) = with_somebody_who_takes_nothing().await;
        let start = Instant::now();
        let line = "much".repeat(10_000);
        for _ in 0..100 {
            talker.send(format!("{line}\n")).await;
            assert_eq!(heard(&mut hub).await, line);
        }
        // To wait each time would take minutes, of the paused clock.
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    });
}

#[test]
fn a_hub_ends_without_waiting_for_who_takes_nothing() {
    run_by_a_paused_clock(async {
        let (mut hub, mut talker, _deaf) = with_somebody_who_takes_nothing().await;
        // By then, the hub has tried to write it.
        talker.send("much\n").await;
        assert_eq!(heard(&mut hub).await, "much");
        let patience = Duration::from_secs(60);
        assert!(timeout(patience, hub.close()).await.is_ok(), "it waits for who takes nothing");
    });
}

/// Others may have waited long for what he says; he has only just asked.
#[test]
fn whoever_asks_is_answered_after_all_others_are_told() {
    run(async {
        let (mut hub, asker) = with_person(|_| ()).await;
        let mut other = Person::connect(asker.stream.get_ref().peer_addr().unwrap()).await;
        other.send("x\n").await;
        up(&mut hub, TWO).await;
        // It is seen from outside, where what is written first comes first, or nearly always: no
        // system promises that of two connections.
        let outside = thread::spawn(move || {
            let mut streams = [asker, other].map(|person| {
                let stream = person.stream.into_inner().into_std().unwrap();
                stream.set_nonblocking(true).unwrap();
                stream
            });
            (0..200).filter(|_| is_the_asker_first(&mut streams)).count()
        });
        while !outside.is_finished() {
            select! {
                biased;
                _ = hub.next() => {} // Where a panic of the process would go on.
                () = yield_now() => {}
            }
        }
        let wrong = outside.join().unwrap();
        assert!(wrong < 100, "{wrong} times of 200");
    });
}

/// Whether the answer is there before the other is told.
fn is_the_asker_first([asker, other]: &mut [std::net::TcpStream; 2]) -> bool {
    asker.write_all(b"for both: x\n").unwrap();
    let mut room = [0; 100];
    while asker.read(&mut room).is_err() {}
    if other.read(&mut room).is_ok() {
        return false;
    }
    while other.read(&mut room).is_err() {}
    true
}
