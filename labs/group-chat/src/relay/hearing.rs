//! What must be true of every history: who hears what, from one end to the other.

use alloc::{
    collections::{BTreeMap, VecDeque},
    format,
    string::{String, ToString},
};
use core::time::Duration;

use protocol::{Effect, EffectOf, Either, Input, InputOf, Link, Monitor, ProcessId, Violation};

use crate::relay::{Exchange, Message, Request, Response, System, client};

/// Everybody who is there hears what all others say from when it came: each piece once, whole, and
/// in the order in which the pieces came to the relay. Before that it hears what the relay
/// remembers, and it never hears anything else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Hearing {
    /// What each client that is there is still to hear, in order.
    due: BTreeMap<ProcessId, VecDeque<Response>>,
    violation: Option<Violation>,
}

impl Hearing {
    /// The relay is given something: from now on, that is due.
    fn on_relay<R: Exchange>(&mut self, relay: &R, input: &InputOf<System<R>>) {
        match input {
            Input::Link { peer, link: Link::Up { .. } } => {
                self.due.insert(*peer, relay.history().clone());
            }
            Input::Link { peer, link: Link::Down } => drop(self.due.remove(peer)),
            Input::Message { from, message: Message::Request(Request::Say(text)) } => {
                let Some(speaker) = relay.clients().get(from) else { return };
                let text = text.as_str().into();
                let piece = Response::Relayed { from: speaker.clone(), text };
                for (_, due) in self.due.iter_mut().filter(|(client, _)| *client != from) {
                    due.push_back(piece.clone());
                }
            }
            _ => {}
        }
    }

    fn on_heard(&mut self, client: ProcessId, heard: &Response) {
        let next = self.due.get_mut(&client).and_then(VecDeque::pop_front);
        if next.as_ref() != Some(heard) {
            let next = next.as_ref().map_or("nothing".into(), shown);
            let detail = format!("client {client} hears {}, where {next} is due", shown(heard));
            self.violation.get_or_insert(Violation::new("hearing", detail));
        }
    }
}

impl<R: Exchange> Monitor<System<R>> for Hearing {
    fn on_input(
        &mut self,
        _now: Duration,
        at: ProcessId,
        process: &System<R>,
        input: &InputOf<System<R>>,
    ) {
        match (process, input) {
            (Either::First(relay), _) => self.on_relay(relay, input),
            (Either::Second(_), Input::Link { link: Link::Down, .. }) => drop(self.due.remove(&at)),
            (Either::Second(_), _) => {}
        }
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<System<R>>) {
        if let Effect::Emit(Either::Second(client::Event::Heard(heard))) = effect
            && let Response::Relayed { .. } = heard
        {
            self.on_heard(by, heard);
        }
    }

    fn on_crash(&mut self, _now: Duration, who: ProcessId) {
        self.due.remove(&who);
    }

    fn violation(&self) -> Option<Violation> {
        self.violation.clone()
    }

    fn violation_at_rest(&self) -> Option<Violation> {
        let missing = |(client, due): (&ProcessId, &VecDeque<Response>)| {
            Some(format!("client {client} never hears {}", shown(due.front()?)))
        };
        let detail = self.due.iter().find_map(missing)?;
        Some(Violation::new("hearing", detail))
    }
}

fn shown(response: &Response) -> String {
    Message::Response(response.clone()).to_string()
}
