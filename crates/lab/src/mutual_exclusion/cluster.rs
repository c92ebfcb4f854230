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
use mutual_exclusion::{MutualExclusion, counted};
use protocol::ProcessId;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, ChildStdout, Command},
    select,
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_stream::StreamExt;
use tokio_util::codec::{FramedRead, LinesCodec};

use super::{
    Lab,
    columns::Columns,
    counter::Counter,
    drawing::Drawing,
    member::at,
    node::Work,
    record::{Record, Report, Told, lost_updates},
    testimony::{self, Testimony},
};
use crate::{Failure, Outcome, Output, Stop, Verdict, printer::Printer, whole_number};

pub(super) const EXAMPLE: &str = "cluster --size 5 --entries 200";

/// How far the telling is behind, so that it can be put in order.
const LAG: Duration = Duration::from_millis(50);

/// How long the sites have to end when they are told to.
const LAST_WORDS: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// How many sites there are
    #[arg(long, default_value_t = 5, value_parser = whole_number(1..=64_u32))]
    size: u32,
    /// Keep the number that all sites add to in this file, instead of one that is deleted
    #[arg(long, value_name = "FILE")]
    counter: Option<PathBuf>,
    /// Tell only how it ended
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    work: Work,
}

pub(super) async fn run<L: Lab>(options: &Options, out: Output) -> Result<Verdict, Failure> {
    let mut stop = Stop::listen()?;
    let scratch = tempfile::Builder::new()
        .prefix("signalbox-")
        .tempdir()
        .map_err(|error| Failure::Failed(format!("can't make a temporary folder: {error}")))?;
    let path = options.counter.clone().unwrap_or_else(|| scratch.path().join("counter.txt"));
    Counter::open(&path)?.write(0)?;

    let mut cluster = Cluster::start(options, &path, scratch.path())?;
    let mut teller = Teller::new(options, out)?;
    while cluster.is_running() {
        let ends_at = cluster.ends_at;
        select! {
            heard = cluster.heard.recv() => match heard {
                Some(Heard::Said(told)) => {
                    cluster.learn(&told.record).await;
                    teller.queue(told);
                }
                Some(Heard::Ended(site, status)) => cluster.bury(site, status),
                None => return Err(Failure::Failed("the sites can't be heard any more".to_owned())),
            },
            () = sleep(LAG) => {}
            () = at(ends_at) => cluster.kill_the_rest(),
            () = stop.requested() => cluster.stop(),
        }
        teller.tell_until(network::incarnation_now().saturating_sub(LAG.as_micros() as u64))?;
    }
    cluster.listeners.shutdown().await; // Whoever was given up is killed, and writes no more.
    teller.finish()?;
    let counter = Counter::open(&path)?.read()?;
    let verdict = cluster.verdict::<L>(options, counter)?;
    let target = options.drawing.trace.as_ref();
    let (folder, size, work) = (scratch.path(), options.size, &options.work);
    Testimony { target, folder, size, work }.conclude::<L>(verdict, out)
}

/// The processes, and what has been heard of them.
struct Cluster {
    size: u32,
    /// How long the sites go on without one that is gone.
    patience: Duration,
    /// Those who listen to the processes. To end one is to kill its process.
    listeners: JoinSet<()>,
    /// Their standard inputs. To close one is to tell its process to stop.
    orders: Vec<ChildStdin>,
    heard: mpsc::Receiver<Heard>,
    addresses: BTreeMap<ProcessId, SocketAddr>,
    /// How often sites have left, those among them that have died since.
    entries: u64,
    reports: BTreeMap<ProcessId, Report>,
    ends: BTreeMap<ProcessId, End>,
    /// Whether we were told to stop.
    was_stopped: bool,
    /// Whoever has not ended by then never will: it is to stop, or others have given it up, and
    /// nobody has entered since.
    ends_at: Option<Instant>,
}

/// What is heard of a process.
enum Heard {
    Said(Told),
    Ended(ProcessId, io::Result<ExitStatus>),
}

/// How a process has ended.
enum End {
    ByItself(io::Result<ExitStatus>),
    /// It was there, and said nothing any more.
    Frozen,
}

