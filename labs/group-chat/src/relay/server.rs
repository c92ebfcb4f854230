//! The relay: it knows who is there, and passes on what they say.

use alloc::{
    collections::{BTreeMap, VecDeque},
    format,
    string::String,
    sync::Arc,
    vec::Vec,
};
use core::{fmt, net::SocketAddr};

use protocol::{Effects, Link, Never, Process, ProcessId};
use serde::{Deserialize, Serialize};

use crate::relay::{
    Exchange, LONGEST_PIECE, Message, Request, Response, Settings, Speaker, is_name, printed,
};

/// The relay.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relay {
    settings: Settings,
    /// Everybody who is linked. No two have one name.
    clients: BTreeMap<ProcessId, Speaker>,
    /// What was said last, as it was passed on. No more pieces than the settings say, and no more
    /// than [`LONGEST_HISTORY`].
    history: VecDeque<Response>,
}

/// What the relay tells whoever runs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Event {
    /// Somebody is here.
    Connected(SocketAddr),
    /// Somebody has said something for all others.
    Said {
        /// Who.
        from: Speaker,
        /// What, as it came.
        text: Arc<str>,
    },
}

/// How much is remembered, in bytes of what was said. Whoever comes is told all of it at once, which
/// must be far less than may wait for a client.
const LONGEST_HISTORY: usize = 128 << 10;

/// How many are named to a client that asks who is here: no more than a person reads.
const MOST_NAMED: usize = 20;

impl Relay {
    /// A relay to which nobody is linked.
    pub fn new(settings: Settings) -> Self {
        Self { settings, clients: BTreeMap::new(), history: VecDeque::new() }
    }

    /// Passes a piece on to all others, as it came.
    fn on_say(&mut self, client: ProcessId, from: Speaker, text: &str, fx: &mut Effects<Self>) {
        if text.strip_suffix('\n').unwrap_or(text).contains('\n') {
            return fx.reject(client, "a line feed in the middle of a piece: it ends a line");
        }
        if text.len() > LONGEST_PIECE {
            return fx.reject(client, "a piece that is too long to be passed on");
        }
        let text = Arc::<str>::from(text);
        let response = Response::Relayed { from: from.clone(), text: text.clone() };
        let mut others: Vec<ProcessId> = self.clients.keys().copied().collect();
        others.retain(|&other| other != client);
        fx.send_all(&others, Message::Response(response.clone()));
        fx.emit(Event::Said { from, text });
        self.remember(response);
    }

    /// What was said first is forgotten first.
    fn remember(&mut self, response: Response) {
        self.history.push_back(response);
        let mut bytes: usize = self.history.iter().map(length).sum();
        while self.history.len() > self.settings.history || bytes > LONGEST_HISTORY {
            bytes -= self.history.pop_front().as_ref().map_or(0, length);
        }
    }

    /// A client may take another name later. The one that it had is free then.
    fn on_name(&mut self, client: ProcessId, name: String, fx: &mut Effects<Self>) {
        if !is_name(&name) {
            return fx.reject(client, "a name that is none");
        }
        let speaker = Speaker::Named(name.as_str().into());
        let is_taken = self.clients.iter().any(|(&id, other)| id != client && *other == speaker);
        if is_taken {
            return answer(client, Response::Taken(name), fx);
        }
        self.clients.insert(client, speaker);
        answer(client, Response::Named(name), fx);
    }

    /// However many there are, the answer is bounded.
    fn on_who(&self, client: ProcessId, fx: &mut Effects<Self>) {
        let speakers: Vec<Speaker> = self.clients.values().take(MOST_NAMED).cloned().collect();
        let more = (self.clients.len() - speakers.len()) as u32;
        answer(client, Response::Present { speakers, more }, fx);
    }

    /// Whoever comes is told what was said last, if anything is remembered.
    fn on_up(&mut self, client: ProcessId, addr: SocketAddr, fx: &mut Effects<Self>) {
        self.clients.insert(client, Speaker::At(addr));
        fx.emit(Event::Connected(addr));
        for response in &self.history {
            answer(client, response.clone(), fx);
        }
    }
}

/// How much was said, in bytes.
fn length(response: &Response) -> usize {
    if let Response::Relayed { text, .. } = response { text.len() } else { 0 }
}

fn answer(client: ProcessId, response: Response, fx: &mut Effects<Relay>) {
    fx.send(client, Message::Response(response));
}

impl Process for Relay {
    type Command = Never;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    const REJOINS: bool = true;

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        let Some(speaker) = self.clients.get(&from).cloned() else {
            return fx.reject(from, "a message from somebody who is not linked");
        };
        match message {
            Message::Request(Request::Say(text)) => self.on_say(from, speaker, &text, fx),
            Message::Request(Request::Name(name)) => self.on_name(from, name, fx),
            Message::Request(Request::Who) => self.on_who(from, fx),
            Message::Response(_) => fx.reject(from, "a response, which only the relay gives"),
        }
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, fx: &mut Effects<Self>) {
        match link {
            Link::Up { addr, .. } => self.on_up(peer, addr, fx),
            Link::Down => drop(self.clients.remove(&peer)),
        }
    }
}

impl Exchange for Relay {
    fn clients(&self) -> &BTreeMap<ProcessId, Speaker> {
        &self.clients
    }

    fn history(&self) -> &VecDeque<Response> {
        &self.history
    }
}

impl Event {
    /// The line that the course's server prints.
    ///
    /// ```
    /// use group_chat::relay::{Speaker, server::Event};
    ///
    /// let addr = "127.0.0.1:47036".parse().unwrap();
    /// let connected = Event::Connected(addr).printed();
    /// assert_eq!(connected, "[NEW] ('127.0.0.1', 47036) connected.");
    /// let said = Event::Said { from: Speaker::At(addr), text: "hello\n".into() }.printed();
    /// assert_eq!(said, "[('127.0.0.1', 47036)] hello");
    /// ```
    pub fn printed(&self) -> String {
        match self {
            Self::Connected(addr) => format!("[NEW] {} connected.", Speaker::At(*addr)),
            Self::Said { from, text } => {
                let (from, text) = (from.clone(), text.clone());
                printed(&Message::Response(Response::Relayed { from, text }))
            }
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "prints {}", self.printed())
    }
}
