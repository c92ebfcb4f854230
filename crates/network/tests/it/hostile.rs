//! Nonsense, malice and silence: refused with a reason, and nobody else notices.

use crate::support::*;
use network::{Config, Limits, Notice, Timing};
use protocol::ProcessId;
use std::{future::Future, net::SocketAddr, time::Duration};
use wire::hello::{Hello, MAGIC, Party, Word};

/// Lets a stranger do his worst to a pair of nodes, one of whose addresses he is given, and has
/// them talk afterwards. What the node said of him.
async fn besiege<F: Future>(worst: impl FnOnce(SocketAddr) -> F) -> (String, F::Output) {
    let ([seat_0, seat_1], addresses) = seats();
    let (hello, linger) = (Duration::from_millis(50), Duration::from_secs(60));
    let timing = Timing { hello, linger, ..config(ZERO, &addresses).timing };
    let mut zero: Node = start(seat_0, Config { timing, ..config(ZERO, &addresses) });
    let mut one: Node = start(seat_1, config(ONE, &addresses));
    up(&mut zero, ONE).await;
    up(&mut one, ZERO).await;

    let seen = worst(addresses[0]).await;
    let said = refused(&mut zero).await;

    one.command(say(ZERO, "still there?"));
    let next = zero.next().await;
    assert_eq!(next, Notice::Event(Event::Heard(ONE, "still there?".into())));
    (said, seen)
}

#[test]
fn noise_is_refused() {
    for noise in ["GET / HTTP/1.1\r\n\r\n", "hi\n"] {
        let (why, heard) = run(besiege(async |addr| {
            let mut person = Person::connect(addr).await;
            person.send(noise).await;
            [person.line().await, person.line().await]
        }));
        assert_eq!(why, "its first bytes are no hello: is this the right port?");
        let line = "no text is spoken here, in test: is this the right port?\n";
        assert_eq!(heard, [line, ""]);
    }
}

#[test]
fn a_megabyte_of_garbage_is_refused() {
    let (why, heard) = run(besiege(async |addr| {
        let mut person = Person::connect(addr).await;
        person.send(vec![0xab; 1 << 20]).await;
        let why = person.line().await;
        // The node has said its last word and still takes what comes: had it closed the socket,
        // its last word might have been lost.
        person.send("and more").await;
        assert_eq!(person.line().await, "");
        why
    }));
    assert_eq!(why, "its first bytes are no hello: is this the right port?");
    assert_eq!(heard, "no text is spoken here, in test: is this the right port?\n");
}

#[test]
fn another_version_is_told_so() {
    let (why, heard) = run(besiege(async |addr| {
        let mut stranger = Stranger::connect(addr).await;
        stranger.send_bytes(b"\xffSIGBOX\x09").await;
        stranger.refusal().await
    }));
    assert_eq!(why, "the dialler speaks version 9 and the listener 1: use the same build");
    assert_eq!(heard, why);
}

#[test]
fn a_length_of_four_gigabytes_is_refused() {
    let (why, heard) = run(besiege(async |addr| {
        let mut stranger = Stranger::connect(addr).await;
        stranger.send_bytes(&MAGIC).await;
        stranger.send_bytes(&[0xff; 4]).await;
        stranger.refusal().await
    }));
    assert_eq!(
        why,
        "instead of a hello, it sent a message of more than 1024 bytes: send less at once"
    );
    assert_eq!(heard, why);
}

#[test]
fn half_a_frame_and_silence_are_refused_after_a_while() {
    for half in [&b""[..], &MAGIC[..5], b"\xffSIGBOX\x01\0\0", b"\xffSIGBOX\x01\0\0\0\x20abc"] {
        let (why, heard) = run(besiege(async |addr| {
            let mut stranger = Stranger::connect(addr).await;
            stranger.send_bytes(half).await;
            stranger.refusal().await
        }));
        assert_eq!(why, "no hello within 50ms: is this the right port?");
        assert_eq!(heard, why);
    }
}

#[test]
fn ids_that_no_peer_can_have_are_refused() {
    for (from, said) in [
        (ProcessId(2), "there is no process 2 in a system of 2: give it an id below 2"),
        (ProcessId(u32::MAX), "there is no process 4294967295 in a system of 2"),
        (ZERO, "two processes say that they are process 0: give each its own id"),
    ] {
        let from = Party::Process(from);
        let (why, heard) = run(besiege(async |addr| {
            let mut stranger = Stranger::connect(addr).await;
            stranger.send_bytes(&MAGIC).await;
            stranger.send(&Word::Hello(Hello { from, ..hello(ONE, ZERO) })).await;
            stranger.refusal().await
        }));
        assert!(why.starts_with(said), "{why}");
        assert_eq!(heard, why);
    }
}

