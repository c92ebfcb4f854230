//! What must be true of every state of a server and its clients, whichever server it is.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
};

use protocol::{Either, Process, ProcessId, Property, View};

use crate::{Client, Job, JobId, Message, Ranking};

/// What a server shows of itself, to whoever judges it.
pub trait Dispatcher: Process<Message = Message> {
    /// Who is there.
    fn ranking(&self) -> &Ranking;

    /// The unfinished jobs.
    fn jobs(&self) -> &BTreeMap<JobId, Job>;
}

/// The server, as process 0, and its clients.
pub type System<S> = Either<S, Client>;

/// Those that every server must have.
pub fn properties<S: Dispatcher>() -> [Property<System<S>>; 3] {
    [nothing_dead(), loads(), liveness()]
}

/// Nobody is in the server's books who has left: neither as one who runs a job, nor as one who
/// waits for it.
pub fn nothing_dead<S: Dispatcher>() -> Property<System<S>> {
    Property::always("nothing dead", |view: &View<System<S>>| {
        let Some(server) = server(view) else { return Ok(()) };
        for (id, job) in server.jobs() {
            let mut booked = [job.executor].into_iter().chain(job.sender);
            if let Some(ghost) = booked.find(|client| server.ranking().get(*client).is_none()) {
                return Err(format!("client {ghost} has left, and is in the books of job {id}"));
            }
        }
        Ok(())
    })
}

/// What each client has to run by the server's books is what the jobs say, so that loads are true;
/// and so is what it waits for.
pub fn loads<S: Dispatcher>() -> Property<System<S>> {
    Property::always("loads", |view: &View<System<S>>| {
        let Some(server) = server(view) else { return Ok(()) };
        let those = |is_its: &dyn Fn(&Job) -> bool| -> BTreeSet<JobId> {
            server.jobs().iter().filter(|(_, job)| is_its(job)).map(|(id, _)| *id).collect()
        };
        for member in server.ranking().members() {
            let client = member.client;
            let runs = those(&|job| job.executor == client);
            let asked = those(&|job| job.sender == Some(client));
            for (what, booked, count) in
                [("to run", &member.runs, &runs), ("to wait for", &member.asked, &asked)]
            {
                if booked != count {
                    let (booked, count) = (booked.len(), count.len());
                    return Err(format!(
                        "client {client} has {count} jobs {what}, and {booked} in the books"
                    ));
                }
            }
        }
        Ok(())
    })
}

/// Every command of a client that is linked is answered.
pub fn liveness<S: Dispatcher>() -> Property<System<S>> {
    Property::eventually("liveness", |view: &View<System<S>>| {
        let waiting = clients(view).find(|(_, client)| client.unanswered() > 0);
        let Some((id, _)) = waiting else { return Ok(()) };
        Err(format!("client {id} waits for an answer"))
    })
}

/// Some state has a job that was handed on: a run without it proves little.
pub fn handed_on<S: Dispatcher>() -> Property<System<S>> {
    some_job("handed on", |job| job.tries > 1)
}

/// Some state has a job that is run for nobody.
pub fn orphaned<S: Dispatcher>() -> Property<System<S>> {
    some_job("orphaned", |job| job.sender.is_none())
}

fn some_job<S: Dispatcher>(name: &'static str, is_one: fn(&Job) -> bool) -> Property<System<S>> {
    Property::sometimes(name, move |view: &View<System<S>>| {
        server(view).is_some_and(|server| server.jobs().values().any(is_one))
    })
}

/// The server, if it lives.
fn server<'a, S: Dispatcher>(view: &View<'a, System<S>>) -> Option<&'a S> {
    view.living().find_map(|(_, process)| match process {
        Either::First(server) => Some(server),
        Either::Second(_) => None,
    })
}

/// The clients that live.
fn clients<'a, S: Dispatcher>(
    view: &View<'a, System<S>>,
) -> impl Iterator<Item = (ProcessId, &'a Client)> {
    view.living().filter_map(|(id, process)| match process {
        Either::First(_) => None,
        Either::Second(client) => Some((id, client)),
    })
}
