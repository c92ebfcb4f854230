//! Peers that come back with their memory lost.

use std::net::{SocketAddr, TcpListener};

use crate::support::*;
use network::{Config, Mesh, Notice};
use protocol::ProcessId;

const FORGOT: &str = "was here before and has forgotten what it promised: \
                      start all processes again";

fn life<const REJOINS: bool>(
    me: ProcessId,
    incarnation: u64,
    addresses: &[SocketAddr],
) -> Mesh<Parrot<REJOINS>> {
    let seat = TcpListener::bind(addresses[me.index()]).unwrap();
    start(seat, Config { incarnation, ..config(me, addresses) })
}

/// Two processes that know each other, and their addresses.
async fn acquainted<const REJOINS: bool>() -> ([Mesh<Parrot<REJOINS>>; 2], Vec<SocketAddr>) {
    let (seats, addresses) = seats::<2>();
    drop(seats);
    let mut nodes = [life(ZERO, 1, &addresses), life(ONE, 1, &addresses)];
    up(&mut nodes[0], ONE).await;
    up(&mut nodes[1], ZERO).await;
    (nodes, addresses)
}

#[test]
fn a_restarted_peer_that_dials_us_is_refused_on_both_sides() {
    run(async {
        let ([mut zero, one], addresses) = acquainted::<false>().await;
        one.close().await;
        down(&mut zero, ONE).await;
        let mut one: Node = life(ONE, 2, &addresses);
        assert_eq!(refused(&mut zero).await, format!("process 1 {FORGOT}"));
        // The link does not come up, not even for a moment.
        let refused_by =
            Notice::RefusedBy { peer: ZERO, why: format!("process 1 {FORGOT}"), proven: true };
        assert_eq!(one.next().await, refused_by);
    });
}

#[test]
fn a_restarted_peer_that_we_dial_is_refused_on_both_sides() {
    run(async {
        let ([zero, mut one], addresses) = acquainted::<false>().await;
        zero.close().await;
        down(&mut one, ZERO).await;
        let mut zero: Node = life(ZERO, 2, &addresses);
        assert_eq!(refused(&mut one).await, format!("process 0 {FORGOT}"));
        let refused_by =
            Notice::RefusedBy { peer: ONE, why: format!("process 0 {FORGOT}"), proven: true };
        assert_eq!(zero.next().await, refused_by);
    });
}

#[test]
fn a_process_that_may_rejoin_is_taken_back_from_either_side() {
    run(async {
        let ([mut zero, one], addresses) = acquainted::<true>().await;
        one.close().await;
        down(&mut zero, ONE).await;
        let mut one: Mesh<Parrot<true>> = life(ONE, 2, &addresses);
        assert_eq!(up(&mut zero, ONE).await, 2);
        assert_eq!(up(&mut one, ZERO).await, 1);

        zero.close().await;
        down(&mut one, ZERO).await;
        let _zero: Mesh<Parrot<true>> = life(ZERO, 2, &addresses);
        assert_eq!(up(&mut one, ZERO).await, 2);
    });
}

#[test]
fn a_later_life_ends_the_link_of_the_earlier_one() {
    run(async {
        let ([mut zero, one], addresses) = acquainted::<true>().await;
        // The earlier life is still there: it has a port of its own.
        let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
        let second = Config { incarnation: 2, ..config(ONE, &addresses) };
        let _one: Mesh<Parrot<true>> = start(elsewhere, second);
        down(&mut zero, ONE).await;
        assert_eq!(up(&mut zero, ONE).await, 2);

        let mut one = one;
        down(&mut one, ZERO).await;
        let why = "a later life of process 1 has been here: end this one".to_owned();
        assert_eq!(refused_by(&mut one).await, (ZERO, why.clone(), true));
        assert_eq!(refused(&mut zero).await, why);
    });
}

#[test]
fn a_rejected_peer_is_cut_off_and_stays_out_for_this_life() {
    run(async {
        let ([mut zero, mut one], addresses) = acquainted::<true>().await;
        zero.command(Command::Reject(ONE));
        let why = "it snores".to_owned();
        let rejected = Notice::Rejected { peer: ONE, why: why.clone() };
        until(&mut zero, |notice| (notice == rejected).then_some(())).await;
        down(&mut zero, ONE).await;
        assert_eq!(refused_by(&mut one).await, (ZERO, why, true));
        down(&mut one, ZERO).await;

        // It tries again.
        let why = "process 1 was rejected: it snores: start it again, from a correct build";
        assert_eq!(refused(&mut zero).await, why);
        assert_eq!(refused_by(&mut one).await, (ZERO, why.to_owned(), true));

        one.close().await;
        let _one: Mesh<Parrot<true>> = life(ONE, 2, &addresses);
        assert_eq!(up(&mut zero, ONE).await, 2);
    });
}
