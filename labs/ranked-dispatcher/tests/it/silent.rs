//! A silent network loses words and breaks no connection: then the server would wait for ever. TCP
//! says again what is not acknowledged, and so does [`Reliable`]. Behind it, loss is delay.

use protocol::{
    Application, Claim, Either, Inside, Plan, Process, ProcessId, Property, Reliable, View,
};
use ranked_dispatcher::{Client, SERVER, Server, Settings, System, Witness, Worker, Workload};
use scenario::{Chance, Scenario};
use simulator::Experiment;

use crate::{
    simulate::all_properties,
    system::{TASKS, star},
    tally::{Seen, Tally},
};

type Behind = Reliable<System<Server>>;

/// The same application of the process inside.
struct Within(Worker);

type CommandOf<P> = <P as Process>::Command;

impl Application<Behind> for Within {
    fn on_start(&mut self, plan: &mut Plan<CommandOf<Behind>>) {
        Application::<System<Server>>::on_start(&mut self.0, plan);
    }

    fn on_event(&mut self, event: &<Behind as Process>::Event, plan: &mut Plan<CommandOf<Behind>>) {
        Application::<System<Server>>::on_event(&mut self.0, event, plan);
    }

    fn is_done(&self) -> bool {
        Application::<System<Server>>::is_done(&self.0)
    }
}

/// The same property of the processes inside.
fn within(property: Property<System<Server>>) -> Property<Behind> {
    let (name, claim) = (property.name(), property.claim());
    let judge = move |view: &View<Behind>| {
        let inside: Vec<_> = view.processes().map(Reliable::inner).collect();
        property.judge(&View::of(&inside, view.alive))
    };
    match claim {
        Claim::Always => Property::always(name, judge),
        Claim::Eventually => Property::eventually(name, judge),
        Claim::Sometimes => Property::sometimes(name, move |view| judge(view).is_ok()),
    }
}

fn process(me: ProcessId, life: u64) -> Behind {
    let process = match me {
        SERVER => Either::First(Server::new(Settings::default())),
        _ => Either::Second(Client::new(SERVER)),
    };
    Reliable::new(process, life)
}

#[test]
fn silence_is_delay() {
    let mut scenario: Scenario<Workload> = star(5, 6, &TASKS);
    scenario.workload.at_once = 3;
    (scenario.links.loss, scenario.links.duplication) = (chance("0.1"), chance("0.05"));
    scenario.links.reordering = chance("0.05");
    scenario.partitions = ["2@20ms..120ms", "3,4@60ms..200ms/in", "1@90ms..300ms/out"]
        .map(|text| text.parse().expect("a partition"))
        .into();
    scenario.crashes = ["5@70ms..140ms/silent", "3@150ms", "0@400ms..410ms"]
        .map(|text| text.parse().expect("a crash"))
        .into();
    let properties: Vec<Property<Behind>> = all_properties().into_iter().map(within).collect();
    let experiment = Experiment {
        scenario: &scenario,
        properties: &properties,
        process: &process,
        application: &|me| Within(scenario.workload.worker(me)),
    };
    let mut seen = Seen::default();
    for seed in 0..200 {
        let witness = Witness::new(Settings::default().max_retries);
        let run = experiment.run(seed, Inside((witness, Tally::default())));
        assert_eq!(run.failure, None, "seed {seed}");
        seen.add(&run, &run.monitor.0.1);
    }
    println!("{seen:?}");
    let fates = seen.fates;
    assert!(fates.cut > 0 && fates.lost > 0 && fates.duplicated > 0 && fates.overtaken > 0);
    assert!(seen.handed_on > 0 && seen.orphaned > 0 && seen.results > 0);
}

fn chance(text: &str) -> Chance {
    text.parse().expect("a chance")
}
