//! What is left out of a search makes no difference, and nothing is left out where it might.

use std::{
    collections::BTreeSet,
    hash::{Hash, Hasher},
    num::NonZeroUsize,
    sync::{Arc, Mutex},
};

use checker::{Bound, Bounds, Check, Checkable, Extent, Outlook, Reduction, Verdict, Whole};
use mutual_exclusion::{MutualExclusion, Workload, liveness, safety};
use protocol::{
    Application, Delay, Effects, Link, Never, Plan, Process, ProcessId, Property, View,
};
use scenario::{Budget, Order, Scenario};

use crate::{
    clickers::{Clicker, Finger},
    puppet::{Censor, Cue, Do, Prompter, Puppet, never, stage},
    solutions, wrong_sites,
};

/// Three puppets who talk about this and that, and one of whom sets a timer.
const TALK: [Cue; 5] = [
    (0, &[Do::Say(1, 11), Do::Say(2, 1)]),
    (0, &[Do::Say(1, 2)]),
    (1, &[Do::Say(2, 12), Do::Set("a")]),
    (1, &[Do::Say(0, 20)]),
    (2, &[Do::Say(0, 10), Do::Say(1, 3)]),
];

/// What all diaries say, in a state.
type Tale = Vec<String>;

/// All that can happen to puppets.
struct Play<'a> {
    scenario: &'a Scenario<()>,
    cues: &'a [Cue],
    bounds: Bounds,
    threads: usize,
}

impl<'a> Play<'a> {
    fn new(scenario: &'a Scenario<()>, cues: &'a [Cue]) -> Self {
        Self { scenario, cues, bounds: Bounds::default(), threads: 1 }
    }

    fn with_check<T>(
        &self,
        properties: &[Property<Puppet>],
        use_it: impl FnOnce(&Check<Puppet, Prompter, (), ()>) -> T,
    ) -> T {
        use_it(&Check {
            scenario: self.scenario,
            properties,
            process: &|_, life| Puppet::new(life),
            application: &|of| Prompter::new(self.cues, of),
            monitor: (),
            bounds: self.bounds,
            threads: NonZeroUsize::new(self.threads).unwrap(),
        })
    }

    fn all(&self, properties: &[Property<Puppet>]) -> Verdict<Puppet> {
        self.with_check(properties, |check| check.run(&mut |_| {}))
    }

    fn reduced(
        &self,
        reduction: &Reduction<Puppet, Prompter>,
        properties: &[Property<Puppet>],
    ) -> Verdict<Puppet> {
        self.with_check(properties, |check| check.run_reduced(reduction, &mut |_| {}))
    }
}

/// Nothing that puppets do is visible.
const SECRET: Reduction<Puppet, Prompter> = Reduction { is_visible: &|_, _| false, outlook: None };

/// What a puppet has answered is visible.
const OPEN: Reduction<Puppet, Prompter> = Reduction {
    is_visible: &|before, after| answered(&before.diary) != answered(&after.diary),
    outlook: None,
};

/// The lines of a diary that were answered, one after the other.
fn answered(diary: &str) -> String {
    diary.split(", ").filter(|line| line.len() == 2).collect()
}

/// What is proved, and all tales of the states that were looked at.
fn tales(run: impl FnOnce(&[Property<Puppet>]) -> Verdict<Puppet>) -> (Extent, BTreeSet<Tale>) {
    let told = Arc::new(Mutex::new(BTreeSet::new()));
    let verdict = run(&[reader(&told)]);
    let Verdict::Proved(extent) = verdict else { panic!("{verdict}") };
    let told = told.lock().unwrap();
    (extent, told.clone())
}

/// Holds always, and reads all diaries in every state.
fn reader(told: &Arc<Mutex<BTreeSet<Tale>>>) -> Property<Puppet> {
    let told = told.clone();
    Property::always("reader", move |view: &View<Puppet>| {
        let diaries = view.processes().map(|puppet| puppet.diary.clone());
        told.lock().unwrap().insert(diaries.collect());
        Ok(())
    })
}

/// What the puppet `of` writes in any of these.
fn diaries(tales: &BTreeSet<Tale>, of: usize) -> BTreeSet<&String> {
    tales.iter().map(|tale| &tale[of]).collect()
}

fn counts(extent: &Extent) -> (u64, u64, u32) {
    (extent.unique_states, extent.total_states, extent.depth)
}

#[test]
fn each_process_comes_to_all_its_states_whoever_waits() {
    let scenario = stage(3, Budget::NOTHING);
    let play = Play::new(&scenario, &TALK);
    let (all, every_tale) = tales(|properties| play.all(properties));
    let (few, tales) = tales(|properties| play.reduced(&SECRET, properties));
    assert_eq!((all.unique_states, few.unique_states), (38_039, 32_779));
    assert_eq!((few.depth, tales.len() < every_tale.len()), (all.depth, true));
    assert_eq!((all.is_reduced, few.is_reduced), (false, true));
    assert!(few.to_string().contains(", depth 18, reduced, "), "{few}");
    for of in 0..3 {
        assert_eq!(diaries(&tales, of), diaries(&every_tale, of));
    }
}

