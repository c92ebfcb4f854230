//! The node: what all tasks share, and the turns in which they use it.
//!
//! A *turn* is what one task does to the [`Core`] without a pause: hear what a read has brought,
//! fire a timer, give a command. At its end, whatever the process has said leaves. After a command
//! it waits until the application does, which often has another; when a read has brought much, until
//! all of it is heard, or the turn of somebody else has ended; and where many talk with a hub at
//! once, until all who have spoken are heard.

use std::{
    cell::{Cell, RefCell},
    io,
    net::SocketAddr,
    ops::{
        ControlFlow::{self, Continue},
        Deref,
    },
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
    sync::Notify,
    task::{JoinError, JoinSet, yield_now},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::debug;
use wire::hello::Party;

use crate::{
    config::Settings, connection::Connection, core::Core, inbox::Inbox, notice::Notice,
    peer::Peers, plain::Text, pulse, timers,
};

/// How long somebody pauses who says much text, after each read that is full of it.
const PACE: Duration = Duration::from_millis(1);

/// How long guests who say much wait for somebody who takes nothing: systems show late that he does.
const PATIENCE: Duration = Duration::from_secs(1);

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
    /// Where the next read goes, whoever reads, unless somebody reads into it.
    pub(crate) room: Cell<BytesMut>,
    /// Never borrowed while a task waits.
    pub(crate) core: RefCell<Core<P>>,
    /// Whether whoever was heard last had a part in the turn before.
    pub(crate) is_dialogue: Cell<bool>,
    /// Whether a peer has been heard since this was last asked.
    pub(crate) has_heard: Cell<bool>,
    /// Tells whoever waits for it that a peer has been heard: once, until `has_heard` is asked.
    pub(crate) heard: Notify,
    /// Tells whoever waits for it that somebody has taken some of what waited for him.
    relieved: Notify,
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
        peers: Peers,
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
            room: Cell::new(BytesMut::new()),
            core: RefCell::new(core),
            is_dialogue: Cell::new(false),
            has_heard: Cell::new(false),
            heard: Notify::new(),
            relieved: Notify::new(),
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

    /// Hears what has been read, or some of it: then it is a break. Whoever is in a dialogue with a
    /// hub has his answer at once; a hub's other answers leave together, once all who have spoken too
    /// have had their turns.
    pub(crate) fn hear(&self, from: ProcessId, number: u64, inbox: &mut Inbox) -> ControlFlow<()> {
        let mut core = self.core.borrow_mut();
        core.hear(from, number, inbox)?;
        let is_dialogue = core.shell.end_turn(from);
        if is_dialogue || !self.settings.has_guests() {
            core.shell.flush();
        }
        self.is_dialogue.set(is_dialogue);
        if !self.has_heard.replace(true) {
            self.heard.notify_one();
        }
        Continue(())
    }

    pub(crate) fn hear_rest(&self, from: ProcessId, number: u64, inbox: &mut Inbox) {
        self.turn(|core| core.hear_rest(from, number, inbox));
    }

    /// Writes what was said in all turns since the last flush.
    pub(crate) fn flush_all(&self) {
        self.turn(|_| ());
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
        self.relieved.notify_waiters();
    }

    /// Whoever says much lets the others have their turn, and more than that when it is text: nobody
    /// types so much, and others may have to read it before what they wait for. A guest also waits
    /// for those who can't take it as fast, or they would be cut for what he says. Who takes nothing
    /// at all does not hold him up for long, and nobody after him.
    pub(crate) async fn ease(&self, is_text: bool) {
        if is_text {
            sleep(PACE).await;
        } else {
            yield_now().await;
        }
        let relieved = async {
            while self.core.borrow_mut().shell.is_anybody_behind() {
                self.relieved.notified().await;
            }
        };
        if timeout(PATIENCE, relieved).await.is_err() {
            self.core.borrow_mut().shell.wait_no_longer();
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
