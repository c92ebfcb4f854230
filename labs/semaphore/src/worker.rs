//! What clients do in an experiment.

use alloc::{
    collections::VecDeque,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::time::Duration;

use protocol::{Application, Delay, Either, Plan, Process, ProcessId};
use serde::{Deserialize, Serialize};

use crate::{Client, Event, Message, Name, Refusal, Request, Response, SERVER};

/// What the clients of an experiment do: go through a list of requests, and again.
///
/// ```
/// use protocol::ProcessId;
/// use semaphore::Workload;
///
/// let workload = Workload::new(1, &["ACQUIRE a, ACQUIRE b, RELEASE b, RELEASE a", "TRY b"])?;
/// assert_eq!(workload.hello(ProcessId(2)).to_string(), "HELLO c2 FENCED");
/// assert!(Workload::new(1, &["ACQUIRE"]).is_err());
/// assert!(Workload::new(1, &["HELLO alice"]).is_err());
/// # Ok::<(), semaphore::Refusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// How often each client goes through its list.
    pub rounds: u32,
    /// How long a client does something else before it begins a round.
    pub think: Delay,
    /// How long it stays where it is before each other request.
    pub hold: Delay,
    /// The lists. Client 1 has the first one, and they are dealt out in turn.
    pub lists: Vec<List>,
}

/// Requests, one after the other. As text, they are lines of the wire with commas between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct List(pub Vec<Request>);

impl Workload {
    /// Clients that are as often in each other's way as can be.
    ///
    /// # Errors
    /// When a list is none.
    pub fn new(rounds: u32, lists: &[&str]) -> Result<Self, Refusal> {
        let lists = lists.iter().map(|text| text.to_string().try_into());
        let hold = Delay::Uniform { min: Duration::ZERO, max: Duration::from_millis(10) };
        Ok(Self { rounds, think: Delay::NONE, hold, lists: lists.collect::<Result<_, _>>()? })
    }

    /// How a client introduces itself.
    ///
    /// # Panics
    /// Never: a letter and a number are a name.
    pub fn hello(&self, client: ProcessId) -> Request {
        let name = Name::new(format!("c{client}")).expect("a letter and a number are a name");
        Request::Hello { name, fenced: true }
    }

    /// The application of a process: of a client that does this, or of the server, which does
    /// nothing by itself.
    pub fn worker(&self, of: ProcessId) -> Worker {
        let turn = of.index().saturating_sub(1);
        let list = self.lists.iter().cycle().nth(turn);
        Worker {
            list: list.map(|list| list.0.clone()).unwrap_or_default(),
            think: self.think,
            hold: self.hold,
            rounds_left: if of == SERVER { 0 } else { self.rounds },
            is_connected: false,
            rest: VecDeque::new(),
            expects: None,
            is_waiting: false,
            held: Vec::new(),
        }
    }
}

/// The application of one client, at work.
///
/// Whatever does not go as planned ends the round: it releases what it holds, and begins the next
/// one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Worker {
    list: Vec<Request>,
    think: Delay,
    hold: Delay,
    rounds_left: u32,
    is_connected: bool,
    /// What is still to be asked in this round.
    rest: VecDeque<Request>,
    /// What it has asked for last, until that is answered for good.
    expects: Option<Request>,
    /// Whether the answer so far is to wait.
    is_waiting: bool,
    /// What it has been granted and not released.
    held: Vec<Name>,
}

impl Worker {
    /// Asks for the next thing, if it is its turn.
    fn go_on(&mut self, plan: &mut Plan<Request>) {
        if self.expects.is_some() || !self.is_connected {
            return;
        }
        let (delay, request) = if let Some(request) = self.rest.pop_front() {
            (self.hold, request)
        } else if let Some(semaphore) = self.held.last().cloned() {
            (self.hold, Request::Release { semaphore })
        } else if self.rounds_left > 0 {
            self.rounds_left -= 1;
            self.rest.extend(self.list.iter().cloned());
            let Some(first) = self.rest.pop_front() else { return };
            (self.think, first)
        } else {
            return;
        };
        self.expects = Some(request.clone());
        plan.ask(delay, request);
    }

    fn on_response(&mut self, response: &Response) {
        match response {
            Response::Acquired { semaphore, .. } => self.held.push(semaphore.clone()),
            Response::Released { semaphore } => self.held.retain(|held| held != semaphore),
            // That it is expired; the link goes down next.
            Response::Refused(refusal) if !refusal.code.is_an_answer() => return,
            Response::Refused(_) | Response::TimedOut { .. } => {
                self.rest.clear();
                if let Some(Request::Release { semaphore }) = &self.expects {
                    self.held.retain(|held| held != semaphore); // It was not ours.
                }
            }
            Response::Wait { .. } => {
                self.is_waiting = true;
                return;
            }
            Response::Announced { .. } | Response::Account(_) => return,
            // Of a heartbeat, which nobody here has asked for.
            Response::Pong if self.expects != Some(Request::Ping) => return,
            Response::Status { .. } | Response::Pong => {}
        }
        (self.expects, self.is_waiting) = (None, false);
    }

    /// All is lost. What was asked for and not told to the server yet is still to come.
    fn on_disconnect(&mut self, unanswered: &[Request]) {
        self.is_connected = false;
        self.rest.clear();
        self.held.clear();
        let is_lost = self.expects.as_ref().is_some_and(|request| unanswered.contains(request));
        if is_lost || self.is_waiting {
            (self.expects, self.is_waiting) = (None, false);
        }
    }
}

impl<S: Process<Message = Message>> Application<Either<S, Client>> for Worker {
    fn on_start(&mut self, _plan: &mut Plan<Either<S::Command, Request>>) {}

    fn on_event(
        &mut self,
        event: &Either<S::Event, Event>,
        plan: &mut Plan<Either<S::Command, Request>>,
    ) {
        match event {
            Either::First(_) => return,
            Either::Second(Event::Connected) => self.is_connected = true,
            Either::Second(Event::Answered(response) | Event::Told(response)) => {
                self.on_response(response);
            }
            Either::Second(Event::Disconnected { unanswered, .. }) => {
                self.on_disconnect(unanswered);
            }
            Either::Second(Event::NotSent(_)) => self.expects = None,
        }
        self.go_on(&mut Plan::new(&mut |after, request| plan.ask(after, Either::Second(request))));
    }

    /// Who is cut off has nothing to do.
    fn is_done(&self) -> bool {
        let is_idle = self.expects.is_none() && self.rest.is_empty() && self.held.is_empty();
        !self.is_connected || (self.rounds_left == 0 && is_idle)
    }
}

impl TryFrom<String> for List {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        let requests = text.split(',').map(str::parse).collect::<Result<Vec<_>, _>>()?;
        if requests.iter().any(|request| matches!(request, Request::Hello { .. })) {
            return Err(Refusal::usage(&text, "it without HELLO, with which every link begins"));
        }
        Ok(Self(requests))
    }
}

impl From<List> for String {
    fn from(list: List) -> Self {
        let lines: Vec<String> = list.0.iter().map(ToString::to_string).collect();
        lines.join(", ")
    }
}
