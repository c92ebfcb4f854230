//! `server`: the relay on a hub.

use std::fmt;

use group_chat::relay::{LONGEST_PIECE, Message, Relay, Settings, decode, encode};
use lab::{
    Failure, Output,
    service::{Place, Told, serve},
    whole_number,
};
use network::{HubConfig, Text};
use wire::text::{Codec, Complaint};

use super::{
    Command, PORT,
    told::{RelayTells, Running},
};

#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Place,
    /// How many of the last messages a client is told that comes; fewer, if they are more than
    /// 128 KiB
    #[arg(long, default_value_t = 0, value_parser = whole_number(0..=1_000_u32))]
    history: u32,
}

pub(super) async fn run(options: Options, out: Output) -> Result<(), Failure> {
    let Options { place, history } = options;
    let listener = place.listen(PORT)?;
    let addr = listener.local_addr().map_err(|error| Failure::Failed(error.to_string()))?;
    out.tell(&Running { addr })?;
    let relay = Relay::new(Settings { history: history as usize });
    let config = HubConfig { secret: place.admission.secret, ..config() };
    serve(listener, config, relay, |event| Told::Line(RelayTells(event)), out).await
}

/// A hub for anybody, whichever wire he speaks.
pub(super) fn config() -> HubConfig<Message> {
    let text = Text { longest: Some(LONGEST_PIECE), ..Text::chunks(Raw) };
    HubConfig::new(<Command as lab::Commands>::NAME, Some(text))
}

/// What comes is passed on as it is.
struct Raw;

impl Codec for Raw {
    type Message = Message;

    fn decode(&self, piece: &str) -> Result<Message, Complaint> {
        Ok(Message::Request(decode(piece)))
    }

    fn encode(&self, message: &Message, out: &mut dyn fmt::Write) -> fmt::Result {
        encode(message, out)
    }
}
