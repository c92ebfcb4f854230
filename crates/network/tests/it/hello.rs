//! Who is let in, and what those are told who are not.

use crate::support::*;
use network::{Config, MeshError, Notice, Timing};
use std::{net::TcpListener, time::Duration};
use wire::{
    hello::{Hello, Meeting, Role, Word},
    secret::Secret,
};

/// What 0 says of 1, and what 1 hears, when the two don't get along.
async fn quarrel(change: impl FnOnce(&mut Config, &mut Config)) -> [String; 2] {
    let ([seat_0, seat_1], addresses) = seats();
    let (mut config_0, mut config_1) = (config(ZERO, &addresses), config(ONE, &addresses));
    change(&mut config_0, &mut config_1);
    let mut zero: Node = start(seat_0, config_0);
    let mut one: Node = start(seat_1, config_1);
    let said = refused(&mut zero).await;
    let (by, heard, proven) = refused_by(&mut one).await;
    assert_eq!((by, proven), (ZERO, false), "who does not belong to us proves nothing to us");
    [said, heard]
}

#[test]
fn nodes_find_each_other_in_whatever_order_they_start() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        run(async {
            // Bound once to have an address, and again by the node when it starts.
            let (seats, addresses) = seats::<3>();
            drop(seats);
            let mut nodes: Vec<(u32, Node)> = Vec::new();
            for id in order {
                let seat = TcpListener::bind(addresses[id as usize]).unwrap();
                let me = protocol::ProcessId(id);
                nodes.push((id, start(seat, config(me, &addresses))));
                // It has run, and has found nobody who is not there.
                tokio::task::yield_now().await;
            }
            for (id, node) in &mut nodes {
                let mut peers = protocol::ProcessId(*id).peers(3);
                until(node, |notice| {
                    if let Notice::Up { peer, addr } = notice {
                        assert_eq!(addr, addresses[peer.index()]);
                        peers.retain(|&missing| missing != peer);
                    }
                    peers.is_empty().then_some(())
                })
                .await;
            }
        });
    }
}

#[test]
fn nodes_that_share_a_secret_let_each_other_in() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let [mut zero, mut one]: [Node; 2] = [(ZERO, seat_0), (ONE, seat_1)].map(|(me, seat)| {
            let secret = Some("swordfish".parse().unwrap());
            start(seat, Config { secret, ..config(me, &addresses) })
        });
        up(&mut zero, ONE).await;
        up(&mut one, ZERO).await;
    });
}

#[test]
fn a_wrong_secret_is_reported_on_both_sides() {
    let words = run(quarrel(|zero, one| {
        zero.secret = Some("swordfish".parse().unwrap());
        one.secret = Some("shark".parse().unwrap());
    }));
    let why = "process 1 and process 0 hold different secrets: \
               give both the same --secret (or SIGNALBOX_SECRET)";
    assert_eq!(words, [why, why]);
}

#[test]
fn a_secret_on_one_side_only_is_reported_on_both() {
    let words = run(quarrel(|zero, _| zero.secret = Some("swordfish".parse().unwrap())));
    let why = "process 0 holds a secret and process 1 does not: \
               give both the same --secret (or SIGNALBOX_SECRET)";
    assert_eq!(words, [why, why]);

    let words = run(quarrel(|_, one| one.secret = Some("swordfish".parse().unwrap())));
    let why = "process 1 holds a secret and process 0 does not: \
               give both the same --secret (or SIGNALBOX_SECRET)";
    assert_eq!(words, [why, why]);
}

#[test]
fn a_node_of_another_lab_is_refused_on_both_sides() {
    let words = run(quarrel(|_, one| one.system = "other".into()));
    let why = "process 1 belongs to `other` and process 0 to `test`: \
         check the addresses, and that both were started alike";
    assert_eq!(words, [why, why]);
}

#[test]
fn a_different_membership_is_refused_on_both_sides() {
    let words = run(quarrel(|_, one| one.addresses.push("127.0.0.1:1".parse().unwrap())));
    let why = "process 1 counts 3 processes and process 0 2: give all of them the same addresses";
    assert_eq!(words, [why, why]);
}

#[test]
fn who_dialled_the_wrong_process_is_told() {
    run(async {
        let ([seat_0, seat_1, seat_2], addresses) = seats();
        let swapped = [addresses[1], addresses[0], addresses[2]];
        let _zero: Node = start(seat_0, config(ZERO, &addresses));
        let _one: Node = start(seat_1, config(ONE, &addresses));
        let mut two: Node = start(seat_2, config(TWO, &swapped));
        let (_, why, _) = refused_by(&mut two).await;
        assert!(why.contains("dialled process") && why.contains("in the same order"), "{why}");
    });
}

