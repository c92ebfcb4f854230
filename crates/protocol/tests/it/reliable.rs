//! Links made reliable, driven by hand: what arrives, how often and in which order, and what is
//! done about what does not.

use std::time::Duration;

use protocol::{
    Effect, EffectOf, Effects, Input, InputOf, Inside, Link, Lives, Monitor, Outbox, Packet,
    Process, ProcessId, Reliable, ReliableTimer,
};

const ME: ProcessId = ProcessId(0);
const PEER: ProcessId = ProcessId(1);
const THIRD: ProcessId = ProcessId(2);

/// Says to [`PEER`] what it is told to say, and tells what it hears. With each command it sets
/// its timer, too.
#[derive(Clone, Debug, PartialEq)]
struct Messenger;

#[derive(Clone, Debug, PartialEq)]
enum Event {
    Started,
    Heard(ProcessId, char),
    Rang,
    Linked(ProcessId, Link),
}

impl Process for Messenger {
    type Command = char;
    type Message = char;
    type Event = Event;
    type Timer = u8;

    fn on_start(&mut self, fx: &mut Effects<Self>) {
        fx.emit(Event::Started);
    }

    fn on_command(&mut self, word: char, fx: &mut Effects<Self>) {
        fx.send(PEER, word);
        fx.set_timer(7, Duration::from_secs(1));
    }

    fn on_message(&mut self, from: ProcessId, word: char, fx: &mut Effects<Self>) {
        if word == '?' {
            return fx.reject(from, "a question");
        }
        fx.emit(Event::Heard(from, word));
    }

    fn on_timer(&mut self, timer: u8, fx: &mut Effects<Self>) {
        fx.cancel_timer(timer);
        fx.emit(Event::Rang);
    }

    fn on_link(&mut self, peer: ProcessId, link: Link, fx: &mut Effects<Self>) {
        fx.emit(Event::Linked(peer, link));
    }
}

type Site = Reliable<Messenger>;

/// Gives a process an input, and returns what it does then.
fn step(site: &mut Site, input: InputOf<Site>) -> Vec<EffectOf<Site>> {
    let mut done = Vec::new();
    let mut sink = |effect| done.push(effect);
    site.step(input, &mut Outbox::new(Duration::ZERO, &mut sink));
    done
}

/// The same, without what is the inner process's own and says nothing here: its timer, and the
/// news of its links.
fn links(site: &mut Site, input: InputOf<Site>) -> Vec<EffectOf<Site>> {
    let mut done = step(site, input);
    done.retain(|effect| {
        let is_own_timer =
            matches!(effect, Effect::SetTimer { timer: ReliableTimer::Inner(_), .. });
        !is_own_timer && !matches!(effect, Effect::Emit(Event::Linked(..)))
    });
    done
}

fn say(site: &mut Site, word: char) -> Vec<EffectOf<Site>> {
    links(site, Input::Command(word))
}

fn up(incarnation: u64) -> Link {
    Link::Up { addr: ([10, 0, 0, 1], 1).into(), incarnation }
}

/// The link to [`PEER`] comes up or goes down. That no timer is set need not be said.
fn link(site: &mut Site, link: Link) -> Vec<EffectOf<Site>> {
    let mut done = links(site, Input::Link { peer: PEER, link });
    done.retain(|effect| *effect != NO_PAUSE || link == Link::Down);
    done
}

/// The timer for the repetition has run out.
fn ring(site: &mut Site) -> Vec<EffectOf<Site>> {
    links(site, Input::Timer(ReliableTimer::Repeat(PEER)))
}

/// A packet of [`PEER`]'s comes in.
fn hear(site: &mut Site, packet: Packet<char>) -> Vec<EffectOf<Site>> {
    links(site, Input::Message { from: PEER, message: packet })
}

/// We are in our life 10 in all tests, and [`PEER`] is in its life 20 unless it restarts.
const OURS: Lives = Lives { from: 10, to: 20 };
const THEIRS: Lives = Lives { from: 20, to: 10 };

/// In life 10, with the link up.
fn linked() -> Site {
    let mut site = Reliable::new(Messenger, 10);
    assert_eq!(link(&mut site, up(20)), []);
    site
}

/// As it is after having said these words.
fn having_said(words: &str) -> Site {
    let mut site = linked();
    for word in words.chars() {
        say(&mut site, word);
    }
    site
}

fn data(lives: Lives, number: u64, message: char) -> Packet<char> {
    Packet::Data { lives, number, is_repeated: false, message }
}

fn sent(number: u64, message: char) -> EffectOf<Site> {
    Effect::Send { to: PEER, message: data(OURS, number, message) }
}