#[test]
fn words_out_of_order_are_refused() {
    let (why, heard) = run(besiege(async |addr| {
        let mut stranger = Stranger::connect(addr).await;
        stranger.send_bytes(&MAGIC).await;
        stranger.send(&Word::Welcome).await;
        stranger.refusal().await
    }));
    assert_eq!(why, "its words are out of order: run the same build everywhere");
    assert_eq!(heard, why);
}

#[test]
fn a_lower_process_may_not_dial() {
    run(async {
        let ([_seat_0, seat_1], addresses) = seats();
        let mut one: Node = start(seat_1, config(ONE, &addresses));
        let mut stranger = Stranger::connect(addresses[1]).await;
        stranger.send_bytes(&MAGIC).await;
        stranger.send(&Word::Hello(hello(ZERO, ONE))).await;
        let why = refused(&mut one).await;
        assert_eq!(
            why,
            "process 0 dialled process 1, though the higher dials the lower: \
             run the same build everywhere"
        );
        assert_eq!(stranger.refusal().await, why);
    });
}

#[test]
fn of_too_many_silent_connections_the_oldest_goes() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let limits = Limits { pending: 2, ..Limits::default() };
        let mut zero: Node = start(seat_0, Config { limits, ..config(ZERO, &addresses) });
        let mut first = Stranger::connect(addresses[0]).await;
        let mut second = Stranger::connect(addresses[0]).await;
        let mut third = Stranger::connect(addresses[0]).await;
        assert!(first.receive::<Word>().await.is_none());
        // There is still a way in, at the cost of the oldest.
        let _one: Node = start(seat_1, config(ONE, &addresses));
        up(&mut zero, ONE).await;
        assert!(second.receive::<Word>().await.is_none());
        // Who came in counts no more: there is room for one.
        let mut fourth = Stranger::connect(addresses[0]).await;
        for stranger in [&mut fourth, &mut third] {
            stranger.send_bytes(b"nonsense").await;
            assert!(stranger.hears_the_rest().await.contains("no text is spoken here"));
        }
    });
}

#[test]
fn who_has_proved_who_it_is_keeps_its_place_however_many_come_after_it() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let limits = Limits { pending: 1, ..Limits::default() };
        let mut zero: Node = start(seat_0, Config { limits, ..config(ZERO, &addresses) });
        let mut one = Stranger::connect(addresses[0]).await;
        let meeting = one.meet_as_one().await;
        one.prove(&meeting).await;
        assert!(one.is_welcome(&meeting).await);
        let mut oldest = Stranger::connect(addresses[0]).await;
        for _ in 0..3 {
            let newcomer = Stranger::connect(addresses[0]).await;
            assert!(oldest.receive::<Word>().await.is_none());
            oldest = newcomer;
        }
        one.send(&Word::Welcome).await;
        one.send(&Packet::Message("here".into())).await;
        assert_eq!(heard(&mut zero).await, "here");
    });
}

#[test]
fn who_has_heard_our_proof_is_never_evicted() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let limits = Limits { pending: 1, ..Limits::default() };
        let mut zero: Node = start(seat_0, Config { limits, ..config(ZERO, &addresses) });
        for round in 0..100 {
            let mut one = Stranger::connect(addresses[0]).await;
            let meeting = one.meet_as_one().await;
            // The proof and a newcomer arrive while the node does something else.
            if round % 2 == 0 {
                one.prove(&meeting).await;
            }
            let _newcomer = std::net::TcpStream::connect(addresses[0]).unwrap();
            if round % 2 == 1 {
                one.prove(&meeting).await;
            }
            if one.is_welcome(&meeting).await {
                one.send(&Word::Welcome).await;
                one.send(&Packet::Message(round.to_string())).await;
                assert_eq!(heard(&mut zero).await, round.to_string());
            }
        }
    });
}

