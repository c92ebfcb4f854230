//! Recorded over the network and taken again: who does what it says does the same, and who looks
//! at a clock behind the trait's back is found out.

use std::{
    fs::File,
    net::TcpListener,
    path::Path,
    time::{Duration, SystemTime},
};

use network::{Config, Mesh, Notice, incarnation_now};
use protocol::{Effects, Fate, Input, Never, Process, ProcessId};
use tokio::{task::LocalSet, time::timeout};
use trace::{Divergence, Driver, Entry, Header, Journal, Lines, Portrait, Recorder, SCHEMA, Trace};

const SIZE: u32 = 2;
const A: ProcessId = ProcessId(0);
const B: ProcessId = ProcessId(1);

/// Tells the other a number when it is told to, and answers what it is told.
struct Speaker<const PURE: bool> {
    me: ProcessId,
    numbers: u64,
}

impl<const PURE: bool> Speaker<PURE> {
    fn new(me: ProcessId) -> Self {
        Self { me, numbers: 0 }
    }

    /// Another one each time.
    fn number(&mut self) -> u64 {
        self.numbers += 1;
        if PURE {
            return self.numbers;
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        self.numbers + now.unwrap().as_nanos() as u64
    }
}

impl<const PURE: bool> Process for Speaker<PURE> {
    type Command = String;
    type Message = String;
    type Event = String;
    type Timer = Never;

    fn on_command(&mut self, command: String, fx: &mut Effects<Self>) {
        let other = ProcessId(1 - self.me.0);
        match command.as_str() {
            "hang up" => fx.close(other),
            _ => fx.send(other, format!("number {}", self.number())),
        }
    }

    fn on_message(&mut self, from: ProcessId, message: String, fx: &mut Effects<Self>) {
        if message.starts_with("number") {
            fx.send(from, format!("I heard {message}"));
        }
        fx.emit(message);
    }
}

fn portrait<const PURE: bool>(speaker: &Speaker<PURE>) -> Portrait {
    Portrait { phase: None, state: speaker.numbers.to_string() }
}

/// A node that writes what happens to it into a file of that folder.
fn start<const PURE: bool>(
    seat: TcpListener,
    config: Config,
    folder: &Path,
) -> Mesh<Speaker<PURE>> {
    let header = Header {
        schema: SCHEMA,
        lab: "speaker".into(),
        version: "0.1.0".into(),
        variant: None,
        arguments: Vec::new(),
        driver: Driver::Network,
        noun: "speaker".into(),
        processes: SIZE,
        incarnations: vec![config.incarnation; 2],
        phases: Vec::new(),
        began: Some(incarnation_now()),
        seed: None,
        scenario: serde_json::Value::Null,
        partitions: Vec::new(),
    };
    let file = File::create(folder.join(config.me.to_string())).unwrap();
    let journal = Journal::new(Lines::new(file, &header).unwrap(), 1000, portrait::<PURE>);
    let recorder = Recorder::of_one(SIZE, journal);
    let process = Speaker::new(config.me);
    Mesh::start(seat, config, process, Box::new(recorder)).unwrap()
}

/// Two speak; one hangs up, speaks to nobody, and speaks again when the link is up.
async fn talk<const PURE: bool>(folder: &Path) {
    let seats = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let addresses: Vec<_> = seats.iter().map(|seat| seat.local_addr().unwrap()).collect();
    let [seat_a, seat_b] = seats;
    let mut a = start::<PURE>(seat_a, Config::new("speakers", A, addresses.clone()), folder);
    let b = start::<PURE>(seat_b, Config::new("speakers", B, addresses), folder);
    a.command("speak".to_owned());
    until_answered(&mut a).await;
    a.command("hang up".to_owned());
    a.command("speak".to_owned());
    while !matches!(a.next().await, Notice::Up { .. }) {}
    b.command("speak".to_owned());
    a.command("speak".to_owned());
    until_answered(&mut a).await;
    a.close().await;
    b.close().await;
}

async fn until_answered<const PURE: bool>(speaker: &mut Mesh<Speaker<PURE>>) {
    let is_answer = |notice: Notice<String>| matches!(notice, Notice::Event(said) if said.starts_with("I heard"));
    while !is_answer(speaker.next().await) {}
}

/// What they have written, and what comes of it.
fn record<const PURE: bool>() -> (Trace, Result<u64, Divergence>) {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let guarded = async { timeout(Duration::from_secs(30), talk::<PURE>(folder.path())).await };
    LocalSet::new().block_on(&runtime, guarded).expect("the talk hangs");
    let part = |me: ProcessId| {
        Trace::read(File::open(folder.path().join(me.to_string())).unwrap()).unwrap()
    };
    let trace = Trace::merge(vec![part(A), part(B)]).unwrap();
    let again = trace.take_again(|me, _life| Speaker::<PURE>::new(me), portrait);
    (trace, again)
}

#[test]
fn what_happened_over_the_network_happens_again() {
    let (trace, again) = record::<true>();
    let steps = trace.entries.iter().filter(|entry| matches!(entry, Entry::Step(_))).count();
    assert_eq!(again, Ok(steps as u64));
    let heard = trace.entries.iter().filter_map(|entry| match entry {
        Entry::Step(told) => match told.words.input {
            Input::Message { .. } => Some(told.words.received),
            _ => None,
        },
        _ => None,
    });
    let heard: Vec<_> = heard.collect();
    assert!(heard.len() >= 4 && heard.iter().all(Option::is_some), "{heard:?}");
    // What was said after hanging up, at least.
    let cut =
        trace.entries.iter().filter(|it| matches!(it, Entry::Fate(met) if met.fate == Fate::Cut));
    assert!(cut.count() >= 1);
}

#[test]
fn whoever_looks_at_a_clock_does_otherwise_the_second_time() {
    let (trace, again) = record::<false>();
    let divergence = again.unwrap_err();
    let is_told_to_speak = |entry: &Entry<_>| {
        matches!(entry, Entry::Step(trace::Told { words, .. })
            if words.input == Input::Command("speak".to_owned()))
    };
    let first = trace.entries.iter().position(is_told_to_speak);
    assert_eq!((Some(divergence.entry), divergence.process), (first, A));
    let said = divergence.to_string();
    let before = &trace.entries[..divergence.entry];
    let steps = before.iter().filter(|entry| matches!(entry, Entry::Step(_))).count();
    assert!(said.starts_with(&format!("speaker 0, step {}, at ", steps + 1)), "{said}");
    assert!(said.contains(r#": it did [{"Send":{"message":"number "#), "{said}");
    assert!(said.contains(r#", and now does [{"Send":{"message":"number "#), "{said}");
}