fn sent_again(number: u64, message: char) -> EffectOf<Site> {
    let packet = Packet::Data { lives: OURS, number, is_repeated: true, message };
    Effect::Send { to: PEER, message: packet }
}

fn acknowledgement(lives: Lives, received: u64) -> Packet<char> {
    Packet::Acknowledgement { lives, received }
}

fn acknowledged(received: u64) -> EffectOf<Site> {
    Effect::Send { to: PEER, message: acknowledgement(OURS, received) }
}

fn heard(word: char) -> EffectOf<Site> {
    Effect::Emit(Event::Heard(PEER, word))
}

/// The next repetition is so far away.
fn pause(milliseconds: u64) -> EffectOf<Site> {
    let after = Duration::from_millis(milliseconds);
    Effect::SetTimer { timer: ReliableTimer::Repeat(PEER), after }
}

const NO_PAUSE: EffectOf<Site> = Effect::CancelTimer(ReliableTimer::Repeat(PEER));

#[test]
fn messages_are_numbered_in_the_order_in_which_they_are_sent() {
    let mut site = linked();
    assert_eq!(say(&mut site, 'a'), [sent(1, 'a'), pause(40)]);
    assert_eq!(say(&mut site, 'b'), [sent(2, 'b')], "the pause has begun with the first");
    assert_eq!(say(&mut site, 'c'), [sent(3, 'c')]);
}

#[test]
fn only_what_is_next_is_taken_in() {
    let mut site = linked();
    assert_eq!(hear(&mut site, data(THEIRS, 2, 'b')), [], "one is missing");
    assert_eq!(hear(&mut site, data(THEIRS, 1, 'a')), [acknowledged(1), heard('a')]);
    assert_eq!(hear(&mut site, data(THEIRS, 3, 'c')), [], "the second was not kept");
    assert_eq!(hear(&mut site, data(THEIRS, 2, 'b')), [acknowledged(2), heard('b')]);
    assert_eq!(hear(&mut site, data(THEIRS, 3, 'c')), [acknowledged(3), heard('c')]);
}

#[test]
fn what_comes_twice_is_acknowledged_twice_and_heard_once() {
    let mut site = linked();
    hear(&mut site, data(THEIRS, 1, 'a'));
    hear(&mut site, data(THEIRS, 2, 'b'));
    for number in [1, 2, 1] {
        // The acknowledgement may be what was lost.
        assert_eq!(hear(&mut site, data(THEIRS, number, 'x')), [acknowledged(2)]);
    }
}

#[test]
fn what_is_not_acknowledged_is_said_again_all_of_it_and_in_order() {
    let mut site = having_said("abc");
    let again = [sent_again(1, 'a'), sent_again(2, 'b'), sent_again(3, 'c'), pause(80)];
    assert_eq!(ring(&mut site), again);
}

#[test]
fn the_pause_doubles_with_each_repetition_up_to_a_limit() {
    let mut site = having_said("a");
    for milliseconds in [80, 160, 320, 640, 640, 640] {
        assert_eq!(ring(&mut site), [sent_again(1, 'a'), pause(milliseconds)]);
    }
    say(&mut site, 'b');
    // A sign of life: there is hope again.
    assert_eq!(hear(&mut site, acknowledgement(THEIRS, 1)), [pause(40)]);
    assert_eq!(ring(&mut site), [sent_again(2, 'b'), pause(80)]);
}

#[test]
fn an_acknowledgement_is_for_all_up_to_its_number() {
    let mut site = having_said("abcd");
    assert_eq!(hear(&mut site, acknowledgement(THEIRS, 3)), [pause(40)]);
    assert_eq!(ring(&mut site), [sent_again(4, 'd'), pause(80)]);
    assert_eq!(hear(&mut site, acknowledgement(THEIRS, 4)), [NO_PAUSE], "nothing is left to say");
    assert_eq!(say(&mut site, 'e'), [sent(5, 'e'), pause(40)]);
}

#[test]
fn an_acknowledgement_that_comes_late_or_twice_changes_nothing() {
    let mut site = having_said("abc");
    hear(&mut site, acknowledgement(THEIRS, 2));
    let before = site.clone();
    for received in [2, 1, 0] {
        assert_eq!(hear(&mut site, acknowledgement(THEIRS, received)), []);
    }
    assert_eq!(site, before);
}

#[test]
fn an_acknowledgement_of_what_was_never_sent_is_rejected() {
    for received in [3, 4, u64::MAX] {
        let mut site = having_said("ab");
        let before = site.clone();
        let why = "an acknowledgement of what was never sent".into();
        let done = hear(&mut site, acknowledgement(THEIRS, received));
        assert_eq!(done, [Effect::Reject { peer: PEER, why }]);
        assert_eq!(site, before);
    }
}

