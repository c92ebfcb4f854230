//! Sites on real sockets, bare and behind reliable links.

use std::fmt;

use lab::mutual_exclusion::{Links, Stage};
use mutual_exclusion::{Command, Cost, Event, MutualExclusion, Phase};
use protocol::{Effects, Never, Process, ProcessId};
use serde::{Deserialize, Serialize};
use tokio::{runtime, task::LocalSet};

/// A site that asks site 1, which hangs up before it answers.
struct Site(Phase);

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Message {
    Request,
    Reply,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Reply => "reply",
        })
    }
}

impl Process for Site {
    type Command = Command;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    fn on_command(&mut self, command: Command, fx: &mut Effects<Self>) {
        match command {
            Command::Enter => {
                self.0 = Phase::Waiting;
                fx.send(ProcessId(1), Message::Request);
            }
            Command::Leave => {
                self.0 = Phase::Idle;
                fx.emit(Event::Left);
            }
        }
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        match message {
            Message::Request => {
                fx.close(from);
                fx.send(from, Message::Reply);
            }
            Message::Reply => {
                self.0 = Phase::Inside;
                fx.emit(Event::Entered);
            }
        }
    }
}

impl MutualExclusion for Site {
    const BYPASSES: u32 = 0;

    fn phase(&self) -> Phase {
        self.0
    }

    fn waits_for(&self) -> Vec<ProcessId> {
        Vec::new()
    }

    fn is_request(message: &Message) -> bool {
        *message == Message::Request
    }

    fn messages_per_entry(_sites: u64) -> Cost {
        Cost::Exactly(2)
    }
}

/// What site 0 tells until all is at rest, when it has asked; and the messages counted.
fn asks(links: Links) -> (Vec<(ProcessId, Event)>, u64) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        let mut stage = Stage::open("careless", 2, links, |_| Site(Phase::Idle), ()).unwrap();
        stage.command(ProcessId(0), Command::Enter);
        let told = stage.rest().await.unwrap();
        let messages = stage.measures().messages;
        stage.close().await;
        (told, messages)
    })
}

#[test]
fn a_bare_link_takes_a_reply_with_it() {
    assert_eq!(asks(Links { reliable: false }), (vec![], 2));
}

#[test]
fn a_reliable_link_brings_it_when_it_is_back_and_counts_it_once() {
    let entered = vec![(ProcessId(0), Event::Entered)];
    assert_eq!(asks(Links { reliable: true }), (entered, 2));
}
