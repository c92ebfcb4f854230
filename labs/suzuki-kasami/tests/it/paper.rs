//! The paper's claims, one test each; where a claim rests on an assumption, a test of what
//! happens without it.
//!
//! I. Suzuki and T. Kasami, "A Distributed Mutual Exclusion Algorithm", ACM TOCS
//! 3(4):344–349, 1985. P1 and P2 are the procedures of its algorithm.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use lab_tests::{assert_rejects, busy, enter, leave, run_with, step};
use mutual_exclusion::{Command, Event, Fairness, Measures, MutualExclusion, Phase, Workload};
use protocol::{Effect, EffectOf, Input, InputOf, Monitor, ProcessId, Violation};
use scenario::{Order, Scenario};
use serde_json::json;
use simulator::Run;
use suzuki_kasami::{Message, Site, Token};

const ZERO: ProcessId = ProcessId(0);
const ONE: ProcessId = ProcessId(1);
const TWO: ProcessId = ProcessId(2);
const THREE: ProcessId = ProcessId(3);

const ENTERED: EffectOf<Site> = Effect::Emit(Event::Entered);
const LEFT: EffectOf<Site> = Effect::Emit(Event::Left);

fn hear_request(site: &mut Site, from: ProcessId, sequence_number: u64) -> Vec<EffectOf<Site>> {
    step(site, Input::Message { from, message: Message::Request { sequence_number } })
}

fn hear_token(site: &mut Site, from: ProcessId, token: Token) -> Vec<EffectOf<Site>> {
    step(site, Input::Message { from, message: Message::Token(token) })
}

fn request(to: ProcessId, sequence_number: u64) -> EffectOf<Site> {
    Effect::Send { to, message: Message::Request { sequence_number } }
}

fn sends(to: ProcessId, token: Token) -> EffectOf<Site> {
    Effect::Send { to, message: Message::Token(token) }
}

/// The token as it may come from the network: who is next, and whose last request was granted.
fn token<const Q: usize, const N: usize>(queue: [u32; Q], last_granted: [(u32, u64); N]) -> Token {
    let last_granted: BTreeMap<u32, u64> = last_granted.into();
    let token = json!({ "queue": queue.as_slice(), "last_granted": last_granted });
    serde_json::from_value(token).expect("a token as it is written")
}

/// Site 1 of four, without the token.
fn idle() -> Site {
    Site::new(ONE, ONE.peers(4), false)
}

/// Site 1 of four, with the token.
fn holder() -> Site {
    Site::new(ONE, ONE.peers(4), true)
}

/// Site 1 of four, which waits for the token: its first request.
fn waiting() -> Site {
    let mut site = idle();
    assert_eq!(enter(&mut site), [request(ZERO, 1), request(TWO, 1), request(THREE, 1)]);
    site
}

/// Site 1 of four, which is inside.
fn inside() -> Site {
    let mut site = holder();
    assert_eq!(enter(&mut site), [ENTERED]);
    site
}

// P1: to enter, and to leave.

#[test]
fn p1_a_site_without_the_token_asks_all_others_and_waits() {
    let site = waiting();
    assert_eq!((site.phase(), site.has_token()), (Phase::Waiting, false));
    assert_eq!(site.waits_for(), [], "it can't know where the token is");
}

#[test]
fn p1_it_enters_when_the_token_comes() {
    let mut site = waiting();
    assert_eq!(hear_token(&mut site, TWO, Token::default()), [ENTERED]);
    assert_eq!((site.phase(), site.has_token()), (Phase::Inside, true));
}

#[test]
fn p1_a_site_with_the_token_enters_at_once_and_asks_nobody() {
    let mut site = holder();
    for _ in 0..3 {
        assert_eq!(enter(&mut site), [ENTERED]);
        assert_eq!(leave(&mut site), [LEFT]);
        assert!(site.has_token());
    }
}

#[test]
fn p1_a_request_says_for_which_time_its_site_asks() {
    let mut site = waiting();
    for number in 1..=3 {
        let granted = number - 1;
        hear_token(&mut site, TWO, token([], [(1, granted), (2, granted)]));
        hear_request(&mut site, TWO, number);
        leave(&mut site); // The token goes back to site 2.
        assert_eq!(enter(&mut site)[0], request(ZERO, number + 1));
    }
}

