//! What the tests share: a process that says what it is told to and tells what it hears, and a
//! cable that can be cut.

use std::{
    cell::RefCell,
    fmt::{self, Debug},
    io,
    net::{SocketAddr, TcpListener},
    rc::Rc,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use network::{Config, Dial, DialConfig, Hub, HubConfig, Mesh, Networked, Notice, Text, Timing};
use protocol::{Effect, EffectOf, Effects, Fate, InputOf, Link, Monitor, Process, ProcessId};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional},
    net::TcpStream,
    task::{AbortHandle, LocalSet, spawn_local},
    time::timeout,
};
use tracing::{
    Dispatch, Level, Metadata, Subscriber,
    field::Field,
    span::{Attributes, Id, Record},
    subscriber::{DefaultGuard, set_default},
};
use wire::text::{Codec, Complaint};

pub(crate) use crate::stranger::{Stranger, hello};

pub(crate) const ZERO: ProcessId = ProcessId(0);
pub(crate) const ONE: ProcessId = ProcessId(1);
pub(crate) const TWO: ProcessId = ProcessId(2);

/// Runs a test on a thread of its own. A test that hangs is ended; no other time counts.
pub(crate) fn run<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let guarded = async { timeout(Duration::from_secs(30), test).await.expect("the test hangs") };
    LocalSet::new().block_on(&runtime, guarded)
}

/// The same, and time passes by itself when nothing else is left to do. Others had better be in the
/// same thread.
pub(crate) fn run_by_a_paused_clock<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test)
}

/// Does what it is told and tells what it is done. What begins with "for two: " it passes on to
/// [`TWO`], and what begins with "for both: " to whoever says it, and then to [`TWO`].
/// `REJOINS`: whether it may come back.
#[derive(Default)]
pub(crate) struct Parrot<const REJOINS: bool> {
    /// Shared with a test that wants to know when this is gone.
    #[expect(dead_code, reason = "it is held, never read")]
    pub(crate) token: Rc<()>,
}

#[derive(Clone, Debug)]
pub(crate) enum Command {
    Say(ProcessId, String),
    /// So many times, in one step.
    Repeat(ProcessId, String, usize),
    Close(ProcessId),
    Reject(ProcessId),
    SetTimer(char, Duration),
    CancelTimer(char),
    Panic,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    Heard(ProcessId, String),
    Up(ProcessId, u64),
    Down(ProcessId),
    Rang(char, Duration),
}

impl<const REJOINS: bool> Process for Parrot<REJOINS> {
    type Command = Command;
    type Message = String;
    type Event = Event;
    type Timer = char;

    const REJOINS: bool = REJOINS;

    fn on_command(&mut self, command: Command, fx: &mut Effects<Self>) {
        match command {
            Command::Say(to, text) => fx.send(to, text),
            Command::Repeat(to, text, times) => (0..times).for_each(|_| fx.send(to, text.clone())),
            Command::Close(peer) => fx.close(peer),
            Command::Reject(peer) => fx.reject(peer, "it snores"),
            Command::SetTimer(timer, after) => fx.set_timer(timer, after),
            Command::CancelTimer(timer) => fx.cancel_timer(timer),
            Command::Panic => panic!("as commanded"),
        }
    }

    fn on_message(&mut self, from: ProcessId, text: String, fx: &mut Effects<Self>) {
        assert_ne!(text, "panic", "as told by {from}");
        if text.starts_with("for two: ") {
            return fx.send(TWO, text);
        }
        if text.starts_with("for both: ") {
            return [from, TWO].into_iter().for_each(|to| fx.send(to, text.clone()));
        }
        fx.emit(Event::Heard(from, text));
    }

    fn on_timer(&mut self, timer: char, fx: &mut Effects<Self>) {
        fx.emit(Event::Rang(timer, fx.now()));
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, fx: &mut Effects<Self>) {
        fx.emit(match link {
            Link::Up { incarnation, .. } => Event::Up(peer, incarnation),
            Link::Down => Event::Down(peer),
        });
    }
}

/// What most tests use.
pub(crate) type Node = Mesh<Parrot<false>>;

/// Listeners for `size` processes, and their addresses.
pub(crate) fn seats<const SIZE: usize>() -> ([TcpListener; SIZE], Vec<SocketAddr>) {
    let listeners = std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let addresses = listeners.iter().map(|seat: &TcpListener| seat.local_addr().unwrap());
    let addresses = addresses.collect();
    (listeners, addresses)
}

