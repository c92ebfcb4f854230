//! A server and its clients, as every driver here has them.

use checker::Checkable;
use protocol::{Either, Never, Property};
use ranked_dispatcher::{
    Client, Command, Dispatcher, SERVER, ServerEvent, Settings, System, Witness, Worker, Workload,
    properties,
};
use scenario::{Budget, Scenario, Topology};
use simulator::{Experiment, Shrinker};

/// Makes a server: the honest one, or one that is wrong.
pub(crate) type MakeServer<S> = fn(Settings) -> S;

/// What is asked for: each client of four begins with another of these.
pub(crate) const TASKS: [&str; 4] = ["print", "echo a", "sum 1 2", "debug"];

/// Clients around a server. Each asks for so many of these tasks.
pub(crate) fn star(clients: u32, commands: u32, tasks: &[&str]) -> Scenario<Workload> {
    let workload = Workload::new(commands, tasks).expect("these are tasks");
    let mut scenario = Scenario::new(1 + clients, workload);
    scenario.links.topology = Topology::Star;
    scenario
}

/// Everybody has two commands under way.
pub(crate) fn hurry(scenario: Scenario<Workload>) -> Scenario<Workload> {
    Scenario { workload: Workload { at_once: 2, ..scenario.workload }, ..scenario }
}

/// Has the experiment used.
pub(crate) fn with_experiment<S, T>(
    scenario: &Scenario<Workload>,
    settings: &Settings,
    server: MakeServer<S>,
    properties: &[Property<System<S>>],
    use_it: impl FnOnce(&Experiment<System<S>, Worker, Workload>) -> T,
) -> T
where
    S: Dispatcher<Command = Never, Event = ServerEvent, Timer = Never>,
{
    use_it(&Experiment {
        scenario,
        properties,
        process: &|me, _life| match me {
            SERVER => Either::First(server(settings.clone())),
            _ => Either::Second(Client::new(SERVER)),
        },
        application: &|me| scenario.workload.worker(me),
    })
}

/// Has what shrinks its failures used.
pub(crate) fn with_shrinker<S, T>(
    scenario: &Scenario<Workload>,
    settings: &Settings,
    server: MakeServer<S>,
    use_it: impl FnOnce(&Shrinker<System<S>, Worker, Witness, Workload>) -> T,
) -> T
where
    S: Dispatcher<Command = Never, Event = ServerEvent, Timer = Never>,
{
    with_experiment(scenario, settings, server, &properties(), |experiment| {
        use_it(&Shrinker {
            experiment,
            monitor: &|| Witness::new(settings.max_retries),
            // Nobody need ask for anything; who is told to run something must answer.
            may_omit: &|command| !matches!(command, Either::Second(Command::Done { .. })),
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
    S: Dispatcher<Command = Never, Event = ServerEvent, Timer = Never>,
    System<S>: Checkable,
{
    with_experiment(scenario, settings, server, properties, |experiment| {
        lab_tests::assert_proves(experiment, Witness::new(settings.max_retries), states);
    });
}

/// That many crashes and restarts, whenever they may be.
pub(crate) fn budget(crashes: u8, restarts: u8) -> Budget {
    Budget { crashes, restarts, ..Budget::NOTHING }
}
