//! Sites on real sockets, bare and behind reliable links.

use std::fmt;

use lab::mutual_exclusion::{Links, Stage};
use mutual_exclusion::{Command, Cost, Event, MutualExclusion, Phase};
use protocol::{Effects, Never, Process, ProcessId};
use serde::{Deserialize, Serialize};
use tokio::{runtime, task::LocalSet};

/// A site that asks site 1, which lets anybody in, and hangs up before it says so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Site(Phase);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    const BYPASSES: u32 = u32::MAX;

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

/// How it goes when these sites ask: what is told until all is at rest, how many messages were
/// counted, and the verdict.
fn ask(sites: &[u32], links: Links) -> (Vec<(ProcessId, Event)>, u64, String) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        let mut stage = Stage::open("careless", 3, links, |_| Site(Phase::Idle), ()).unwrap();
        for &site in sites {
            stage.command(ProcessId(site), Command::Enter);
        }
        let told = stage.rest().await.unwrap();
        let messages = stage.measures().messages;
        (told, messages, stage.close().await.unwrap().text)
    })
}

#[test]
fn a_bare_link_takes_a_reply_with_it() {
    let (told, messages, verdict) = ask(&[0], Links { reliable: false });
    assert_eq!((told, messages), (vec![], 2));
    let cost = "the cost of 0 entries is 2 messages, and should be 0";
    assert_eq!(verdict, format!("mutual exclusion held, but not at its cost: {cost}"));
}

#[test]
fn a_reliable_link_brings_it_when_it_is_back_and_counts_it_once() {
    let (told, messages, verdict) = ask(&[0], Links { reliable: true });
    assert_eq!((told, messages), (vec![(ProcessId(0), Event::Entered)], 2));
    assert_eq!(verdict, "mutual exclusion held: 1 entry, 2.00 messages each");
}

#[test]
fn two_inside_at_once_are_named_in_the_verdict() {
    let (_, _, verdict) = ask(&[2, 0], Links { reliable: true });
    assert_eq!(verdict, "mutual exclusion broken: safety: sites 0 and 2 are inside at once");
}