impl Cluster {
    fn start(options: &Options, counter: &Path, scratch: &Path) -> Result<Self, Failure> {
        let (said, heard) = mpsc::channel(256);
        let mut cluster = Self::new(options.size, options.work.patience, heard);
        for site in ProcessId::all(options.size) {
            let mut child = spawn(site, options, counter, scratch)
                .map_err(|error| Failure::Failed(format!("can't start site {site}: {error}")))?;
            let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
                return Err(Failure::Failed(format!(
                    "site {site} has no standard input or output"
                )));
            };
            cluster.orders.push(input);
            cluster.listeners.spawn_local(listen(site, child, output, said.clone()));
        }
        Ok(cluster)
    }

    /// Nobody was started yet; of whoever is, it will be `heard`.
    fn new(size: u32, patience: Duration, heard: mpsc::Receiver<Heard>) -> Self {
        Self {
            size,
            patience,
            listeners: JoinSet::new(),
            orders: Vec::new(),
            heard,
            addresses: BTreeMap::new(),
            entries: 0,
            reports: BTreeMap::new(),
            ends: BTreeMap::new(),
            was_stopped: false,
            ends_at: None,
        }
    }

    fn is_running(&self) -> bool {
        self.ends.len() < ProcessId(self.size).index()
    }

    /// Has all sites end; told so twice, at once.
    fn stop(&mut self) {
        if self.was_stopped {
            return self.kill_the_rest();
        }
        self.was_stopped = true;
        self.orders.clear();
        self.ends_at = Some(Instant::now() + LAST_WORDS);
    }

    fn kill_the_rest(&mut self) {
        self.listeners.abort_all();
        for site in ProcessId::all(self.size) {
            self.ends.entry(site).or_insert(End::Frozen);
        }
    }

    /// Takes note of what a site says. When all listen, all are told where the others are.
    async fn learn(&mut self, record: &Record) {
        match record {
            Record::Listening { site, addr } => {
                self.addresses.insert(*site, *addr);
                if self.addresses.len() == ProcessId(self.size).index() {
                    self.introduce().await;
                }
            }
            Record::Left { .. } => {
                self.entries += 1;
                if !self.was_stopped && self.ends_at.take().is_some() {
                    self.expect_the_end(); // The others can go on without whoever is gone.
                }
            }
            Record::Finished(report) => {
                if report.total.is_none() {
                    self.expect_the_end();
                }
                self.reports.insert(report.site, report.clone());
            }
            _ => {}
        }
    }

    /// Tells everybody where everybody is. Whoever can't be told has died, as will be heard.
    async fn introduce(&mut self) {
        let list: Vec<String> = self.addresses.values().map(ToString::to_string).collect();
        let list = list.join(",") + "\n";
        for orders in &mut self.orders {
            let _ = orders.write_all(list.as_bytes()).await;
        }
    }

    /// A process has ended.
    fn bury(&mut self, site: ProcessId, status: io::Result<ExitStatus>) {
        let end = End::ByItself(status);
        if !self.addresses.contains_key(&site) {
            self.orders.clear(); // The others would wait for it for ever.
        }
        if !self.reports.contains_key(&site) {
            self.expect_the_end();
        }
        self.ends.entry(site).or_insert(end);
    }

    /// A site has died or given up: the others will do so too, within their patience.
    fn expect_the_end(&mut self) {
        self.ends_at.get_or_insert(Instant::now() + 2 * self.patience + LAST_WORDS);
    }

    fn verdict<L: Lab>(&self, options: &Options, counter: u64) -> Result<Verdict, Failure> {
        if let Some(text) = self.false_start().filter(|_| !self.was_stopped) {
            return Err(Failure::Failed(text));
        }
        let entries = counted(self.entries, "entry");
        let wanted = u64::from(self.size) * u64::from(options.work.entries);
        let messages: u64 = self.reports.values().map(|report| report.messages).sum();
        let cost = messages as f64 / self.entries.max(1) as f64;
        let holds = format!("counter {counter} of {wanted}");
        let figures = format!("{entries}, {cost:.2} messages each, {holds}");
        let lost = |entries| match lost_updates(entries, counter) {
            _ if counter >= entries && counter <= wanted => String::new(),
            lost => format!(": {lost}"),
        };
        let troubles = self.troubles();
        let (outcome, text) = if self.was_stopped {
            let lost = lost(self.entries);
            (Outcome::Interrupted, format!("interrupted: {entries}, {holds}{lost}"))
        } else if !troubles.is_empty() {
            let (troubles, lost) = (troubles.join("; "), lost(self.entries));
            (Outcome::Broken, format!("stalled: {troubles}; {entries}, {holds}{lost}"))
        } else if counter != wanted {
            let lost = lost(wanted);
            (Outcome::Broken, format!("mutual exclusion broken: {figures}{lost}"))
        } else if options.work.no_lock {
            (Outcome::Held, format!("no update was lost, by luck: {figures}"))
        } else if self.is_at_its_cost::<L>() {
            (Outcome::Held, format!("mutual exclusion held: {figures}"))
        } else {
            (Outcome::Broken, format!("mutual exclusion held, but not at its cost: {figures}"))
        };
        Ok(Verdict::new(outcome, text))
    }

    /// Whether the entries have cost as many messages as the algorithm's authors say.
    fn is_at_its_cost<L: Lab>(&self) -> bool {
        let total = |of: fn(&Report) -> u64| self.reports.values().map(of).sum();
        let cost = L::Site::messages_per_entry(self.size.into());
        cost.allows(
            total(|report| report.entries),
            total(|report| report.at_once),
            total(|report| report.messages),
        )
    }

    /// Who could not start, if anybody could not.
    fn false_start(&self) -> Option<String> {
        self.ends.iter().find_map(|(site, end)| match end {
            End::ByItself(Ok(status)) if !self.addresses.contains_key(site) => {
                Some(format!("site {site} could not start: it {}", cause_of_death(*status)))
            }
            _ => None,
        })
    }

    /// Who died, and who wanted what in vain.
    fn troubles(&self) -> Vec<String> {
        let deaths = self.ends.iter().filter_map(|(site, end)| match end {
            End::ByItself(Ok(_)) if self.reports.contains_key(site) => None,
            End::ByItself(Ok(status)) => Some(format!("site {site} {}", cause_of_death(*status))),
            End::ByItself(Err(error)) => Some(format!("site {site} can't be waited for: {error}")),
            End::Frozen => Some(format!("site {site} said nothing any more and was ended")),
        });
        let rejections = self.reports.values().filter_map(|report| report.rejected.clone());
        let stalled = self.reports.values().filter(|report| report.total.is_none());
        deaths.chain(rejections).chain(stalled.map(Report::wish)).collect()
    }
}

