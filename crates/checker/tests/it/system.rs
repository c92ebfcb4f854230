//! A system of processes as a model for stateright: what the checker is held against.
//!
//! No line of the checker's own is at work here, so that the two can't be wrong in the same way.
//! There are no faults and no timers, and links are up from the start.

use std::{hash::Hash, sync::Arc, time::Duration};

use checker::Checkable;
use protocol::{Application, Effect, Input, InputOf, Link, Never, Outbox, Plan, ProcessId, View};
use scenario::{Order, made_up_address};
use stateright::{Model, Property, util::HashableHashMap};

/// What takes part.
pub(crate) struct System<P, A> {
    pub(crate) size: u32,
    pub(crate) order: Order,
    /// Makes a process of a system of that size.
    pub(crate) process: fn(ProcessId, u32) -> P,
    /// What every process's application is at first.
    pub(crate) application: A,
    /// What must be true of every state.
    pub(crate) safety: Vec<protocol::Property<P>>,
}

/// A state of the whole.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct State<P: Checkable, A> {
    /// Shared by the states that have them in common: a step changes one of them.
    locals: Vec<Arc<Local<P, A>>>,
    /// That from `i` to `j` is the one at `i * size + j`.
    channels: Vec<Channel<P::Message>>,
}

/// A process, its application, and the commands that it is still to be given.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Local<P: Checkable, A> {
    process: P,
    application: A,
    asked: Vec<P::Command>,
}

/// What is on its way from one process to another.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Channel<M: Eq + Hash> {
    InOrder(Vec<M>),
    /// Each message, and how many of it there are.
    InNoOrder(HashableHashMap<M, usize>),
}

/// What can happen.
#[derive(Clone, PartialEq)]
pub(crate) enum Action<M> {
    Command { at: ProcessId, place: usize },
    Delivery { from: ProcessId, to: ProcessId, message: M },
}

impl<P, A> System<P, A>
where
    P: Checkable<Timer = Never>,
    A: Application<P> + Clone,
{
    fn initial(&self) -> State<P, A> {
        let channel = || match self.order {
            Order::Fifo => Channel::InOrder(Vec::new()),
            Order::Unordered => Channel::InNoOrder(HashableHashMap::new()),
        };
        let ids = || ProcessId::all(self.size);
        let channels = ids().flat_map(|_| ids().map(|_| channel())).collect();
        let local = |id| Arc::new(self.newborn(id));
        State { locals: ids().map(local).collect(), channels }
    }

    fn newborn(&self, id: ProcessId) -> Local<P, A> {
        let mut process = (self.process)(id, self.size);
        let mut silence = |_| panic!("these processes say nothing before they are asked");
        let mut fx = Outbox::new(Duration::ZERO, &mut silence);
        process.step(Input::Start, &mut fx);
        for peer in id.peers(self.size) {
            let link = Link::Up { addr: made_up_address(peer), incarnation: 0 };
            process.step(Input::Link { peer, link }, &mut fx);
        }
        let (mut application, mut asked) = (self.application.clone(), Vec::new());
        application.on_start(&mut Plan::new(&mut |_, command| asked.push(command)));
        Local { process, application, asked }
    }

    /// What process `at` does with `input`. That it rejects something counts for nothing.
    fn step(&self, state: &mut State<P, A>, at: ProcessId, input: InputOf<P>) {
        let State { locals, channels } = state;
        let Local { process, application, asked } = Arc::make_mut(&mut locals[at.index()]);
        let mut sink = |effect| match effect {
            Effect::Send { to, message } => channels[self.channel(at, to)].put(message),
            Effect::Emit(event) => {
                let mut ask = |_, command| asked.push(command);
                application.on_event(&event, &mut Plan::new(&mut ask));
            }
            Effect::Reject { .. } => {}
            Effect::Close(_) => panic!("these processes never hang up"),
            Effect::SetTimer { timer, .. } | Effect::CancelTimer(timer) => match timer {},
        };
        process.step(input, &mut Outbox::new(Duration::ZERO, &mut sink));
    }

    fn channel(&self, from: ProcessId, to: ProcessId) -> usize {
        from.index() * self.locals() + to.index()
    }

    fn locals(&self) -> usize {
        ProcessId(self.size).index()
    }

    /// Whether what must be true of every state is true of this one.
    fn is_safe(&self, state: &State<P, A>) -> bool {
        let processes: Vec<_> = state.locals.iter().map(|local| &local.process).collect();
        let alive = vec![true; processes.len()];
        let view = View::of(&processes, &alive);
        self.safety.iter().all(|property| property.judge(&view).is_ok())
    }
}

impl<P, A> Model for System<P, A>
where
    P: Checkable<Timer = Never>,
    A: Application<P> + Clone,
{
    type State = State<P, A>;
    type Action = Action<P::Message>;

    fn init_states(&self) -> Vec<Self::State> {
        vec![self.initial()]
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
        for (at, local) in ProcessId::all(self.size).zip(&state.locals) {
            actions.extend((0..local.asked.len()).map(|place| Action::Command { at, place }));
            for to in at.peers(self.size) {
                let arriving = state.channels[self.channel(at, to)].arriving();
                let delivery = |message| Action::Delivery { from: at, to, message };
                actions.extend(arriving.cloned().map(delivery));
            }
        }
    }

    fn next_state(&self, state: &Self::State, action: Self::Action) -> Option<Self::State> {
        let mut next = state.clone();
        match action {
            Action::Command { at, place } => {
                let command = Arc::make_mut(&mut next.locals[at.index()]).asked.remove(place);
                self.step(&mut next, at, Input::Command(command));
            }
            Action::Delivery { from, to, message } => {
                next.channels[self.channel(from, to)].take(&message);
                self.step(&mut next, to, Input::Message { from, message });
            }
        }
        Some(next)
    }

    /// Without any property stateright would not search at all.
    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("safety", Self::is_safe)]
    }
}

impl<M: Clone + Eq + Hash> Channel<M> {
    fn put(&mut self, message: M) {
        match self {
            Self::InOrder(messages) => messages.push(message),
            Self::InNoOrder(messages) => *messages.entry(message).or_default() += 1,
        }
    }

    /// The messages that can arrive next.
    fn arriving(&self) -> impl Iterator<Item = &M> {
        let (first, any) = match self {
            Self::InOrder(messages) => (messages.first(), None),
            Self::InNoOrder(messages) => (None, Some(messages.keys())),
        };
        first.into_iter().chain(any.into_iter().flatten())
    }

    /// Takes out a message that can arrive next.
    fn take(&mut self, message: &M) {
        match self {
            Self::InOrder(messages) => _ = messages.remove(0),
            Self::InNoOrder(messages) => {
                let count = messages.get_mut(message).expect("only what is on its way arrives");
                *count -= 1;
                if *count == 0 {
                    messages.remove(message);
                }
            }
        }
    }
}
