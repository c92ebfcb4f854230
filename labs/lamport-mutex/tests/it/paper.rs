//! The paper's claims, one test each; where a claim rests on an assumption, a test of what
//! happens without it.
//!
//! L78: L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System",
//! CACM 21(7):558–565, 1978. What the tests cite are the rules and the conditions of its section
//! "Ordering the Events Totally".

use std::{collections::BTreeSet, time::Duration};

use lab_tests::{assert_rejects, busy, enter, leave, run_with, step};
use lamport_mutex::{Message, Site};
use mutual_exclusion::{Command, Event, Fairness, Measures, MutualExclusion, Phase, Workload};
use protocol::{Effect, EffectOf, Input, InputOf, Monitor, ProcessId, Timestamp, Violation};
use scenario::{Order, Scenario};
use simulator::Run;

const ZERO: ProcessId = ProcessId(0);
const ONE: ProcessId = ProcessId(1);
const TWO: ProcessId = ProcessId(2);

const ENTERED: EffectOf<Site> = Effect::Emit(Event::Entered);
const LEFT: EffectOf<Site> = Effect::Emit(Event::Left);

fn hear(site: &mut Site, from: ProcessId, message: Message) -> Vec<EffectOf<Site>> {
    step(site, Input::Message { from, message })
}

fn hear_request(site: &mut Site, from: ProcessId, counter: u64) -> Vec<EffectOf<Site>> {
    hear(site, from, Message::Request { counter })
}

fn hear_reply(site: &mut Site, from: ProcessId, counter: u64) -> Vec<EffectOf<Site>> {
    hear(site, from, Message::Reply { counter })
}

fn hear_release(site: &mut Site, from: ProcessId, counter: u64) -> Vec<EffectOf<Site>> {
    hear(site, from, Message::Release { counter })
}

fn request(to: ProcessId, counter: u64) -> EffectOf<Site> {
    Effect::Send { to, message: Message::Request { counter } }
}

fn reply(to: ProcessId, counter: u64) -> EffectOf<Site> {
    Effect::Send { to, message: Message::Reply { counter } }
}

fn release(to: ProcessId, counter: u64) -> EffectOf<Site> {
    Effect::Send { to, message: Message::Release { counter } }
}

/// Site 1 of three.
fn idle() -> Site {
    Site::new(ONE, ONE.peers(3))
}

/// Site 1 of three, which waits. Its request is timestamped 5:1.
fn waiting() -> Site {
    let mut site = idle();
    hear_reply(&mut site, ZERO, 3); // Receipt is an event of its own, at 4.
    assert_eq!(enter(&mut site), [request(ZERO, 5), request(TWO, 5)]);
    site
}

/// Site 1 of three, which is inside.
fn inside() -> Site {
    let mut site = waiting();
    hear_reply(&mut site, ZERO, 7);
    hear_reply(&mut site, TWO, 7);
    assert_eq!(site.phase(), Phase::Inside);
    site
}

// Rules 1 to 4: who says what to whom.

#[test]
fn rule_1_a_site_that_wants_to_enter_tells_all_others_when() {
    let mut site = idle();
    assert_eq!(enter(&mut site), [request(ZERO, 1), request(TWO, 1)]);
    assert_eq!((site.phase(), site.waits_for()), (Phase::Waiting, vec![ZERO, TWO]));
}

#[test]
fn rule_1_it_puts_its_own_request_into_its_queue() {
    let mut site = waiting();
    hear_request(&mut site, TWO, 9);
    hear_reply(&mut site, ZERO, 9);
    // Both requests are there, and its own is the older.
    assert_eq!(site.phase(), Phase::Inside);
}

#[test]
fn rule_2_a_request_is_answered_at_once_in_every_phase() {
    for mut site in [idle(), waiting(), inside()] {
        let done = hear_request(&mut site, TWO, 20);
        assert!(done.contains(&reply(TWO, 22)), "{done:?}"); // Received at 21, sent at 22.
    }
}

