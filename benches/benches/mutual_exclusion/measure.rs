//! One algorithm in one case.

use std::{
    fmt,
    time::{Duration, Instant},
};

use criterion::{Criterion, Throughput};
use lab::{
    Outcome,
    mutual_exclusion::{Links, Solution, Stage},
};
use mutual_exclusion::{Measures, Workload, liveness, safety};
use protocol::{Delay, ProcessId};
use scenario::Scenario;
use simulator::Experiment;
use tokio::{runtime, task::LocalSet};

use crate::{Algorithm, Case, E, Setting, T, hops::Hops};

/// How many entries there are in a simulation, whatever N: then one mean is worth as much as
/// another.
const ENTRIES: u32 = 6_400;
/// How long, on average, nobody asks with low contention.
const PAUSE: Duration = Duration::from_secs(1);

/// What was measured.
pub(crate) struct Figures {
    /// Messages per entry.
    pub(crate) messages: f64,
    /// From a leaving to the next entering. `None` where others seldom wait.
    pub(crate) hops: Option<f64>,
    /// From asking to leaving, in seconds: of virtual time in the simulator, else real ones.
    pub(crate) response: f64,
    /// Entries per second, as above. `None` where it is the workload's own.
    pub(crate) rate: Option<f64>,
    /// How many entries the simulator gets through in a real second.
    pub(crate) speed: Option<f64>,
}

pub(crate) fn figures<P: Solution>(
    criterion: &mut Criterion,
    algorithm: &Algorithm<P>,
    case: Case,
) -> Figures {
    match case.setting {
        Setting::Low | Setting::High => in_the_simulator(criterion, algorithm, case),
        Setting::Tcp => over_tcp(criterion, algorithm, case),
    }
}

fn in_the_simulator<P: Solution>(
    criterion: &mut Criterion,
    algorithm: &Algorithm<P>,
    case: Case,
) -> Figures {
    let mut scenario = Scenario::new(case.sites, workload(case));
    scenario.links.delay = Delay::Constant(T);
    scenario.deadline = 3 * ENTRIES * PAUSE;
    let experiment = Experiment {
        scenario: &scenario,
        properties: &[safety(), liveness()],
        process: &|me, _incarnation| (algorithm.site)(me, case.sites),
        application: &|_| scenario.workload.worker(),
    };
    let run = experiment.run(1, (Measures::new(case.sites), Hops::default()));
    assert_eq!(run.failure, None);
    let (measures, hops) = run.monitor;
    let is_busy = case.setting == Setting::High;
    if is_busy {
        let by_the_clock = measures.synchronisation.mean();
        assert_eq!(by_the_clock, hops.mean().map(|hops| T.mul_f64(hops)), "a hop takes T");
    }
    Figures {
        messages: messages(&measures),
        hops: hops.mean().filter(|_| is_busy),
        response: response(&measures),
        rate: is_busy.then(|| measures.entries as f64 / run.ended_at.as_secs_f64()),
        speed: time(criterion, algorithm, case, measures.entries, || {
            experiment.run(1, ());
        }),
    }
}

fn over_tcp<P: Solution>(
    criterion: &mut Criterion,
    algorithm: &Algorithm<P>,
    case: Case,
) -> Figures {
    /// By each site, before all come to rest.
    const ENTRIES: u32 = 20;
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("the machine has room for one more event loop");
    let local = LocalSet::new();
    let mut stage = local.block_on(&runtime, async {
        let site = |me| (algorithm.site)(me, case.sites);
        let links = Links { reliable: false };
        Stage::open(algorithm.name, case.sites, links, site, Hops::default())
            .expect("the machine has ports to listen on")
    });
    let mut work = || {
        let entries = vec![ENTRIES; ProcessId(case.sites).index()];
        local.block_on(&runtime, stage.work(entries)).expect("sites of one thread get on");
    };
    work(); // The links come up meanwhile.
    let rate = time(criterion, algorithm, case, u64::from(case.sites * ENTRIES), work);
    let (measures, hops) = (stage.measures(), stage.look(Hops::mean));
    let verdict = local.block_on(&runtime, stage.close()).expect("nothing is to be drawn");
    assert!(verdict.outcome == Outcome::Held, "{}", verdict.text);
    Figures {
        messages: messages(&measures),
        hops,
        response: response(&measures),
        rate,
        speed: None,
    }
}

/// Has criterion time `run`, which makes so many `entries`. How many that is a second; `None` if
/// criterion was asked for something else.
fn time<P>(
    criterion: &mut Criterion,
    algorithm: &Algorithm<P>,
    case: Case,
    entries: u64,
    mut run: impl FnMut(),
) -> Option<f64> {
    let (mut runs, mut wall) = (0, Duration::ZERO);
    let mut group = criterion.benchmark_group(algorithm.name);
    group.throughput(Throughput::Elements(entries));
    group.bench_function(format!("{} N={}", case.setting, case.sites), |bencher| {
        bencher.iter_custom(|count| {
            let start = Instant::now();
            for _ in 0..count {
                run();
            }
            let elapsed = start.elapsed();
            runs += count;
            wall += elapsed;
            elapsed
        });
    });
    group.finish();
    (runs > 0).then(|| (entries * runs) as f64 / wall.as_secs_f64())
}

fn workload(case: Case) -> Workload {
    let entries = ENTRIES / case.sites;
    let hold = Delay::Uniform { min: Duration::ZERO, max: 2 * E };
    if case.setting == Setting::High {
        return Workload { hold, ..Workload::high_contention(entries) };
    }
    // The more sites, the longer each thinks, so that two meet as seldom.
    let rest = case.sites * PAUSE;
    let think = Delay::Exponential { min: Duration::ZERO, rest };
    Workload { think, hold, ..Workload::low_contention(entries) }
}

fn messages(measures: &Measures) -> f64 {
    measures.messages_per_entry().expect("there were entries")
}

fn response(measures: &Measures) -> f64 {
    measures.response.mean().expect("there were entries").as_secs_f64()
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::High => "high",
            Self::Tcp => "TCP",
        })
    }
}
