//! `node`: one site, as a process of its own that talks TCP.

use std::{net::TcpListener, path::PathBuf, time::Duration};

use mutual_exclusion::{Measures, Workload};
use network::{Config, Mesh};
use protocol::{Delay, Input, InputOf, Link, Monitor, Process, ProcessId, parse_duration};
use tokio::io::{Stdin, stdin};
use tokio_stream::StreamExt;
use tokio_util::codec::{FramedRead, LinesCodec};

use super::{
    Lab, Links,
    counter::Counter,
    journal::{self, Journal},
    member::Member,
    record::{Record, Report, Told},
    shared::Shared,
    system::{Bare, BehindReliable, System},
    unlocked::Unlocked,
};
use crate::{Failure, Membership, Output, Stop, Verdict, printer::Printer, whole_number};

pub(super) const EXAMPLE: &str =
    "node --id 0 --size 3\n  # and --id 1, --id 2 in two more terminals";

/// Site `i` listens on this port plus `i`, unless told otherwise.
const FIRST_PORT: u16 = 7100;

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    membership: Membership,
    /// The file with the number that all sites add to; site 0 sets it to 0
    #[arg(long, value_name = "FILE", default_value = "counter.txt")]
    counter: PathBuf,
    /// Write what happens here into this file while it happens; `cluster --trace` does so for all
    /// sites, and draws it
    #[arg(long, value_name = "FILE.jsonl", value_parser = journal::file)]
    trace: Option<PathBuf>,
    #[command(flatten)]
    work: Work,
}

/// What a site does, and how.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Work {
    /// How often each site enters
    #[arg(long, default_value_t = 10, value_parser = whole_number(0..=u32::MAX))]
    pub(super) entries: u32,
    /// How long a site thinks before it asks, as in 5ms or 0s..20ms
    #[arg(long, default_value = "0s", value_name = "DELAY")]
    pub(super) think: Delay,
    /// How long a site stays inside, between reading the counter and writing it
    #[arg(long, default_value = "1ms", value_name = "DELAY")]
    pub(super) hold: Delay,
    /// Run without the algorithm, and see what it is for
    #[arg(long)]
    pub(super) no_lock: bool,
    #[command(flatten)]
    pub(super) links: Links,
    /// How long to wait for a site that is gone while nothing happens, as in 3s
    #[arg(long, default_value = "3s", value_parser = parse_duration, value_name = "DURATION")]
    pub(super) patience: Duration,
}

impl Work {
    fn workload(&self) -> Workload {
        let Self { entries, think, hold, .. } = *self;
        Workload { think, hold, ..Workload::high_contention(entries) }
    }

    /// The words that ask for it on a command line.
    pub(super) fn words(&self) -> Vec<String> {
        let Self { entries, think, hold, no_lock, links, patience } = self;
        let patience = Delay::Constant(*patience);
        let mut words =
            format!("--entries {entries} --think {think} --hold {hold} --patience {patience}",);
        words += if *no_lock { " --no-lock" } else { "" };
        words += if links.reliable { " --reliable" } else { "" };
        words.split(' ').map(str::to_owned).collect()
    }
}

pub(super) async fn run<L: Lab>(options: &Options, out: Output) -> Result<Verdict, Failure> {
    let printer = Printer::new(out);
    let tell = |record: &Record| {
        let is_news = !matches!(record, Record::Listening { .. } | Record::Finished(_));
        let line = is_news.then(|| format!("site {} {record}", record.site()));
        printer.tell(line, &Told::now(record.clone()))
    };
    let mut stop = Stop::listen()?;
    let membership = &options.membership;
    let mut orders = membership.is_told_later().then(Orders::new);
    let listener = membership.listen(FIRST_PORT)?;
    let site = membership.me();
    let addresses = match &mut orders {
        Some(orders) => {
            let addr = listener.local_addr().map_err(|error| Failure::Failed(error.to_string()))?;
            tell(&Record::Listening { site, addr })?;
            membership.told(&orders.next().await.ok_or(Failure::Interrupted)?, addr)?
        }
        None => membership.addresses(FIRST_PORT)?,
    };
    let stopped = async {
        match &mut orders {
            Some(orders) => tokio::select! {
                () = stop.requested() => {}
                () = orders.end() => {}
            },
            None => stop.requested().await,
        }
    };

    let counter = Counter::open(&options.counter)?;
    let mut config = Config::new(L::NAME, site, addresses);
    config.secret.clone_from(&membership.admission.secret);
    let work = &options.work;
    let report = if work.no_lock {
        take_part::<L, Unlocked>(config, listener, counter, options, stopped, tell).await?
    } else if work.links.reliable {
        take_part::<L, BehindReliable<L>>(config, listener, counter, options, stopped, tell).await?
    } else {
        take_part::<L, Bare<L>>(config, listener, counter, options, stopped, tell).await?
    };
    printer.finish()?;
    Ok(report.verdict(&options.counter))
}

async fn take_part<L: Lab, S: System>(
    mut config: Config,
    listener: TcpListener,
    counter: Counter,
    Options { trace, work, .. }: &Options,
    stopped: impl Future<Output = ()>,
    tell: impl Fn(&Record) -> Result<(), Failure>,
) -> Result<Report, Failure> {
    config.system += S::SUFFIX;
    let identity = (config.me, config.size());
    let process = S::site(config.me, config.size(), config.incarnation);
    let measures = Shared::new(Measures::new(config.size()));
    let reset = (identity.0 == ProcessId(0)).then(|| counter.again()).transpose()?;
    let watch = (ResetOnce::new(reset, identity.1)?, S::watched(measures.clone()));
    let journal = trace.as_ref().map(|path| Journal::begin::<L, S>(path, &config)).transpose()?;
    let monitor: Box<dyn Monitor<S::Site>> = match &journal {
        Some(journal) => Box::new((watch, journal.monitor())),
        None => Box::new(watch),
    };
    let mesh = Mesh::start(listener, config, process, monitor)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let member =
        Member::new(identity, mesh, measures, work.workload(), counter, work.patience, tell);
    let report = member.work(stopped).await?;
    if let Some(journal) = journal {
        journal.end();
    }
    Ok(report)
}

/// Sets the counter to 0 when the first link comes up, before anything is said over it: a site
/// that is turned away leaves the others' counter alone, and nobody enters without site 0.
struct ResetOnce {
    counter: Option<Counter>,
}

impl ResetOnce {
    fn new(counter: Option<Counter>, size: u32) -> Result<Self, Failure> {
        match counter {
            Some(mut counter) if size == 1 => {
                counter.write(0)?;
                Ok(Self { counter: None })
            }
            counter => Ok(Self { counter }),
        }
    }
}

impl<P: Process> Monitor<P> for ResetOnce {
    fn on_input(&mut self, _: Duration, _: ProcessId, _: &P, input: &InputOf<P>) {
        if let Input::Link { link: Link::Up { .. }, .. } = input
            && let Some(mut counter) = self.counter.take()
            && let Err(failure) = counter.write(0)
        {
            tracing::error!("{failure}");
        }
    }
}

/// What another process tells us on standard input: a line with the addresses, and, by its end,
/// to stop.
struct Orders {
    lines: FramedRead<Stdin, LinesCodec>,
}

impl Orders {
    fn new() -> Self {
        const LONGEST: usize = 64 * 1024;
        Self { lines: FramedRead::new(stdin(), LinesCodec::new_with_max_length(LONGEST)) }
    }

    async fn next(&mut self) -> Option<String> {
        self.lines.next().await?.ok()
    }

    async fn end(&mut self) {
        while self.next().await.is_some() {}
    }
}
