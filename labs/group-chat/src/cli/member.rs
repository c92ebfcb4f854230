//! `member`: a process of a group that does without a server.
//!
//! The membership is fixed, and nobody may crash: whoever waits for a word of one who is gone waits
//! for ever. So members leave together. Whoever has nothing more to say says so, with how much he
//! has said, and stays until he has delivered as much of everybody. Then nobody needs anything more
//! of him that is not under way already.

use std::{collections::BTreeMap, future::pending, time::Duration};

use group_chat::multicast::{self, Agreed, Causal, Event, Fifo, Sequencer};
use lab::{Commands, Conversation, Failure, Membership, Output, Stop};
use network::{Config, Mesh, Networked, Notice};
use protocol::ProcessId;
use tokio::{
    select,
    time::{Instant, sleep_until},
};

use super::{Command, told::MemberTells};

/// Member `i` listens on this port plus `i`, unless told otherwise.
const FIRST_PORT: u16 = 5100;

/// How long nothing may come once somebody has left, while something is missing.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a member stays once another has died, so that those who find out later do not take it
/// for the one who died. Longer than from one heartbeat to the next: that much later they may.
const MOURNING: Duration = Duration::from_millis(1500);

#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    membership: Membership,
    /// In which order messages are delivered
    #[arg(long, value_enum, default_value_t = Order::Causal)]
    order: Order,
    /// What makes a total order: a sequencer, unless told otherwise
    #[arg(long, value_enum)]
    by: Option<By>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Order {
    /// Those of each member as it said them
    Fifo,
    /// None before what may have led to it
    Causal,
    /// The same everywhere
    Total,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum By {
    /// Member 0 numbers them all
    Sequencer,
    /// All agree on a place for each
    Agreement,
}

pub(super) async fn run(options: &Options, out: Output) -> Result<(), Failure> {
    match (options.order, options.by) {
        (Order::Fifo | Order::Causal, Some(_)) => {
            let text = "--by makes a total order: say --order total, or leave it out";
            Err(Failure::Usage(text.to_owned()))
        }
        (Order::Fifo, None) => take_part(options, "fifo", Fifo::new, out).await,
        (Order::Causal, None) => take_part(options, "causal", Causal::new, out).await,
        (Order::Total, Some(By::Agreement)) => take_part(options, "agreed", Agreed::new, out).await,
        (Order::Total, Some(By::Sequencer) | None) => {
            take_part(options, "sequencer", Sequencer::new, out).await
        }
    }
}

/// Members of different algorithms are turned away from each other: they are other systems.
async fn take_part<P: multicast::Member + Networked>(
    options: &Options,
    algorithm: &str,
    new: impl Fn(ProcessId, Vec<ProcessId>) -> P,
    out: Output,
) -> Result<(), Failure> {
    let membership = &options.membership;
    let mut stop = Stop::listen()?;
    let mut conversation = Conversation::new(out)?;
    let listener = membership.listen(FIRST_PORT)?;
    let me = membership.me();
    let addresses = if membership.is_told_later() {
        let place = listener.local_addr().map_err(|error| Failure::Failed(error.to_string()))?;
        conversation.remark(format_args!("listening on {place}"));
        conversation.ask("")?;
        select! {
            list = conversation.answer() => membership.told(&list?.ok_or_else(no_list)?, place)?,
            () = stop.requested() => return Err(Failure::Interrupted),
        }
    } else {
        membership.addresses(FIRST_PORT)?
    };
    let mut config = Config::new(format!("{}-{algorithm}", Command::NAME), me, addresses);
    config.secret.clone_from(&membership.admission.secret);
    let peers = me.peers(config.size());
    let mesh = Mesh::start(listener, config, new(me, peers.clone()), Box::new(()));
    let mesh = mesh.map_err(|error| Failure::Usage(error.to_string()))?;
    let mut group = Group {
        me,
        mesh,
        conversation,
        said: 0,
        has_finished: false,
        peers: peers.into_iter().map(|peer| (peer, Peer::default())).collect(),
        delivered_of_mine: 0,
        last_news: Instant::now(),
        first_gone: None,
        dead: None,
    };
    select! {
        ended = group.talk() => ended?,
        () = stop.requested() => return Err(Failure::Interrupted),
    }
    group.mesh.close().await;
    Ok(())
}

/// A member among its peers, and somebody who says what it says.
struct Group<P: multicast::Member + Networked> {
    me: ProcessId,
    mesh: Mesh<P>,
    conversation: Conversation,
    /// How much was said here.
    said: u64,
    /// How much of that was delivered here.
    delivered_of_mine: u64,
    /// Whether nothing more will be said here.
    has_finished: bool,
    peers: BTreeMap<ProcessId, Peer>,
    /// When something last came.
    last_news: Instant,
    /// Who went before all others that are gone.
    first_gone: Option<ProcessId>,
    /// Who has died, and when we found out.
    dead: Option<(ProcessId, Instant)>,
}

/// What is known of another member.
#[derive(Default)]
struct Peer {
    is_linked: bool,
    delivered: u64,
    /// How much it has said, once that is all.
    tally: Option<u64>,
}

impl<P: multicast::Member + Networked> Group<P> {
    /// Says what is typed, and tells what is delivered, until everybody has said everything.
    async fn talk(&mut self) -> Result<(), Failure> {
        let mut missing = self.peers_who(|peer| !peer.is_linked);
        while !missing.is_empty() {
            self.conversation.remark(format_args!("waiting for {}", members(&missing)));
            let before = missing.len();
            while missing.len() == before {
                select! {
                    notice = self.mesh.next() => self.on_notice(notice)?,
                    failure = mourn(self.dead) => return Err(failure),
                }
                missing = self.peers_who(|peer| !peer.is_linked);
            }
            if missing.is_empty() {
                self.conversation.remark("all are here: what you type is said");
            }
        }
        self.conversation.ask("")?;
        while !self.is_over() {
            select! {
                biased;
                notice = self.mesh.next() => self.on_notice(notice)?,
                failure = mourn(self.dead) => return Err(failure),
                line = self.conversation.answer(), if !self.has_finished => self.on_line(line?)?,
                () = sleep_until(self.last_news + PATIENCE), if self.is_missing_somebody() => {
                    let mut gone = self.peers_who(|peer| !peer.is_linked && !peer.is_done());
                    if gone.is_empty() {
                        gone = self.peers_who(|peer| !peer.is_linked); // They owe us their votes.
                    }
                    let (gone, end) = (members(&gone), "before all was delivered");
                    let text = format!("{gone} left {end}: start all of them again");
                    return Err(Failure::Failed(text));
                }
            }
        }
        Ok(())
    }

    /// Whether what is missing may never come.
    fn is_missing_somebody(&self) -> bool {
        self.has_finished && self.peers.values().any(|peer| !peer.is_linked)
    }

    fn on_line(&mut self, line: Option<String>) -> Result<(), Failure> {
        match line {
            None => {
                self.has_finished = true;
                self.mesh.farewell(self.said);
                let talking = self.peers_who(|peer| peer.tally.is_none());
                if !talking.is_empty() {
                    let talking = members(&talking);
                    let remark = format!("waiting for {talking} to say all; Ctrl-C ends it");
                    self.conversation.remark(remark);
                }
                return Ok(());
            }
            Some(line) if line.is_empty() => {}
            Some(line) => {
                self.said += 1;
                self.mesh.command(multicast::Command::Say(line));
            }
        }
        self.conversation.ask("")
    }

    fn on_notice(&mut self, notice: Notice<Event>) -> Result<(), Failure> {
        self.last_news = Instant::now();
        match notice {
            Notice::Event(event) => {
                let Event::Delivered { from, .. } = &event;
                match self.peers.get_mut(from) {
                    Some(peer) => peer.delivered += 1,
                    None => self.delivered_of_mine += 1,
                }
                self.conversation.tell(&MemberTells { member: self.me, event })?;
            }
            Notice::Up { peer, .. } => self.peer(peer).is_linked = true,
            Notice::Farewell { peer, tally } => self.peer(peer).tally = Some(tally),
            Notice::Down { peer } => {
                self.peer(peer).is_linked = false;
                // Whoever leaves has said all, and has heard that all others have, too. As long as
                // that can't be, whoever goes has died, and the first of them for no other's sake.
                let may_have_left = self.has_finished && self.peer(peer).tally.is_some();
                let first = *self.first_gone.get_or_insert(peer);
                if !may_have_left {
                    self.dead.get_or_insert((first, Instant::now()));
                }
            }
            Notice::RefusedBy { peer, why, proven: true } => {
                return Err(Failure::Failed(format!("member {peer} has turned us away: {why}")));
            }
            Notice::Rejected { peer, why } => {
                return Err(Failure::Failed(format!("member {peer} is not one of us: {why}")));
            }
            // The network has logged it.
            Notice::RefusedBy { .. }
            | Notice::Refused { .. }
            | Notice::Unreachable { .. }
            | Notice::Cut { .. } => {}
        }
        Ok(())
    }

    /// Whether everybody has said everything, and all of it was delivered here.
    fn is_over(&self) -> bool {
        let is_done = self.has_finished && self.delivered_of_mine == self.said;
        is_done && self.peers.values().all(Peer::is_done)
    }

    fn peers_who(&self, are_so: impl Fn(&Peer) -> bool) -> Vec<ProcessId> {
        let them = self.peers.iter().filter(|(_, peer)| are_so(peer));
        them.map(|(&id, _)| id).collect()
    }

    fn peer(&mut self, id: ProcessId) -> &mut Peer {
        debug_assert_ne!(id, self.me, "no member is linked to itself");
        self.peers.entry(id).or_default()
    }
}

/// Stays for as long as others may need to find out who has died; for ever, if nobody has.
async fn mourn(dead: Option<(ProcessId, Instant)>) -> Failure {
    let Some((member, since)) = dead else { return pending().await };
    sleep_until(since + MOURNING).await;
    let text = format!("member {member} is gone, and not all have said all");
    Failure::Failed(format!("{text}: start all of them again"))
}

fn no_list() -> Failure {
    let text = "the input ended before the list of members: say where all of them are in a line";
    Failure::Usage(text.to_owned())
}

/// `member 1`, or `members 0, 2`.
fn members(ids: &[ProcessId]) -> String {
    let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("member{} {}", if ids.len() == 1 { "" } else { "s" }, names.join(", "))
}

impl Peer {
    /// Whether all that it has said, and will ever say, was delivered.
    fn is_done(&self) -> bool {
        self.tally == Some(self.delivered)
    }
}
