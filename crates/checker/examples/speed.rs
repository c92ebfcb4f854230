use checker::{Bounds, Check};
use mutual_exclusion::{Workload, contention, liveness, safety};
use protocol::ProcessId;
use ricart_agrawala::Site;
use scenario::Scenario;
use std::num::NonZeroUsize;
fn main() {
    let threads: usize = std::env::args().nth(1).map_or(1, |t| t.parse().unwrap());
    let entries: u32 = std::env::args().nth(2).map_or(6, |t| t.parse().unwrap());
    let scenario = Scenario::new(3, Workload::high_contention(entries));
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
    println!("{threads} {verdict}");
    let s = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", s.lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