#[test]
fn the_course_counts_also_the_entries_with_the_token_at_hand() {
    let mut site = holder();
    for _ in 0..2 {
        enter(&mut site);
        leave(&mut site);
    }
    let done = hear_request(&mut site, TWO, 1);
    assert_eq!(done, [sends(TWO, token([], [(1, 2)]))]); // LN[1] = RN[1]: nobody is misled.
    assert_eq!(enter(&mut site)[0], request(ZERO, 3));
}

#[test]
fn p1_who_leaves_notes_that_its_request_was_granted() {
    let mut site = waiting();
    hear_token(&mut site, TWO, token([0], [(2, 4)]));
    assert_eq!(leave(&mut site), [LEFT, sends(ZERO, token([], [(1, 1), (2, 4)]))]);
}

#[test]
fn p1_who_leaves_puts_those_into_the_queue_who_have_asked_meanwhile() {
    let mut site = inside();
    for peer in [THREE, TWO, ZERO] {
        assert_eq!(hear_request(&mut site, peer, 1), []);
    }
    // The course's choice: from 0 to N − 1, and not in the order in which they have asked.
    assert_eq!(leave(&mut site), [LEFT, sends(ZERO, token([2, 3], [(1, 1)]))]);
    assert!(!site.has_token());
}

#[test]
fn p1_whoever_is_in_the_queue_stays_where_he_is() {
    let mut site = waiting();
    hear_request(&mut site, ZERO, 1);
    hear_request(&mut site, TWO, 1);
    hear_request(&mut site, THREE, 1);
    hear_token(&mut site, ZERO, token([3, 2], []));
    assert_eq!(leave(&mut site), [LEFT, sends(THREE, token([2, 0], [(1, 1)]))]);
}

#[test]
fn p1_whose_last_request_was_granted_is_not_put_into_the_queue() {
    let mut site = waiting();
    hear_request(&mut site, ZERO, 1);
    hear_request(&mut site, TWO, 2);
    hear_token(&mut site, ZERO, token([], [(0, 1), (2, 1)]));
    assert_eq!(leave(&mut site), [LEFT, sends(TWO, token([], [(0, 1), (1, 1), (2, 1)]))]);
}

#[test]
fn p1_who_leaves_keeps_the_token_when_nobody_waits() {
    let mut site = inside();
    assert_eq!(leave(&mut site), [LEFT]);
    assert_eq!((site.phase(), site.has_token()), (Phase::Idle, true));
}

#[test]
fn a_site_without_others_enters_at_once() {
    let mut site = Site::new(ZERO, Vec::new(), true);
    assert_eq!(enter(&mut site), [ENTERED]);
    assert_eq!(leave(&mut site), [LEFT]);
}

// P2: to be asked.

#[test]
fn p2_a_token_that_lies_unused_is_sent_to_who_asks() {
    let mut site = holder();
    assert_eq!(hear_request(&mut site, TWO, 1), [sends(TWO, Token::default())]);
    assert!(!site.has_token());
}

#[test]
fn p2_who_does_not_have_the_token_says_nothing() {
    for mut site in [idle(), waiting()] {
        assert_eq!(hear_request(&mut site, TWO, 1), []);
    }
}

#[test]
fn p2_who_is_inside_keeps_the_token() {
    let mut site = inside();
    assert_eq!(hear_request(&mut site, TWO, 1), []);
    assert!(site.has_token());
}

#[test]
fn p2_a_request_that_was_granted_long_ago_does_not_fetch_the_token() {
    // It was overtaken by the token on its way.
    let mut site = waiting();
    hear_token(&mut site, TWO, token([], [(2, 3)]));
    leave(&mut site);
    for late in [1, 2, 3] {
        assert_eq!(hear_request(&mut site, TWO, late), []);
    }
    let the_token = token([], [(1, 1), (2, 3)]);
    assert_eq!(hear_request(&mut site, TWO, 4), [sends(TWO, the_token)]);
}

#[test]
fn p2_an_old_request_does_not_undo_a_new_one() {
    let mut site = waiting();
    hear_request(&mut site, TWO, 2);
    hear_request(&mut site, TWO, 1); // Overtaken: RN[j] := max(RN[j], n).
    hear_token(&mut site, ZERO, token([], [(2, 1)]));
    assert_eq!(leave(&mut site), [LEFT, sends(TWO, token([], [(1, 1), (2, 1)]))]);
}

// What a correct peer can't have sent.

