//! The clients, as the server knows them.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use core::net::SocketAddr;

use protocol::ProcessId;

use crate::{Account, MOST_SHOWN, Name, Refusal, Semaphore};

/// All clients that are linked to the server, whether they have said their names or not.
///
/// ```
/// use protocol::ProcessId;
/// use semaphore::{Code, Name, Sessions};
///
/// let (mut sessions, alice) = (Sessions::default(), Name::new("alice")?);
/// let [first, second] = [1, 2].map(ProcessId);
/// let addr = "127.0.0.1:47036".parse().unwrap();
/// sessions.begin(first, addr);
/// sessions.begin(second, addr);
/// sessions.introduce(first, alice.clone(), false)?;
/// let refusal = sessions.introduce(second, alice.clone(), false).unwrap_err();
/// assert_eq!(refusal.code, Code::NameTaken);
///
/// // A name is free again when its session is over.
/// sessions.end(first);
/// sessions.introduce(second, alice, false)?;
/// # Ok::<(), semaphore::Refusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Sessions {
    by_client: BTreeMap<ProcessId, Session>,
    /// The names of all sessions that have one. No two have the same.
    names: BTreeSet<Name>,
}

/// What the server knows of a client for as long as it is linked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// Where it is.
    pub addr: SocketAddr,
    /// None before the `HELLO`.
    pub name: Option<Name>,
    /// Whether it wants to be told the tokens of its grants.
    pub is_fenced: bool,
    /// What it holds or waits for: what it loses with its session. Empty without a name.
    pub stakes: BTreeSet<Name>,
}

impl Sessions {
    /// A client is linked.
    pub fn begin(&mut self, client: ProcessId, addr: SocketAddr) {
        let session = Session { addr, name: None, is_fenced: false, stakes: BTreeSet::new() };
        self.by_client.insert(client, session);
    }

    /// A client has said its name.
    ///
    /// # Errors
    /// When it has one already, or another has this one.
    pub fn introduce(
        &mut self,
        client: ProcessId,
        name: Name,
        is_fenced: bool,
    ) -> Result<(), Refusal> {
        let Some(session) = self.by_client.get_mut(&client) else { return Ok(()) };
        if let Some(name) = &session.name {
            return Err(Refusal::named(name));
        }
        if !self.names.insert(name.clone()) {
            return Err(Refusal::name_taken(&name));
        }
        (session.name, session.is_fenced) = (Some(name), is_fenced);
        Ok(())
    }

    /// A client is linked no more. Returns its session, if it had one.
    pub fn end(&mut self, client: ProcessId) -> Option<Session> {
        let session = self.by_client.remove(&client)?;
        if let Some(name) = &session.name {
            self.names.remove(name);
        }
        Some(session)
    }

    /// The session of that client, if it has one.
    pub fn get(&self, client: ProcessId) -> Option<&Session> {
        self.by_client.get(&client)
    }

    /// The name of that client, if it has one.
    pub fn name(&self, client: ProcessId) -> Option<&Name> {
        self.get(client)?.name.as_ref()
    }

    /// The names of these clients, in the same order.
    pub fn names(&self, clients: impl IntoIterator<Item = ProcessId>) -> Vec<Name> {
        clients.into_iter().filter_map(|client| self.name(client).cloned()).collect()
    }

    /// How things stand with a semaphore, with the names of its holders.
    pub fn account(&self, name: &Name, semaphore: &Semaphore) -> Account {
        Account {
            semaphore: name.clone(),
            permits: semaphore.permits,
            waiting: semaphore.waiters.len() as u32,
            holders: self.names(semaphore.holders.keys().copied().take(MOST_SHOWN)),
        }
    }

    /// Everybody else.
    pub fn others(&self, client: ProcessId) -> impl Iterator<Item = ProcessId> {
        self.by_client.keys().copied().filter(move |&other| other != client)
    }

    /// What that client holds or waits for, in the order of names.
    pub fn stakes(&self, client: ProcessId) -> impl Iterator<Item = &Name> {
        self.get(client).into_iter().flat_map(|session| &session.stakes)
    }

    /// The client holds this, or waits for it.
    pub fn stake(&mut self, client: ProcessId, semaphore: &Name) {
        if let Some(session) = self.by_client.get_mut(&client) {
            session.stakes.insert(semaphore.clone());
        }
    }

    /// The client neither holds this nor waits for it.
    pub fn unstake(&mut self, client: ProcessId, semaphore: &Name) {
        if let Some(session) = self.by_client.get_mut(&client) {
            session.stakes.remove(semaphore);
        }
    }
}
