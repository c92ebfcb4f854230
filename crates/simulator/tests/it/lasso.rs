//! A run that never ends is followed round twice, and only one that can go on so is believed.

use std::time::Duration;

use protocol::{
    Application, Effects, Fate, Link, Never, Plan, Process, ProcessId, Property, View, Violation,
};
use scenario::{Order, Scenario};
use simulator::{Experiment, NoLasso, Shrinker};
use trace::{BEGINNING, Name, Script, ScriptOf, What};

/// Returns each ball to whom it came from. 0 serves.
#[derive(Clone)]
struct Player {
    me: ProcessId,
    /// To whom 0 serves which balls.
    serves: &'static [(u32, u8)],
    /// How a ball is changed that was caught: what it was, and how many were caught before.
    spin: fn(u8, u32) -> u8,
    caught: u8,
    count: u32,
}

/// Two that have caught the same ball last are the same, however many they have caught.
impl PartialEq for Player {
    fn eq(&self, other: &Self) -> bool {
        self.caught == other.caught
    }
}

impl Process for Player {
    type Command = Never;
    type Message = u8;
    type Event = Never;
    type Timer = Never;

    fn on_command(&mut self, command: Never, _fx: &mut Effects<Self>) {
        match command {}
    }

    fn on_message(&mut self, from: ProcessId, ball: u8, fx: &mut Effects<Self>) {
        fx.send(from, (self.spin)(ball, self.count));
        self.caught = ball;
        self.count += 1;
    }

    fn on_link(&mut self, peer: ProcessId, _link: Link, fx: &mut Effects<Self>) {
        let to_peer = self.serves.iter().filter(|(to, _)| self.me.0 == 0 && *to == peer.0);
        to_peer.for_each(|(_, ball)| fx.send(peer, *ball));
    }
}

/// Asks for nothing.
#[derive(Clone, PartialEq)]
struct Nobody;

impl Application<Player> for Nobody {
    fn on_start(&mut self, _plan: &mut Plan<Never>) {}

    fn on_event(&mut self, event: &Never, _plan: &mut Plan<Never>) {
        match *event {}
    }

    fn is_done(&self) -> bool {
        true
    }
}

/// A game between so many, and what must be true of it.
struct Game {
    scenario: Scenario<()>,
    serves: &'static [(u32, u8)],
    spin: fn(u8, u32) -> u8,
    properties: Vec<Property<Player>>,
}

impl Game {
    /// Nobody spins the balls, and the game must end some time.
    fn new(players: u32, serves: &'static [(u32, u8)]) -> Self {
        let ends = Property::eventually("end", |_: &View<Player>| Err("they play".into()));
        let scenario = Scenario::new(players, ());
        Self { scenario, serves, spin: |ball, _| ball, properties: vec![ends] }
    }

    /// What is wrong when these events are repeated from that one on, and how it is told.
    fn replay_and_tell(
        &self,
        events: &[Event],
        repeats_from: usize,
    ) -> (Result<Violation, NoLasso>, String) {
        let Self { scenario, serves, spin, properties } = self;
        let process = |me, _| Player { me, serves, spin: *spin, caught: 0, count: 0 };
        let experiment =
            Experiment { scenario, properties, process: &process, application: &|_| Nobody };
        let shrinker = Shrinker {
            experiment: &experiment,
            monitor: &|| (),
            may_omit: &|_| false,
            noun: "player",
        };
        let script = script(events);
        let story = shrinker.tell(&script, Some(repeats_from));
        (shrinker.replay_for_ever(&script, repeats_from), story)
    }

    fn replay(&self, events: &[Event], repeats_from: usize) -> Result<Violation, NoLasso> {
        self.replay_and_tell(events, repeats_from).0
    }
}

/// From whom to whom a ball flies, by the number of the event and of the ball with which it left,
/// and what becomes of it, if it does not arrive.
type Event = (u32, u32, (u32, u32), Option<Fate>);

fn flies(from: u32, to: u32, cause: u32) -> Event {
    (from, to, (cause, 0), None)
}

