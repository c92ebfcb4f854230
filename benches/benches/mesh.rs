//! How many entries a second three processes get through that exclude each other over TCP.
//!
//! Ricart–Agrawala on the mesh, each site in an operating-system process of its own. What an
//! entry waits for is the kernel: it takes a frame from one process, wakes another, and hands it
//! over. Nobody gets round that, so the limit is the same exchange between programs that do
//! nothing else: blocking sockets, a frame as long as ours, no protocol, no algorithm.
//!
//! | row         | who wants in            | an entry of ours                  | the limit          |
//! |-------------|-------------------------|-----------------------------------|--------------------|
//! | uncontended | site 0, again and again | asks both others, and both answer | a frame to both, and back from both |
//! | contended   | all, all the time       | whoever leaves lets the next in   | a token that goes round, a hop an entry |
//!
//! The second limit is out of reach. A hop of the token is one write and wakes one process; who
//! leaves has two others to tell and to ask, so that an entry is two writes, and wakes both.
//!
//! criterion tells the entries per second. The ratios come from rounds of their own, in which
//! the limit and ours take turns: what else the machine does meets both.

use std::{
    cell::Cell,
    io::{self, BufRead, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    rc::Rc,
    time::Duration,
};

use benches::{Helper, Race, Worker, end_with_our_starter, give_up_after, over_sockets, role};
use mutual_exclusion::{Command, Event};
use network::{Config, Mesh, Notice};
use protocol::{Effect, EffectOf, Input, InputOf, Monitor, ProcessId};
use ricart_agrawala::{Message, Site};
use tokio::{
    runtime::{self, Runtime},
    task::LocalSet,
};

const SITES: u32 = 3;

/// A request, in bytes: its length, two tags, and a sequence number beyond 65,535.
const FRAME: usize = 4 + 1 + 1 + 5;

/// Many and short: whether two processes share a core changes every few seconds, and with it
/// everything.
const ROUNDS: usize = 31;

/// How many entries a round measures of each: about a tenth of a second.
const ENTRIES: u64 = 2_000;

/// All of it takes half of this. Whatever has not ended by then never will.
const DEADLINE: Duration = Duration::from_secs(60);

fn main() -> io::Result<()> {
    if let Some(role) = role() {
        return be_site(&role);
    }
    give_up_after(DEADLINE);
    let mut criterion = over_sockets();
    let row = |row: &str| format!("mesh of {SITES}, {row}");
    for (work, mut limit, role) in [
        (row("uncontended"), Bare::star()?, "answer"),
        (row("contended"), Bare::ring()?, "contend"),
    ] {
        let race = Race { work: &work, limit: "bare TCP", amount: ENTRIES, rounds: ROUNDS };
        race.run(&mut criterion, &mut limit, &mut Meshed::start(role)?);
    }
    criterion.final_summary();
    Ok(())
}

/// The limit: frames that go out, and come back.
struct Bare {
    _others: Others,
    outputs: Vec<TcpStream>,
    inputs: Vec<TcpStream>,
    /// What it counts as when a frame has come back on each input.
    entries: u64,
}

impl Bare {
    /// The others send back whatever they get.
    fn star() -> io::Result<Self> {
        let (others, listener, _) = Others::start("echo")?;
        let inputs = [accept(&listener)?, accept(&listener)?];
        let outputs = [inputs[0].try_clone()?, inputs[1].try_clone()?];
        Ok(Self { _others: others, outputs: outputs.into(), inputs: inputs.into(), entries: 1 })
    }

    /// The others pass on whatever they get: each hop is an entry.
    fn ring() -> io::Result<Self> {
        let (others, listener, addresses) = Others::start("relay")?;
        let outputs = vec![connect(addresses[1])?];
        let inputs = vec![accept(&listener)?];
        Ok(Self { _others: others, outputs, inputs, entries: SITES.into() })
    }
}

impl Worker for Bare {
    fn work(&mut self, entries: u64) -> io::Result<()> {
        let mut frame = [0; FRAME];
        for _ in 0..entries.div_ceil(self.entries) {
            self.outputs.iter_mut().try_for_each(|output| output.write_all(&frame))?;
            self.inputs.iter_mut().try_for_each(|input| input.read_exact(&mut frame))?;
        }
        Ok(())
    }
}

/// Sends on what comes, until nothing comes any more.
fn relay(mut input: TcpStream, mut output: TcpStream) -> io::Result<()> {
    let mut frame = [0; FRAME];
    while input.read_exact(&mut frame).is_ok() {
        output.write_all(&frame)?;
    }
    Ok(())
}

fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    prepared(listener.accept()?.0)
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    prepared(TcpStream::connect(address)?)
}

