//! Scenarios in which sites are in each other's way.

use mutual_exclusion::Workload;
use scenario::{Order, Scenario};

/// So many sites want to be inside all the time, so many times each.
pub fn crowd(size: u32, entries: u32) -> Scenario<Workload> {
    Scenario::new(size, Workload::high_contention(entries))
}

/// A crowd that wants to enter ten times, over links of that order.
pub fn busy(size: u32, order: Order) -> Scenario<Workload> {
    let mut scenario = crowd(size, 10);
    scenario.links.order = order;
    scenario
}

/// Three sites are often in each other's way, now all of them, now nobody.
pub fn mixed() -> Scenario<Workload> {
    Scenario::new(3, Workload::mixed_contention(10))
}

/// What is rejected is passed over, so that it is seen what the rejection is good for.
pub fn unguarded(scenario: Scenario<Workload>) -> Scenario<Workload> {
    Scenario { tolerate_rejections: true, ..scenario }
}
