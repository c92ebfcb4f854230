//! Two kinds of process in one system: each is given what is its own, under its own names.

use std::{borrow::Cow, time::Duration};

use protocol::{
    Effect, EffectOf, Effects, Either, Input, InputOf, Link, Outbox, Process, ProcessId,
};

/// Says back what it is given, in each way that there is.
struct Parrot<const REJOINS: bool>;

impl<const REJOINS: bool> Process for Parrot<REJOINS> {
    type Command = &'static str;
    type Message = &'static str;
    type Event = &'static str;
    type Timer = u8;

    const REJOINS: bool = REJOINS;

    fn on_start(&mut self, fx: &mut Effects<Self>) {
        fx.set_timer(1, fx.now());
    }

    fn on_command(&mut self, command: &'static str, fx: &mut Effects<Self>) {
        fx.emit(command);
    }

    fn on_message(&mut self, from: ProcessId, message: &'static str, fx: &mut Effects<Self>) {
        fx.send(from, message);
    }

    fn on_timer(&mut self, timer: u8, fx: &mut Effects<Self>) {
        fx.cancel_timer(timer);
    }

    fn on_link(&mut self, peer: ProcessId, _link: Link, fx: &mut Effects<Self>) {
        fx.close(peer);
        fx.reject(peer, "seen");
    }
}

type Pair = Either<Parrot<true>, Parrot<false>>;

fn effects_of(process: &mut Pair, input: InputOf<Pair>) -> Vec<EffectOf<Pair>> {
    let mut effects = Vec::new();
    let mut sink = |effect| effects.push(effect);
    process.step(input, &mut Outbox::new(Duration::from_secs(3), &mut sink));
    effects
}

#[test]
fn every_input_and_every_effect_passes_through_either_half() {
    type Wrap<T> = fn(T) -> Either<T, T>;
    let halves: [(Pair, Wrap<&'static str>, Wrap<u8>); 2] = [
        (Either::First(Parrot), Either::First, Either::First),
        (Either::Second(Parrot), Either::Second, Either::Second),
    ];
    for (mut process, word, timer) in halves {
        let peer = ProcessId(4);
        let after = Duration::from_secs(3); // What the outer clock shows.
        let cases = [
            (Input::Start, vec![Effect::SetTimer { timer: timer(1), after }]),
            (Input::Command(word("go")), vec![Effect::Emit(word("go"))]),
            (Input::Timer(timer(2)), vec![Effect::CancelTimer(timer(2))]),
            (
                Input::Message { from: peer, message: "hello" },
                vec![Effect::Send { to: peer, message: "hello" }],
            ),
            (
                Input::Link { peer, link: Link::Down },
                vec![Effect::Close(peer), Effect::Reject { peer, why: Cow::Borrowed("seen") }],
            ),
        ];
        for (input, effects) in cases {
            assert_eq!(effects_of(&mut process, input), effects);
        }
    }
}

#[test]
#[should_panic(expected = "goes to the kind of process that it was made for")]
fn a_command_for_the_other_kind_is_the_drivers_mistake() {
    effects_of(&mut Either::First(Parrot), Input::Command(Either::Second("go")));
}

#[test]
fn a_system_goes_on_with_a_new_life_only_if_both_kinds_do() {
    fn rejoins<A: Process, B: Process<Message = A::Message>>() -> bool {
        Either::<A, B>::REJOINS
    }
    assert!(rejoins::<Parrot<true>, Parrot<true>>());
    assert!(!rejoins::<Parrot<true>, Parrot<false>>());
    assert!(!rejoins::<Parrot<false>, Parrot<true>>());
}