#[test]
fn numbers_that_make_no_sense_are_not_taken_in() {
    let mut site = linked();
    assert_eq!(hear(&mut site, data(THEIRS, u64::MAX, 'x')), []);
    assert_eq!(hear(&mut site, data(THEIRS, 0, 'x')), [acknowledged(0)]);
    assert_eq!(hear(&mut site, data(THEIRS, 1, 'a')), [acknowledged(1), heard('a')]);
}

#[test]
fn what_is_sent_before_the_link_is_up_waits_for_it() {
    let mut site = Reliable::new(Messenger, 10);
    assert_eq!(say(&mut site, 'a'), []);
    assert_eq!(say(&mut site, 'b'), []);
    assert_eq!(ring(&mut site), []);
    assert_eq!(link(&mut site, up(20)), [sent(1, 'a'), sent(2, 'b'), pause(40)]);
}

#[test]
fn while_the_link_is_down_nothing_is_sent() {
    let mut site = having_said("a");
    assert_eq!(link(&mut site, Link::Down), [NO_PAUSE]);
    assert_eq!(say(&mut site, 'b'), []);
    assert_eq!(ring(&mut site), []);
}

#[test]
fn when_the_same_life_is_linked_again_it_goes_on_where_it_was() {
    let mut site = having_said("ab");
    hear(&mut site, acknowledgement(THEIRS, 1));
    hear(&mut site, data(THEIRS, 1, 'x'));
    ring(&mut site);
    link(&mut site, Link::Down);
    say(&mut site, 'c');
    // What may have been lost with the connection comes first, and the pause is short again.
    let done = link(&mut site, up(20));
    assert_eq!(done.first(), Some(&sent_again(2, 'b')));
    assert_eq!(done.last(), Some(&sent(3, 'c')));
    assert!(done.contains(&pause(40)) && done.len() == 3, "{done:?}");
    assert_eq!(hear(&mut site, data(THEIRS, 2, 'y')), [acknowledged(2), heard('y')]);
    assert_eq!(hear(&mut site, acknowledgement(THEIRS, 3)), [NO_PAUSE]);
}

#[test]
fn nothing_crosses_into_another_life_of_the_peer() {
    let mut site = having_said("ab");
    hear(&mut site, data(THEIRS, 1, 'x'));
    link(&mut site, Link::Down);
    say(&mut site, 'c');
    assert_eq!(link(&mut site, up(21)), [], "what the dead one was to hear is dropped");

    let (ours, theirs) = (Lives { from: 10, to: 21 }, Lives { from: 21, to: 10 });
    let first = Effect::Send { to: PEER, message: data(ours, 1, 'd') };
    assert_eq!(say(&mut site, 'd'), [first, pause(40)], "it begins anew");
    // What the dead one said comes late, and bears the number that is next.
    assert_eq!(hear(&mut site, data(THEIRS, 1, 'y')), []);
    assert_eq!(hear(&mut site, acknowledgement(THEIRS, 1)), []);
    // The living one begins anew, too.
    let first = Effect::Send { to: PEER, message: acknowledgement(ours, 1) };
    assert_eq!(hear(&mut site, data(theirs, 1, 'z')), [first, heard('z')]);
    assert_eq!(hear(&mut site, acknowledgement(theirs, 1)), [NO_PAUSE]);
}

#[test]
fn what_was_meant_for_an_earlier_life_of_ours_is_not_taken_in() {
    let mut site = having_said("a");
    let to_the_dead = Lives { from: 20, to: 9 };
    assert_eq!(hear(&mut site, data(to_the_dead, 1, 'x')), []);
    assert_eq!(hear(&mut site, acknowledgement(to_the_dead, 1)), []);
    assert_eq!(ring(&mut site), [sent_again(1, 'a'), pause(80)]);
}

#[test]
fn nothing_is_taken_in_from_who_was_never_linked() {
    let mut site = Reliable::new(Messenger, 10);
    assert_eq!(hear(&mut site, data(THEIRS, 1, 'x')), []);
    assert_eq!(hear(&mut site, acknowledgement(THEIRS, 1)), []);
}

#[test]
fn each_peer_has_numbers_of_its_own() {
    let mut site = having_said("ab");
    links(&mut site, Input::Link { peer: THIRD, link: up(30) });
    let lives = Lives { from: 30, to: 10 };
    let done = links(&mut site, Input::Message { from: THIRD, message: data(lives, 1, 'x') });
    let lives = Lives { from: 10, to: 30 };
    let first = Effect::Send { to: THIRD, message: acknowledgement(lives, 1) };
    assert_eq!(done, [first, Effect::Emit(Event::Heard(THIRD, 'x'))]);
    assert_eq!(hear(&mut site, data(THEIRS, 1, 'y')), [acknowledged(1), heard('y')]);
}

