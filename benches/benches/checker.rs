//! How many states a second the checker gets through, and how many bytes each takes up.
//!
//! Ricart–Agrawala, three sites, links that keep order. The limit is stateright's breadth-first
//! search of the same system, as the checker's own tests have it: there the two agree on the
//! number of states. Both judge one property, safety, in every state; ours looks for deadlocks
//! and rejections as well.
//!
//! criterion times a small system. The ratios come from a large one, in rounds in which ours and
//! stateright's take turns: what else the machine does meets both. Each search has an
//! operating-system process of its own, so that the kernel knows what it took up at the most.

#[path = "../../crates/checker/tests/it/system.rs"]
mod system;

use std::{
    env, fmt, fs,
    hint::black_box,
    io,
    num::NonZeroUsize,
    process,
    time::{Duration, Instant},
};

use benches::is_measuring;
use checker::{Bounds, Check, Verdict};
use criterion::{Criterion, Throughput};
use mutual_exclusion::{Workload, safety};
use protocol::ProcessId;
use ricart_agrawala::Site;
use scenario::{Order, Scenario};
use stateright::{Checker, Model};
use system::System;

const SITES: u32 = 3;

/// How often each site enters, where it is to be quick.
const FEW_ENTRIES: u32 = 2;

/// How often each site enters, where it is to be compared: six million states.
const MANY_ENTRIES: u32 = 6;

/// An odd number has a median.
const ROUNDS: usize = 3;

/// The first argument of a process that is to search.
const AS_SEARCH: &str = "--as-search";

/// Who searches.
#[derive(Clone, Copy)]
enum Searcher {
    Ours,
    Stateright,
}

/// What a search was like.
struct Measure {
    states: u64,
    seconds: f64,
    /// The most that the search took up at a time; 0 where the kernel does not tell.
    bytes: u64,
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [first, rest @ ..] = &arguments[..]
        && first == AS_SEARCH
    {
        return be_search(rest);
    }
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let mut group = criterion.benchmark_group("checker");
    for searcher in [Searcher::Stateright, Searcher::Ours] {
        group.throughput(Throughput::Elements(searcher.search(1, FEW_ENTRIES)));
        group.bench_function(format!("N={SITES} {searcher}"), |bencher| {
            bencher.iter(|| black_box(searcher.search(1, FEW_ENTRIES)));
        });
    }
    group.finish();
    criterion.final_summary();

    let (entries, rounds) = if is_measuring() { (MANY_ENTRIES, ROUNDS) } else { (FEW_ENTRIES, 1) };
    [1, 2].into_iter().try_for_each(|threads| compare(threads, entries, rounds))
}

fn compare(threads: usize, entries: u32, rounds: usize) -> io::Result<()> {
    println!("{SITES} sites, {entries} entries by each, on {threads} thread(s):");
    let (mut speeds, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let theirs = Searcher::Stateright.measure(threads, entries)?;
        let ours = Searcher::Ours.measure(threads, entries)?;
        assert_eq!(ours.states, theirs.states, "two searches of the same system");
        println!("  {}: {ours}; {}: {theirs}", Searcher::Ours, Searcher::Stateright);
        speeds.push(theirs.seconds / ours.seconds);
        sizes.push(theirs.bytes as f64 / ours.bytes as f64);
    }
    let (faster, smaller) = (median(speeds), median(sizes));
    println!("  medians: {faster:.1} times as fast, {smaller:.1} times as small\n");
    Ok(())
}

fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

impl Searcher {
    /// Searches; returns how many states there are.
    fn search(self, threads: usize, entries: u32) -> u64 {
        let workload = Workload::high_contention(entries);
        match self {
            Self::Ours => {
                let scenario = Scenario::new(SITES, workload);
                let check = Check {
                    scenario: &scenario,
                    properties: &[safety()],
                    process: &|me, _incarnation| site(me, SITES),
                    application: &|_| workload.worker(),
                    monitor: (),
                    bounds: Bounds { max_memory: u64::MAX, ..Bounds::default() },
                    threads: NonZeroUsize::new(threads).expect("somebody searches"),
                };
                let verdict = check.run(&mut |_| {});
                assert!(matches!(verdict, Verdict::Proved(_)), "{verdict}");
                verdict.extent().unique_states
            }
            Self::Stateright => {
                let (application, safety) = (workload.worker(), vec![safety()]);
                let order = Order::Fifo;
                let model = System { size: SITES, order, process: site, application, safety };
                let checker = model.checker().threads(threads).spawn_bfs().join();
                checker.unique_state_count() as u64
            }
        }
    }

    /// Searches in a process of its own.
    fn measure(self, threads: usize, entries: u32) -> io::Result<Measure> {
        let numbers = [threads.to_string(), entries.to_string()];
        let output = process::Command::new(env::current_exe()?)
            .args([AS_SEARCH, &self.to_string()])
            .args(numbers)
            .stderr(process::Stdio::inherit())
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        Measure::parse(&text).ok_or_else(|| io::Error::other(format!("{self} says `{text}`")))
    }
}

fn site(me: ProcessId, size: u32) -> Site {
    Site::new(me, me.peers(size))
}

/// The life of a process that searches.
fn be_search(arguments: &[String]) -> io::Result<()> {
    let [who, threads, entries] = arguments else { return Err(io::Error::other("who searches?")) };
    let searcher = match who.as_str() {
        "stateright" => Searcher::Stateright,
        _ => Searcher::Ours,
    };
    let threads = threads.parse().map_err(io::Error::other)?;
    let entries = entries.parse().map_err(io::Error::other)?;
    let before = peak();
    let start = Instant::now();
    let states = searcher.search(threads, entries);
    println!("{states} {} {}", start.elapsed().as_secs_f64(), peak() - before);
    Ok(())
}

/// The most bytes that this process has had in memory so far.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1024
}

impl Measure {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let states = words.next()?.parse().ok()?;
        let seconds = words.next()?.parse().ok()?;
        Some(Self { states, seconds, bytes: words.next()?.parse().ok()? })
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let per_second = self.states as f64 / self.seconds;
        let size = self.bytes as f64 / self.states as f64;
        write!(f, "{per_second:.0} states a second, {size:.0} bytes each")
    }
}

impl fmt::Display for Searcher {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Ours => "ours",
            Self::Stateright => "stateright",
        })
    }
}