#[test]
fn rule_2_the_answer_is_timestamped_later_than_the_request() {
    // IR2: the receiver's clock is put forward, if it is behind.
    let mut site = idle();
    assert_eq!(hear_request(&mut site, TWO, 100), [reply(TWO, 102)]);
    assert_eq!(hear_request(&mut site, ZERO, 3), [reply(ZERO, 104)]);
}

#[test]
fn rule_3_who_leaves_tells_all_others() {
    let mut site = inside();
    let done = leave(&mut site);
    assert_eq!(done, [release(ZERO, 10), release(TWO, 10), LEFT]);
    assert_eq!(site.phase(), Phase::Idle);
}

#[test]
fn rule_3_who_leaves_is_no_longer_in_its_own_queue() {
    let mut site = inside();
    leave(&mut site);
    // Else its old request would be its first one still, ahead of that of site 0.
    hear_request(&mut site, ZERO, 20);
    enter(&mut site);
    hear_reply(&mut site, ZERO, 40);
    hear_reply(&mut site, TWO, 40);
    assert_eq!((site.phase(), site.waits_for()), (Phase::Waiting, vec![ZERO]));
}

#[test]
fn rule_4_who_has_left_is_taken_out_of_the_queue() {
    let mut site = waiting();
    hear_request(&mut site, ZERO, 2);
    hear_reply(&mut site, TWO, 9);
    assert_eq!(site.waits_for(), [ZERO]);
    assert_eq!(hear_release(&mut site, ZERO, 9), [ENTERED]);
}

// Rule 5: who enters when.

#[test]
fn rule_5_a_site_enters_when_it_is_first_and_has_heard_of_all() {
    let mut site = waiting();
    assert_eq!(hear_reply(&mut site, TWO, 9), []);
    assert_eq!(site.waits_for(), [ZERO]);
    assert_eq!(hear_reply(&mut site, ZERO, 9), [ENTERED]);
    assert_eq!(site.phase(), Phase::Inside);
}

#[test]
fn rule_5_i_an_older_request_goes_first() {
    let mut site = waiting();
    hear_request(&mut site, TWO, 4);
    assert_eq!(hear_reply(&mut site, ZERO, 9), []);
    assert_eq!(hear_reply(&mut site, TWO, 9), [], "that of site 2 is older");
    assert_eq!(hear_release(&mut site, TWO, 12), [ENTERED]);
}

#[test]
fn rule_5_i_of_two_requests_with_one_counter_that_of_the_smaller_site_goes_first() {
    let mut site = waiting();
    hear_request(&mut site, ZERO, 5);
    assert_eq!(hear_reply(&mut site, TWO, 9), [], "5:0 is before 5:1");
    assert_eq!(site.waits_for(), [ZERO]);

    let mut site = waiting();
    hear_request(&mut site, TWO, 5);
    assert_eq!(hear_reply(&mut site, ZERO, 9), [ENTERED], "5:1 is before 5:2");
}

#[test]
fn rule_5_ii_any_message_will_do_if_it_is_later() {
    let mut site = waiting();
    hear_reply(&mut site, ZERO, 9);
    assert_eq!(hear_request(&mut site, TWO, 6), [reply(TWO, 12), ENTERED]);

    let mut site = idle();
    hear_request(&mut site, TWO, 2);
    enter(&mut site); // At 5.
    hear_reply(&mut site, ZERO, 9);
    assert_eq!(hear_release(&mut site, TWO, 7), [ENTERED]);
}

#[test]
fn rule_5_ii_what_was_said_before_is_not_enough() {
    let mut site = waiting();
    hear_reply(&mut site, ZERO, 9);
    assert_eq!(hear_reply(&mut site, TWO, 4), []);
    assert_eq!((site.phase(), site.waits_for()), (Phase::Waiting, vec![TWO]));
}

#[test]
fn rule_5_ii_later_means_in_the_total_order() {
    // The footnote: of a site behind it in the order, Pi need only have heard at Tm itself.
    let mut site = waiting();
    hear_reply(&mut site, ZERO, 5);
    hear_reply(&mut site, TWO, 5);
    assert_eq!(site.waits_for(), [ZERO], "5:0 is before 5:1, and 5:2 is not");
}

