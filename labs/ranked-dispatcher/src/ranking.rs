//! The clients, as the server knows them: in the order in which they came.

use alloc::{collections::BTreeSet, vec::Vec};
use core::net::SocketAddr;

use protocol::ProcessId;

use crate::JobId;

/// Everybody who is there. The place of a client is its rank: it is given no number that could be
/// wrong. Who leaves moves everybody behind it up.
///
/// ```
/// use protocol::ProcessId;
/// use ranked_dispatcher::Ranking;
///
/// let mut ranking = Ranking::default();
/// let [a, b] = [7, 3].map(ProcessId);
/// for client in [a, b] {
///     ranking.join(client, "127.0.0.1:47036".parse().unwrap());
/// }
/// assert_eq!((ranking.rank(a), ranking.rank(b)), (Some(0), Some(1)));
/// ranking.leave(a);
/// assert_eq!((ranking.rank(a), ranking.rank(b)), (None, Some(0)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Ranking {
    /// No client is there twice.
    members: Vec<Member>,
}

/// What the server knows of a client for as long as it is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    /// Who it is.
    pub client: ProcessId,
    /// Where it is.
    pub addr: SocketAddr,
    /// The unfinished jobs that it has asked for.
    pub asked: BTreeSet<JobId>,
    /// The unfinished jobs that it has been told to run: its load.
    pub runs: BTreeSet<JobId>,
    /// Whose turn it is to run its next command, if they take turns: a place among those below.
    pub turn: usize,
}

impl Ranking {
    /// Everybody, in the order of ranks.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The rank of that client, if it is there.
    pub fn rank(&self, client: ProcessId) -> Option<usize> {
        self.members.iter().position(|member| member.client == client)
    }

    /// That client, if it is there.
    pub fn get(&self, client: ProcessId) -> Option<&Member> {
        self.members.iter().find(|member| member.client == client)
    }

    /// The same, to change what is known of it.
    pub fn get_mut(&mut self, client: ProcessId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.client == client)
    }

    /// A client that is not there takes the last place.
    pub fn join(&mut self, client: ProcessId, addr: SocketAddr) {
        let (asked, runs, turn) = Default::default();
        self.members.push(Member { client, addr, asked, runs, turn });
    }

    /// A client is there no more. Returns the rank that it had, and what was known of it.
    pub fn leave(&mut self, client: ProcessId) -> Option<(usize, Member)> {
        let rank = self.rank(client)?;
        Some((rank, self.members.remove(rank)))
    }
}
