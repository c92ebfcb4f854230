//! A stage for demos of servers: all who play are in this process, on real sockets of this machine,
//! and what they tell comes out in one terminal.

use std::{
    fmt::Display,
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use network::{Dial, DialConfig, Hub, HubConfig, Networked, Notice, listen};
use serde::Serialize;
use tokio::time::timeout;

use crate::{Failure, Output};

/// How long nothing may happen before a demo gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Starts a server at a port of its own. Where it is comes with it.
///
/// # Errors
/// When this machine lets nobody listen.
///
/// # Panics
/// Outside of a `LocalSet`, or when the process panics.
pub fn serve<P: Networked>(
    config: HubConfig<P::Message>,
    server: P,
) -> Result<(Hub<P>, SocketAddr), Failure> {
    let failed = |error: io::Error| Failure::Failed(format!("can't listen: {error}"));
    let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    let hub = Hub::start(listener, config, server, Box::new(()));
    Ok((hub.map_err(|error| Failure::Failed(error.to_string()))?, addr))
}

/// Starts a client that dials the server of the lab `name`.
///
/// # Errors
/// When the name of the lab is too long.
///
/// # Panics
/// Outside of a `LocalSet`, or when the process panics.
pub fn dial<P: Networked>(name: &str, server: SocketAddr, client: P) -> Result<Dial<P>, Failure> {
    let dial = Dial::start(DialConfig::new(name, server), client, Box::new(()));
    dial.map_err(|error| Failure::Failed(error.to_string()))
}

/// The next event among somebody's notices.
///
/// # Errors
/// When there is none for seconds: `who` is blamed.
pub async fn next<E>(
    who: impl Display,
    mut notice: impl AsyncFnMut() -> Notice<E>,
) -> Result<E, Failure> {
    let event = async {
        loop {
            if let Notice::Event(event) = notice().await {
                return event;
            }
        }
    };
    let event = timeout(PATIENCE, event).await;
    event.map_err(|_| Failure::Failed(format!("{who} has told nothing for {PATIENCE:?}")))
}

/// Tells who tells what, where several are heard.
#[derive(Debug)]
pub struct Narrator {
    out: Output,
    /// Who told the last thing.
    speaker: Option<String>,
}

impl Narrator {
    /// One who has told nothing so far.
    pub fn new(out: Output) -> Self {
        Self { out, speaker: None }
    }

    /// Somebody tells something. If he was not the last one who did, that is said first; a program
    /// finds him in the record.
    ///
    /// # Errors
    /// When standard output can't be written to.
    pub fn tell(
        &mut self,
        speaker: impl Display,
        told: &(impl Display + Serialize),
    ) -> Result<(), Failure> {
        let speaker = speaker.to_string();
        self.out.record(&Spoken { speaker: &speaker, told })?;
        if self.speaker.as_ref() != Some(&speaker) {
            self.out.line(format_args!("{speaker}:"))?;
            self.speaker = Some(speaker);
        }
        Ok(self.out.line(told)?)
    }
}

/// The record of what somebody tells.
#[derive(Serialize)]
struct Spoken<'a, T> {
    speaker: &'a str,
    #[serde(flatten)]
    told: &'a T,
}
