//! The server: it owns the semaphores.
//!
//! A request is answered at once, if only by "wait". Whatever frees a permit, be it a release or
//! a death, ends in [`Server::serve`], which grants it to whoever has waited longest.

use alloc::{
    collections::{BTreeMap, btree_map::Entry},
    vec::Vec,
};
use core::time::Duration;

use protocol::{Effects, Link, Never, Process, ProcessId};

use crate::{
    Clerk, MOST_SHOWN, Message, Name, Patience, Refusal, Request, Response, Semaphore, ServerEvent,
    ServerTimer, Session, Sessions, Settings, Tokens, cycle,
};

/// The server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    settings: Settings,
    /// Those that are left. All are larger than any that was given before, in any life.
    tokens: Tokens,
    sessions: Sessions,
    /// Those that are configured, and those that are in use. Who holds one or waits has a session,
    /// and has it among its stakes.
    semaphores: BTreeMap<Name, Semaphore>,
}

impl Server {
    /// A server to whom nobody is linked. Its `tokens` must be those of a larger epoch than all of
    /// its former lives had, or they don't grow.
    pub fn new(settings: Settings, tokens: Tokens) -> Self {
        let configured = settings.permits.iter();
        let semaphores =
            configured.map(|(name, &n)| (name.clone(), Semaphore::of(n.get()))).collect();
        Self { settings, tokens, sessions: Sessions::default(), semaphores }
    }

    fn on_request(
        &mut self,
        from: ProcessId,
        request: Request,
        fx: &mut Effects<Self>,
    ) -> Result<(), Refusal> {
        match request {
            Request::Hello { name, fenced } => self.sessions.introduce(from, name, fenced)?,
            Request::Acquire { semaphore, timeout_ms } => {
                let patience = timeout_ms.map_or(Patience::Endless, Patience::Ms);
                self.acquire(from, semaphore, patience, fx)?;
            }
            Request::Try { semaphore } => self.acquire(from, semaphore, Patience::None, fx)?,
            Request::Release { semaphore } => self.release(from, &semaphore, fx)?,
            Request::Status => self.tell_status(from, fx),
            Request::Ping => say(from, Response::Pong, fx),
        }
        Ok(())
    }

    /// P: a permit if one is free, or the last place in the queue.
    fn acquire(
        &mut self,
        from: ProcessId,
        name: Name,
        patience: Patience,
        fx: &mut Effects<Self>,
    ) -> Result<(), Refusal> {
        let most = self.settings.most_waiters;
        let semaphore = self.admit(from, &name)?;
        if semaphore.is_free() {
            return self.grant(from, &name, fx);
        }
        if patience == Patience::None {
            return Err(Refusal::busy(&name));
        }
        if semaphore.waiters.len() >= most {
            return Err(Refusal::too_many_waiters(&name, most));
        }
        semaphore.waiters.push_back(from);
        self.sessions.stake(from, &name);
        if let Some(cycle) = self.deadlock(from) {
            self.give_up(from, &name);
            return Err(Refusal::deadlock(&self.sessions.names(cycle)));
        }
        if let Patience::Ms(ms) = patience {
            let timer = ServerTimer::Patience { client: from, semaphore: name.clone() };
            fx.set_timer(timer, Duration::from_millis(ms.into()));
        }
        say(from, Response::Wait { semaphore: name }, fx);
        Ok(())
    }

    /// The semaphore, if this client may have it or wait for it.
    fn admit(&mut self, from: ProcessId, name: &Name) -> Result<&mut Semaphore, Refusal> {
        if self.sessions.name(from).is_none() {
            return Err(Refusal::hello_first());
        }
        let most = self.settings.most_semaphores;
        if self.semaphores.len() >= most && !self.semaphores.contains_key(name) {
            return Err(Refusal::too_many_semaphores(most));
        }
        let permits = self.settings.permits_of(name);
        let semaphore = self.semaphores.entry(name.clone());
        let semaphore = semaphore.or_insert_with(|| Semaphore::of(permits));
        if semaphore.holders.contains_key(&from) {
            return Err(Refusal::held(name));
        }
        if semaphore.waiters.contains(&from) {
            return Err(Refusal::waiting(name));
        }
        Ok(semaphore)
    }

