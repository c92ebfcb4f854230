use std::num::NonZeroUsize;

use checker::{Bounds, Check};
use mutual_exclusion::{Workload, contention, liveness, safety};
use protocol::ProcessId;
use ricart_agrawala::Site;
use scenario::{Order, Scenario};

#[test]
fn first() {
    for (entries, order, threads) in [
        (2, Order::Fifo, 1),
        (2, Order::Fifo, 2),
        (2, Order::Unordered, 1),
        (6, Order::Fifo, 1),
        (6, Order::Fifo, 2),
    ] {
        let mut scenario = Scenario::new(3, Workload::high_contention(entries));
        scenario.links.order = order;
        let properties = [safety(), liveness(), contention()];
        let check = Check {
            scenario: &scenario,
            properties: &properties,
            process: &|me: ProcessId, _| Site::new(me, me.peers(3)),
            application: &|_| scenario.workload.worker(),
            monitor: (),
            bounds: Bounds::default(),
            threads: NonZeroUsize::new(threads).unwrap(),
        };
        let verdict = check.run(&mut |_| {});
        println!("{entries} {order:?} {threads} {verdict}");
    }
}