#[test]
fn what_is_visible_of_several_processes_is_seen_in_every_order() {
    let scenario = stage(3, Budget::NOTHING);
    let play = Play::new(&scenario, &TALK);
    let (all, every_tale) = tales(|properties| play.all(properties));
    let (few, few_tales) = tales(|properties| play.reduced(&OPEN, properties));
    assert_eq!((all.unique_states, few.unique_states), (38_039, 37_753));
    let answered = |tales: &BTreeSet<Tale>| -> BTreeSet<Tale> {
        tales.iter().map(|tale| tale.iter().map(|diary| answered(diary)).collect()).collect()
    };
    assert_eq!(answered(&few_tales), answered(&every_tale));
}

#[test]
fn what_is_not_said_to_be_visible_may_be_missed() {
    // When 0 has answered, it and 1 have a message under way to them each, and 0 may go first.
    let (scenario, cues) =
        (stage(2, Budget::NOTHING), [(1, &[Do::Say(0, 21), Do::Say(0, 3)] as _)]);
    let play = Play::new(&scenario, &cues);
    let comes_before_3 = |view: &View<Puppet>| {
        let is_so = view.processes().map(|puppet| &*puppet.diary).eq(["21", "11"]);
        if is_so { Err("the answer is there first".into()) } else { Ok(()) }
    };
    let properties = [Property::always("order", comes_before_3)];
    let open = Reduction { is_visible: &|before, after| before != after, outlook: None };
    assert!(matches!(play.all(&properties), Verdict::Violated { .. }));
    assert!(matches!(play.reduced(&open, &properties), Verdict::Violated { .. }));
    assert!(matches!(play.reduced(&SECRET, &properties), Verdict::Proved(_)));
}