    /// V: gives the permit back, for whoever is next.
    fn release(
        &mut self,
        from: ProcessId,
        name: &Name,
        fx: &mut Effects<Self>,
    ) -> Result<(), Refusal> {
        let semaphore = self.semaphores.get_mut(name);
        if semaphore.and_then(|semaphore| semaphore.holders.remove(&from)).is_none() {
            return Err(Refusal::not_held(name));
        }
        self.sessions.unstake(from, name);
        say(from, Response::Released { semaphore: name.clone() }, fx);
        if self.settings.announces {
            self.announce(from, name, fx);
        }
        self.serve(name, fx);
        Ok(())
    }

    /// Tells everybody else of a release.
    fn announce(&self, from: ProcessId, semaphore: &Name, fx: &mut Effects<Self>) {
        let Some(Session { name: Some(client), addr, .. }) = self.sessions.get(from) else {
            return;
        };
        let (client, addr, semaphore) = (client.clone(), *addr, semaphore.clone());
        let response = Response::Announced { client, addr, semaphore };
        let others: Vec<ProcessId> = self.sessions.others(from).collect();
        fx.send_all(&others, Message::Response(response));
    }

    /// Grants what is free to who has waited longest, and forgets what nobody needs.
    fn serve(&mut self, name: &Name, fx: &mut Effects<Self>) {
        while let Some(semaphore) = self.semaphores.get_mut(name)
            && semaphore.is_free()
            && let Some(next) = semaphore.waiters.pop_front()
        {
            fx.cancel_timer(ServerTimer::Patience { client: next, semaphore: name.clone() });
            if let Err(refusal) = self.grant(next, name, fx) {
                self.sessions.unstake(next, name);
                say(next, Response::Refused(refusal), fx);
                self.watch(next, fx);
            }
        }
        self.forget_if_unused(name);
    }

    /// Gives a free permit to a client that is in no queue for it, unless it can't be numbered.
    fn grant(
        &mut self,
        client: ProcessId,
        name: &Name,
        fx: &mut Effects<Self>,
    ) -> Result<(), Refusal> {
        let Some(semaphore) = self.semaphores.get_mut(name) else { return Ok(()) };
        let mut token = None;
        if semaphore.permits == 1 {
            token = self.tokens.next();
            if token.is_none() {
                self.forget_if_unused(name);
                return Err(Refusal::no_tokens(name));
            }
        }
        semaphore.holders.insert(client, token);
        self.sessions.stake(client, name);
        let is_fenced = self.sessions.get(client).is_some_and(|session| session.is_fenced);
        let token = token.filter(|_| is_fenced);
        say(client, Response::Acquired { semaphore: name.clone(), token }, fx);
        Ok(())
    }

    fn forget_if_unused(&mut self, name: &Name) {
        if let Entry::Occupied(semaphore) = self.semaphores.entry(name.clone())
            && !semaphore.get().is_in_use()
            && !self.settings.permits.contains_key(name)
        {
            semaphore.remove();
        }
    }

    /// The session of a client is over, and with it all that it held or waited for.
    fn end(&mut self, client: ProcessId, fx: &mut Effects<Self>) {
        let Some(session) = self.sessions.end(client) else { return };
        fx.cancel_timer(ServerTimer::Session(client));
        for name in session.stakes {
            fx.cancel_timer(ServerTimer::Patience { client, semaphore: name.clone() });
            self.give_up(client, &name);
            if let Some(semaphore) = self.semaphores.get_mut(&name) {
                semaphore.holders.remove(&client);
            }
            self.serve(&name, fx);
        }
    }

    /// A client waits no more.
    fn give_up(&mut self, client: ProcessId, name: &Name) {
        if let Some(semaphore) = self.semaphores.get_mut(name) {
            semaphore.waiters.retain(|&waiter| waiter != client);
        }
        self.sessions.unstake(client, name);
    }

