//! `demo`: the whole story in one terminal, on real sockets.
//!
//! Three clients talk through the relay, one of them without a line feed. Then three members do
//! without a relay: all talk at once, and all hear everything in one order.

use std::{
    fmt::Display,
    io,
    net::{SocketAddr, TcpListener},
};

use group_chat::{
    multicast::{self, Agreed},
    relay::{Client, Relay, Settings, decode},
};
use lab::{
    Commands, Failure, Outcome, Output, Verdict,
    stage::{self, Narrator},
};
use network::{Config, Dial, HUB, Hub, Mesh};
use protocol::ProcessId;

use super::{
    Command, server,
    told::{ClientTells, MemberTells, RelayTells, Running},
};

/// How many members the group has.
const MEMBERS: u32 = 3;

/// What each of them says, one after the other, while the others talk too.
const SAID: [&str; 2] = ["the last sandwich is mine", "I was first"];

pub(super) async fn run(out: Output) -> Result<Verdict, Failure> {
    let heard = relay(out).await?;
    out.line("")?;
    let orders = agree(out).await?;
    out.line("")?;
    let said = orders[0].len();
    Ok(if orders.iter().all(|order| *order == orders[0]) {
        let text = format!(
            "each message was heard once by all others: {heard} times; {MEMBERS} members delivered \
             {said} messages in one order"
        );
        Verdict::new(Outcome::Held, text)
    } else {
        Verdict::new(Outcome::Broken, "broken: two members delivered in different orders")
    })
}

/// Three clients of a relay. How often something was heard.
async fn relay(out: Output) -> Result<u32, Failure> {
    let (hub, addr) = stage::serve(server::config(), Relay::new(Settings::default()))?;
    let mut stage = Stage { hub, addr, narrator: Narrator::new(out), heard: 0 };
    stage.narrator.tell("Server", &Running { addr })?;
    let mut clients = Vec::new();
    for number in 1..=3 {
        clients.push(stage.join(number).await?);
    }
    for (author, piece) in
        [(0, "hello\n"), (1, "hello yourself"), (2, "/name carol\n"), (2, "hi\n")]
    {
        clients[author].dial.command(decode(piece));
        let is_for_others = !piece.starts_with('/');
        if is_for_others {
            stage.server_tells().await?;
        }
        for (number, client) in clients.iter_mut().enumerate() {
            if (number != author) == is_for_others {
                stage.heard += u32::from(is_for_others);
                stage.hears(client).await?;
            }
        }
    }
    for client in clients {
        client.dial.close().await;
    }
    stage.hub.close().await;
    Ok(stage.heard)
}

/// The relay, and what is told of all.
struct Stage {
    hub: Hub<Relay>,
    addr: SocketAddr,
    narrator: Narrator,
    heard: u32,
}

/// A client of whom we say what it says.
struct Actor {
    name: String,
    dial: Dial<Client>,
}

impl Stage {
    async fn join(&mut self, number: u32) -> Result<Actor, Failure> {
        let dial = stage::dial(Command::NAME, self.addr, Client::new(HUB))?;
        let mut actor = Actor { name: format!("Client {number}"), dial };
        self.server_tells().await?;
        self.hears(&mut actor).await?;
        Ok(actor)
    }

    /// The server tells the next thing.
    async fn server_tells(&mut self) -> Result<(), Failure> {
        let event = stage::next("the server", async || self.hub.next().await).await?;
        self.narrator.tell("Server", &RelayTells(event))
    }

    /// A client tells the next thing.
    async fn hears(&mut self, client: &mut Actor) -> Result<(), Failure> {
        let event = stage::next(&client.name, async || client.dial.next().await).await?;
        self.narrator.tell(&client.name, &ClientTells(event))
    }
}

/// A group without a server. What each member delivers, in order; one is listened to.
async fn agree(out: Output) -> Result<Vec<Vec<multicast::Event>>, Failure> {
    let mut members = group()?;
    for (me, member) in ProcessId::all(MEMBERS).zip(&members) {
        for text in SAID {
            member.command(multicast::Command::Say(format!("{text}, says {me}")));
        }
    }
    out.line("Member 0, who asks nobody in the middle:")?;
    let mut orders = Vec::new();
    for (me, member) in ProcessId::all(MEMBERS).zip(&mut members) {
        let mut order = Vec::new();
        for _ in 0..members_say() {
            order.push(
                stage::next(format_args!("member {me}"), async || member.next().await).await?,
            );
        }
        if me == ProcessId(0) {
            for event in order.iter().cloned() {
                out.tell(&MemberTells { member: me, event })?;
            }
        }
        orders.push(order);
    }
    for member in members {
        member.close().await;
    }
    Ok(orders)
}

/// How much all of them say.
fn members_say() -> usize {
    SAID.len() * ProcessId(MEMBERS).index()
}

/// Members who will be linked to each other, each with a listener of its own.
fn group() -> Result<Vec<Mesh<Agreed>>, Failure> {
    let listeners: Result<Vec<_>, _> =
        ProcessId::all(MEMBERS).map(|_| TcpListener::bind("127.0.0.1:0")).collect();
    let listeners = listeners.map_err(|it| failed(&it))?;
    let addresses: Result<Vec<_>, _> = listeners.iter().map(TcpListener::local_addr).collect();
    let addresses = addresses.map_err(|it| failed(&it))?;
    let start = |(me, listener): (ProcessId, TcpListener)| {
        let config = Config::new(Command::NAME, me, addresses.clone());
        Mesh::start(listener, config, Agreed::new(me, me.peers(MEMBERS)), Box::new(()))
    };
    ProcessId::all(MEMBERS).zip(listeners).map(start).collect::<Result<_, _>>().map_err(refused)
}

fn failed(error: &io::Error) -> Failure {
    Failure::Failed(format!("can't use sockets: {error}"))
}

fn refused(error: impl Display) -> Failure {
    Failure::Failed(error.to_string())
}