#[test]
fn the_same_reason_is_told_once() {
    run(async {
        let ([seat], addresses) = seats();
        let mut zero: Node = start(seat, config(ZERO, &addresses));
        for _ in 0..2 {
            let mut stranger = Stranger::connect(addresses[0]).await;
            stranger.send_bytes(b"GET / HT").await;
            assert!(stranger.hears_the_rest().await.contains("no text is spoken here"));
        }
        let mut stranger = Stranger::connect(addresses[0]).await;
        stranger.send_bytes(b"\xffSIGBOX\x09").await;
        assert!(stranger.refusal().await.contains("speaks version 9"));
        assert!(refused(&mut zero).await.contains("no hello"));
        assert!(refused(&mut zero).await.contains("speaks version 9"));
    });
}

#[test]
fn a_listener_that_does_not_know_the_secret_is_refused() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let secret: Option<Secret> = Some("swordfish".parse().unwrap());
        let config_1 = Config { secret, ..config(ONE, &addresses) };
        let mut one: Node = start(seat_1, config_1);
        let mut impostor = Stranger::accept(seat_0).await;
        let theirs = impostor.receive_hello().await;
        let ours = Hello { holds_secret: true, ..hello(ZERO, ONE) };
        impostor.send(&Word::Hello(ours.clone())).await;
        let Some(Word::Proof(_)) = impostor.receive().await else { panic!("no proof") };
        let guess: Secret = "shark".parse().unwrap();
        let proof = Meeting::new(theirs, ours).unwrap().prove(Role::Listener, Some(&guess));
        impostor.send(&Word::Proof(proof)).await;
        let why = refused(&mut one).await;
        assert!(why.contains("different secrets"), "{why}");
        assert_eq!(impostor.refusal().await, why);
    });
}

#[test]
fn whoever_sits_on_a_peers_port_can_refuse_us_but_proves_nothing_by_it() {
    run(async {
        let ([seat_0, seat_1], addresses) = seats();
        let mut one: Node = start(seat_1, config(ONE, &addresses));
        let mut squatter = Stranger::accept(seat_0).await;
        squatter.send_bytes(b"\0\0\0\x04\0\x02no").await;
        assert_eq!(refused_by(&mut one).await, (ZERO, "no".into(), false));
    });
}

#[test]
fn a_dialler_that_has_proved_who_it_is_refuses_us_as_a_peer() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let mut zero: Node = start(seat_0, config(ZERO, &addresses));
        let mut one = Stranger::connect(addresses[0]).await;
        let meeting = one.meet_as_one().await;
        one.prove(&meeting).await;
        assert!(one.is_welcome(&meeting).await);
        one.send(&Word::Refused { why: "no".into() }).await;
        assert_eq!(refused_by(&mut zero).await, (ONE, "no".into(), true));
    });
}

#[test]
fn a_refusal_that_comes_after_the_last_word_of_the_hello_is_understood() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let mut zero: Node = start(seat_0, config(ZERO, &addresses));
        let mut one = Stranger::as_one(addresses[0]).await;
        one.send(&Word::Refused { why: "no".into() }).await;
        up(&mut zero, ONE).await;
        assert_eq!(refused_by(&mut zero).await, (ONE, "no".into(), true));
        down(&mut zero, ONE).await;
    });
}

#[test]
fn a_peer_whose_last_word_is_late_may_try_again() {
    run(async {
        let ([seat_0, _seat_1], addresses) = seats();
        let timing = Timing { hello: Duration::from_millis(50), ..config(ZERO, &addresses).timing };
        let mut zero: Node = start(seat_0, Config { timing, ..config(ZERO, &addresses) });
        let mut one = Stranger::connect(addresses[0]).await;
        let meeting = one.meet_as_one().await;
        one.prove(&meeting).await;
        assert!(refused(&mut zero).await.contains("no hello within"));
        // A refusal would stand, as it comes from a peer.
        while let Some(word) = one.receive().await {
            assert!(matches!(word, Word::Proof(_) | Word::Welcome), "{word:?}");
        }
        let _one = Stranger::as_one(addresses[0]).await;
        up(&mut zero, ONE).await;
    });
}

#[test]
fn a_configuration_that_makes_no_sense_is_refused() {
    let refusal = |change: fn(&mut Config)| {
        run(async {
            let ([seat], addresses) = seats();
            let mut config = config(ZERO, &addresses);
            change(&mut config);
            Node::start(seat, config, Parrot::default(), Box::new(())).err().unwrap()
        })
    };
    assert!(matches!(refusal(|c| c.me = ONE), MeshError::NoSuchProcess { .. }));
    assert!(matches!(refusal(|c| c.system.clear()), MeshError::SystemName { .. }));
    assert!(matches!(refusal(|c| c.timing.silence /= 10), MeshError::Silence { .. }));
    assert!(matches!(refusal(|c| c.limits.frame += 1), MeshError::Limits(_)));
}
