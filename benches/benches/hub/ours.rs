//! Ours: the labs' servers, as their binaries start them, but for what these rows are not about.

use std::{fmt, io, net::Ipv4Addr};

use benches::end_with_our_starter;
use group_chat::relay::{self, Relay};
use network::{Hub, HubConfig, Networked, Text, listen};
use semaphore::{Server, Settings, Tokens};
use tokio::{runtime, task::LocalSet};
use wire::text::{Codec, Complaint, Verbatim};

/// The lock server. Nobody is told of the releases of others.
pub(crate) fn semaphore() -> io::Result<()> {
    let settings = Settings { announces: false, ..Settings::default() };
    let tokens = Tokens::of_epoch(0).expect("the first epoch is small enough");
    let text = Text::lines(Verbatim(|line| {
        semaphore::parse(line).map_err(|refusal| Complaint::new(refusal.code.word(), refusal.text))
    }));
    serve(HubConfig::new("semaphore", Some(text)), Server::new(settings, tokens))
}

/// The relay.
pub(crate) fn group_chat() -> io::Result<()> {
    serve(HubConfig::new("group-chat", Some(Text::chunks(Raw))), Relay::new(Default::default()))
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
        println!("{}", listener.local_addr()?);
        end_with_our_starter();
        let hub = Hub::start(listener, config, server, Box::new(()));
        let mut hub = hub.map_err(io::Error::other)?;
        loop {
            hub.next().await;
        }
    })
}
