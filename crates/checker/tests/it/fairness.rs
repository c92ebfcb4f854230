//! A run that leaves undone for ever what is always possible is none: it is not said to starve
//! anybody. Whoever is put off again and again does starve.

use std::{collections::BTreeSet, hash::Hash, time::Duration};

use checker::Verdict;
use protocol::{
    Application, Delay, Effects, Link, Never, Plan, Process, ProcessId, Property, View,
};
use scenario::Order;
use trace::What;

use crate::liveness::{Nobody, check, is_proved, starves};

/// Asks for one thing.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Somebody;

impl<P: Process<Command = ()>> Application<P> for Somebody {
    fn on_start(&mut self, plan: &mut Plan<()>) {
        plan.ask(Delay::NONE, ());
    }

    fn on_event(&mut self, _event: &P::Event, _plan: &mut Plan<()>) {}

    fn is_done(&self) -> bool {
        true
    }
}

/// 0 and 1 chatter for ever.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Sleeper {
    me: u32,
    /// Whether it was told to wake, by a message or a command.
    is_awake: bool,
    /// Who sends that message, if anybody does.
    waker: Option<u32>,
    /// And to whom.
    sleeper: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Talk {
    Chatter,
    Wake,
}

impl Process for Sleeper {
    type Command = ();
    type Message = Talk;
    type Event = Never;
    type Timer = Never;

    fn on_command(&mut self, (): (), _fx: &mut Effects<Self>) {
        self.is_awake = true;
    }

    fn on_message(&mut self, from: ProcessId, message: Talk, fx: &mut Effects<Self>) {
        match message {
            Talk::Chatter => fx.send(from, Talk::Chatter),
            Talk::Wake => self.is_awake = true,
        }
    }

    fn on_link(&mut self, peer: ProcessId, _link: Link, fx: &mut Effects<Self>) {
        if self.me == 0 && peer.0 == 1 {
            fx.send(peer, Talk::Chatter);
        }
        if self.waker == Some(self.me) && peer.0 == self.sleeper {
            fx.send(peer, Talk::Wake);
        }
    }
}

fn wakes<A>(order: Order, waker: Option<u32>, sleeper: u32, application: &A) -> Verdict<Sleeper>
where
    A: Application<Sleeper> + Clone + Eq + Hash + Send + Sync,
{
    let wakes = Property::eventually("waking", move |view: &View<Sleeper>| {
        if view.process(ProcessId(sleeper)).is_awake { Ok(()) } else { Err("asleep".into()) }
    });
    let process = move |me: ProcessId| Sleeper { me: me.0, is_awake: false, waker, sleeper };
    check(order, 3, process, application, wakes)
}

#[test]
fn no_link_is_left_out_for_ever_while_others_deliver() {
    for order in [Order::Fifo, Order::Unordered] {
        let verdict = wakes(order, Some(0), 2, &Nobody);
        assert!(is_proved(&verdict), "{verdict}");
        // If nobody is to wake it, the chatter goes on for ever.
        assert_eq!(starves(wakes(order, None, 2, &Nobody)).2, 2);
    }
}

#[test]
fn no_command_is_left_out_for_ever_while_others_are_busy() {
    let verdict = wakes(Order::Fifo, None, 2, &Somebody);
    assert!(is_proved(&verdict), "{verdict}");
}

#[test]
fn no_message_is_left_out_for_ever_on_a_link_without_order() {
    // The chatter takes the same way, and could overtake it again and again.
    let verdict = wakes(Order::Unordered, Some(0), 1, &Nobody);
    assert!(is_proved(&verdict), "{verdict}");
}

/// 0 and 1 chatter for ever, and 2 has set two timers, each of which sets itself again.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Alarm {
    me: u32,
    /// Whether others are to talk at all.
    others_talk: bool,
    /// The timer that rang last.
    rang: Option<u8>,
}

impl Process for Alarm {
    type Command = Never;
    type Message = Talk;
    type Event = Never;
    type Timer = u8;

    fn on_start(&mut self, fx: &mut Effects<Self>) {
        if self.me == 2 {
            fx.set_timer(1, Duration::ZERO);
            fx.set_timer(2, Duration::ZERO);
        }
    }

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_message(&mut self, from: ProcessId, _message: Talk, fx: &mut Effects<Self>) {
        fx.send(from, Talk::Chatter);
    }

    fn on_timer(&mut self, timer: u8, fx: &mut Effects<Self>) {
        self.rang = Some(timer);
        fx.set_timer(timer, Duration::ZERO);
    }

