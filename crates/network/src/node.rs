//! The node: what all tasks share, and the turns in which they use it.
//!
//! A *turn* is what one task does to the [`Core`] without a pause: hear what a read has brought,
//! fire a timer, give a command. At its end, whatever the process has said leaves; only after a
//! command it waits until the application does, which often has another.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io,
    net::SocketAddr,
    ops::Deref,
    panic::resume_unwind,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::BytesMut;
use protocol::{Input, Monitor, Process, ProcessId};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    net::TcpStream,
    select,
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;
use tracing::debug;
use wire::hello::{Hello, Party};

use crate::{
    config::{HUB, Settings},
    connection::Connection,
    core::Core,
    greeting::{GreetingError, Partner},
    inbox::Inbox,
    news::Reason,
    notice::Notice,
    peer::{AdmissionError, Peer},
    plain::Text,
    pulse, timers,
};

/// A process that the network can drive: its messages can be written and read.
pub trait Networked: Process<Message: Serialize + DeserializeOwned> + 'static {}

impl<P: Process<Message: Serialize + DeserializeOwned> + 'static> Networked for P {}

/// A handle to the node; all clones are the same node.
pub(crate) struct Node<P: Process>(Rc<Shared<P>>);

/// What the tasks of a node share.
pub(crate) struct Shared<P: Process> {
    pub(crate) settings: Rc<Settings>,
    /// Ends all that is not a connection.
    closing: CancellationToken,
    tasks: RefCell<JoinSet<()>>,
    /// Where the next read goes, whoever reads. Never borrowed while a task waits.
    pub(crate) room: RefCell<BytesMut>,
    /// Never borrowed while a task waits.
    pub(crate) core: RefCell<Core<P>>,
}

impl<P: Process> Clone for Node<P> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<P: Process> Deref for Node<P> {
    type Target = Shared<P>;

    fn deref(&self) -> &Shared<P> {
        &self.0
    }
}

impl<P: Networked> Node<P> {
    /// Starts the process. Its connections are up to the caller.
    pub(crate) fn start(
        settings: Settings,
        peers: BTreeMap<ProcessId, Peer>,
        text: Option<Text<P::Message>>,
        process: P,
        monitor: Box<dyn Monitor<P>>,
    ) -> Self {
        let settings = Rc::new(settings);
        let core = Core::new(Rc::clone(&settings), peers, text.map(Rc::new), process, monitor);
        let node = Self(Rc::new(Shared {
            settings,
            closing: CancellationToken::new(),
            tasks: RefCell::new(JoinSet::new()),
            room: RefCell::new(BytesMut::new()),
            core: RefCell::new(core),
        }));
        node.turn(|core| core.step(Input::Start));
        node.spawn_service(timers::fire(node.clone()));
        node.spawn_service(pulse::beat(node.clone()));
        node
    }

