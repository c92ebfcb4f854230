//! A server and its clients, as every driver here has them.

use std::{num::NonZeroU32, time::Duration};

use checker::Checkable;
use protocol::{Either, Never, Property};
use scenario::{Budget, Scenario, Topology};
use semaphore::{
    Clerk, Client, FirstComeFirstServed, GrowingTokens, Name, Request, SERVER, ServerEvent,
    ServerTimer, Settings, System, Tokens, Worker, Workload, properties,
};
use simulator::{Experiment, Shrinker};

/// Makes a server: the honest one, or one that is wrong.
pub(crate) type MakeServer<S> = fn(Settings, Tokens) -> S;

/// What watches every history.
pub(crate) type Watch = (FirstComeFirstServed, GrowingTokens);

/// One after the other holds both, in opposite orders.
pub(crate) const OPPOSITE: [&str; 2] =
    ["ACQUIRE a, ACQUIRE b, RELEASE b, RELEASE a", "ACQUIRE b, ACQUIRE a, RELEASE a, RELEASE b"];

/// One semaphore, and everybody wants it.
pub(crate) const ONE: [&str; 1] = ["ACQUIRE a, RELEASE a"];

/// Clients around a server. Each goes so many times through its list.
pub(crate) fn star(clients: u32, rounds: u32, lists: &[&str]) -> Scenario<Workload> {
    let workload = Workload::new(rounds, lists).expect("these are lists");
    let mut scenario = Scenario::new(1 + clients, workload);
    scenario.links.topology = Topology::Star;
    scenario
}

/// Who says nothing for 50 ms, and holds or waits for something, is expired.
pub(crate) fn impatient() -> Settings {
    Settings { session_timeout: Some(Duration::from_millis(50)), ..Settings::default() }
}

/// That semaphore has two permits.
pub(crate) fn two_permits(semaphore: &str, settings: &Settings) -> Settings {
    let name = Name::new(semaphore).expect("a name");
    let two = const { NonZeroU32::new(2).expect("not zero") };
    Settings { permits: [(name, two)].into(), ..settings.clone() }
}

/// Has the experiment used.
pub(crate) fn with_experiment<S, T>(
    scenario: &Scenario<Workload>,
    settings: &Settings,
    heartbeat: Option<Duration>,
    server: MakeServer<S>,
    properties: &[Property<System<S>>],
    use_it: impl FnOnce(&Experiment<System<S>, Worker, Workload>) -> T,
) -> T
where
    S: Clerk<Command = Never, Event = ServerEvent, Timer = ServerTimer>,
{
    use_it(&Experiment {
        scenario,
        properties,
        process: &|me, life| match me {
            SERVER => {
                let tokens = Tokens::of_epoch(life).expect("few lives");
                Either::First(server(settings.clone(), tokens))
            }
            _ => Either::Second(Client::new(SERVER, Some(scenario.workload.hello(me)), heartbeat)),
        },
        application: &|me| scenario.workload.worker(me),
    })
}

/// Has what shrinks its failures used.
pub(crate) fn with_shrinker<S, T>(
    scenario: &Scenario<Workload>,
    settings: &Settings,
    server: MakeServer<S>,
    use_it: impl FnOnce(&Shrinker<System<S>, Worker, Watch, Workload>) -> T,
) -> T
where
    S: Clerk<Command = Never, Event = ServerEvent, Timer = ServerTimer>,
{
    with_experiment(scenario, settings, None, server, &properties(), |experiment| {
        use_it(&Shrinker {
            experiment,
            monitor: &Watch::default,
            // Who holds something must release it; nobody need ask for it.
            may_omit: &|command| !matches!(command, Either::Second(Request::Release { .. })),
            noun: "process",
        })
    })
}

/// Looks at all that can happen, and holds that it is well, and that there are so many states.
pub(crate) fn assert_proves<S>(
    scenario: &Scenario<Workload>,
    settings: &Settings,
    server: MakeServer<S>,
    properties: &[Property<System<S>>],
    states: u64,
) where
    S: Clerk<Command = Never, Event = ServerEvent, Timer = ServerTimer>,
    System<S>: Checkable,
{
    with_experiment(scenario, settings, None, server, properties, |experiment| {
        lab_tests::assert_proves(experiment, Watch::default(), states);
    });
}

/// That many crashes, restarts and timers that run out early, whenever they may be.
pub(crate) fn budget(crashes: u8, restarts: u8, early_timeouts: u8) -> Budget {
    Budget { crashes, restarts, early_timeouts, ..Budget::NOTHING }
}
