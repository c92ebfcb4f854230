//! Every run that is tried is one that could happen.

use protocol::{Application, Delay, Effects, Plan, Process, ProcessId, Property, View};
use scenario::{Order, Scenario};
use simulator::{Experiment, Shrinker, Shrunk};

use crate::{
    puppet::{Cue, Do, Puppet, script, stage, time},
    shrink::shrunk,
};

/// What remains when puppets are told this, and such a thing is not to be heard.
fn puppets(
    scenario: &Scenario<()>,
    cues: &[Cue],
    properties: &[Property<Puppet>],
) -> Shrunk<Puppet> {
    let process = |_, life| Puppet::new(life);
    let application = |of| script(cues, of);
    let experiment =
        Experiment { scenario, properties, process: &process, application: &application };
    let shrinker =
        Shrinker { experiment: &experiment, monitor: &|| (), may_omit: &|_| true, noun: "puppet" };
    shrunk(&shrinker, 1)
}

/// The lines that have a number.
fn events<P: Process>(shrunk: &Shrunk<P>) -> Vec<&str> {
    let is_numbered = |line: &&str| !line.starts_with("     ");
    shrunk.story.lines().filter(is_numbered).map(|line| &line[5..]).collect()
}

fn nobody_hears(taboo: u64) -> Property<Puppet> {
    Property::always("taboo", move |view: &View<Puppet>| {
        let heard = view.living().find(|(_, puppet)| puppet.heard.contains(&taboo));
        heard.map_or(Ok(()), |(id, _)| Err(format!("{id} hears {taboo}")))
    })
}

#[test]
fn links_that_keep_order_keep_it_in_every_run_that_is_tried() {
    let mut scenario = stage(2);
    let cues = [("5ms", 0, Do::SayCloseSay(1)), ("5ms", 1, Do::Say(0, 4))];
    let in_order = puppets(&scenario, &cues[..1], &[nobody_hears(4)]);
    scenario.links.order = Order::Unordered;
    let out_of_order = puppets(&scenario, &cues[..1], &[nobody_hears(4)]);
    assert_eq!((in_order.script.len(), out_of_order.script.len()), (5, 2));
}

#[test]
fn a_panic_remains_a_panic() {
    let cues = [("5ms", 0, Do::Say(1, 7)), ("6ms", 0, Do::Panic), ("5ms", 1, Do::Say(0, 4))];
    let shrunk = puppets(&stage(2), &cues, &[]);
    assert_eq!(events(&shrunk), ["puppet 0 is told to Panic"]);
    assert_eq!(shrunk.violation.to_string(), "nobody panics: process 0: told to");

    let shrunk = puppets(&stage(2), &[("5ms", 0, Do::Say(0, 7))], &[]);
    assert_eq!(events(&shrunk), ["puppet 0 is told to Say(0, 7)"]);
}

#[test]
fn a_run_is_not_at_rest_while_a_timer_is_set_but_it_need_not_be_set() {
    let noise = Property::eventually("quiet", |view: &View<Puppet>| {
        if view.process(ProcessId(1)).heard == [7] { Err("noise".into()) } else { Ok(()) }
    });
    let cues = [("1ms", 0, Do::Set("a", "9ms")), ("5ms", 0, Do::Say(1, 7))];
    let shrunk = puppets(&stage(2), &cues, &[noise]);
    assert_eq!(events(&shrunk), ["puppet 0 is told to Say(1, 7)", "puppet 1 <- puppet 0: 7"]);
    assert_eq!(shrunk.violation.to_string(), "deadlock: noise");
}

#[test]
fn a_new_life_is_an_event_and_so_are_its_links() {
    let mut scenario = stage(3);
    scenario.crashes.push("1@5ms..9ms".parse().unwrap());
    scenario.crashes.push("2@6ms..7ms".parse().unwrap());
    let again = |view: &View<Puppet<true>>| match view.process(ProcessId(0)).heard.contains(&1) {
        true => Err("0 hears of a new life".to_owned()),
        false => Ok(()),
    };
    let properties = [Property::always("news", again)];
    let process = |_, life| Puppet::<true>::greeting(life);
    let application = |of| script(&[], of);
    let experiment = Experiment {
        scenario: &scenario,
        properties: &properties,
        process: &process,
        application: &application,
    };
    let shrinker =
        Shrinker { experiment: &experiment, monitor: &|| (), may_omit: &|_| true, noun: "puppet" };
    let shrunk = shrunk(&shrinker, 1);
    let expected = [
        "puppet 2 dies",
        "puppet 2 starts",
        "puppet 0 has lost the link to puppet 2",
        "puppet 0 is linked to puppet 2 in its life 1",
        "puppet 0 <- puppet 2: 1",
    ];
    assert_eq!(events(&shrunk), expected, "{}", shrunk.story);
}

#[test]
fn who_waits_for_ever_while_something_goes_on_is_not_live() {
    /// Is always busy with itself.
    struct Restless;
    impl Process for Restless {
        type Command = Do;
        type Message = u64;
        type Event = String;
        type Timer = &'static str;

        fn on_command(&mut self, _: Do, fx: &mut Effects<Self>) {
            fx.set_timer("again", time("1ms"));
        }

        fn on_message(&mut self, _: ProcessId, _: u64, _: &mut Effects<Self>) {}

        fn on_timer(&mut self, _: &'static str, fx: &mut Effects<Self>) {
            fx.set_timer("again", time("1ms"));
        }
    }
    impl Application<Restless> for Cues {
        fn on_start(&mut self, plan: &mut Plan<Do>) {
            plan.ask(Delay::NONE, Do::Recite);
        }

        fn on_event(&mut self, _: &String, _: &mut Plan<Do>) {}

        fn is_done(&self) -> bool {
            self.0
        }
    }
    /// Whether they are done.
    struct Cues(bool);

    let mut scenario = stage(2);
    scenario.deadline = time("1s");
    let experiment = Experiment {
        scenario: &scenario,
        properties: &[],
        process: &|_, _| Restless,
        application: &|of| Cues(of.0 == 1),
    };
    let shrinker =
        Shrinker { experiment: &experiment, monitor: &|| (), may_omit: &|_| true, noun: "puppet" };
    let shrunk = shrunk(&shrinker, 1);
    assert_eq!(events(&shrunk), ["puppet 0 is told to Recite"]);
    assert_eq!(shrunk.violation.to_string(), "liveness: process 0 is not done");
}

#[test]
fn a_failure_by_the_clock_does_not_shrink() {
    let mut scenario = stage(2);
    scenario.deadline = time("8ms");
    let late = Property::eventually("news", |view: &View<Puppet>| {
        if view.process(ProcessId(1)).heard.is_empty() { Err("1 waits".to_owned()) } else { Ok(()) }
    });
    let cues = [("7500us", 0, Do::Say(1, 1))];
    let experiment = Experiment {
        scenario: &scenario,
        properties: &[late],
        process: &|_, life| Puppet::<false>::new(life),
        application: &|of| script(&cues, of),
    };
    assert!(experiment.run(1, ()).failure.is_some());
    let shrinker =
        Shrinker { experiment: &experiment, monitor: &|| (), may_omit: &|_| true, noun: "puppet" };
    assert!(shrinker.shrink(1).is_none());
}
