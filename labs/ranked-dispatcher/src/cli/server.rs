//! `server`: the server on a hub.

use std::fmt;

use lab::{
    Failure, Output,
    service::{Place, Told, serve},
    whole_number,
};
use network::{HubConfig, Text};
use ranked_dispatcher::{Message, Policy, Request, Server, Settings};
use wire::text::{Codec, Complaint};

use super::{Command, PORT, told::Starting};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many clients may be there at a time
    #[arg(default_value_t = 10, value_parser = whole_number(1..=10_000_u32))]
    clients: u32,
    #[command(flatten)]
    place: Place,
    /// Who of those below runs a command: next, least-loaded or round-robin
    #[arg(long, default_value_t = Policy::Next)]
    policy: Policy,
    /// How often a command is handed on when whoever ran it has left
    #[arg(long, default_value_t = 3, value_parser = whole_number(0..=1_000_u32))]
    max_retries: u32,
}

pub(super) async fn run(options: Options, out: Output) -> Result<(), Failure> {
    let Options { clients, place, policy, max_retries } = options;
    let settings = Settings { policy, max_retries, most_clients: clients, ..Settings::default() };
    let listener = place.listen(PORT)?;
    out.tell(&Starting { clients })?;
    let config = HubConfig { secret: place.admission.secret, ..config() };
    serve(listener, config, Server::new(settings), Told::Line, out).await
}

/// A hub for anybody, whichever wire he speaks.
pub(super) fn config() -> HubConfig<Message> {
    HubConfig::new(<Command as lab::Commands>::NAME, Some(Text::lines(Lines)))
}

/// A line is a message, and whatever is wrong is `REFUSED`.
struct Lines;

impl Codec for Lines {
    type Message = Message;

    fn decode(&self, line: &str) -> Result<Message, Complaint> {
        let request = line.parse::<Request>();
        request.map(Message::Request).map_err(|why| Complaint::new("REFUSED", why.to_string()))
    }

    fn encode(&self, message: &Message, out: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(out, "{message}")
    }

    fn complain(&self, complaint: &Complaint, out: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(out, "REFUSED {}", complaint.text)
    }
}
