//! A server or a client, driven by hand: one line after the other, as anybody would with `nc`.

use std::time::Duration;

use lab_tests::step;
use protocol::{Effect, EffectOf, Input, Link, ProcessId};
use semaphore::{Name, Request, Response, Server, ServerTimer, Settings, Tokens, parse};

/// A server, and what it does.
pub(crate) struct Desk {
    server: Server,
}

pub(crate) const ALICE: ProcessId = ProcessId(1);
pub(crate) const BOB: ProcessId = ProcessId(2);
pub(crate) const CAROL: ProcessId = ProcessId(3);

impl Desk {
    /// Alice, bob and carol have said their names, and nobody anything else.
    pub(crate) fn open(settings: Settings) -> Self {
        Self::open_with(Tokens::of_epoch(0).expect("an epoch"), settings)
    }

    pub(crate) fn open_with(tokens: Tokens, settings: Settings) -> Self {
        let mut desk = Self { server: Server::new(settings, tokens) };
        for (client, name) in [(ALICE, "alice"), (BOB, "bob"), (CAROL, "carol")] {
            desk.link(client);
            assert_eq!(desk.hears(client, &format!("HELLO {name}")), [""; 0]);
        }
        desk
    }

    /// A client is linked.
    pub(crate) fn link(&mut self, client: ProcessId) {
        let addr = format!("127.0.0.1:{}", 47_000 + client.0).parse().expect("an address");
        let link = Link::Up { addr, incarnation: 0 };
        assert!(step(&mut self.server, Input::Link { peer: client, link }).is_empty());
    }

    /// What the server does about a line: what it says, each line with the number of whom it is
    /// for; timers and hanging up in words of our own.
    pub(crate) fn hears(&mut self, client: ProcessId, line: &str) -> Vec<String> {
        told(self.does(client, line))
    }

    /// All that it does about a line.
    pub(crate) fn does(&mut self, client: ProcessId, line: &str) -> Vec<EffectOf<Server>> {
        let message = parse(line).expect("a line of the wire");
        step(&mut self.server, Input::Message { from: client, message })
    }

    /// What it does when a link goes down.
    pub(crate) fn loses(&mut self, client: ProcessId) -> Vec<String> {
        told(step(&mut self.server, Input::Link { peer: client, link: Link::Down }))
    }

    /// What it does when a timer runs out.
    pub(crate) fn times_out(&mut self, timer: ServerTimer) -> Vec<String> {
        told(step(&mut self.server, Input::Timer(timer)))
    }
}

fn told(done: Vec<EffectOf<Server>>) -> Vec<String> {
    let words = |effect: EffectOf<Server>| match effect {
        Effect::Send { to, message } => Some(format!("{to}: {message}")),
        Effect::SetTimer { timer, after } => Some(format!("set {timer}: {after:?}")),
        Effect::CancelTimer(_) => None,
        Effect::Close(peer) => Some(format!("close {peer}")),
        Effect::Reject { peer, why } => Some(format!("reject {peer}: {why}")),
        Effect::Emit(event) => Some(event.to_string()),
    };
    done.into_iter().filter_map(words).collect()
}

/// Nobody is told of others' releases.
pub(crate) fn quiet() -> Settings {
    Settings { announces: false, ..Settings::default() }
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

pub(crate) fn patience(client: ProcessId, semaphore: &str) -> ServerTimer {
    ServerTimer::Patience { client, semaphore: name(semaphore) }
}

pub(crate) fn request(line: &str) -> Request {
    line.parse().expect("a line of the wire")
}

pub(crate) fn response(line: &str) -> Response {
    line.parse().expect("a line of the wire")
}

pub(crate) const MS: Duration = Duration::from_millis(1);
