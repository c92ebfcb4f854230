//! How fast Signalbox is, beside the limits that it can be held to: `cargo bench -p benches` runs
//! what stands in `benches/`. Here is what several of them need: two who do the same work, in turn,
//! a helper in a process of its own, and the labs' servers.

#![expect(clippy::missing_panics_doc, reason = "a bench fails by panicking")]

pub mod servers;

use std::{
    env,
    io::{self, BufRead, BufReader},
    net::SocketAddr,
    process::{self, Child, ChildStdin, Stdio},
    thread,
    time::{Duration, Instant},
};

use criterion::{Criterion, Throughput};

/// Somebody who does as much of some work as he is told.
pub trait Worker {
    /// Returns when it is done.
    ///
    /// # Errors
    /// When it can't be done.
    fn work(&mut self, amount: u64) -> io::Result<()>;

    /// How long that takes.
    fn time(&mut self, amount: u64) -> Duration {
        let start = Instant::now();
        self.work(amount).expect("all who are needed live as long as this process");
        start.elapsed()
    }
}

/// Two who do the same work: the limit, and ours.
pub struct Race<'a> {
    /// What they do.
    pub work: &'a str,
    /// What the limit is, in a few words.
    pub limit: &'a str,
    /// How much of it there is in a round: about a tenth of a second's.
    pub amount: u64,
    /// How many rounds there are.
    pub rounds: usize,
}

impl Race<'_> {
    /// criterion tells how much they do in a second. The ratio comes from rounds of its own, in
    /// which they take turns: what else the machine does meets both.
    pub fn run(&self, criterion: &mut Criterion, limit: &mut dyn Worker, ours: &mut dyn Worker) {
        let &Self { work, limit: name, amount, rounds } = self;
        let mut group = criterion.benchmark_group(work);
        group.throughput(Throughput::Elements(1));
        group.bench_function(name, |bencher| bencher.iter_custom(|n| limit.time(n)));
        let mut chosen = false;
        group.bench_function("ours", |bencher| {
            chosen = true;
            bencher.iter_custom(|n| ours.time(n));
        });
        group.finish();
        if chosen && is_measuring() {
            let ratio = || limit.time(amount).as_secs_f64() / ours.time(amount).as_secs_f64();
            let (median, least, most) = spread(std::iter::repeat_with(ratio).take(rounds));
            let of = format!("of {name} (median of {rounds} rounds, {least:.2} to {most:.2})");
            println!("{work}: {median:.2} {of}\n");
        }
    }
}

/// The median, the least and the most.
pub fn spread(numbers: impl Iterator<Item = f64>) -> (f64, f64, f64) {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    (numbers[numbers.len() / 2], numbers[0], numbers[numbers.len() - 1])
}

/// Whether `cargo bench` runs us to measure, and not with `--test`, to see that we still run.
pub fn is_measuring() -> bool {
    let is_there = |argument: &str| env::args().any(|other| other == argument);
    is_there("--bench") && !is_there("--test")
}

/// What criterion is told for work over sockets: it varies, and short samples tell as much.
pub fn over_sockets() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args()
}

/// Ends this process when it is not done after so long: somebody has gone whom it waits for.
pub fn give_up_after(deadline: Duration) {
    thread::spawn(move || {
        thread::sleep(deadline);
        eprintln!("not done after {deadline:?}: a helper has gone, or the machine is busy");
        process::exit(1);
    });
}

/// The first argument of a process that is to be a helper.
const AS_HELPER: &str = "--as-helper";

/// What a helper is to be: the words behind `--as-helper`, if this process is one.
pub fn role() -> Option<Vec<String>> {
    let mut arguments = env::args().skip(1);
    (arguments.next()? == AS_HELPER).then(|| arguments.collect())
}

/// This program once more, with a part of its own. It ends when this is dropped, and when this
/// process dies in any other way.
pub struct Helper {
    process: Child,
    /// What it reads.
    pub stdin: ChildStdin,
    /// Where it is.
    pub addr: SocketAddr,
}

impl Helper {
    /// Starts it, and waits until it has said where it is. To be called by the main thread: to the
    /// system it is the thread that is the starter, and must live as long.
    ///
    /// # Errors
    /// When it can't be started, or does not say where it is.
    pub fn start(role: &[&str]) -> io::Result<Self> {
        let mut process = process::Command::new(env::current_exe()?)
            .arg(AS_HELPER)
            .args(role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().expect("it is piped");
        let stdin = process.stdin.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let addr = line.trim().parse().map_err(io::Error::other)?;
        Ok(Self { process, stdin, addr })
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Ends this helper when whoever started it ends, from now on.
///
/// Where the system can see to that, no thread of ours does: every system call on a socket takes
/// longer when two threads share it, and the servers that are measured need one thread.
pub fn end_with_our_starter() {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
        .expect("every Linux of this century can do that");
    #[cfg(not(target_os = "linux"))]
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(0);
    });
}