/// What makes the process `me` of the system with these addresses, impatient as tests are.
pub(crate) fn config(me: ProcessId, addresses: &[SocketAddr]) -> Config {
    let mut config = Config::new("test", me, addresses.to_vec());
    config.incarnation = 1;
    config.timing = Timing {
        first_retry: Duration::from_millis(1),
        last_retry: Duration::from_millis(5),
        ..Timing::default()
    };
    config
}

pub(crate) fn start<const REJOINS: bool>(
    listener: TcpListener,
    config: Config,
) -> Mesh<Parrot<REJOINS>> {
    Mesh::start(listener, config, Parrot::default(), Box::new(())).unwrap()
}

/// Two nodes whose link is up on both sides.
pub(crate) async fn pair() -> (Node, Node) {
    let ([seat_0, seat_1], addresses) = seats();
    let mut zero = start(seat_0, config(ZERO, &addresses));
    let mut one = start(seat_1, config(ONE, &addresses));
    up(&mut zero, ONE).await;
    up(&mut one, ZERO).await;
    (zero, one)
}

/// What has notices: a node, however it came together with others.
pub(crate) trait Told {
    type Event: PartialEq;

    async fn notice(&mut self) -> Notice<Self::Event>;
}

impl<P: Networked<Event: PartialEq>> Told for Mesh<P> {
    type Event = P::Event;

    async fn notice(&mut self) -> Notice<P::Event> {
        self.next().await
    }
}

impl<P: Networked<Event: PartialEq>> Told for Hub<P> {
    type Event = P::Event;

    async fn notice(&mut self) -> Notice<P::Event> {
        self.next().await
    }
}

impl<P: Networked<Event: PartialEq>> Told for Dial<P> {
    type Event = P::Event;

    async fn notice(&mut self) -> Notice<P::Event> {
        self.next().await
    }
}

/// Waits for the notice in which `find` finds something.
pub(crate) async fn until<T: Told, R>(
    node: &mut T,
    mut find: impl FnMut(Notice<T::Event>) -> Option<R>,
) -> R {
    loop {
        if let Some(found) = find(node.notice().await) {
            return found;
        }
    }
}

/// Waits for the link to `peer`; its incarnation.
pub(crate) async fn up(node: &mut impl Told<Event = Event>, peer: ProcessId) -> u64 {
    until(node, |notice| match notice {
        Notice::Event(Event::Up(who, incarnation)) if who == peer => Some(incarnation),
        _ => None,
    })
    .await
}

/// Waits for the end of the link to `peer`, as the process sees it.
pub(crate) async fn down(node: &mut impl Told<Event = Event>, peer: ProcessId) {
    until(node, |notice| (notice == Notice::Event(Event::Down(peer))).then_some(())).await;
}

/// Waits for a message; its text.
pub(crate) async fn heard(node: &mut impl Told<Event = Event>) -> String {
    heard_from(node).await.1
}

/// Waits for a message; who said it, and its text.
pub(crate) async fn heard_from(node: &mut impl Told<Event = Event>) -> (ProcessId, String) {
    until(node, |notice| match notice {
        Notice::Event(Event::Heard(from, text)) => Some((from, text)),
        _ => None,
    })
    .await
}

/// Waits until somebody is turned away; why.
pub(crate) async fn refused(node: &mut impl Told) -> String {
    until(node, |notice| match notice {
        Notice::Refused { why, .. } => Some(why),
        _ => None,
    })
    .await
}

/// Waits until a peer turns this one away; why, and whether it had proved who it is.
pub(crate) async fn refused_by(node: &mut impl Told) -> (ProcessId, String, bool) {
    until(node, |notice| match notice {
        Notice::RefusedBy { peer, why, proven } => Some((peer, why, proven)),
        _ => None,
    })
    .await
}

/// Waits until a link is given up; why.
pub(crate) async fn cut(node: &mut impl Told) -> String {
    until(node, |notice| match notice {
        Notice::Cut { why, .. } => Some(why),
        _ => None,
    })
    .await
}

pub(crate) fn say(to: ProcessId, text: impl Into<String>) -> Command {
    Command::Say(to, text.into())
}

/// A hub on a port of its own, impatient as tests are, but for what is changed.
pub(crate) fn hub(change: impl FnOnce(&mut HubConfig<String>)) -> (TestHub, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let mut config = HubConfig::new("test", Some(Text::lines(Shout)));
    config.incarnation = 1;
    change(&mut config);
    (Hub::start(listener, config, Parrot::default(), Box::new(())).unwrap(), addr)
}

pub(crate) type TestHub = Hub<Parrot<false>>;