#[test]
fn who_goes_wrong_does_so_whoever_waits() {
    let scenario = stage(3, Budget::NOTHING);
    let wrongs: [&'static [Do]; 2] = [&[Do::Panic], &[Do::Reject(0)]];
    for wrong in wrongs {
        let cues: Vec<Cue> = TALK.into_iter().chain([(2, wrong)]).collect();
        let play = Play::new(&scenario, &cues);
        let verdicts = [play.all(&[]), play.reduced(&SECRET, &[])];
        let [all, reduced] = verdicts.map(|verdict| match verdict {
            Verdict::Violated { violation, run, .. } => (violation, run.script.len()),
            _ => panic!("{verdict}"),
        });
        assert_eq!(all.0, reduced.0);
        assert!(all.1 <= reduced.1, "this run is shorter than the shortest");
    }
}

#[test]
fn wrong_sites_are_found_whoever_waits() {
    assert_eq!(found(2, 1, wrong_sites::no_tie_break::Site::new), "safety");
    assert_eq!(found(2, 1, wrong_sites::both_win_a_tie::Site::new), "deadlock");
    assert_eq!(found(2, 2, wrong_sites::counts_alone::Site::new), "deadlock");
    assert_eq!(found(3, 1, wrong_sites::one_reply_is_enough::Site::new), "safety");
}

/// The property that is found broken where nothing is looked at that makes no difference.
fn found<S>(size: u32, entries: u32, site: fn(ProcessId, Vec<ProcessId>) -> S) -> String
where
    S: MutualExclusion + Checkable + 'static,
{
    let mut scenario = Scenario::new(size, Workload::high_contention(entries));
    scenario.tolerate_rejections = true;
    let check = Check {
        scenario: &scenario,
        properties: &[safety(), liveness()],
        process: &|me, _| site(me, me.peers(size)),
        application: &|_| scenario.workload.worker(),
        monitor: (),
        bounds: Bounds::default(),
        threads: NonZeroUsize::MIN,
    };
    match check.run_reduced(&solutions::reduction(), &mut |_| {}) {
        Verdict::Violated { violation, .. } => violation.property.into_owned(),
        verdict => panic!("{verdict}"),
    }
}

#[test]
fn as_many_states_on_any_number_of_threads() {
    let scenario = stage(3, Budget::NOTHING);
    let outlook: Option<&Outlook<Puppet, Prompter>> = Some(&numbers_under_way);
    for reduction in [SECRET, OPEN, Reduction { outlook, ..SECRET }] {
        let found = [1, 2, 3].map(|threads| {
            let play = Play { threads, ..Play::new(&scenario, &TALK) };
            counts(play.reduced(&reduction, &[]).extent())
        });
        assert_eq!(found, [found[0]; 3]);
    }
}

// Where nobody may wait.

/// That nothing is left out, nor said to be.
fn nobody_waits(scenario: &Scenario<()>, cues: &[Cue]) {
    let play = Play::new(scenario, cues);
    let (all, every_tale) = tales(|properties| play.all(properties));
    let (few, tales) = tales(|properties| play.reduced(&SECRET, properties));
    assert_eq!((counts(&few), tales), (counts(&all), every_tale));
    // Who is alone goes first, and nobody waits for that.
    assert_eq!(few.is_reduced, scenario.processes == 1);
}

#[test]
fn with_a_budget_nobody_waits() {
    nobody_waits(&stage(3, Budget { losses: 1, ..Budget::NOTHING }), &TALK[..3]);
    nobody_waits(&stage(2, Budget { early_timeouts: 1, ..Budget::NOTHING }), &TALK[1..2]);
}

#[test]
fn on_links_that_keep_no_order_nobody_waits() {
    let mut scenario = stage(3, Budget::NOTHING);
    scenario.links.order = Order::Unordered;
    nobody_waits(&scenario, &TALK[..4]);
}

#[test]
fn where_somebody_hangs_up_nobody_waits() {
    let cues: [Cue; 4] =
        [(0, &[Do::Say(1, 1)]), (0, &[Do::Close(1)]), (1, &[Do::Say(0, 2)]), (1, &[Do::Say(0, 3)])];
    nobody_waits(&stage(2, Budget::NOTHING), &cues);
}

#[test]
fn where_a_search_goes_round_nobody_waits() {
    let check = |reduction: Option<&Reduction<Echo, Clicks>>| {
        let check = Check {
            scenario: &Scenario::new(2, ()),
            properties: &[],
            process: &|me, _| Echo::new(me),
            application: &|_| Clicks,
            monitor: (),
            bounds: Bounds::default(),
            threads: NonZeroUsize::MIN,
        };
        let mut times = Vec::new();
        let report = &mut |extent: &Extent| times.push(extent.elapsed);
        let verdict = match reduction {
            Some(reduction) => check.run_reduced(reduction, report),
            None => check.run(report),
        };
        assert!(times.is_sorted(), "what was searched first took its time, too: {times:?}");
        counts(verdict.extent())
    };
    let reduction = Reduction { is_visible: &|_, _| false, outlook: None };
    assert_eq!(check(Some(&reduction)), check(None));
}

#[test]
fn what_must_be_so_sometimes_is_looked_for_in_all_states() {
    let scenario = stage(3, Budget::NOTHING);
    let play = Play::new(&scenario, &TALK);
    let (_, every_tale) = tales(|properties| play.all(properties));
    let (_, tales) = tales(|properties| play.reduced(&SECRET, properties));
    let untold = every_tale.difference(&tales).next().unwrap().clone();
    let is_told = Property::sometimes("told", move |view: &View<Puppet>| {
        view.processes().zip(&untold).all(|(puppet, diary)| puppet.diary == *diary)
    });
    assert!(matches!(play.reduced(&SECRET, &[is_told]), Verdict::Proved(_)));
}

#[test]
fn before_a_monitor_nobody_waits() {
    let scenario = stage(3, Budget::NOTHING);
    let check = Check {
        scenario: &scenario,
        properties: &[],
        process: &|_, life| Puppet::new(life),
        application: &|of| Prompter::new(&TALK, of),
        monitor: Censor::default(),
        bounds: Bounds::default(),
        threads: NonZeroUsize::MIN,
    };
    let few = check.run_reduced(&SECRET, &mut |_| {});
    assert_eq!(counts(few.extent()), counts(check.run(&mut |_| {}).extent()));
}

#[test]
fn nobody_waits_for_who_is_alone() {
    nobody_waits(&stage(1, Budget::NOTHING), &[(0, &[Do::Set("a")]), (0, &[Do::Set("b")])]);
}

/// Sends back whatever comes, for ever, and notes a click.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Echo {
    me: ProcessId,
    is_clicked: bool,
}

impl Echo {
    fn new(me: ProcessId) -> Self {
        Self { me, is_clicked: false }
    }
}

impl Process for Echo {
    type Command = ();
    type Message = ();
    type Event = Never;
    type Timer = Never;

    fn on_command(&mut self, (): (), _fx: &mut Effects<Self>) {
        self.is_clicked = true;
    }

    fn on_message(&mut self, from: ProcessId, (): (), fx: &mut Effects<Self>) {
        fx.send(from, ());
    }

    fn on_link(&mut self, peer: ProcessId, _link: Link, fx: &mut Effects<Self>) {
        if self.me < peer {
            fx.send(peer, ());
        }
    }
}

/// Clicks once.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Clicks;

impl Application<Echo> for Clicks {
    fn on_start(&mut self, plan: &mut Plan<()>) {
        plan.ask(Delay::NONE, ());
    }

