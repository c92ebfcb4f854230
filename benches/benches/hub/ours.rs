//! Ours: the labs' servers, as their binaries start them, but for what these rows are not about.

use std::{io, net::Ipv4Addr};

use benches::end_with_our_starter;
use network::{Hub, HubConfig, Networked, Text, listen};
use semaphore::{Server, Settings, Tokens};
use tokio::{runtime, task::LocalSet};
use wire::text::{Complaint, Verbatim};

/// The lock server. Nobody is told of the releases of others.
pub(crate) fn semaphore() -> io::Result<()> {
    let settings = Settings { announces: false, ..Settings::default() };
    let tokens = Tokens::of_epoch(0).expect("the first epoch is small enough");
    let text = Text::lines(Verbatim(|line| {
        semaphore::parse(line).map_err(|refusal| Complaint::new(refusal.code.word(), refusal.text))
    }));
    serve(HubConfig::new("semaphore", Some(text)), Server::new(settings, tokens))
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