fn prepared(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Ours: Ricart–Agrawala on the mesh. Between measurements site 0 stays inside, so that nobody
/// else gets in.
struct Meshed {
    _others: Others,
    mesh: Mesh<Site>,
    entries: Entries,
    tasks: LocalSet,
    runtime: Runtime,
}

impl Meshed {
    fn start(role: &str) -> io::Result<Self> {
        let (others, listener, addresses) = Others::start(role)?;
        let (runtime, tasks, entries) = (runtime()?, LocalSet::new(), Entries::default());
        let me = ProcessId(0);
        let mesh = tasks.block_on(&runtime, async {
            let mut mesh = join(me, listener, addresses, entries.clone())?;
            mesh.command(Command::Enter);
            entered(&mut mesh).await?;
            io::Result::Ok(mesh)
        })?;
        Ok(Self { _others: others, mesh, entries, tasks, runtime })
    }
}

impl Worker for Meshed {
    fn work(&mut self, entries: u64) -> io::Result<()> {
        let Self { mesh, entries: so_far, .. } = self;
        let enough = so_far.0.get() + entries;
        self.tasks.block_on(&self.runtime, async {
            while so_far.0.get() < enough {
                mesh.command(Command::Leave);
                mesh.command(Command::Enter);
                entered(mesh).await?;
            }
            Ok(())
        })
    }
}

/// Counts the entries of all sites, as site 0 hears of them: its own, and a request of another
/// for each of theirs.
#[derive(Clone, Default)]
struct Entries(Rc<Cell<u64>>);

impl Monitor<Site> for Entries {
    fn on_input(&mut self, _now: Duration, _at: ProcessId, _site: &Site, input: &InputOf<Site>) {
        if let Input::Message { message: Message::Request { .. }, .. } = input {
            self.0.update(|entries| entries + 1);
        }
    }

    fn on_effect(&mut self, _now: Duration, _by: ProcessId, effect: &EffectOf<Site>) {
        if let Effect::Emit(Event::Entered) = effect {
            self.0.update(|entries| entries + 1);
        }
    }
}

fn runtime() -> io::Result<Runtime> {
    runtime::Builder::new_current_thread().enable_all().build()
}

fn join(
    me: ProcessId,
    listener: TcpListener,
    addresses: Vec<SocketAddr>,
    monitor: impl Monitor<Site> + 'static,
) -> io::Result<Mesh<Site>> {
    let mut config = Config::new("mesh-bench", me, addresses);
    // Site 0 says nothing while the limit is measured. That is no reason to hang up.
    config.timing.silence = Duration::MAX;
    let site = Site::new(me, me.peers(SITES));
    Mesh::start(listener, config, site, Box::new(monitor)).map_err(io::Error::other)
}

/// Returns when this site is inside, and fails when it won't ever be: a site is gone.
async fn entered(mesh: &mut Mesh<Site>) -> io::Result<()> {
    loop {
        match mesh.next().await {
            Notice::Event(Event::Entered) => return Ok(()),
            Notice::Event(Event::Left) | Notice::Up { .. } => {}
            other => return Err(io::Error::other(format!("{other:?}"))),
        }
    }
}

/// Sites 1 and 2.
struct Others(#[expect(dead_code, reason = "held, so that they live")] Vec<Helper>);

impl Others {
    /// Starts them, and tells them where everybody is. Site 0 is expected on the listener.
    fn start(role: &str) -> io::Result<(Self, TcpListener, Vec<SocketAddr>)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let start = |me: u32| Helper::start(&[role, &me.to_string()]);
        let mut others = (1..SITES).map(start).collect::<io::Result<Vec<_>>>()?;
        let mut addresses = vec![listener.local_addr()?];
        addresses.extend(others.iter().map(|site| site.addr));
        let line: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        for site in &mut others {
            writeln!(site.stdin, "{}", line.join(" "))?;
        }
        Ok((Self(others), listener, addresses))
    }
}

/// The life of one of the other sites.
fn be_site(role: &[String]) -> io::Result<()> {
    let [role, me] = role else { return Err(io::Error::other("a site has a role and a number")) };
    let me = ProcessId(me.parse().map_err(io::Error::other)?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?);
    let addresses = read_addresses(io::stdin().lock())?;
    end_with_our_starter();
    match role.as_str() {
        "echo" => {
            let socket = connect(addresses[0])?;
            relay(socket.try_clone()?, socket)
        }
        "relay" => {
            let output = connect(addresses[(me.index() + 1) % addresses.len()])?;
            relay(accept(&listener)?, output)
        }
        "answer" => LocalSet::new().block_on(&runtime()?, async {
            let mut mesh = join(me, listener, addresses, ())?;
            loop {
                mesh.next().await;
            }
        }),
        "contend" => LocalSet::new().block_on(&runtime()?, async {
            let mut mesh = join(me, listener, addresses, ())?;
            mesh.command(Command::Enter);
            while entered(&mut mesh).await.is_ok() {
                mesh.command(Command::Leave);
                mesh.command(Command::Enter);
            }
            Ok(())
        }),
        other => Err(io::Error::other(format!("there is no role {other}"))),
    }
}

/// The addresses on one line.
fn read_addresses(mut input: impl BufRead) -> io::Result<Vec<SocketAddr>> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    line.split_whitespace().map(|address| address.parse().map_err(io::Error::other)).collect()
}
