//! `cluster`: all sites at once, each an operating-system process of its own.

use std::{
    collections::BTreeMap,
    env, io, mem,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use indicatif::ProgressBar;
use mutual_exclusion::MutualExclusion;
use protocol::{Delay, ProcessId};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, ChildStdout, Command},
    select,
    sync::mpsc,
    task::spawn_local,
    time::{sleep, timeout},
};
use tokio_stream::StreamExt;
use tokio_util::codec::{FramedRead, LinesCodec};

use super::{
    Lab,
    columns::Columns,
    counter::Counter,
    node::Work,
    record::{Record, Report, Told, lost_updates, waiting},
};
use crate::{Failure, Outcome, Output, Stop, Verdict};

pub(super) const EXAMPLE: &str = "cluster --size 5 --entries 200";

/// How far the telling is behind, so that it can be put in order.
const LAG: Duration = Duration::from_millis(50);

/// How long the sites have to end when they are told to.
const LAST_WORDS: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// How many sites there are
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=64))]
    size: u32,
    /// Keep the number that all sites add to in this file, instead of one that is deleted
    #[arg(long, value_name = "FILE")]
    counter: Option<PathBuf>,
    /// Tell only how it ended
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    work: Work,
}

pub(super) async fn run<L: Lab>(options: &Options, out: Output) -> Result<Verdict, Failure> {
    let mut stop = Stop::listen()?;
    let scratch = tempfile::tempdir()
        .map_err(|error| Failure::Failed(format!("can't make a temporary folder: {error}")))?;
    let path = options.counter.clone().unwrap_or_else(|| scratch.path().join("counter.txt"));
    Counter::open(&path)?.write(0)?;

    let mut cluster = Cluster::start(options, &path)?;
    let mut teller = Teller::new(options, out)?;
    let mut is_stopping = false;
    while cluster.is_running() {
        select! {
            heard = cluster.hear() => teller.queue(heard?),
            () = sleep(LAG) => {}
            () = stop.requested(), if !is_stopping => {
                is_stopping = true;
                cluster.stop();
            }
        }
        teller.tell_until(network::incarnation_now().saturating_sub(LAG.as_micros() as u64))?;
    }
    teller.tell_until(u64::MAX)?;
    teller.finish();
    let counter = Counter::open(&path)?.read()?;
    Ok(cluster.verdict::<L>(options, counter, is_stopping))
}

/// The processes, and what has been heard of them.
struct Cluster {
    size: u32,
    /// Their standard inputs. To close one is to tell its process to stop.
    orders: Vec<ChildStdin>,
    heard: mpsc::Receiver<Heard>,
    addresses: BTreeMap<ProcessId, SocketAddr>,
    /// How often sites have left, those among them that have died since.
    entries: u64,
    reports: BTreeMap<ProcessId, Report>,
    ends: BTreeMap<ProcessId, io::Result<ExitStatus>>,
    /// Whether they have been told to stop, and must not take long.
    is_stopping: bool,
}

/// What is heard of a process.
enum Heard {
    Said(Told),
    Ended(ProcessId, io::Result<ExitStatus>),
}

impl Cluster {
    fn start(options: &Options, counter: &Path) -> Result<Self, Failure> {
        let (said, heard) = mpsc::channel(256);
        let mut orders = Vec::new();
        for site in ProcessId::all(options.size) {
            let mut child = spawn(site, options, counter)
                .map_err(|error| Failure::Failed(format!("can't start site {site}: {error}")))?;
            let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
                return Err(Failure::Failed(format!(
                    "site {site} has no standard input or output"
                )));
            };
            orders.push(input);
            spawn_local(listen(site, child, output, said.clone()));
        }
        Ok(Self {
            size: options.size,
            orders,
            heard,
            addresses: BTreeMap::new(),
            entries: 0,
            reports: BTreeMap::new(),
            ends: BTreeMap::new(),
            is_stopping: false,
        })
    }

    fn is_running(&self) -> bool {
        self.ends.len() < ProcessId(self.size).index()
    }

    fn stop(&mut self) {
        self.is_stopping = true;
        self.orders.clear();
    }

    /// Waits for the next thing that a process says. May be dropped and called again, but for
    /// the moment in which the addresses are passed on.
    async fn hear(&mut self) -> Result<Option<Told>, Failure> {
        let heard = if self.is_stopping {
            let heard = timeout(LAST_WORDS, self.heard.recv()).await;
            heard.map_err(|_| Failure::Failed("the sites did not end in time".to_owned()))?
        } else {
            self.heard.recv().await
        };
        match heard {
            Some(Heard::Said(told)) => {
                match &told.record {
                    Record::Listening { site, addr } => {
                        self.addresses.insert(*site, *addr);
                        self.introduce_when_all_listen().await;
                    }
                    Record::Left { .. } => self.entries += 1,
                    Record::Finished(report) => {
                        self.reports.insert(report.site, report.clone());
                    }
                    _ => {}
                }
                Ok(Some(told))
            }
            Some(Heard::Ended(site, status)) => {
                self.ends.insert(site, status);
                if !self.addresses.contains_key(&site) {
                    self.stop(); // The others would wait for it for ever.
                }
                Ok(None)
            }
            None => Err(Failure::Failed("the sites can't be heard any more".to_owned())),
        }
    }

    /// Tells everybody where everybody is. Whoever can't be told has died, as will be heard.
    async fn introduce_when_all_listen(&mut self) {
        if self.addresses.len() == ProcessId(self.size).index() {
            let list: Vec<String> = self.addresses.values().map(ToString::to_string).collect();
            let list = list.join(",") + "\n";
            for orders in &mut self.orders {
                let _ = orders.write_all(list.as_bytes()).await;
            }
        }
    }

    fn verdict<L: Lab>(&self, options: &Options, counter: u64, was_stopped: bool) -> Verdict {
        let wanted = u64::from(self.size) * u64::from(options.work.entries);
        let entries = self.entries;
        let messages: u64 = self.reports.values().map(|report| report.messages).sum();
        let figures = format!(
            "{entries} entries, {:.2} messages each, counter {counter} of {wanted}",
            messages as f64 / entries.max(1) as f64
        );
        let troubles = self.troubles(was_stopped);
        if was_stopped {
            return Verdict::new(Outcome::Interrupted, format!("interrupted: {figures}"));
        }
        if !troubles.is_empty() {
            let text = format!("stalled: {}; {figures}", troubles.join("; "));
            return Verdict::new(Outcome::Broken, text);
        }
        if counter != wanted {
            let lost = lost_updates(wanted, counter);
            let text = format!("mutual exclusion broken: {figures}: {lost}");
            return Verdict::new(Outcome::Broken, text);
        }
        let cost = L::Site::messages_per_entry(self.size.into());
        let is_as_promised = cost.allows(entries, messages);
        if is_as_promised || options.work.no_lock {
            Verdict::new(Outcome::Held, format!("mutual exclusion held: {figures}"))
        } else {
            let text = format!("mutual exclusion held, but not at its price: {figures}");
            Verdict::new(Outcome::Broken, text)
        }
    }

    /// Who died, and who waits for whom.
    fn troubles(&self, was_stopped: bool) -> Vec<String> {
        let deaths = self.ends.iter().filter_map(|(&site, status)| match status {
            Ok(status) if self.reports.contains_key(&site) || status.success() => None,
            Ok(status) => Some(format!("site {site} {}", cause_of_death(*status))),
            Err(error) => Some(format!("site {site} can't be waited for: {error}")),
        });
        let stalled = self.reports.values().filter(|report| report.total.is_none() && !was_stopped);
        let stalls = stalled.map(|report| waiting(report.site, &report.waits_for));
        deaths.chain(stalls).collect()
    }
}