    /// Has `task` run beside the others, as long as the node lives.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.tasks.borrow_mut().spawn_local(task);
    }

    /// The same, for a task that has nothing to finish when the node is closed.
    pub(crate) fn spawn_service(&self, service: impl Future<Output = ()> + 'static) {
        let node = self.clone();
        self.spawn(async move {
            node.unless_closing(service).await;
        });
    }

    /// What `work` comes to, unless the node is closed before: then it is left as it is, and
    /// does not touch the node again.
    pub(crate) async fn unless_closing<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        select! {
            biased;
            () = self.closing.cancelled() => None,
            result = work => Some(result),
        }
    }

    fn turn<R>(&self, work: impl FnOnce(&mut Core<P>) -> R) -> R {
        let mut core = self.core.borrow_mut();
        let result = work(&mut core);
        core.shell.flush();
        result
    }

    pub(crate) fn command(&self, command: P::Command) {
        let mut core = self.core.borrow_mut();
        core.step(Input::Command(command));
        core.shell.flush_soon();
    }

    pub(crate) fn farewell(&self, tally: u64) {
        self.turn(|core| core.farewell(tally));
    }

    pub(crate) fn beat(&self) {
        self.turn(Core::beat);
    }

    /// Gives the process the timer that is due, if there is one.
    pub(crate) fn fire(&self) {
        self.turn(|core| {
            let now = core.shell.now();
            if let Some(timer) = core.shell.timers.take_due(now) {
                core.step(Input::Timer(timer));
            }
        });
    }

    pub(crate) fn up(
        &self,
        party: Party,
        incarnation: u64,
        stream: TcpStream,
        addr: SocketAddr,
        inbox: Inbox,
    ) -> Connection {
        self.turn(|core| core.up(party, incarnation, stream, addr, inbox))
    }

    pub(crate) fn hear(&self, from: ProcessId, number: u64, inbox: &mut Inbox) {
        self.turn(|core| core.hear(from, number, inbox));
    }

    pub(crate) fn hear_rest(&self, from: ProcessId, number: u64, inbox: &mut Inbox) {
        self.turn(|core| core.hear_rest(from, number, inbox));
    }

    /// A connection has come to its end, unless the node ended it before.
    pub(crate) fn lost(&self, from: ProcessId, number: u64, end: &io::Result<()>) {
        self.turn(|core| {
            if core.shell.link(from, number).is_some() {
                debug!(peer = %from, ?end, "the connection has ended");
                match end {
                    // Who has said all may still listen.
                    Ok(()) => core.shell.close(from),
                    Err(_) => core.shell.fall(from),
                }
                core.settle();
            }
        });
    }

    /// Writes what is left over, if that link is still up.
    pub(crate) fn flush(&self, to: ProcessId, number: u64) {
        if let Some(link) = self.core.borrow_mut().shell.link(to, number) {
            link.flush();
        }
    }

    /// How clients are understood that speak text, if they are.
    pub(crate) fn text(&self) -> Option<Rc<Text<P::Message>>> {
        self.core.borrow().shell.text.clone()
    }

    /// Where a peer is.
    pub(crate) fn addr(&self, peer: ProcessId) -> SocketAddr {
        self.core.borrow().shell.peers[&peer].addr
    }

    /// Whether whoever has proved to be `hello.from` may come in.
    pub(crate) fn may_enter(&self, hello: &Hello) -> Result<(), AdmissionError> {
        let shell = &self.core.borrow().shell;
        let admit = |peer, rejoins| shell.peers[&peer].admit(peer, hello.incarnation, rejoins);
        match hello.from {
            Party::Process(peer) => admit(peer, P::REJOINS),
            Party::Server => admit(HUB, true),
            Party::Client => shell.has_room(),
        }
    }

    /// Whether a client that has no name for itself may come in.
    pub(crate) fn has_room(&self) -> Result<(), AdmissionError> {
        self.core.borrow().shell.has_room()
    }

    /// A connection became no link.
    pub(crate) fn greeting_failed(
        &self,
        partner: Partner,
        addr: SocketAddr,
        error: &GreetingError,
    ) {
        let shell = &mut self.core.borrow_mut().shell;
        let why = error.to_string();
        let (peer, reason) = match partner {
            Partner::Stranger => (None, Reason::Stranger(addr.ip(), error.kind())),
            Partner::Seat(peer) => (Some(peer), Reason::Seat(peer, why.clone())),
            Partner::Peer(peer) => (Some(peer), Reason::Peer(peer, why.clone())),
        };
        match (error, partner) {
            (GreetingError::Broken(_), Partner::Seat(peer) | Partner::Peer(peer)) => {
                shell.not_reached(peer, why);
            }
            (GreetingError::Broken(_), _) => debug!(?partner, %addr, "{why}"),
            (GreetingError::RefusedBy(_), Partner::Seat(peer)) => {
                shell.refused_by(peer, why, false);
            }
            (GreetingError::RefusedBy(_), Partner::Peer(peer)) => {
                shell.refused_by(peer, why, true);
            }
            (GreetingError::RefusedBy(_), Partner::Stranger) => {
                shell.news.log(reason, &format!("{addr}, a stranger, turned us away: {why}"));
            }
            _ => {
                if shell.news.log(reason, &format!("turned {addr} away: {why}")) {
                    shell.notices.push(Notice::Refused { peer, addr, why });
                }
            }
        }
    }

    /// We dialled a peer, and nobody was there.
    pub(crate) fn not_reached(&self, peer: ProcessId, why: String) {
        self.core.borrow_mut().shell.not_reached(peer, why);
    }

    /// Nobody can connect at the moment.
    pub(crate) fn cannot_accept(&self, error: &io::Error) {
        let line = format!("can't accept connections at the moment: {error}");
        self.core.borrow_mut().shell.news.log(Reason::Listener(error.kind()), &line);
    }

    pub(crate) fn now(&self) -> Duration {
        self.core.borrow().shell.now()
    }

    /// The next notice. If a handler of the process has panicked in one of the tasks, that
    /// panic goes on here.
    pub(crate) fn poll_notice(&self, context: &mut Context) -> Poll<Notice<P::Event>> {
        while let Poll::Ready(Some(ended)) = self.tasks.borrow_mut().poll_join_next(context) {
            pass_on_panic(ended);
        }
        self.core.borrow_mut().shell.notices.poll(context)
    }

    /// Hangs up, politely, and waits for all tasks to end.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        for peer in self.core.borrow_mut().shell.peers.values_mut() {
            if let Some(link) = peer.take_link() {
                link.end();
            }
        }
        let mut tasks = self.tasks.take();
        while let Some(ended) = tasks.join_next().await {
            pass_on_panic(ended);
        }
    }

    /// Hangs up, at once.
    fn abort(&self) {
        self.tasks.borrow_mut().abort_all();
    }
}

/// What the application holds of a node. To drop it ends the node at once.
pub(crate) struct Running<P: Networked>(pub(crate) Node<P>);

impl<P: Networked> Deref for Running<P> {
    type Target = Node<P>;

    fn deref(&self) -> &Node<P> {
        &self.0
    }
}

impl<P: Networked> Drop for Running<P> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn pass_on_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        resume_unwind(error.into_panic());
    }
}
