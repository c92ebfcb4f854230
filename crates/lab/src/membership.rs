//! A fixed membership: who belongs to it, and where each of them is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

use protocol::ProcessId;

use crate::{Admission, Failure, address::address, whole_number};

/// Which of them a process is, and where all of them are.
#[derive(Clone, Debug, clap::Args)]
pub struct Membership {
    /// Which of them this is, from 0
    #[arg(long, value_parser = whole_number(0..=u32::MAX))]
    id: u32,
    /// How many there are
    #[arg(long, default_value_t = 5, conflicts_with = "peers")]
    #[arg(value_parser = whole_number(1..=64_u32))]
    size: u32,
    /// Where all of them are, this one included, in order and parted by commas; on this machine, at
    /// the lab's port and those after it, unless given. `-` reads it from the first line of standard
    /// input
    #[arg(long, value_name = "ADDR:PORT,…")]
    peers: Option<String>,
    /// Where this one listens, if not at its place in --peers
    #[arg(long, value_name = "ADDR:PORT", value_parser = address)]
    listen: Option<SocketAddr>,
    /// Who is let in.
    #[command(flatten)]
    pub admission: Admission,
}

impl Membership {
    /// Which of them this is.
    pub fn me(&self) -> ProcessId {
        ProcessId(self.id)
    }

    /// Whether where they are is not on the command line, but comes through standard input.
    pub fn is_told_later(&self) -> bool {
        self.peers.as_deref() == Some("-")
    }

    /// Where all of them are. Unless told otherwise, number `i` is at `first_port` plus `i`.
    ///
    /// # Errors
    /// When the command line has no such list.
    pub fn addresses(&self, first_port: u16) -> Result<Vec<SocketAddr>, Failure> {
        match &self.peers {
            Some(list) => addresses(list),
            None => Ok((first_port..).take(ProcessId(self.size).index()).map(local).collect()),
        }
    }

    /// Where all of them are, by a list that came through standard input. This one listens at
    /// `place` by now.
    ///
    /// # Errors
    /// When it is no such list, or the others would look for this one elsewhere.
    pub fn told(&self, list: &str, place: SocketAddr) -> Result<Vec<SocketAddr>, Failure> {
        let all = addresses(list)?;
        match all.get(self.me().index()) {
            Some(&other) if self.listen.is_none() && other != place => {
                let id = self.id;
                Err(Failure::Usage(format!(
                    "the list has number {id} at {other}, but it listens on {place}: say --listen \
                     {other} too, or put {place} into the list"
                )))
            }
            _ => Ok(all),
        }
    }

    /// Listens at the place of this one, and says so on standard error, unless others are told.
    ///
    /// # Errors
    /// When it has no place, or can't listen there.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn listen(&self, first_port: u16) -> Result<TcpListener, Failure> {
        let place = match (self.listen, self.is_told_later()) {
            (Some(place), _) => place,
            (None, true) => local(0),
            (None, false) => {
                let all = self.addresses(first_port)?;
                *all.get(self.me().index()).ok_or_else(|| {
                    let (id, size) = (self.id, all.len());
                    Failure::Usage(format!(
                        "there is no number {id} among {size}: choose an --id below that"
                    ))
                })?
            }
        };
        let listener = self.admission.listen(place)?;
        if !self.is_told_later() {
            let place = listener.local_addr().unwrap_or(place);
            anstream::eprintln!("listening on {place}");
        }
        Ok(listener)
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// Takes a list apart that stands behind `--peers`, or comes through standard input.
fn addresses(list: &str) -> Result<Vec<SocketAddr>, Failure> {
    let parse = |place: &str| {
        address(place.trim())
            .map_err(|right| Failure::Usage(format!("`{place}` is no address: {right}")))
    };
    let all = list.split(',').map(parse).collect::<Result<Vec<SocketAddr>, _>>()?;
    match (1..all.len()).find(|&i| all[..i].contains(&all[i])) {
        None => Ok(all),
        Some(i) => {
            let place = all[i];
            Err(Failure::Usage(format!("{place} stands in the list twice: each has its own")))
        }
    }
}