/// Starts a site that gets its orders from us.
fn spawn(site: ProcessId, options: &Options, counter: &Path) -> io::Result<Child> {
    let Work { entries, think, hold, no_lock, reliable, patience } = &options.work;
    let mut command = Command::new(env::current_exe()?);
    command.args(["--json", "node", "--peers", "-"]);
    command.args(["--id", &site.to_string(), "--entries", &entries.to_string()]);
    command.args(["--think", &think.to_string(), "--hold", &hold.to_string()]);
    command.args(["--patience", &Delay::Constant(*patience).to_string()]);
    command.arg("--counter").arg(counter);
    command.args(no_lock.then_some("--no-lock"));
    command.args(reliable.then_some("--reliable"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    command.spawn()
}

/// Passes on what a process says, and how it ends.
async fn listen(site: ProcessId, mut child: Child, output: ChildStdout, to: mpsc::Sender<Heard>) {
    const LONGEST: usize = 64 * 1024;
    let mut lines = FramedRead::new(output, LinesCodec::new_with_max_length(LONGEST));
    while let Some(Ok(line)) = lines.next().await {
        // A node's last line is its verdict, which is no record: its report says the same.
        if let Ok(told) = serde_json::from_str(&line)
            && to.send(Heard::Said(told)).await.is_err()
        {
            return;
        }
    }
    let status = child.wait().await;
    // Nobody hears it, if the cluster was given up.
    let _ = to.send(Heard::Ended(site, status)).await;
}

#[cfg(unix)]
fn cause_of_death(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(signal) => format!("was killed by signal {signal}"),
        None => format!("ended with {status}"),
    }
}

#[cfg(not(unix))]
fn cause_of_death(status: ExitStatus) -> String {
    format!("ended with {status}")
}

/// Tells what is heard: in columns, or as a bar where only the end is asked for.
struct Teller {
    out: Output,
    columns: Columns,
    bar: Option<ProgressBar>,
    /// What is still to be told, in the order in which it was said: the pipes of two processes
    /// may bring a site's leaving after the next one's entering.
    queue: BTreeMap<(u64, usize), Record>,
    queued: usize,
}

impl Teller {
    fn new(options: &Options, out: Output) -> Result<Self, Failure> {
        let columns = Columns::new(options.size);
        let bar = options
            .quiet
            .then(|| ProgressBar::new(u64::from(options.size) * u64::from(options.work.entries)));
        if let (None, Some(head)) = (&bar, columns.head()) {
            out.line(head)?;
        }
        Ok(Self { out, columns, bar, queue: BTreeMap::new(), queued: 0 })
    }

    fn queue(&mut self, told: Option<Told>) {
        if let Some(Told { at, record }) = told {
            self.queue.insert((at, self.queued), record);
            self.queued += 1;
        }
    }

    /// Tells what was said up to that moment.
    fn tell_until(&mut self, moment: u64) -> Result<(), Failure> {
        let later = self.queue.split_off(&(moment, usize::MAX));
        let due = mem::replace(&mut self.queue, later);
        due.into_iter().try_for_each(|((at, _), record)| self.tell(at, record))
    }

    fn tell(&self, at: u64, record: Record) -> Result<(), Failure> {
        match (&self.bar, &record) {
            (Some(bar), Record::Left { .. }) => bar.inc(1),
            (Some(_), _) | (None, Record::Listening { .. } | Record::Alone { .. }) => {}
            (None, _) => self.out.line(self.columns.line(&record))?,
        }
        Ok(self.out.record(&Told { at, record })?)
    }

    fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
