//! What a site tells of itself while it runs: a line for people, a JSON line for programs, the
//! cluster among them.

use std::{fmt, net::SocketAddr, path::Path};

use mutual_exclusion::{Phase, counted, sites, waiting};
use protocol::ProcessId;
use serde::{Deserialize, Serialize};

use crate::{Outcome, Verdict};

/// One thing that a site tells, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// By the machine's clock, in microseconds since 1970: what several sites of a machine tell
    /// is put in order by this.
    pub(super) at: u64,
    #[serde(flatten)]
    pub(super) record: Record,
}

impl Told {
    pub(super) fn now(record: Record) -> Self {
        Self { at: network::incarnation_now(), record }
    }
}

/// One thing that a site tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Record {
    /// It can be reached.
    Listening { site: ProcessId, addr: SocketAddr },
    /// It waits for its links to some sites.
    Alone { site: ProcessId, without: Vec<ProcessId> },
    /// All sites are linked to it; its work begins.
    Ready { site: ProcessId },
    /// It is inside, and the counter holds that.
    Entered { site: ProcessId, counter: u64 },
    /// It is about to leave, and has put that into the counter.
    Left { site: ProcessId, counter: u64 },
    /// It has done its work, and only answers from now on.
    Done { site: ProcessId, entries: u64 },
    /// Its link to another site broke, which had work to do.
    Lost { site: ProcessId, peer: ProcessId },
    /// It is about to end.
    Finished(Report),
}

/// How a site's run went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) site: ProcessId,
    /// How often it entered and left, and how often it wanted to.
    pub(super) entries: u64,
    pub(super) wanted: u64,
    /// How many of its entries came in the step in which it asked.
    pub(super) at_once: u64,
    /// How many messages it sent.
    pub(super) messages: u64,
    /// What all sites' entries add up to, if all said farewell.
    pub(super) total: Option<u64>,
    /// What the counter holds at the end.
    pub(super) counter: u64,
    /// Where it was in its cycle at the end, and whom it was waiting for.
    pub(super) phase: Phase,
    pub(super) waits_for: Vec<ProcessId>,
    /// Whose farewell it has not heard.
    pub(super) unheard: Vec<ProcessId>,
    /// Who was gone then, without having said farewell; whoever went first comes first.
    pub(super) gone: Vec<ProcessId>,
    /// What another site did that a correct one can't do.
    pub(super) rejected: Option<String>,
    /// Whether it was told to stop.
    pub(super) was_stopped: bool,
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Listening { addr, .. } => write!(f, "listens on {addr}"),
            Self::Alone { without, .. } => write!(f, "is not yet linked to {}", sites(without)),
            Self::Ready { .. } => f.write_str("is linked to all"),
            Self::Entered { counter, .. } => write!(f, "enters ({counter})"),
            Self::Left { counter, .. } => write!(f, "leaves ({counter})"),
            Self::Done { .. } => f.write_str("is done"),
            Self::Lost { peer, .. } => write!(f, "lost site {peer}"),
            Self::Finished(_) => f.write_str("ends"),
        }
    }
}

impl Record {
    /// Who tells it.
    pub(super) fn site(&self) -> ProcessId {
        match self {
            Self::Listening { site, .. }
            | Self::Alone { site, .. }
            | Self::Ready { site }
            | Self::Entered { site, .. }
            | Self::Left { site, .. }
            | Self::Done { site, .. }
            | Self::Lost { site, .. }
            | Self::Finished(Report { site, .. }) => *site,
        }
    }
}

impl Report {
    /// What can be said of the whole run from here.
    pub(super) fn verdict(&self, counter: &Path) -> Verdict {
        let Self { site, entries, wanted, messages, total, counter: holds, .. } = self;
        let file = counter.display();
        let (outcome, text) = match total {
            _ if self.was_stopped => (
                Outcome::Interrupted,
                format!("interrupted: site {site} had entered {entries} of {wanted} times"),
            ),
            _ if self.rejected.is_some() => {
                (Outcome::Broken, format!("stalled: {}", self.rejected.as_deref().unwrap_or("")))
            }
            Some(total) if total == holds => (
                Outcome::Held,
                format!(
                    "mutual exclusion held: {}, {entries} of them here with {}; {file} holds \
                     {holds}",
                    counted(*total, "entry"),
                    counted(*messages, "message"),
                ),
            ),
            Some(total) => (
                Outcome::Broken,
                format!(
                    "mutual exclusion broken: {}, but {file} holds {holds}: {}",
                    counted(*total, "entry"),
                    lost_updates(*total, *holds)
                ),
            ),
            None => (Outcome::Broken, format!("stalled: {}", self.stall())),
        };
        Verdict::new(outcome, text)
    }

    /// Why it gave up.
    fn stall(&self) -> String {
        let gone = match self.gone.as_slice() {
            [] => "a link broke, and what was on it is lost".to_owned(),
            [first] => format!("site {first} is gone"),
            [first, others @ ..] => format!("site {first} is gone, and then {}", sites(others)),
        };
        let Self { entries, wanted, .. } = self;
        format!("{gone}; {}; {entries} of {wanted} entries done", self.wish())
    }

    /// What it wanted in vain.
    pub(super) fn wish(&self) -> String {
        let Self { site, entries, wanted, .. } = self;
        match self.phase {
            Phase::Waiting => waiting(*site, &self.waits_for),
            Phase::Inside => format!("site {site} is inside"),
            Phase::Idle if entries == wanted => {
                format!("site {site} is done and has not heard from {}", sites(&self.unheard))
            }
            Phase::Idle => format!("site {site} is idle"),
        }
    }
}

/// How far the counter is off.
pub(super) fn lost_updates(entries: u64, counter: u64) -> String {
    match entries.checked_sub(counter) {
        Some(lost) => counted(lost, "update") + " lost",
        None => format!("{} more than were made", counter - entries),
    }
}