    fn on_link(&mut self, peer: ProcessId, _link: Link, fx: &mut Effects<Self>) {
        if self.others_talk && (self.me, peer.0) == (0, 1) {
            fx.send(peer, Talk::Chatter);
        }
    }
}

fn alarm(others_talk: bool, holds: fn(&Alarm) -> bool) -> Verdict<Alarm> {
    let property = Property::eventually("alarm", move |view: &View<Alarm>| {
        if holds(view.process(ProcessId(2))) { Ok(()) } else { Err("silence".into()) }
    });
    let process = move |me: ProcessId| Alarm { me: me.0, others_talk, rang: None };
    check(Order::Fifo, 3, process, &Nobody, property)
}

#[test]
fn no_timer_waits_for_ever_because_others_talk() {
    let verdict = alarm(true, |it| it.rang.is_some());
    assert!(is_proved(&verdict), "{verdict}");
}

#[test]
fn a_run_that_is_shown_going_round_lets_every_timer_ring() {
    let Verdict::Violated { run, .. } = alarm(false, |_| false) else { panic!("no violation") };
    let events = run.script.events.into_iter().skip(run.repeats_from.unwrap());
    let rings = events.map(|event| match event.what {
        What::Timeout { timer, .. } => timer,
        other => panic!("{other:?}"),
    });
    // The first has rung on the way there.
    assert_eq!(rings.collect::<Vec<u8>>(), [2, 1]);
}

/// 0 serves 1 and 2, one at a time. 1 wants to be served once, 2 again and again.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Counter {
    me: u32,
    is_busy: bool,
    was_served: bool,
    /// Whom 0 serves next, if it keeps that in mind.
    queue: Option<Vec<ProcessId>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Ticket {
    Request,
    Busy,
    Granted,
    Done,
}

impl Counter {
    const SERVER: ProcessId = ProcessId(0);
}

impl Process for Counter {
    type Command = Never;
    type Message = Ticket;
    type Event = Never;
    type Timer = Never;

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_link(&mut self, peer: ProcessId, _link: Link, fx: &mut Effects<Self>) {
        if peer == Self::SERVER {
            fx.send(peer, Ticket::Request);
        }
    }

    fn on_message(&mut self, from: ProcessId, message: Ticket, fx: &mut Effects<Self>) {
        match (message, &mut self.queue) {
            (Ticket::Request, Some(queue)) if self.is_busy => queue.push(from),
            (Ticket::Request, None) if self.is_busy => fx.send(from, Ticket::Busy),
            (Ticket::Request, _) => {
                self.is_busy = true;
                fx.send(from, Ticket::Granted);
            }
            (Ticket::Busy, _) => fx.send(from, Ticket::Request),
            (Ticket::Granted, _) => {
                self.was_served = self.me == 1;
                fx.send(from, Ticket::Done);
                if self.me == 2 {
                    fx.send(from, Ticket::Request);
                }
            }
            (Ticket::Done, Some(queue)) if !queue.is_empty() => {
                fx.send(queue.remove(0), Ticket::Granted);
            }
            (Ticket::Done, _) => self.is_busy = false,
        }
    }
}

fn serve(has_a_queue: bool) -> Verdict<Counter> {
    let serves = Property::eventually("service", |view: &View<Counter>| {
        if view.process(ProcessId(1)).was_served { Ok(()) } else { Err("1 waits".into()) }
    });
    let process = |me: ProcessId| Counter {
        me: me.0,
        is_busy: false,
        was_served: false,
        queue: has_a_queue.then(Vec::new),
    };
    check(Order::Fifo, 3, process, &Nobody, serves)
}

#[test]
fn who_comes_at_the_wrong_moment_again_and_again_starves_though_every_link_delivers() {
    let verdict = serve(false);
    let Verdict::Violated { run, .. } = &verdict else { panic!("{verdict}") };
    let links: BTreeSet<_> = run.script.events[run.repeats_from.unwrap()..]
        .iter()
        .map(|event| match event.what {
            What::Delivery { from, to, .. } => (from.0, to.0),
            _ => panic!("nothing but deliveries happens here"),
        })
        .collect();
    assert_eq!(links.into_iter().collect::<Vec<_>>(), [(0, 1), (0, 2), (1, 0), (2, 0)]);
    assert_eq!(starves(verdict).0, "service: for ever, 1 waits");
}

#[test]
fn who_is_kept_in_mind_is_served() {
    let verdict = serve(true);
    assert!(is_proved(&verdict), "{verdict}");
}
