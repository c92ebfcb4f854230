//! Workers ask as their workload says.

use mutual_exclusion::{Command, Event, Worker, Workload};
use protocol::{Application, Delay, Plan};

use crate::Site;

fn delay(text: &str) -> Delay {
    text.parse().unwrap()
}

/// What a worker asks for when `tell` tells it something.
fn asks(
    worker: &mut Worker,
    tell: impl FnOnce(&mut Worker, &mut Plan<Command>),
) -> Vec<(Delay, Command)> {
    let mut asked = Vec::new();
    let mut sink = |after, command| asked.push((after, command));
    tell(worker, &mut Plan::new(&mut sink));
    asked
}

fn hears(worker: &mut Worker, event: Event) -> Vec<(Delay, Command)> {
    asks(worker, |worker, plan| Application::<Site>::on_event(worker, &event, plan))
}

fn is_done(worker: &Worker) -> bool {
    Application::<Site>::is_done(worker)
}

/// The delays before all entries, each of which is held as long as `workload` says.
fn waits(workload: Workload) -> Vec<Delay> {
    let mut worker = workload.worker();
    let mut waits = Vec::new();
    let mut asked = asks(&mut worker, Application::<Site>::on_start);
    while let [(wait, Command::Enter)] = asked[..] {
        waits.push(wait);
        assert_eq!(is_done(&worker), waits.len() == workload.entries as usize);
        assert_eq!(hears(&mut worker, Event::Entered), [(workload.hold, Command::Leave)]);
        asked = hears(&mut worker, Event::Left);
    }
    assert!(asked.is_empty() && is_done(&worker));
    waits
}

#[test]
fn a_worker_thinks_before_each_entry() {
    let (think, hold, pause) = (delay("3ms"), delay("7ms"), delay("1s"));
    let workload = Workload { entries: 4, think, hold, burst: 0, pause };
    assert_eq!(waits(workload), [think; 4]);
}

#[test]
fn a_pause_comes_after_every_burst_and_not_before_the_first() {
    let (think, hold, pause) = (delay("3ms"), delay("7ms"), delay("1s"));
    let workload = Workload { entries: 7, think, hold, burst: 3, pause };
    assert_eq!(waits(workload), [think, think, think, pause, think, think, pause]);
}

#[test]
fn five_entries_make_a_burst() {
    let workload = Workload::bursts(11);
    let pauses: Vec<usize> = waits(workload)
        .iter()
        .enumerate()
        .filter_map(|(i, wait)| (*wait == workload.pause).then_some(i))
        .collect();
    assert_eq!(pauses, [5, 10]);
    assert!(workload.pause.mean() > 100 * workload.think.mean());
}

#[test]
fn under_high_contention_nobody_thinks_and_under_low_contention_long() {
    assert_eq!(waits(Workload::high_contention(3)), [Delay::NONE; 3]);
    let low = Workload::low_contention(3);
    assert_eq!(waits(low), [low.think; 3]);
    assert!(low.think.mean() > 100 * low.hold.mean());
}

#[test]
fn who_never_wants_to_enter_is_done_at_once() {
    assert_eq!(waits(Workload::high_contention(0)), []);
}