    fn on_event(&mut self, event: &Never, _plan: &mut Plan<()>) {
        match *event {}
    }

    fn is_done(&self) -> bool {
        true
    }
}

// What is alike.

/// What a puppet has heard is nothing to it; what it may yet hear, it may have to answer.
fn numbers_under_way(whole: &Whole<Puppet, Prompter>, mut into: &mut dyn Hasher) {
    for (from, to) in whole.ids().flat_map(|from| whole.ids().map(move |to| (from, to))) {
        whole.under_way(from, to).for_each(|said| said.hash(&mut into));
    }
}

/// Nothing but how many messages there are, which is told apart in any case.
fn nothing(_: &Whole<Puppet, Prompter>, _: &mut dyn Hasher) {}

#[test]
fn states_that_look_alike_are_one() {
    let scenario = stage(3, Budget::NOTHING);
    let play = Play::new(&scenario, &TALK);
    let reduction = Reduction { is_visible: &|_, _| true, outlook: Some(&numbers_under_way) };
    let (all, few) = (play.all(&[]), play.reduced(&reduction, &[]));
    assert!(matches!((&all, &few), (Verdict::Proved(_), Verdict::Proved(_))));
    assert_eq!((all.extent().unique_states, few.extent().unique_states), (38_039, 3_911));
    assert_eq!(all.extent().depth, few.extent().depth);
}

#[test]
fn what_goes_wrong_goes_wrong_as_soon_where_states_that_look_alike_are_one() {
    let scenario = stage(3, Budget::NOTHING);
    let cues: Vec<Cue> = TALK.into_iter().chain([(2, &[Do::Panic] as &[_])]).collect();
    let play = Play::new(&scenario, &cues);
    let reduction = Reduction { is_visible: &|_, _| true, outlook: Some(&numbers_under_way) };
    let lengths = [play.all(&[]), play.reduced(&reduction, &[])].map(|verdict| match verdict {
        Verdict::Violated { run, .. } => run.script.len(),
        _ => panic!("{verdict}"),
    });
    assert_eq!(lengths[0], lengths[1]);
}

#[test]
fn an_outlook_is_refuted_where_not_the_same_can_come() {
    let scenario = stage(3, Budget::NOTHING);
    let play = Play::new(&scenario, &TALK);
    let all = play.all(&[]);
    let right = play.with_check(&[], |check| check.try_outlook(&numbers_under_way));
    assert!(matches!(right, Verdict::Proved(_)), "{right}");
    assert_eq!(counts(right.extent()), counts(all.extent()));
    let wrong = play.with_check(&[], |check| check.try_outlook(&nothing));
    let Verdict::Violated { violation, .. } = wrong else { panic!("{wrong}") };
    assert_eq!(violation.property, "outlook");
}

#[test]
fn an_outlook_is_refuted_where_properties_see_more() {
    let scenario = stage(3, Budget::NOTHING);
    let play = Play::new(&scenario, &TALK);
    let properties = [never(1, "11, 2")];
    let seen = play.with_check(&properties, |check| check.try_outlook(&numbers_under_way));
    assert!(matches!(seen, Verdict::Violated { .. }), "{seen}");
}

#[test]
fn an_outlook_that_was_not_tried_on_all_states_is_not_proved() {
    let scenario = stage(3, Budget::NOTHING);
    for (bounds, hit) in [
        (Bounds { max_states: 10, ..Bounds::default() }, Bound::States),
        (Bounds { max_depth: 3, ..Bounds::default() }, Bound::Depth),
        (Bounds { max_memory: 1000, ..Bounds::default() }, Bound::Memory),
    ] {
        let play = Play { bounds, ..Play::new(&scenario, &TALK) };
        let verdict = play.with_check(&[], |check| check.try_outlook(&numbers_under_way));
        assert!(
            matches!(verdict, Verdict::BoundHit { bound, left, .. } if bound == hit && left > 0),
            "{verdict}"
        );
    }
}

#[test]
fn what_states_are_made_of_takes_up_memory_while_an_outlook_is_tried() {
    // A thousand states, each with a process of its own. What is known of them takes up less than
    // this, and they take up more.
    let bounds = Bounds { max_memory: 300_000, ..Bounds::default() };
    let check = Check {
        scenario: &Scenario::new(1, ()),
        properties: &[],
        process: &|_, _| Clicker(0),
        application: &|_| Finger { clicks_left: 999, is_insatiable: false },
        monitor: (),
        bounds,
        threads: NonZeroUsize::MIN,
    };
    let verdict = check.try_outlook(&|whole, mut into| {
        whole.ids().for_each(|id| whole.process(id).hash(&mut into));
    });
    assert!(matches!(verdict, Verdict::BoundHit { bound: Bound::Memory, .. }), "{verdict}");
}