    /// A circle of clients who wait for each other, if one has closed now that this client has
    /// begun to wait.
    fn deadlock(&self, client: ProcessId) -> Option<Vec<ProcessId>> {
        // Nobody waits for a client that holds nothing and is the last in the only queue it is in.
        self.sessions.stakes(client).nth(1)?;
        // Who stands in a long queue is told of once, not once for each who stands behind him.
        let mut looked_at = BTreeMap::new();
        cycle(client, |client| self.waits_for(client, &mut looked_at))
    }

    /// Everybody for whom a client waits, wherever it does, but for those at the front of a queue
    /// that was `looked_at` so far.
    fn waits_for<'a>(
        &'a self,
        client: ProcessId,
        looked_at: &mut BTreeMap<&'a Name, usize>,
    ) -> Vec<ProcessId> {
        let mut waited_for = Vec::new();
        for name in self.sessions.stakes(client) {
            let Some(semaphore) = self.semaphores.get(name) else { continue };
            let so_far = looked_at.entry(name).or_default();
            let before = waited_for.len();
            waited_for.extend(semaphore.ahead_of(client).skip(*so_far));
            *so_far += waited_for.len() - before;
        }
        waited_for
    }

    /// A client has said nothing for too long, and has something that others may wait for.
    fn expire(&mut self, client: ProcessId, fx: &mut Effects<Self>) {
        // There is one: without it, no timer runs out.
        let timeout = self.settings.session_timeout.unwrap_or_default();
        let silent_ms = timeout.as_millis().try_into().unwrap_or(u64::MAX);
        say(client, Response::Refused(Refusal::expired(silent_ms)), fx);
        fx.close(client);
        if let Some(Session { name: Some(name), addr, .. }) = self.sessions.get(client) {
            fx.emit(ServerEvent::Expired { client: name.clone(), addr: *addr, silent_ms });
        }
        self.end(client, fx);
    }

    fn tell_status(&self, to: ProcessId, fx: &mut Effects<Self>) {
        for (name, semaphore) in self.semaphores.iter().take(MOST_SHOWN) {
            say(to, Response::Account(self.sessions.account(name, semaphore)), fx);
        }
        say(to, Response::Status { semaphores: self.semaphores.len() as u32 }, fx);
    }

    /// Whoever has something to lose must be heard from now and then.
    fn watch(&self, client: ProcessId, fx: &mut Effects<Self>) {
        let Some(timeout) = self.settings.session_timeout else { return };
        match self.sessions.stakes(client).next() {
            Some(_) => fx.set_timer(ServerTimer::Session(client), timeout),
            None => fx.cancel_timer(ServerTimer::Session(client)),
        }
    }
}

impl Process for Server {
    type Command = Never;
    type Message = Message;
    type Event = ServerEvent;
    type Timer = ServerTimer;

    const REJOINS: bool = true;

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        let Message::Request(request) = message else {
            return fx.reject(from, "a response, which only the server gives");
        };
        if self.sessions.get(from).is_none() {
            return; // It was under way when we hung up.
        }
        if let Err(refusal) = self.on_request(from, request, fx) {
            say(from, Response::Refused(refusal), fx);
        }
        self.watch(from, fx);
    }

    fn on_timer(&mut self, timer: ServerTimer, fx: &mut Effects<Self>) {
        match timer {
            ServerTimer::Patience { client, semaphore } => {
                self.give_up(client, &semaphore);
                say(client, Response::TimedOut { semaphore }, fx);
                self.watch(client, fx);
            }
            ServerTimer::Session(client) => self.expire(client, fx),
        }
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, fx: &mut Effects<Self>) {
        match link {
            Link::Up { addr, .. } => self.sessions.begin(peer, addr),
            Link::Down => self.end(peer, fx),
        }
    }
}

impl Clerk for Server {
    fn semaphores(&self) -> &BTreeMap<Name, Semaphore> {
        &self.semaphores
    }

    fn knows(&self, client: ProcessId) -> bool {
        self.sessions.get(client).is_some()
    }
}

fn say(to: ProcessId, response: Response, fx: &mut Effects<Server>) {
    fx.send(to, Message::Response(response));
}
