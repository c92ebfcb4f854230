//! A client: it asks, and keeps in mind what it believes that it holds.
//!
//! It believes what it was told last. That may be out of date: when the server has expired it, it
//! holds nothing any more, and learns so only when the news, or the end of the link, gets through.

use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec::Vec,
};
use core::{fmt, mem, time::Duration};

use protocol::{Effects, Link, Process, ProcessId};

use crate::{Code, HeartbeatTimer, Message, Name, Refusal, Request, Response, Token};

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client {
    server: ProcessId,
    /// The `HELLO` with which every link begins, once there is one.
    hello: Option<Request>,
    /// How often to say that it lives, while it has something to lose.
    heartbeat: Option<Duration>,
    is_linked: bool,
    /// What was asked and not answered yet, in order. Empty while not linked.
    unanswered: VecDeque<Request>,
    /// What it waits for. Empty while not linked.
    waits: BTreeSet<Name>,
    /// What it believes that it holds, with the tokens that it was told. Empty while not linked.
    holds: BTreeMap<Name, Option<Token>>,
}

/// What a client tells its application.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The server can be asked.
    Connected,
    /// The server has answered what was asked first.
    Answered(Response),
    /// The server has said this by itself: that a wait is over, or what others do.
    Told(Response),
    /// The server can't be asked. What was held and waited for is lost.
    Disconnected {
        /// What it believed to hold until now.
        held: Vec<Name>,
        /// What it had asked and will have no answer to.
        unanswered: Vec<Request>,
    },
    /// The server can't be asked, and so was not asked this.
    NotSent(Request),
}

impl Client {
    /// A client of that server. It begins with this `hello`, or else is to be told to say one.
    ///
    /// If the server has a session timeout, a client without a shorter `heartbeat` is expired when
    /// it holds something and says nothing for that long.
    pub fn new(server: ProcessId, hello: Option<Request>, heartbeat: Option<Duration>) -> Self {
        let (unanswered, waits, holds) = Default::default();
        Self { server, hello, heartbeat, is_linked: false, unanswered, waits, holds }
    }

    /// What it believes that it holds.
    pub fn holds(&self) -> &BTreeMap<Name, Option<Token>> {
        &self.holds
    }

    /// What it waits for.
    pub fn waits(&self) -> &BTreeSet<Name> {
        &self.waits
    }

    /// Whether it has said a name, and nobody has said that it is taken.
    pub fn has_name(&self) -> bool {
        self.hello.is_some()
    }

    fn ask(&mut self, request: Request, fx: &mut Effects<Self>) {
        match &request {
            Request::Hello { .. } => self.hello = Some(request.clone()),
            // Whoever says that it goes is out already.
            Request::Release { semaphore } => drop(self.holds.remove(semaphore)),
            _ => {}
        }
        if !self.is_linked {
            return fx.emit(Event::NotSent(request));
        }
        // A `HELLO` is accepted in silence.
        if !matches!(request, Request::Hello { .. }) {
            self.unanswered.push_back(request.clone());
        }
        fx.send(self.server, Message::Request(request));
        if let Some(heartbeat) = self.heartbeat {
            fx.set_timer(HeartbeatTimer, heartbeat);
        }
    }

    fn on_response(&mut self, response: Response, fx: &mut Effects<Self>) {
        let ends_a_wait = response.ended_wait().is_some_and(|it| self.waits.remove(&it));
        let is_news = match &response {
            Response::Announced { .. } | Response::Account(_) => true,
            Response::Refused(refusal) => ends_a_wait || !refusal.code.is_an_answer(),
            _ => ends_a_wait,
        };
        if !is_news && !self.is_answer(&response) {
            return fx.reject(self.server, "a response to what was not asked");
        }
        match &response {
            Response::Acquired { semaphore, token } => {
                // Whoever has said meanwhile that it goes does not come in.
                let release = Request::Release { semaphore: semaphore.clone() };
                if !self.unanswered.contains(&release) {
                    self.holds.insert(semaphore.clone(), *token);
                }
            }
            Response::Wait { semaphore } => drop(self.waits.insert(semaphore.clone())),
            Response::Refused(Refusal { code: Code::NameTaken, .. }) => self.hello = None,
            _ => {}
        }
        fx.emit(if is_news { Event::Told(response) } else { Event::Answered(response) });
    }

    /// Whether it answers what was asked first, which is answered then.
    fn is_answer(&mut self, response: &Response) -> bool {
        let Some(request) = self.unanswered.front() else { return false };
        let is_answer = match (request, response) {
            (Request::Acquire { semaphore: asked, .. }, Response::Wait { semaphore })
            | (
                Request::Acquire { semaphore: asked, .. } | Request::Try { semaphore: asked },
                Response::Acquired { semaphore, .. },
            )
            | (Request::Release { semaphore: asked }, Response::Released { semaphore }) => {
                asked == semaphore
            }
            (Request::Status, Response::Status { .. })
            | (Request::Ping, Response::Pong)
            | (_, Response::Refused(_)) => true,
            _ => false,
        };
        if is_answer {
            self.unanswered.pop_front();
        }
        is_answer
    }

    /// All that depends on the link is lost with it.
    fn lose_link(&mut self, fx: &mut Effects<Self>) {
        if !mem::take(&mut self.is_linked) {
            return;
        }
        self.waits.clear();
        fx.cancel_timer(HeartbeatTimer);
        let held = mem::take(&mut self.holds).into_keys().collect();
        let unanswered = mem::take(&mut self.unanswered).into();
        fx.emit(Event::Disconnected { held, unanswered });
    }

    /// Whether it would lose anything if it were taken for dead.
    fn has_a_stake(&self) -> bool {
        let may_get_one = self.unanswered.iter().any(|request| *request != Request::Ping);
        !(self.holds.is_empty() && self.waits.is_empty()) || may_get_one
    }
}

impl Process for Client {
    type Command = Request;
    type Message = Message;
    type Event = Event;
    type Timer = HeartbeatTimer;

    const REJOINS: bool = true;

    fn on_command(&mut self, request: Request, fx: &mut Effects<Self>) {
        self.ask(request, fx);
    }

    fn on_message(&mut self, from: ProcessId, message: Message, fx: &mut Effects<Self>) {
        match message {
            Message::Response(response) if from == self.server => self.on_response(response, fx),
            _ => fx.reject(from, "not a response of the server"),
        }
    }

    /// A server that has not answered the last heartbeat by the time of the next is out of reach:
    /// what it does not hear, it can't count.
    fn on_timer(&mut self, HeartbeatTimer: HeartbeatTimer, fx: &mut Effects<Self>) {
        if self.unanswered.contains(&Request::Ping) {
            fx.close(self.server);
            self.lose_link(fx);
        } else if self.has_a_stake() {
            self.ask(Request::Ping, fx);
        }
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, fx: &mut Effects<Self>) {
        if peer != self.server {
            return;
        }
        match link {
            Link::Up { .. } => {
                self.is_linked = true;
                if let Some(hello) = &self.hello {
                    fx.send(self.server, Message::Request(hello.clone()));
                }
                fx.emit(Event::Connected);
            }
            Link::Down => self.lose_link(fx),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("is connected"),
            Self::Answered(response) | Self::Told(response) => write!(f, "hears {response}"),
            Self::Disconnected { .. } => f.write_str("is disconnected"),
            Self::NotSent(request) => write!(f, "can't ask: {request}"),
        }
    }
}