#[test]
fn who_was_refused_goes_before_those_who_may_yet_say_hello() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let limits = Limits { pending: 2, ..Limits::default() };
        let timing = Timing { linger: Duration::from_secs(3600), ..Timing::default() };
        let _zero: Node = start(seat_0, Config { limits, timing, ..config(ZERO, &addresses) });
        let mut oldest = Stranger::connect(addresses[0]).await;
        // Each of these stays and is in the way of the next.
        let mut refused = Vec::new();
        for _ in 0..3 {
            let mut stranger = Stranger::connect(addresses[0]).await;
            stranger.send_bytes(b"nonsense").await;
            assert!(stranger.hears_the_rest().await.contains("no text is spoken here"));
            refused.push(stranger);
        }
        oldest.send_bytes(b"nonsense").await;
        assert!(oldest.hears_the_rest().await.contains("no text is spoken here"));
    });
}

#[test]
fn a_stranger_who_changes_his_words_does_not_fill_the_log() {
    let (warnings, _guard) = Warnings::listen();
    let (why, _) = run(besiege(async |addr| {
        for number in 0..50 {
            let mut stranger = Stranger::connect(addr).await;
            stranger.send_bytes(&MAGIC).await;
            let system = format!("lab {number}");
            stranger.send(&Word::Hello(Hello { system, ..hello(ONE, ZERO) })).await;
            // He himself is told each time what is wrong.
            assert!(stranger.refusal().await.contains(&format!("`lab {number}`")));
        }
    }));
    // `besiege` has seen that no second notice follows.
    let [line] = &warnings.take()[..] else { panic!("not one line") };
    assert!(line.contains(&why), "{line}");
}

#[test]
fn a_crowd_at_the_door_does_not_fill_the_log() {
    let (warnings, _guard) = Warnings::listen();
    run(async {
        let ([seat], addresses) = seats();
        let limits = Limits { pending: 1, ..Limits::default() };
        let mut zero: Node = start(seat, Config { limits, ..config(ZERO, &addresses) });
        let mut oldest = Stranger::connect(addresses[0]).await;
        for _ in 0..50 {
            let newcomer = Stranger::connect(addresses[0]).await;
            assert!(oldest.receive::<Word>().await.is_none());
            oldest = newcomer;
        }
        assert_eq!(refused(&mut zero).await, "too many connections have not said hello yet");
    });
    assert_eq!(warnings.take().len(), 1);
}

#[test]
fn a_peer_whose_frames_make_no_sense_is_rejected() {
    for nonsense in [&[0xff; 4][..], b"\0\0\0\x01\x09", b"\0\0\0\x02\x02\x02"] {
        run(async {
            let ([seat_0, _seat_1], addresses) = seats();
            let mut zero: Node = start(seat_0, config(ZERO, &addresses));
            let mut liar = Stranger::as_one(addresses[0]).await;
            up(&mut zero, ONE).await;
            liar.send(&Packet::Message("true".into())).await;
            liar.send_bytes(nonsense).await;
            assert_eq!(heard(&mut zero).await, "true");
            let why = until(&mut zero, |notice| match notice {
                Notice::Rejected { peer: ONE, why } => Some(why),
                _ => None,
            });
            let why = why.await;
            assert!(why.starts_with("it sent a "), "{why}");
            down(&mut zero, ONE).await;
            assert_eq!(liar.receive().await, Some(Packet::Refused { why }));
        });
    }
}

/// In a process of its own, which may open few files: this program, started again.
#[cfg(unix)]
#[test]
fn a_node_that_runs_out_of_files_goes_on_when_there_are_some_again() {
    const FEW_FILES: &str = "SIGNALBOX_TEST_HAS_FEW_FILES";
    if std::env::var_os(FEW_FILES).is_some() {
        return run(run_out_of_files());
    }
    let name = "hostile::a_node_that_runs_out_of_files_goes_on_when_there_are_some_again";
    let output = std::process::Command::new("sh")
        .args(["-c", "ulimit -n 64 && exec \"$@\"", "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(FEW_FILES, "yes")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[cfg(unix)]
async fn run_out_of_files() {
    let ([seat_0, _seat_1], addresses) = seats();
    let mut zero: Node = start(seat_0, config(ZERO, &addresses));
    let mut files = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        files.push(file);
    }
    files.pop(); // For the stranger's end of the connection. There is none for the node's.
    let mut one = Stranger::connect(addresses[0]).await;
    for _ in 0..1000 {
        tokio::task::yield_now().await; // The node tries, and tries again.
    }
    drop(files);
    one.say_hello_as_one().await;
    up(&mut zero, ONE).await;
}
