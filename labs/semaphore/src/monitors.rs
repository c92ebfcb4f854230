//! What must be true of every history: what the server says, watched from outside.

use alloc::{
    collections::{BTreeMap, VecDeque},
    format,
};
use core::time::Duration;

use protocol::{Effect, EffectOf, Either, Input, InputOf, Link, Monitor, ProcessId, Violation};

use crate::{Clerk, Code, Message, Name, Response, System, Token};

/// Permits are granted in the order in which waiting began, and never past somebody who waits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct FirstComeFirstServed {
    /// Who was told to wait, and has neither been granted, nor given up, nor gone since.
    queues: BTreeMap<Name, VecDeque<ProcessId>>,
    violation: Option<Violation>,
}

impl FirstComeFirstServed {
    fn on_grant(&mut self, to: ProcessId, semaphore: &Name) {
        let Some(queue) = self.queues.get_mut(semaphore) else { return };
        if let Some(next) = queue.pop_front().filter(|next| *next != to) {
            let detail = format!("{semaphore} is granted to client {to}, before client {next}");
            self.violation.get_or_insert(Violation::new("first come first served", detail));
        }
        self.forget_empty();
    }

    fn on_departure(&mut self, client: ProcessId, from: Option<&Name>) {
        for (_, queue) in self.queues.iter_mut().filter(|(name, _)| from.is_none_or(|f| f == *name))
        {
            queue.retain(|waiter| *waiter != client);
        }
        self.forget_empty();
    }

    /// What remembers nothing must be like what has seen nothing.
    fn forget_empty(&mut self) {
        self.queues.retain(|_, queue| !queue.is_empty());
    }
}

impl<S: Clerk> Monitor<System<S>> for FirstComeFirstServed {
    fn on_input(
        &mut self,
        _now: Duration,
        _at: ProcessId,
        process: &System<S>,
        input: &InputOf<System<S>>,
    ) {
        if let (Either::First(_), Input::Link { peer, link: Link::Down }) = (process, input) {
            self.on_departure(*peer, None);
        }
    }

    fn on_effect(&mut self, _now: Duration, _by: ProcessId, effect: &EffectOf<System<S>>) {
        let Effect::Send { to, message: Message::Response(response) } = effect else { return };
        match response {
            Response::Wait { semaphore } => {
                self.queues.entry(semaphore.clone()).or_default().push_back(*to);
            }
            Response::Acquired { semaphore, .. } => self.on_grant(*to, semaphore),
            Response::TimedOut { semaphore } => self.on_departure(*to, Some(semaphore)),
            Response::Refused(refusal) if refusal.code == Code::Expired => {
                self.on_departure(*to, None);
            }
            _ => {}
        }
    }

    fn on_crash(&mut self, _now: Duration, who: ProcessId) {
        if who == SERVER {
            self.queues.clear();
        }
    }

    fn violation(&self) -> Option<Violation> {
        self.violation.clone()
    }
}

/// Of each semaphore, every token is larger than all before it, whichever life of the server it is
/// from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct GrowingTokens {
    largest: BTreeMap<Name, Token>,
    violation: Option<Violation>,
}

impl<S: Clerk> Monitor<System<S>> for GrowingTokens {
    fn on_effect(&mut self, _now: Duration, _by: ProcessId, effect: &EffectOf<System<S>>) {
        if let Effect::Send { message: Message::Response(response), .. } = effect
            && let Response::Acquired { semaphore, token: Some(token) } = response
            && let Some(before) = self.largest.insert(semaphore.clone(), *token)
            && before >= *token
        {
            let detail = format!("{semaphore} is granted with token {token}, after {before}");
            self.violation.get_or_insert(Violation::new("tokens grow", detail));
        }
    }

    fn violation(&self) -> Option<Violation> {
        self.violation.clone()
    }
}

/// The server, in a system of it and its clients.
pub const SERVER: ProcessId = ProcessId(0);