#[test]
fn a_site_without_others_enters_at_once() {
    let mut site = Site::new(ZERO, Vec::new());
    assert_eq!(enter(&mut site), [ENTERED]);
    assert_eq!(leave(&mut site), [LEFT]);
}

// What a correct peer can't have sent.

#[test]
fn a_second_request_before_the_first_was_released_is_rejected() {
    for mut site in [idle(), waiting(), inside()] {
        hear_request(&mut site, TWO, 20);
        let done = hear_request(&mut site, TWO, 30);
        assert_rejects(&done, TWO, "a second request before the first was released");
    }
}

#[test]
fn a_release_without_a_request_is_rejected() {
    let mut site = idle();
    assert_rejects(&hear_release(&mut site, TWO, 4), TWO, "a release without a request");
    hear_request(&mut site, TWO, 6);
    assert_eq!(hear_release(&mut site, TWO, 7), []);
    assert_rejects(&hear_release(&mut site, TWO, 8), TWO, "a release without a request");
}

#[test]
fn a_timestamp_that_leaves_no_room_to_count_on_is_rejected_and_forgotten() {
    for counter in [u64::MAX, u64::MAX - 1, u64::MAX / 2] {
        for message in
            [Message::Request { counter }, Message::Reply { counter }, Message::Release { counter }]
        {
            for mut site in [idle(), waiting(), inside()] {
                let before = site.clone();
                let done = hear(&mut site, TWO, message);
                assert_rejects(&done, TWO, "a timestamp beyond the end of time");
                assert_eq!(site, before);
            }
        }
    }
}

// Conditions I to III, and what an entry costs: true under all schedules.

/// Holds that sites enter in the order of their timestamps.
#[derive(Default)]
struct InOrder {
    /// The timestamp of the last request of each site.
    requests: Vec<Timestamp>,
    last: Timestamp,
    broken: Option<(Timestamp, Timestamp)>,
}

impl Monitor<Site> for InOrder {
    fn on_input(&mut self, _: Duration, at: ProcessId, _: &Site, input: &InputOf<Site>) {
        if let Input::Command(Command::Enter) = input {
            self.requests.retain(|request| request.process != at);
        }
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<Site>) {
        match effect {
            Effect::Send { message: Message::Request { counter }, .. } => {
                self.requests.push(Timestamp { counter: *counter, process: by });
            }
            Effect::Emit(Event::Entered) => {
                let granted = self.requests.iter().find(|request| request.process == by);
                let granted = granted.copied().unwrap_or_default();
                if granted <= self.last {
                    self.broken = Some((self.last, granted));
                }
                self.last = granted;
            }
            _ => {}
        }
    }

    fn violation(&self) -> Option<Violation> {
        let (last, granted) = self.broken?;
        Some(Violation::new("condition II", format!("{granted:?} is granted after {last:?}")))
    }
}

/// Runs a scenario from a seed, with everything that is promised held against it.
fn run(scenario: &Scenario<Workload>, seed: u64) -> Run<((Fairness, Measures), InOrder)> {
    let site = |me: ProcessId| Site::new(me, me.peers(scenario.processes));
    run_with(site, scenario, seed, InOrder::default())
}

#[test]
fn conditions_1_to_3_under_all_schedules_over_links_that_keep_their_order() {
    for size in 2..=6 {
        let (mut contended, mut worst) = (0, 0);
        for seed in 0..200 {
            let run = run(&busy(size, Order::Fifo), seed);
            assert_eq!(run.failure, None, "{size} sites, seed {seed}");
            let ((fairness, measures), in_order) = run.monitor;
            assert_eq!(measures.entries, 10 * u64::from(size));
            assert!(in_order.last > Timestamp::default());
            contended += u32::from(run.seen.contains(&"contention"));
            worst = worst.max(fairness.worst());
        }
        assert_eq!(contended, 200, "sites are never in each other's way");
        // No other site enters twice before one whose request all have received. It may enter
        // once, and does.
        assert_eq!(worst, 1, "{size} sites");
    }
}