#[test]
fn there_is_no_second_token() {
    for mut site in [holder(), inside()] {
        assert_rejects(&hear_token(&mut site, TWO, Token::default()), TWO, "a second token");
    }
}

#[test]
fn a_token_for_which_nobody_asked_is_rejected() {
    let done = hear_token(&mut idle(), TWO, Token::default());
    assert_rejects(&done, TWO, "a token for which nobody asked");
}

#[test]
fn a_token_that_names_a_stranger_or_somebody_twice_is_rejected() {
    for nonsense in [
        token([7], []),
        token([0, u32::MAX], []),
        token([2, 0, 2], []),
        token([1], []), // Whoever is sent the token is no longer in its queue.
        token([0], [(7, 1)]),
    ] {
        let mut site = waiting();
        let before = site.clone();
        let done = hear_token(&mut site, TWO, nonsense);
        assert_rejects(&done, TWO, "a token that names a stranger, or somebody twice");
        assert_eq!(site, before);
    }
}

#[test]
fn a_token_that_does_not_fit_our_requests_is_rejected() {
    // Ours is the first: nothing of it can have been granted.
    for granted in [1, 2, u64::MAX - 1] {
        let done = hear_token(&mut waiting(), TWO, token([], [(1, granted)]));
        assert_rejects(&done, TWO, "a token that is not for this request");
    }
}

#[test]
fn a_number_that_nobody_can_follow_is_rejected() {
    for whose in [0, 1, 2] {
        let mut site = waiting();
        hear_request(&mut site, ZERO, u64::MAX);
        let done = hear_token(&mut site, TWO, token([], [(whose, u64::MAX)]));
        assert_rejects(&done, TWO, "a token with a number that nobody can follow");
    }
}

#[test]
fn who_lies_about_its_number_is_not_served_and_hurts_nobody_else() {
    let mut site = inside();
    for lie in [0, 7, u64::MAX] {
        assert_eq!(hear_request(&mut site, ZERO, lie), []);
    }
    hear_request(&mut site, TWO, 1);
    assert_eq!(leave(&mut site), [LEFT, sends(TWO, token([], [(1, 1)]))]);
}

// Mutual exclusion, deadlock, starvation and the number of messages: true under all schedules.

/// Counts what each single entry costs: by site, since it asked, its requests and the token that
/// came for them.
#[derive(Default)]
struct Bill {
    open: BTreeMap<ProcessId, u64>,
    /// How often an entry has cost how much.
    paid: BTreeMap<u64, u64>,
}

impl Monitor<Site> for Bill {
    fn on_input(&mut self, _now: Duration, at: ProcessId, _site: &Site, input: &InputOf<Site>) {
        match input {
            Input::Command(Command::Enter) => drop(self.open.insert(at, 0)),
            Input::Message { message: Message::Token(_), .. } => {
                *self.open.entry(at).or_default() += 1;
            }
            _ => {}
        }
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<Site>) {
        match effect {
            Effect::Send { message: Message::Request { .. }, .. } => {
                *self.open.entry(by).or_default() += 1;
            }
            Effect::Emit(Event::Entered) => {
                let cost = self.open.remove(&by).unwrap_or(0);
                *self.paid.entry(cost).or_default() += 1;
            }
            _ => {}
        }
    }

    fn violation(&self) -> Option<Violation> {
        None
    }
}

/// Runs a scenario from a seed, with everything that is promised held against it.
fn run(scenario: &Scenario<Workload>, seed: u64) -> Run<((Fairness, Measures), Bill)> {
    let size = scenario.processes;
    let site = |me: ProcessId| Site::new(me, me.peers(size), me == ZERO);
    run_with(site, scenario, seed, Bill::default())
}

#[test]
fn mutual_exclusion_without_deadlock_and_starvation_under_all_schedules() {
    for order in [Order::Fifo, Order::Unordered] {
        for size in 2..=6 {
            let (mut overtaken, mut contended, mut worst) = (0, 0, 0);
            for seed in 0..200 {
                let run = run(&busy(size, order), seed);
                assert_eq!(run.failure, None, "{size} sites, {order:?} links, seed {seed}");
                let ((fairness, measures), _) = run.monitor;
                assert_eq!(measures.entries, 10 * u64::from(size));
                overtaken += run.fates.overtaken;
                contended += u32::from(run.seen.contains(&"contention"));
                worst = worst.max(fairness.worst());
            }
            assert_eq!(overtaken > 0, order == Order::Unordered, "{size} sites");
            // Of two sites one has the token: never do both wait for long.
            assert!(contended > if size > 2 { 190 } else { 0 }, "{size} sites: {contended}");
            // No other site enters twice before one whose request all have received. It may
            // enter once, and does, where there is one more than those two.
            assert!(worst <= 1 && (size == 2 || worst == 1), "{size} sites, {order:?} links");
        }
    }
}

