//! A client: it sends what its application says, and tells what it hears.

use alloc::{format, string::String};
use core::fmt;

use protocol::{Effects, Link, Never, Process, ProcessId};
use serde::{Deserialize, Serialize};

use crate::relay::{LONGEST_PIECE, Message, Request, Response, printed};

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client {
    relay: ProcessId,
    is_linked: bool,
}

/// What a client tells its application.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Event {
    /// It is there.
    Connected,
    /// The relay has said this.
    Heard(Response),
    /// It is not there. What it has sent last may be lost.
    Disconnected,
    /// It is not there, and so has not sent this.
    NotSent(Request),
    /// It has not sent that: no relay would pass on as much at once.
    TooLong,
}

impl Client {
    /// A client of that relay, to which it is not linked yet.
    pub fn new(relay: ProcessId) -> Self {
        Self { relay, is_linked: false }
    }
}

impl Process for Client {
    type Command = Request;
    type Message = Message;
    type Event = Event;
    type Timer = Never;

    const REJOINS: bool = true;

    fn on_command(&mut self, request: Request, fx: &mut Effects<Self>) {
        if matches!(&request, Request::Say(text) if text.len() > LONGEST_PIECE) {
            fx.emit(Event::TooLong);
        } else if self.is_linked {
            fx.send(self.relay, Message::Request(request));
        } else {
            fx.emit(Event::NotSent(request));
        }
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        match message {
            Message::Response(response) if from == self.relay => fx.emit(Event::Heard(response)),
            _ => fx.reject(from, "not a response of the relay"),
        }
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, fx: &mut Effects<Self>) {
        if peer != self.relay {
            return;
        }
        self.is_linked = matches!(link, Link::Up { .. });
        fx.emit(if self.is_linked { Event::Connected } else { Event::Disconnected });
    }
}

impl Event {
    /// The line that the course's client prints.
    ///
    /// ```
    /// use group_chat::relay::{Response, Speaker, client::Event};
    ///
    /// assert_eq!(Event::Connected.printed(), "Connected.");
    /// let from = Speaker::At("127.0.0.1:47036".parse().unwrap());
    /// let heard = Event::Heard(Response::Relayed { from, text: "hello\n".into() });
    /// assert_eq!(heard.printed(), "[('127.0.0.1', 47036)] hello");
    /// ```
    pub fn printed(&self) -> String {
        match self {
            Self::Connected => "Connected.".into(),
            Self::Heard(response) => printed(&Message::Response(response.clone())),
            Self::Disconnected => "Disconnected.".into(),
            Self::NotSent(request) => {
                let lost = printed(&Message::Request(request.clone()));
                format!("Not connected, and so not sent: {lost}")
            }
            Self::TooLong => {
                format!("Not sent: that is longer than {LONGEST_PIECE} bytes, say it in parts")
            }
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "prints {}", self.printed())
    }
}