fn script(events: &[Event]) -> ScriptOf<Player> {
    let what = |&(from, to, (cause, nth), fate): &Event| {
        let (from, to, message) = (ProcessId(from), ProcessId(to), Name { cause, nth });
        match fate {
            None => What::Delivery { from, to, message },
            Some(fate) => What::Fate { from, to, message, fate },
        }
    };
    Script::of(events.iter().map(what), Duration::from_secs(1))
}

/// The ball flies to 1 and back, whoever else there is.
const THERE_AND_BACK: [Event; 2] = [(0, 1, (BEGINNING, 0), None), (1, 0, (1, 0), None)];

fn for_ever() -> Result<Violation, NoLasso> {
    Ok(Violation::new("end", "for ever, they play"))
}

#[test]
fn a_round_that_ends_where_it_began_can_go_on_for_ever() {
    assert_eq!(Game::new(2, &[(1, 0)]).replay(&THERE_AND_BACK, 0), for_ever());
}

#[test]
fn it_is_told_from_where_on_all_is_repeated() {
    let back_and_there = [THERE_AND_BACK[0], flies(1, 0, 1), flies(0, 1, 2)];
    let (_, story) = Game::new(2, &[(1, 0)]).replay_and_tell(&back_and_there, 1);
    let lines = [
        "     player 0 -> player 1: 0",
        "  1  player 1 <- player 0: 0",
        "     player 1 -> player 0: 0",
        "  2  player 0 <- player 1: 0",
        "     player 0 -> player 1: 0",
        "  3  player 1 <- player 0: 0",
        "     player 1 -> player 0: 0",
        "     from event 2 on, all this again, for ever",
    ];
    assert_eq!(story.lines().collect::<Vec<_>>(), lines);
}

#[test]
fn what_flies_across_the_end_of_a_round_arrives_in_the_next_one_under_another_name() {
    let mut events = THERE_AND_BACK.to_vec();
    events.extend([flies(0, 1, 2), flies(1, 0, 3)]);
    let game = Game::new(2, &[(1, 0)]);
    for repeats_from in [0, 1, 2] {
        let length = repeats_from + 2;
        assert_eq!(game.replay(&events[..length], repeats_from), for_ever(), "{repeats_from}");
    }
}

#[test]
fn of_equal_balls_any_may_be_the_next() {
    let mut game = Game::new(2, &[(1, 0), (1, 0)]);
    let second = [(0, 1, (BEGINNING, 1), None), flies(1, 0, 1)];
    for order in [Order::Fifo, Order::Unordered] {
        game.scenario.links.order = order;
        assert_eq!(game.replay(&THERE_AND_BACK, 0), for_ever());
        assert_eq!(game.replay(&second, 0), for_ever());
    }
}

#[test]
fn a_round_that_ends_elsewhere_is_none() {
    let game = Game::new(2, &[(1, 0)]);
    let open = |round, part| Err(NoLasso::Open { round, part });
    assert_eq!(game.replay(&THERE_AND_BACK, 1), open(1, "what is under way"));
    assert_eq!(game.replay(&THERE_AND_BACK[..1], 0), open(1, "what is under way"));
    let coloured = Game::new(2, &[(1, 7)]);
    assert_eq!(coloured.replay(&THERE_AND_BACK, 0), open(1, "the processes"));
    let spinning = Game { spin: |ball, _| ball + 1, ..Game::new(2, &[(1, 0)]) };
    assert_eq!(spinning.replay(&THERE_AND_BACK, 0), open(1, "the processes"));
}

#[test]
fn who_hides_that_he_has_changed_is_found_out_in_the_second_round() {
    let spin_late = |ball, count| if count == 1 { ball + 1 } else { ball };
    let hiding = Game { spin: spin_late, ..Game::new(2, &[(1, 0)]) };
    let other_ball = Err(NoLasso::NotBound { round: 2, event: 1 });
    assert_eq!(hiding.replay(&THERE_AND_BACK, 0), other_ball);
    // The last ball of the round is another one.
    let back_and_there = [flies(0, 1, BEGINNING), flies(1, 0, 1), flies(0, 1, 2)];
    let hiding = Game { spin: |ball, count| ball + u8::from(count == 2), ..hiding };
    let other_state = Err(NoLasso::Open { round: 2, part: "what is under way" });
    assert_eq!(hiding.replay(&back_and_there, 1), other_state);
}