#[test]
fn a_peer_that_takes_nothing_in_is_given_up() {
    let mut site = linked();
    for number in 1..=10_000 {
        assert!(say(&mut site, 'x').contains(&sent(number, 'x')));
    }
    assert_eq!(say(&mut site, 'x'), [Effect::Close(PEER)]);
}

#[test]
fn whatever_else_the_process_inside_does_passes_through() {
    let mut site = linked();
    assert_eq!(step(&mut site, Input::Start), [Effect::Emit(Event::Started)]);
    let timer = ReliableTimer::Inner(7);
    let after = Duration::from_secs(1);
    assert!(step(&mut site, Input::Command('a')).contains(&Effect::SetTimer { timer, after }));
    let done = step(&mut site, Input::Timer(timer));
    assert_eq!(done, [Effect::CancelTimer(timer), Effect::Emit(Event::Rang)]);
    let done = step(&mut site, Input::Link { peer: THIRD, link: up(3) });
    assert!(done.contains(&Effect::Emit(Event::Linked(THIRD, up(3)))), "{done:?}");
    let done = hear(&mut site, data(THEIRS, 1, '?'));
    let rejected = Effect::Reject { peer: PEER, why: "a question".into() };
    assert_eq!(done, [acknowledged(1), rejected]);
}

/// Two of them, and a link that does its worst, by a fixed pattern: a third of all packets is
/// lost, others come twice or last.
#[test]
fn over_the_worst_of_links_all_arrives_once_and_in_order() {
    let words = ('a'..='z').collect::<String>();
    let mut sender = having_said(&words);
    let mut receiver = Reliable::new(Messenger, 20);
    link(&mut receiver, up(10));

    let mut arrived = String::new();
    let mut count = 0;
    while arrived.len() < words.len() {
        let mut under_way = Vec::new();
        for effect in ring(&mut sender) {
            let Effect::Send { message, .. } = effect else { continue };
            count += 1;
            match count % 3 {
                0 => {}
                1 => under_way.extend([message; 2]),
                _ => under_way.insert(0, message),
            }
        }
        for packet in under_way {
            for effect in hear(&mut receiver, packet) {
                match effect {
                    Effect::Emit(Event::Heard(_, word)) => arrived.push(word),
                    Effect::Send { message, .. } => drop(hear(&mut sender, message)),
                    _ => {}
                }
            }
        }
        assert!(count < 10_000, "no end, after {arrived}");
    }
    assert_eq!(arrived, words);
    assert_eq!(ring(&mut sender), [NO_PAUSE]);
}

/// Writes down what it is shown.
#[derive(Default)]
struct Witness(Vec<String>);

impl Monitor<Messenger> for Witness {
    fn on_input(&mut self, _: Duration, at: ProcessId, _: &Messenger, input: &InputOf<Messenger>) {
        self.0.push(format!("{at} is given {input:?}"));
    }

    fn on_effect(&mut self, _: Duration, by: ProcessId, effect: &EffectOf<Messenger>) {
        self.0.push(format!("{by} does {effect:?}"));
    }
}

#[test]
fn a_monitor_of_the_process_inside_sees_each_message_once_and_no_adapter() {
    let mut site = linked();
    let mut inside = Inside(Witness::default());
    let mut watched = |input: InputOf<Site>| {
        inside.on_input(Duration::ZERO, ME, &site, &input);
        for effect in step(&mut site, input) {
            inside.on_effect(Duration::ZERO, ME, &effect);
        }
    };
    watched(Input::Command('a'));
    watched(Input::Timer(ReliableTimer::Repeat(PEER)));
    watched(Input::Message { from: PEER, message: acknowledgement(THEIRS, 1) });
    for number in [2, 1, 1] {
        watched(Input::Message { from: PEER, message: data(THEIRS, number, 'x') });
    }
    let of_the_dead = Lives { from: 19, to: 10 };
    watched(Input::Message { from: PEER, message: data(of_the_dead, 2, 'y') });
    watched(Input::Timer(ReliableTimer::Inner(7)));
    assert_eq!(
        inside.0.0,
        [
            "0 is given Command('a')",
            "0 does Send { to: 1, message: 'a' }",
            "0 does SetTimer { timer: 7, after: 1s }",
            "0 is given Message { from: 1, message: 'x' }",
            "0 does Emit(Heard(1, 'x'))",
            "0 is given Timer(7)",
            "0 does CancelTimer(7)",
            "0 does Emit(Rang)",
        ]
    );
}
