//! `server`: the server on a hub.

use std::{collections::BTreeMap, num::NonZeroU32, path::PathBuf, time::Duration};

use lab::{
    Failure, Output, duration,
    service::{Place, Told, serve},
};
use network::{HubConfig, Text};
use semaphore::{Message, Name, Server, Settings};
use wire::text::{Complaint, Verbatim};

use super::{A_DAY, Command, PORT, SHORTEST_HEARTBEAT, epochs};

/// A client of whose heartbeats one is missing is not expired.
const SHORTEST_SESSION: Duration = SHORTEST_HEARTBEAT.saturating_mul(3);

#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Place,
    /// A semaphore of several permits, as in printer=3; any other has one
    #[arg(long, value_name = "NAME=NUMBER", value_parser = permits)]
    permits: Vec<(Name, NonZeroU32)>,
    /// Expire whoever holds or waits for something and says nothing for so long, as in 30s. Clients
    /// need a --heartbeat of no more than a third of it
    #[arg(long, value_name = "DURATION", value_parser = duration(SHORTEST_SESSION..=A_DAY))]
    session_timeout: Option<Duration>,
    /// The file that counts the server's lives, so that tokens grow from one to the next
    #[arg(long, value_name = "FILE", default_value = "semaphore-epochs.txt")]
    epochs: PathBuf,
}

pub(super) async fn run(options: Options, out: Output) -> Result<(), Failure> {
    let Options { place, permits, session_timeout, epochs } = options;
    let permits = each_once(permits)?;
    // A life that finds its port taken does no harm: the next one has a larger epoch all the same.
    let tokens = epochs::begin_life(&epochs)?;
    let settings = Settings { permits, session_timeout, ..Settings::default() };
    let listener = place.listen(PORT)?;
    let config = HubConfig { secret: place.admission.secret, ..config() };
    serve(listener, config, Server::new(settings, tokens), Told::Warning, out).await
}

/// A hub for anybody, whichever wire he speaks.
pub(super) fn config() -> HubConfig<Message> {
    let text = Text::lines(Verbatim(|line| {
        semaphore::parse(line).map_err(|refusal| Complaint::new(refusal.code.word(), refusal.text))
    }));
    HubConfig::new(<Command as lab::Commands>::NAME, Some(text))
}

/// Two numbers for one semaphore contradict each other.
fn each_once(permits: Vec<(Name, NonZeroU32)>) -> Result<BTreeMap<Name, NonZeroU32>, Failure> {
    let mut by_name = BTreeMap::new();
    for (name, number) in permits {
        if by_name.insert(name.clone(), number).is_some() {
            let text = format!("--permits names {name} twice: give each semaphore once");
            return Err(Failure::Usage(text));
        }
    }
    Ok(by_name)
}

/// `printer=3`.
fn permits(text: &str) -> Result<(Name, NonZeroU32), String> {
    let wrong = || format!("write a name and a number from 1 to {}, as in printer=3", u32::MAX);
    let (name, permits) = text.split_once('=').ok_or_else(wrong)?;
    let name = Name::new(name).map_err(|refusal| refusal.text)?;
    Ok((name, permits.parse().map_err(|_| wrong())?))
}
