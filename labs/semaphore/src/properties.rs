//! What must be true of every state of a server and its clients, whichever server it is.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use protocol::{Either, Process, ProcessId, Property, View};

use crate::{Client, Message, Name, Semaphore, cycle};

/// What a server shows of itself, to whoever judges it.
pub trait Clerk: Process<Message = Message> {
    /// All that it keeps.
    fn semaphores(&self) -> &BTreeMap<Name, Semaphore>;

    /// Whether that client has a session. Whoever has none holds nothing, whatever it believes.
    fn knows(&self, client: ProcessId) -> bool;
}

/// The server, as process 0, and its clients.
pub type System<S> = Either<S, Client>;

/// Those that every server must have.
pub fn properties<S: Clerk>() -> [Property<System<S>>; 5] {
    [permits(), belief(), nothing_dead(), no_cycle(), liveness()]
}

/// Never more holders than permits: neither in the server's books, nor among those who believe
/// that they hold and have not been expired.
pub fn permits<S: Clerk>() -> Property<System<S>> {
    Property::always("permits", |view: &View<System<S>>| {
        let Some(server) = server(view) else { return Ok(()) };
        for (name, semaphore) in server.semaphores() {
            let believers = clients(view).filter(|(id, _)| server.knows(*id));
            let believers = believers.filter(|(_, client)| client.holds().contains_key(name));
            let (booked, believed) = (semaphore.holders.len(), believers.count());
            let permits = semaphore.permits;
            if booked.max(believed) > permits as usize {
                let seen = format!("{booked} hold {name} in the server's books");
                return Err(format!("{seen}, {believed} believe so, and it has {permits}"));
            }
        }
        Ok(())
    })
}

/// Who believes that it holds does so in the server's books, or has been expired.
pub fn belief<S: Clerk>() -> Property<System<S>> {
    Property::always("belief", |view: &View<System<S>>| {
        let Some(server) = server(view) else { return Ok(()) };
        for (id, client) in clients(view).filter(|(id, _)| server.knows(*id)) {
            let is_booked = |name: &&Name| {
                let semaphore = server.semaphores().get(*name);
                semaphore.is_some_and(|semaphore| semaphore.holders.contains_key(&id))
            };
            if let Some(name) = client.holds().keys().find(|name| !is_booked(name)) {
                return Err(format!("client {id} believes to hold {name}"));
            }
        }
        Ok(())
    })
}

/// Nobody is in the server's books who has no session: neither as a holder nor in a queue.
pub fn nothing_dead<S: Clerk>() -> Property<System<S>> {
    Property::always("nothing dead", |view: &View<System<S>>| {
        let Some(server) = server(view) else { return Ok(()) };
        for (name, semaphore) in server.semaphores() {
            let mut booked = semaphore.holders.keys().chain(&semaphore.waiters);
            if let Some(ghost) = booked.find(|client| !server.knows(**client)) {
                return Err(format!(
                    "client {ghost} has no session, and is in the books of {name}"
                ));
            }
        }
        Ok(())
    })
}

/// Nobody waits for himself.
pub fn no_cycle<S: Clerk>() -> Property<System<S>> {
    Property::always("no cycle", |view: &View<System<S>>| {
        let Some(server) = server(view) else { return Ok(()) };
        let waits_for = |client| {
            let waiting = |semaphore: &&Semaphore| semaphore.waiters.contains(&client);
            let semaphores = server.semaphores().values().filter(waiting);
            semaphores.flat_map(|semaphore| semaphore.ahead_of(client)).collect()
        };
        match ProcessId::all(view.alive.len() as u32).find_map(|client| cycle(client, waits_for)) {
            Some(cycle) => Err(format!("clients {} wait for each other", joined(&cycle, " -> "))),
            None => Ok(()),
        }
    })
}

/// Who waits is granted once the holders have released, or are dead. The detail says who waits for
/// whom.
pub fn liveness<S: Clerk>() -> Property<System<S>> {
    Property::eventually("liveness", |view: &View<System<S>>| {
        let Some(server) = server(view) else { return Ok(()) };
        let semaphores = server.semaphores().iter();
        let in_demand = semaphores.filter(|(_, semaphore)| !semaphore.waiters.is_empty());
        let owed: Vec<String> = in_demand
            .map(|(name, semaphore)| {
                let waiters: Vec<ProcessId> = semaphore.waiters.iter().copied().collect();
                let holders: Vec<ProcessId> = semaphore.holders.keys().copied().collect();
                let (waiters, holders) = (joined(&waiters, ", "), joined(&holders, ", "));
                format!("{name}: waited for by {waiters}, held by {holders}")
            })
            .collect();
        if owed.is_empty() { Ok(()) } else { Err(owed.join("; ")) }
    })
}

/// Some state has somebody who waits: a run without it proves little.
pub fn contention<S: Clerk>() -> Property<System<S>> {
    Property::sometimes("contention", |view: &View<System<S>>| {
        let is_in_demand = |semaphore: &Semaphore| !semaphore.waiters.is_empty();
        server(view).is_some_and(|server| server.semaphores().values().any(is_in_demand))
    })
}

/// Some state has a client that believes to hold what it does not, because it was expired and has
/// not heard of it: what fencing tokens are for. No server can rule it out.
pub fn stale_belief<S: Clerk>() -> Property<System<S>> {
    Property::sometimes("stale belief", |view: &View<System<S>>| {
        let believes = |(id, client): (ProcessId, &Client)| {
            !client.holds().is_empty() && server(view).is_some_and(|server| !server.knows(id))
        };
        clients(view).any(believes)
    })
}

/// The server, if it lives.
fn server<'a, S: Clerk>(view: &View<'a, System<S>>) -> Option<&'a S> {
    view.living().find_map(|(_, process)| match process {
        Either::First(server) => Some(server),
        Either::Second(_) => None,
    })
}

/// The clients that live.
fn clients<'a, S: Clerk>(
    view: &View<'a, System<S>>,
) -> impl Iterator<Item = (ProcessId, &'a Client)> {
    view.living().filter_map(|(id, process)| match process {
        Either::First(_) => None,
        Either::Second(client) => Some((id, client)),
    })
}

fn joined(clients: &[ProcessId], sign: &str) -> String {
    let names: Vec<String> = clients.iter().map(ToString::to_string).collect();
    if names.is_empty() { "nobody".to_string() } else { names.join(sign) }
}
