//! The labs' servers, on hubs as those of their binaries, but for what no bench is about. Each says
//! where it is, and serves for ever: it is for a [`Helper`](crate::Helper).

use std::{fmt, io, net::Ipv4Addr};

use group_chat::relay::{self, Relay};
use lab::allow_many_connections;
use network::{Hub, HubConfig, Networked, Text, listen};
use ranked_dispatcher as dispatcher;
use semaphore::Tokens;
use tokio::{runtime, task::LocalSet};
use wire::text::{Codec, Complaint, Verbatim};

use crate::end_with_our_starter;

/// The lock server. Nobody is told of the releases of others.
///
/// # Errors
/// When it can't listen.
pub fn semaphore() -> io::Result<()> {
    let settings = semaphore::Settings { announces: false, ..Default::default() };
    let tokens = Tokens::of_epoch(0).expect("the first epoch is small enough");
    let text = Text::lines(Verbatim(|line| {
        semaphore::parse(line).map_err(|refusal| Complaint::new(refusal.code.word(), refusal.text))
    }));
    serve(HubConfig::new("semaphore", Some(text)), semaphore::Server::new(settings, tokens))
}

/// The dispatcher, with places for a crowd.
///
/// # Errors
/// When it can't listen.
pub fn ranked_dispatcher() -> io::Result<()> {
    let settings = dispatcher::Settings { most_clients: 20_000, ..Default::default() };
    let config = HubConfig::new("ranked-dispatcher", Some(Text::lines(Refusing)));
    serve(config, dispatcher::Server::new(settings))
}

/// A line is a message, and whatever is wrong is `REFUSED`.
struct Refusing;

impl Codec for Refusing {
    type Message = dispatcher::Message;

    fn decode(&self, line: &str) -> Result<dispatcher::Message, Complaint> {
        let request = line.parse::<dispatcher::Request>();
        request
            .map(dispatcher::Message::Request)
            .map_err(|why| Complaint::new("REFUSED", why.to_string()))
    }

    fn encode(&self, message: &dispatcher::Message, out: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(out, "{message}")
    }

    fn complain(&self, complaint: &Complaint, out: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(out, "REFUSED {}", complaint.text)
    }
}

/// The relay.
///
/// # Errors
/// When it can't listen.
pub fn group_chat() -> io::Result<()> {
    let text = Text { longest: Some(relay::LONGEST_PIECE), ..Text::chunks(Raw) };
    serve(HubConfig::new("group-chat", Some(text)), Relay::new(Default::default()))
}

/// What comes is passed on as it is.
struct Raw;

impl Codec for Raw {
    type Message = relay::Message;

    fn decode(&self, piece: &str) -> Result<relay::Message, Complaint> {
        Ok(relay::Message::Request(relay::decode(piece)))
    }

    fn encode(&self, message: &relay::Message, out: &mut dyn fmt::Write) -> fmt::Result {
        relay::encode(message, out)
    }
}

/// Says where it is, and serves for ever.
fn serve<P: Networked>(config: HubConfig<P::Message>, server: P) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into())?;
        end_with_our_starter();
        println!("{}", listener.local_addr()?);
        allow_many_connections();
        let hub = Hub::start(listener, config, server, Box::new(()));
        let mut hub = hub.map_err(io::Error::other)?;
        loop {
            hub.next().await;
        }
    })
}