/// A client of it, but for what is changed.
pub(crate) fn dial(addr: SocketAddr, change: impl FnOnce(&mut DialConfig)) -> TestDial {
    let mut config = DialConfig::new("test", addr);
    config.timing.first_retry = Duration::from_millis(1);
    config.timing.last_retry = Duration::from_millis(5);
    change(&mut config);
    Dial::start(config, Parrot::default(), Box::new(())).unwrap()
}

pub(crate) type TestDial = Dial<Parrot<false>>;

/// Text is what it is, a line each; the empty one means nothing.
pub(crate) struct Shout;

impl Codec for Shout {
    type Message = String;

    fn decode(&self, text: &str) -> Result<String, Complaint> {
        if text.is_empty() {
            return Err(Complaint::new("EMPTY", "a line has something to say"));
        }
        Ok(text.to_owned())
    }

    fn encode(&self, text: &String, out: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(out, "{text}")
    }
}

/// Somebody with a terminal.
pub(crate) struct Person {
    pub(crate) stream: BufReader<TcpStream>,
}

impl Person {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        Self { stream: BufReader::new(TcpStream::connect(addr).await.unwrap()) }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.stream.get_ref().local_addr().unwrap()
    }

    pub(crate) async fn send(&mut self, text: impl AsRef<[u8]>) {
        self.stream.write_all(text.as_ref()).await.unwrap();
    }

    /// The next line, with its line feed; empty at the end.
    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).await.unwrap();
        line
    }
}

/// What it saw, in order; "cut" for a message that was lost over a link that was down.
#[derive(Clone, Default)]
pub(crate) struct Witness(pub(crate) Rc<RefCell<Vec<String>>>);

impl<const REJOINS: bool> Monitor<Parrot<REJOINS>> for Witness {
    fn on_input(
        &mut self,
        _: Duration,
        at: ProcessId,
        _: &Parrot<REJOINS>,
        input: &InputOf<Parrot<REJOINS>>,
    ) {
        self.0.borrow_mut().push(format!("{at} < {input:?}"));
    }

    fn on_effect(&mut self, _: Duration, by: ProcessId, effect: &EffectOf<Parrot<REJOINS>>) {
        if let Effect::Send { .. } | Effect::Emit(_) = effect {
            self.0.borrow_mut().push(format!("{by} > {effect:?}"));
        }
    }

    fn on_fate(&mut self, _: Duration, _: ProcessId, _: ProcessId, text: &String, fate: Fate) {
        self.0.borrow_mut().push(format!("{text}: {fate}"));
    }
}

/// What goes over a link that is up, written down a second time: it must not change by accident.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Packet {
    Refused { why: String },
    Message(String),
    Heartbeat,
    Farewell { tally: u64 },
}

/// The warnings that are logged.
#[derive(Clone, Default)]
pub(crate) struct Warnings(Arc<Mutex<Vec<String>>>);

/// With one subscriber alone, tracing asks the thread that comes first whether anybody listens,
/// which may be that of another test. So there are two more.
static OTHERS: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [(); 2].map(|()| Dispatch::new(Warnings::default())));

impl Warnings {
    /// Those of this thread, until the guard is gone.
    pub(crate) fn listen() -> (Self, DefaultGuard) {
        LazyLock::force(&OTHERS);
        let warnings = Self::default();
        let guard = set_default(warnings.clone());
        (warnings, guard)
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata) -> bool {
        *metadata.level() == Level::WARN
    }

    fn event(&self, event: &tracing::Event) {
        let mut line = String::new();
        event.record(&mut |field: &Field, value: &dyn Debug| {
            line += &format!("{field}: {value:?} ");
        });
        self.0.lock().unwrap().push(line);
    }

    fn new_span(&self, _: &Attributes) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// A cable between whoever dials its address and `to`, that can be cut.
pub(crate) struct Cable {
    pub(crate) addr: SocketAddr,
    connections: Rc<RefCell<Vec<AbortHandle>>>,
}

impl Cable {
    pub(crate) async fn lay(to: SocketAddr) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let connections = Rc::new(RefCell::new(Vec::new()));
        let accepted = Rc::clone(&connections);
        spawn_local(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let relay = spawn_local(async move {
                    let mut far = TcpStream::connect(to).await.unwrap();
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                });
                accepted.borrow_mut().push(relay.abort_handle());
            }
        });
        Ok(Self { addr, connections })
    }

    /// Breaks every connection that goes through it. The next one passes.
    pub(crate) fn cut(&self) {
        self.connections.borrow_mut().drain(..).for_each(|connection| connection.abort());
    }
}