#[test]
fn a_ball_that_could_always_arrive_and_never_does_makes_no_fair_round() {
    let game = Game::new(3, &[(1, 0), (2, 0)]);
    let never = "a message from process 0 to process 2 never arrives";
    assert_eq!(game.replay(&THERE_AND_BACK, 0), Err(NoLasso::Unfair(never.to_owned())));
    let mut events = THERE_AND_BACK.to_vec();
    events.extend([flies(0, 2, BEGINNING), flies(2, 0, 3)]);
    assert_eq!(game.replay(&events, 0), for_ever());
}

#[test]
fn on_an_unordered_link_each_ball_must_arrive() {
    let mut game = Game::new(2, &[(1, 0), (1, 7)]);
    game.scenario.links.order = Order::Unordered;
    let never = "a message from process 0 to process 1 never arrives";
    assert_eq!(game.replay(&THERE_AND_BACK, 0), Err(NoLasso::Unfair(never.to_owned())));
}

#[test]
fn a_round_has_no_fault() {
    let game = Game::new(2, &[(1, 0), (1, 0)]);
    let not_bound = |event| Err(NoLasso::NotBound { round: 1, event });
    let doubled = [(0, 1, (BEGINNING, 0), Some(Fate::Duplicated))];
    assert_eq!(game.replay(&doubled, 0), not_bound(0));
    // Doubled and lost again, all is as before: but nothing makes that go on.
    let and_lost = [doubled[0], (0, 1, (BEGINNING, 0), Some(Fate::Lost))];
    assert_eq!(game.replay(&and_lost, 0), not_bound(0));
    // Where messages overtake others now and then, none is bound to.
    let mut overtaking = Game::new(2, &[(1, 0), (1, 7)]);
    overtaking.scenario.links.reordering = "0.5".parse().unwrap();
    let second = [(0, 1, (BEGINNING, 1), None)];
    assert_eq!(overtaking.replay(&second, 0), not_bound(0));
}

#[test]
fn what_must_be_so_some_time_is_nowhere_so_on_the_round() {
    let mut game = Game::new(2, &[(1, 0), (1, 7)]);
    let catches = Property::eventually("catch", |view: &View<Player>| {
        if view.process(ProcessId(1)).caught == 7 { Ok(()) } else { Err("not yet".into()) }
    });
    game.properties = vec![catches];
    let (first, second) = ([flies(0, 1, BEGINNING), flies(1, 0, 1)], (BEGINNING, 1));
    let both = [first[0], first[1], (0, 1, second, None), flies(1, 0, 3)];
    let again = [flies(0, 1, 2), flies(1, 0, 5), flies(0, 1, 4), flies(1, 0, 7)];
    let events = [both, again].concat();
    // At the beginning of the round, or in the middle.
    for (events, repeats_from) in [(&events[..], 4), (&events[..6], 2)] {
        assert_eq!(game.replay(events, repeats_from), Err(NoLasso::Kept));
        assert_eq!(Game::new(2, game.serves).replay(events, repeats_from), for_ever());
    }
}

#[test]
fn what_goes_wrong_on_the_way_is_told_instead() {
    let mut game = Game::new(2, &[(1, 7)]);
    game.properties.push(Property::always("catch", |view: &View<Player>| {
        if view.process(ProcessId(0)).caught == 0 { Ok(()) } else { Err("he has it".into()) }
    }));
    let caught = Err(NoLasso::Violated(Violation::new("catch", "he has it")));
    assert_eq!(game.replay(&THERE_AND_BACK, 0), caught);
    assert_eq!(game.replay(&THERE_AND_BACK, 2), caught);
}

#[test]
fn nothing_can_not_be_repeated() {
    assert_eq!(Game::new(2, &[(1, 0)]).replay(&THERE_AND_BACK, 2), Err(NoLasso::Empty));
}