#[test]
fn an_entry_costs_nothing_with_the_token_at_hand_and_n_messages_without() {
    for size in 2..=16 {
        let expensive = u64::from(size);
        let mut paid = BTreeMap::new();
        for order in [Order::Fifo, Order::Unordered] {
            for workload in [Workload::high_contention(5), Workload::low_contention(5)] {
                let scenario = Scenario { workload, ..busy(size, order) };
                for seed in 0..5 {
                    let run = run(&scenario, seed);
                    assert_eq!(run.failure, None, "{size} sites, seed {seed}");
                    let ((_, measures), bill) = run.monitor;
                    let of = |cost| bill.paid.get(&cost).copied().unwrap_or(0);
                    assert_eq!(of(0) + of(expensive), 5 * u64::from(size), "{:?}", bill.paid);
                    assert_eq!(measures.messages, of(expensive) * expensive);
                    for (cost, times) in bill.paid {
                        *paid.entry(cost).or_insert(0) += times;
                    }
                }
            }
        }
        // Both occur.
        assert!(paid.keys().copied().eq([0, expensive]), "{size} sites: {paid:?}");
    }
}

/// A monitor that never finds fault would prove nothing.
#[test]
fn one_message_too_many_or_too_few_is_seen() {
    let watched = |is_at_hand, messages: u32| {
        let mut measures = Measures::new(4);
        let watch: &mut dyn Monitor<Site> = &mut measures;
        let site = Site::new(ZERO, ZERO.peers(4), is_at_hand);
        watch.on_input(Duration::ZERO, ZERO, &site, &Input::Command(Command::Enter));
        if !is_at_hand {
            let message = Message::Token(Token::default());
            watch.on_input(Duration::ZERO, ZERO, &site, &Input::Message { from: ONE, message });
        }
        watch.on_effect(Duration::ZERO, ZERO, &ENTERED);
        for _ in 0..messages {
            watch.on_effect(Duration::ZERO, ZERO, &request(ONE, 1));
        }
        watch.violation_at_rest().map(|violation| violation.property)
    };
    for messages in 0..=8 {
        let is_wrong = |right| (messages != right).then_some("message count");
        assert_eq!(watched(true, messages).as_deref(), is_wrong(0), "{messages}");
        assert_eq!(watched(false, messages).as_deref(), is_wrong(4), "{messages}");
    }
}

// Messages arrive, once, and nodes don't fail: what for?

/// The properties that break in two hundred runs.
fn broken(scenario: &Scenario<Workload>) -> BTreeSet<String> {
    let failures = (0..200).filter_map(|seed| run(scenario, seed).failure);
    failures.map(|failure| failure.violation.property.into_owned()).collect()
}

fn only(property: &str) -> BTreeSet<String> {
    BTreeSet::from([property.to_owned()])
}

#[test]
fn one_lost_message_can_be_enough_for_a_deadlock() {
    let mut scenario = busy(4, Order::Unordered);
    scenario.links.loss = "1%".parse().unwrap();
    assert_eq!(broken(&scenario), only("deadlock"));
}

#[test]
fn who_dies_inside_takes_the_token_with_it() {
    let mut scenario = busy(4, Order::Fifo);
    scenario.crashes = vec!["0@0ms".parse().unwrap()]; // It has the token then.
    for seed in 0..200 {
        let failure = run(&scenario, seed).failure.unwrap();
        assert_eq!(failure.violation.property, "deadlock", "seed {seed}");
    }
}

#[test]
fn a_token_that_arrives_twice_is_rejected() {
    let mut scenario = busy(4, Order::Unordered);
    scenario.links.duplication = "10%".parse().unwrap();
    assert_eq!(broken(&scenario), only("nobody rejects"));
    // The second one is known by its numbers, and left alone. A request may well come twice.
    scenario.tolerate_rejections = true;
    assert_eq!(broken(&scenario), BTreeSet::new());
}
