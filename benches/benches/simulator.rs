//! How many events a second the simulator gets through, on one core, with nobody watching and
//! with every step recorded. Recording may make it slower by a factor of five.
//!
//! Ricart–Agrawala with ten sites, under the faults that a reliable link can have: random delay
//! and reordering. An event is one input of one process.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mutual_exclusion::{Workload, liveness, safety};
use protocol::ProcessId;
use ricart_agrawala::Site;
use scenario::{Order, Scenario};
use simulator::Experiment;
use trace::{Chunks, Recorder};

const SITES: u32 = 10;
const ENTRIES: u32 = 1_000;

fn events_per_second(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulator");
    for order in [Order::Fifo, Order::Unordered] {
        let mut scenario = Scenario::new(SITES, Workload::high_contention(ENTRIES));
        scenario.links.order = order;
        let properties = [safety(), liveness()];
        let experiment = Experiment {
            scenario: &scenario,
            properties: &properties,
            process: &|me: ProcessId, _| Site::new(me, me.peers(SITES)),
            application: &|_| scenario.workload.worker(),
        };
        let run = experiment.run(1, ());
        assert_eq!(run.failure, None);
        group.throughput(Throughput::Elements(run.steps));
        group.bench_function(format!("ricart-agrawala N={SITES} {order:?}"), |bencher| {
            bencher.iter(|| experiment.run(1, ()).steps);
        });
        group.bench_function(format!("recorded, ricart-agrawala N={SITES} {order:?}"), |bencher| {
            let recorder = || Recorder::new(SITES, Chunks::<Site>::new(u64::MAX));
            bencher.iter_with_large_drop(|| experiment.run(1, recorder()).monitor);
        });
    }
}

criterion_group!(benches, events_per_second);
criterion_main!(benches);