/// Rules 1, 2 and 3 send a message to or have one from each of the others.
#[test]
fn an_entry_costs_a_request_a_reply_and_a_release_for_each_other_site() {
    for size in 2..=16 {
        for workload in [Workload::high_contention(5), Workload::low_contention(5)] {
            let scenario = Scenario { workload, ..busy(size, Order::Fifo) };
            for seed in 0..5 {
                let run = run(&scenario, seed);
                assert_eq!(run.failure, None, "{size} sites, seed {seed}");
                let ((_, measures), _) = run.monitor;
                let entries = 5 * u64::from(size);
                assert_eq!(measures.entries, entries);
                assert_eq!(measures.messages, entries * 3 * u64::from(size - 1));
            }
        }
    }
}

/// A monitor that never finds fault would prove nothing.
#[test]
fn one_message_too_many_or_too_few_is_seen() {
    let watched = |messages: u32| {
        let mut measures = Measures::new(4);
        let watch: &mut dyn Monitor<Site> = &mut measures;
        watch.on_effect(Duration::ZERO, ZERO, &ENTERED);
        for _ in 0..messages {
            watch.on_effect(Duration::ZERO, ZERO, &reply(ONE, 1));
        }
        watch.violation_at_rest().map(|violation| violation.property)
    };
    assert_eq!(watched(9), None);
    assert_eq!(watched(10).as_deref(), Some("message count"));
    assert_eq!(watched(8).as_deref(), Some("message count"));
}

// "For any two processes Pi and Pj, the messages sent from Pi to Pj are received in the same order
// as they are sent", and "every message is eventually received": what are these assumed for?

/// The properties that break in two hundred runs.
fn broken(scenario: &Scenario<Workload>) -> BTreeSet<String> {
    let failures = (0..200).filter_map(|seed| run(scenario, seed).failure);
    failures.map(|failure| failure.violation.property.into_owned()).collect()
}

/// The shortest such history, by hand: a request is overtaken by a reply.
#[test]
fn a_reply_that_overtakes_a_request_lets_two_in() {
    let mut zero = Site::new(ZERO, ZERO.peers(2));
    let mut one = Site::new(ONE, ONE.peers(2));
    hear_reply(&mut zero, ONE, 1);
    assert_eq!(enter(&mut one), [request(ZERO, 1)]); // Takes its time.
    assert_eq!(enter(&mut zero), [request(ONE, 3)]);
    assert_eq!(hear_request(&mut one, ZERO, 3), [reply(ZERO, 5), ENTERED]);
    assert_eq!(hear_reply(&mut zero, ONE, 5), [ENTERED], "it can't know of the older request");
    assert_eq!((zero.phase(), one.phase()), (Phase::Inside, Phase::Inside));
}

#[test]
fn over_links_that_do_not_keep_their_order_two_enter_at_once() {
    let mut scenario = busy(4, Order::Unordered);
    assert!(broken(&scenario).contains("nobody rejects"));
    scenario.tolerate_rejections = true;
    assert!(broken(&scenario).contains("safety"));
}

/// What was lost is missed by nobody: whatever comes next on that link says "you know all that I
/// have said before".
#[test]
fn a_lost_message_can_end_in_a_deadlock_and_can_let_two_in() {
    let mut scenario = busy(4, Order::Fifo);
    scenario.links.loss = "1%".parse().unwrap();
    let broken = broken(&scenario);
    for property in ["deadlock", "safety"] {
        assert!(broken.contains(property), "{broken:?}");
    }
}

#[test]
fn one_crashed_site_is_enough_for_a_deadlock() {
    for crash in ["2@10ms", "2@10ms/silent", "0@0ms"] {
        let mut scenario = busy(4, Order::Fifo);
        scenario.crashes = vec![crash.parse().unwrap()];
        assert_eq!(broken(&scenario), BTreeSet::from(["deadlock".to_owned()]), "{crash}");
    }
}

#[test]
fn a_message_that_arrives_twice_is_rejected() {
    let mut scenario = busy(4, Order::Fifo);
    scenario.links.duplication = "10%".parse().unwrap();
    assert_eq!(broken(&scenario), BTreeSet::from(["nobody rejects".to_owned()]));
}
