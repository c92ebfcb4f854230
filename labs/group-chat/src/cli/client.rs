//! `client`: what is typed, all others hear.

use group_chat::relay::{Client, client::Event, decode};
use lab::{
    Commands, Failure, Output,
    service::{Destination, Happening, Session},
};
use network::HUB;

use super::{
    Command, PORT,
    told::{ClientTells, FailedToConnect},
};

#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    destination: Destination,
}

pub(super) async fn run(options: &Options, out: Output) -> Result<(), Failure> {
    let config = options.destination.dial(Command::NAME, PORT);
    let mut session = Session::begin(config, Client::new(HUB), out)?;
    if let Err(failure) = until_connected(&mut session).await {
        session.conversation.tell(&FailedToConnect)?;
        return Err(failure);
    }
    session.conversation.ask("")?;
    loop {
        match session.next().await? {
            Happening::Answer(None) => break,
            Happening::Answer(Some(line)) => {
                session.dial.command(decode(&format!("{line}\n")));
                session.conversation.ask("")?;
            }
            Happening::Event(event) => session.conversation.tell(&ClientTells(event))?,
        }
    }
    session.close().await;
    Ok(())
}

async fn until_connected(session: &mut Session<Client>) -> Result<(), Failure> {
    loop {
        if let Happening::Event(event) = session.next().await? {
            let is_connected = event == Event::Connected;
            session.conversation.tell(&ClientTells(event))?;
            if is_connected {
                return Ok(());
            }
        }
    }
}
