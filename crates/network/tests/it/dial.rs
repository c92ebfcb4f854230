//! A client's side of a hub.

use std::net::TcpListener;

use crate::support::*;
use network::{HUB, Hub, HubConfig, Notice, Text};

/// Waits until the client has dialled in vain; why.
async fn unreachable(client: &mut TestDial) -> String {
    until(client, |notice| match notice {
        Notice::Unreachable { peer: HUB, why } => Some(why),
        _ => None,
    })
    .await
}

#[test]
fn a_client_that_finds_nobody_is_told_where_it_looked() {
    run(async {
        let (hub, addr) = hub(|_| ());
        hub.close().await;
        for redials in [false, true] {
            let mut client = dial(addr, |config| config.redials = redials);
            let why = unreachable(&mut client).await;
            assert!(why.starts_with(&format!("can't connect to {addr}: ")), "{why}");
            assert!(why.ends_with(": is the server running?"), "{why}");
        }
    });
}

#[test]
fn a_client_whose_hub_hangs_up_during_the_hello_is_told() {
    run(async {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = dial(listener.local_addr().unwrap(), |_| ());
        drop(Stranger::accept(listener).await);
        let why = unreachable(&mut client).await;
        assert!(why.starts_with("the connection broke during the hello"), "{why}");
    });
}

#[test]
fn a_client_that_redials_comes_through_when_the_hub_is_there() {
    run(async {
        let (earlier, addr) = hub(|_| ());
        earlier.close().await;
        let mut client = dial(addr, |config| config.redials = true);
        client.command(say(HUB, "early"));
        unreachable(&mut client).await;
        for incarnation in [5, 6] {
            let listener = TcpListener::bind(addr).unwrap();
            let config =
                HubConfig { incarnation, ..HubConfig::new("test", Some(Text::lines(Shout))) };
            let mut hub: TestHub =
                Hub::start(listener, config, Parrot::default(), Box::new(())).unwrap();
            assert_eq!(up(&mut client, HUB).await, incarnation);
            // To the hub it is a new client, each time.
            up(&mut hub, ONE).await;
            if incarnation == 5 {
                assert_eq!(heard(&mut hub).await, "early");
            }
            hub.close().await;
            down(&mut client, HUB).await;
        }
    });
}

#[test]
fn a_client_that_dials_once_does_not_come_again() {
    run(async {
        let (hub, addr) = hub(|_| ());
        let mut client = dial(addr, |_| ());
        up(&mut client, HUB).await;
        hub.close().await;
        down(&mut client, HUB).await;
        client.command(say(HUB, "nobody hears that"));
        let seat = TcpListener::bind(addr).unwrap();
        let _other = dial(addr, |config| {
            config.redials = true;
            config.incarnation = 7;
        });
        // It comes as often as the first would have, with the same pauses.
        for _ in 0..20 {
            let mut caller = Stranger::accept(seat.try_clone().unwrap()).await;
            assert_eq!(caller.receive_hello().await.incarnation, 7);
        }
    });
}

#[test]
fn a_client_that_closes_says_everything_first() {
    run(async {
        let (mut hub, addr) = hub(|_| ());
        let mut client = dial(addr, |_| ());
        up(&mut client, HUB).await;
        for number in 0..1000 {
            client.command(say(HUB, number.to_string()));
        }
        client.close().await;
        for number in 0..1000 {
            assert_eq!(heard(&mut hub).await, number.to_string());
        }
        down(&mut hub, ONE).await;
    });
}
