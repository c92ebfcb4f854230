//! A client beside a server that says just what the script has.

use std::{sync::mpsc, thread};

use lab::{Failure, block_on, stage};
use lab_tests::Running;
use network::{HubConfig, Notice};
use protocol::{Effects, Link, Never, Process, ProcessId};
use semaphore::{Message, Name, Request, Response};

use crate::LAB;

/// Has whoever asks for something wait for it, and grants it after his next heartbeat: in one breath
/// with the answer to that, and with what others do.
#[derive(Default)]
struct Script {
    awaited: Option<Name>,
}

impl Process for Script {
    type Command = Never;
    type Message = Message;
    type Event = Never;
    type Timer = Never;

    const REJOINS: bool = true;

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        let responses = match message {
            Message::Request(Request::Acquire { semaphore, .. }) => {
                self.awaited = Some(semaphore.clone());
                vec![Response::Wait { semaphore }]
            }
            Message::Request(Request::Ping) => match self.awaited.take() {
                None => vec![Response::Pong],
                Some(semaphore) => vec![
                    released_by_another("hall"),
                    Response::Pong,
                    released_by_another(semaphore.as_str()),
                    Response::Acquired { semaphore, token: None },
                ],
            },
            _ => vec![],
        };
        responses.into_iter().for_each(|response| fx.send(from, Message::Response(response)));
    }

    fn on_timer(&mut self, timer: Never, _fx: &mut Effects<Self>) {
        match timer {}
    }

    fn on_link(&mut self, _peer: ProcessId, _link: Link, _fx: &mut Effects<Self>) {}
}

fn released_by_another(semaphore: &str) -> Response {
    let [client, semaphore] = ["bob", semaphore].map(|name| Name::new(name).expect("a word"));
    Response::Announced { client, addr: ([127, 0, 0, 1], 47036).into(), semaphore }
}

#[test]
fn a_client_whose_input_has_ended_tells_all_that_came_with_its_grant() {
    let (is_at, addr) = mpsc::channel();
    let server = thread::spawn(move || {
        block_on(async {
            let (mut hub, addr) = stage::serve(HubConfig::new(LAB.name, None), Script::default())?;
            is_at.send(addr).expect("the test waits for it");
            while !matches!(hub.next().await, Notice::Down { .. }) {}
            Ok::<(), Failure>(())
        })
    });
    let words = format!("client --server {} --heartbeat 10ms", addr.recv().expect("it listens"));
    let mut client = Running::start_listening(&mut LAB.command(&words));
    for line in ["alice", "ACQUIRE door"] {
        client.says(line);
    }
    client.says_no_more();
    let ended = client.finish();
    let told = "\
Client bob (127.0.0.1, 47036) released semaphore hall
Client bob (127.0.0.1, 47036) released semaphore door
Client 1 - Server response: LOCK_ACQUIRED door
Client 1 acquired the semaphore.
";
    assert!(ended.stdout.ends_with(told), "{ended:?}");
    assert_eq!(ended.code, Some(0));
    server.join().expect("it does not panic").expect("it serves");
}
