//! What must be true of every state of a relay and its clients, whichever relay it is.

use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    format,
};

use protocol::{Either, Process, ProcessId, Property, View};

use crate::relay::{Client, Message, Response, Speaker};

/// What a relay shows of itself, to whoever judges it.
pub trait Exchange: Process<Message = Message> {
    /// Who is there, and what the others know it as.
    fn clients(&self) -> &BTreeMap<ProcessId, Speaker>;

    /// What whoever comes is told, in order.
    fn history(&self) -> &VecDeque<Response>;
}

/// The relay, as process 0, and its clients.
pub type System<R> = Either<R, Client>;

/// The relay, in a system of it and its clients.
pub const SERVER: ProcessId = ProcessId(0);

/// No two clients have one name.
pub fn names<R: Exchange>() -> Property<System<R>> {
    Property::always("names", |view: &View<System<R>>| {
        let Some(relay) = relay(view) else { return Ok(()) };
        let mut known = BTreeSet::new();
        for (client, speaker) in relay.clients() {
            if let Speaker::Named(name) = speaker
                && !known.insert(name)
            {
                return Err(format!("client {client} is called {name}, and so is another"));
            }
        }
        Ok(())
    })
}

/// Some state has two who could hear each other: a run without it proves little.
pub fn company<R: Exchange>() -> Property<System<R>> {
    Property::sometimes("company", |view: &View<System<R>>| {
        relay(view).is_some_and(|relay| relay.clients().len() >= 2)
    })
}

/// The relay, if it lives.
fn relay<'a, R: Exchange>(view: &View<'a, System<R>>) -> Option<&'a R> {
    view.living().find_map(|(_, process)| match process {
        Either::First(relay) => Some(relay),
        Either::Second(_) => None,
    })
}
