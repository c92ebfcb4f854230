//! Groups, and a relay with its clients, as every driver here has them.

use std::{fmt::Display, hash::Hash, num::NonZeroUsize};

use checker::{Bounds, Check, Checkable, Verdict};
use group_chat::{
    Talker, Workload,
    multicast::{ExactlyOnce, Member, Rule, Watch},
    relay::{Client, Exchange, SERVER, Settings, System, company, names},
};
use lab_tests::{caught, shortest};
use protocol::{Application, Either, Monitor, Never, Process, ProcessId, Property};
use scenario::{Budget, Order, Scenario, Topology};
use simulator::{Experiment, Shrinker};

/// Makes a member: an honest one, or one that is wrong.
pub(crate) type MakeMember<P> = fn(ProcessId, Vec<ProcessId>) -> P;

/// Makes a relay: the honest one, or one that is wrong.
pub(crate) type MakeRelay<R> = fn(Settings) -> R;

/// What watches a group: that nothing is lost or doubled, and that an order is kept.
pub(crate) type Keeps<R> = (Watch<ExactlyOnce>, Watch<R>);

/// What watches a group of so many members.
pub(crate) fn keeps<R: Rule + Default>(members: u32) -> Keeps<R> {
    (Watch::new(ExactlyOnce::new(members)), Watch::default())
}

/// A group, each of whose members says these lines, over links that keep no order.
pub(crate) fn group(lines: &[&[&str]]) -> Scenario<Workload> {
    unordered(Scenario::new(lines.len() as u32, Workload::new(lines)))
}

/// Over links that keep no order.
pub(crate) fn unordered(mut scenario: Scenario<Workload>) -> Scenario<Workload> {
    scenario.links.order = Order::Unordered;
    scenario
}

/// Over links that keep order.
pub(crate) fn in_order(mut scenario: Scenario<Workload>) -> Scenario<Workload> {
    scenario.links.order = Order::Fifo;
    scenario
}

/// Clients around a relay, each of which says these lines.
pub(crate) fn star(lines: &[&[&str]]) -> Scenario<Workload> {
    let none: &[&str] = &[];
    let lines: Vec<&[&str]> = [none].iter().chain(lines).copied().collect();
    let mut scenario = Scenario::new(lines.len() as u32, Workload::new(&lines));
    scenario.links.topology = Topology::Star;
    scenario
}

/// That many crashes and restarts, whenever they may be.
pub(crate) fn budget(crashes: u8, restarts: u8) -> Budget {
    Budget { crashes, restarts, ..Budget::NOTHING }
}

/// Has the experiment of a group used.
pub(crate) fn with_group<P: Member, T>(
    scenario: &Scenario<Workload>,
    member: MakeMember<P>,
    properties: &[Property<P>],
    use_it: impl FnOnce(&Experiment<P, Talker, Workload>) -> T,
) -> T {
    use_it(&Experiment {
        scenario,
        properties,
        process: &|me, _incarnation| member(me, me.peers(scenario.processes)),
        application: &|me| scenario.workload.talker(me),
    })
}

/// Has the experiment of a relay and its clients used.
pub(crate) fn with_relay<R: Exchange<Command = Never>, T>(
    scenario: &Scenario<Workload>,
    settings: Settings,
    relay: MakeRelay<R>,
    use_it: impl FnOnce(&Experiment<System<R>, Talker, Workload>) -> T,
) -> T {
    use_it(&Experiment {
        scenario,
        properties: &[names(), company()],
        process: &|me, _incarnation| match me {
            SERVER => Either::First(relay(settings)),
            _ => Either::Second(Client::new(SERVER)),
        },
        application: &|me| scenario.workload.talker(me),
    })
}

/// Looks at all that can happen, and holds that it is well, and that there are so many states.
pub(crate) fn assert_proves<P, M>(
    experiment: &Experiment<P, Talker, Workload>,
    monitor: M,
    states: u64,
) where
    P: Checkable,
    Talker: Application<P>,
    M: Monitor<P> + Clone + Eq + Hash + Send + Sync,
{
    let &Experiment { scenario, properties, process, application } = experiment;
    let bounds = Bounds { max_states: 3_000_000, ..Bounds::default() };
    let threads = NonZeroUsize::MIN.saturating_add(1);
    let check = Check { scenario, properties, process, application, monitor, bounds, threads };
    let verdict = check.run(&mut |_| {});
    println!("{verdict}");
    let Verdict::Proved(extent) = verdict else { panic!("{verdict}") };
    assert_eq!(extent.unique_states, states, "another number of states is another behaviour");
}

/// The properties that find `wrong` processes where `honest` ones go right: in some of the runs of
/// five hundred seeds, and in a shortest one of all that there can be.
pub(crate) fn found_by<H, P, M>(
    honest: &Experiment<H, Talker, Workload>,
    wrong: &Experiment<P, Talker, Workload>,
    monitor: &dyn Fn() -> M,
    noun: &'static str,
) -> [String; 2]
where
    H: Checkable,
    P: Checkable + Process<Command: Display, Message: Display, Event: Display, Timer: Display>,
    Talker: Application<H> + Application<P>,
    M: Monitor<H> + Monitor<P> + Clone + Eq + Hash + Send + Sync,
{
    let honest = Shrinker { experiment: honest, monitor, may_omit: &|_| true, noun };
    let wrong = Shrinker { experiment: wrong, monitor, may_omit: &|_| true, noun };
    [caught(&honest, &wrong), shortest(&honest, &wrong)]
}

/// The same for the members of a group, who must keep this order.
pub(crate) fn found_in_a_group<H, P, R>(
    scenario: &Scenario<Workload>,
    honest: MakeMember<H>,
    wrong: MakeMember<P>,
) -> [String; 2]
where
    H: Member + Checkable,
    P: Member + Checkable + Process<Message: Display, Timer: Display>,
    R: Rule + Default + Clone + Eq + Hash + Send + Sync,
{
    let monitor = || keeps::<R>(scenario.processes);
    with_group(scenario, honest, &[], |honest| {
        with_group(scenario, wrong, &[], |wrong| found_by(honest, wrong, &monitor, "member"))
    })
}