/// Starts a site that gets its orders from us.
fn spawn(site: ProcessId, options: &Options, counter: &Path, scratch: &Path) -> io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.args(["--json", "node", "--peers", "-", "--id", &site.to_string()]);
    command.args(options.work.words()).arg("--counter").arg(counter);
    if options.drawing.trace.is_some() {
        command.arg("--trace").arg(testimony::file(scratch, site));
    }
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
    printer: Printer,
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
        Ok(Self { printer: Printer::new(out), columns, bar, queue: BTreeMap::new(), queued: 0 })
    }

    fn queue(&mut self, Told { at, record }: Told) {
        self.queue.insert((at, self.queued), record);
        self.queued += 1;
    }

    /// Tells what was said up to that moment.
    fn tell_until(&mut self, moment: u64) -> Result<(), Failure> {
        let later = self.queue.split_off(&(moment, usize::MAX));
        let due = mem::replace(&mut self.queue, later);
        due.into_iter().try_for_each(|((at, _), record)| self.tell(at, record))
    }

    fn tell(&self, at: u64, record: Record) -> Result<(), Failure> {
        let line = match (&self.bar, &record) {
            (Some(bar), Record::Left { .. }) => {
                bar.inc(1);
                None
            }
            (Some(_), _) | (None, Record::Listening { .. } | Record::Alone { .. }) => None,
            (None, _) => Some(self.columns.line(&record)),
        };
        self.printer.tell(line, &Told { at, record })
    }

    /// Tells the rest, and waits until all of it is printed.
    fn finish(mut self) -> Result<(), Failure> {
        self.tell_until(u64::MAX)?;
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.printer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_millis(100);
    const LEFT: Record = Record::Left { site: ProcessId(0), counter: 1 };

    /// Three sites, one of which may have died.
    fn cluster() -> Cluster {
        Cluster::new(3, PATIENCE, mpsc::channel(1).1)
    }

    fn die(cluster: &mut Cluster) -> Instant {
        cluster.bury(ProcessId(2), Ok(ExitStatus::default()));
        cluster.ends_at.unwrap()
    }

    /// Nearly all the time that the others have is over.
    fn let_time_pass(cluster: &mut Cluster) {
        cluster.ends_at = cluster.ends_at.map(|at| at - LAST_WORDS);
    }

    #[tokio::test]
    async fn whoever_can_do_without_the_dead_is_waited_for_while_it_makes_progress() {
        let mut cluster = cluster();
        let first = die(&mut cluster);
        for _ in 0..100 {
            let_time_pass(&mut cluster);
            assert!(cluster.ends_at < Some(first));
            cluster.learn(&LEFT).await;
            // As much time from now on as there was at the death.
            assert!(cluster.ends_at >= Some(first));
        }
        assert_eq!(cluster.entries, 100);
        assert!(cluster.is_running());
    }

    #[tokio::test]
    async fn progress_is_no_reason_to_end_nor_to_go_on_when_told_to_stop() {
        let mut cluster = cluster();
        cluster.learn(&LEFT).await;
        assert_eq!(cluster.ends_at, None);
        cluster.stop();
        let_time_pass(&mut cluster);
        let last = cluster.ends_at;
        cluster.learn(&LEFT).await;
        assert!(last.is_some() && cluster.ends_at == last);
    }
}
