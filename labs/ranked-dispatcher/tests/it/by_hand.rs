//! A server, driven by hand: one line after the other, as anybody would with `nc`.

use std::time::Duration;

use protocol::{Effect, EffectOf, Input, InputOf, Link, Outbox, Process, ProcessId};
use ranked_dispatcher::{Message, Policy, Server, Settings};

/// A server, and what it does.
pub(crate) struct Desk {
    server: Server,
    now: Duration,
    /// What it has printed since somebody looked.
    printed: Vec<String>,
}

/// In the order of ranks, at first.
pub(crate) const ALICE: ProcessId = ProcessId(1);
pub(crate) const BOB: ProcessId = ProcessId(2);
pub(crate) const CAROL: ProcessId = ProcessId(3);
pub(crate) const DAVE: ProcessId = ProcessId(4);

impl Desk {
    /// Nobody is there.
    pub(crate) fn empty(settings: Settings) -> Self {
        Self { server: Server::new(settings), now: Duration::ZERO, printed: Vec::new() }
    }

    /// Alice has come, then bob, then carol, then dave.
    pub(crate) fn open(settings: Settings) -> Self {
        let mut desk = Self::empty(settings);
        for (client, rank) in [(ALICE, 0), (BOB, 1), (CAROL, 2), (DAVE, 3)] {
            assert_eq!(desk.links(client), [format!("{client}: RANK {rank}")]);
        }
        desk
    }

    /// What the server does when a client comes, from a port of its own.
    pub(crate) fn links(&mut self, client: ProcessId) -> Vec<String> {
        let addr = format!("127.0.0.1:{}", 47_000 + client.0).parse().expect("an address");
        self.told(Input::Link { peer: client, link: Link::Up { addr, incarnation: 0 } })
    }

    /// What it does about a line: what it says, each line with the number of whom it is for;
    /// hanging up in words of our own.
    pub(crate) fn hears(&mut self, client: ProcessId, line: &str) -> Vec<String> {
        let message = Message::Request(line.parse().expect("a line of the wire"));
        self.told(Input::Message { from: client, message })
    }

    /// What it does when a client leaves.
    pub(crate) fn loses(&mut self, client: ProcessId) -> Vec<String> {
        self.told(Input::Link { peer: client, link: Link::Down })
    }

    /// So much time passes on the server's clock.
    pub(crate) fn waits(&mut self, ms: u64) {
        self.now += Duration::from_millis(ms);
    }

    /// What it has printed since it was asked last.
    pub(crate) fn printed(&mut self) -> Vec<String> {
        std::mem::take(&mut self.printed)
    }

    pub(crate) fn told(&mut self, input: InputOf<Server>) -> Vec<String> {
        let (mut said, printed) = (Vec::new(), &mut self.printed);
        let mut sink = |effect: EffectOf<Server>| match effect {
            Effect::Send { to, message } => said.push(format!("{to}: {message}")),
            Effect::Close(peer) => said.push(format!("close {peer}")),
            Effect::Reject { peer, why } => said.push(format!("reject {peer}: {why}")),
            Effect::Emit(event) => printed.push(event.to_string()),
            Effect::SetTimer { timer, .. } | Effect::CancelTimer(timer) => match timer {},
        };
        self.server.step(input, &mut Outbox::new(self.now, &mut sink));
        said
    }
}

/// The usual settings, with that policy.
pub(crate) fn by(policy: Policy) -> Settings {
    Settings { policy, ..Settings::default() }
}
