//! A way through the states, told as what happened on it.
//!
//! The search keeps fingerprints and parents, and no events. So the way is gone again from the
//! first state on, and each time the event is taken that leads to the next fingerprint.

use std::{collections::BTreeMap, hash::Hash, time::Duration};

use protocol::{Application, Fate, Monitor, ProcessId};
use trace::{BEGINNING, Name, Names, Script, ScriptOf, What};

use crate::{Checkable, event::Event, machine::Machine};

/// How far apart events are when a run is told with moments: so far that every timer that is set
/// may have run out.
const APART: Duration = Duration::from_secs(24 * 60 * 60);

/// Messages on their way from one to another, with their names, in the order in which they were
/// sent.
type UnderWay = BTreeMap<(ProcessId, ProcessId), Vec<(Name, u32)>>;

/// What happens on the way through the states of these fingerprints, of which the first is the
/// initial one. `ends_in_a_fault` if the last step is one in which something was wrong;
/// `duties` says which steps do a duty, and which one.
pub(crate) fn retrace<P, A, M, W>(
    machine: &mut Machine<'_, P, A, M, W>,
    way: &[u64],
    ends_in_a_fault: bool,
    duties: &BTreeMap<usize, u64>,
) -> ScriptOf<P>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    let (mut names, mut under_way) = (Names::default(), UnderWay::new());
    let mut happened = Vec::new();
    walk(machine, way, ends_in_a_fault, duties, |machine, state, event| {
        if let Some(event) = event {
            happened.push(tell(machine, state, event, &mut under_way));
            names.begin_event(BEGINNING + happened.len() as u32);
        }
        for (from, to, message) in machine.sent.take().unwrap_or_default() {
            // What no channel took has a name all the same.
            let name = names.next(from, to);
            if let Some(message) = message {
                under_way.entry((from, to)).or_default().push((name, message));
            }
        }
    });
    Script::of(happened, APART)
}

/// Goes that way again, and returns the last state. `each` is told of the initial state, and of
/// each event and the state in which it happens, when it has happened.
pub(crate) fn walk<'a, P, A, M, W>(
    machine: &mut Machine<'a, P, A, M, W>,
    way: &[u64],
    ends_in_a_fault: bool,
    duties: &BTreeMap<usize, u64>,
    mut each: impl FnMut(&mut Machine<'a, P, A, M, W>, &[u32], Option<Event>),
) -> Vec<u32>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    machine.sent = Some(Vec::new());
    let (mut state, _) = machine.initial();
    each(machine, &state, None);
    let (mut next, mut events) = (Vec::new(), Vec::new());
    for (step, fingerprint) in way.iter().enumerate().skip(1) {
        let must_be_faulty = ends_in_a_fault && step + 1 == way.len();
        machine.find_events(&state, &mut events);
        let does_its_duty = |machine: &Machine<'a, P, A, M, W>, event: Event| {
            let duty = duties.get(&step);
            duty.is_none_or(|duty| {
                event.is_bound_to_happen() && machine.duty(&state, event) == *duty
            })
        };
        let event = events.iter().copied().find(|&event| {
            if !does_its_duty(machine, event) {
                return false;
            }
            machine.sent = Some(Vec::new());
            let fault = machine.happen(&state, event, &mut next);
            machine.fingerprint(&next) == *fingerprint && (fault.is_some() || !must_be_faulty)
        });
        assert!(
            event.is_some(),
            "what led there once leads there again, unless an outlook is refuted: see `try_outlook`"
        );
        each(machine, &state, event);
        state.clone_from(&next);
    }
    machine.sent = None;
    state
}

/// An event that happens in `state`, in words that hang on no state.
fn tell<P, A, M, W>(
    machine: &Machine<'_, P, A, M, W>,
    state: &[u32],
    event: Event,
    under_way: &mut UnderWay,
) -> What<P::Command, P::Timer>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    let Machine { layout, channels, .. } = machine;
    let mut take = |link: usize, place: usize, is_kept: bool| {
        let (from, to) = layout.links[link];
        let channel = layout.channels(state)[link];
        let message = channels.get(channel).messages[place];
        let flying = under_way.entry((from, to)).or_default();
        let position = flying.iter().position(|(_, other)| *other == message);
        let position = position.expect("only what was sent is on its way");
        let name = flying[position].0;
        if is_kept {
            flying.insert(position, (name, message));
        } else {
            flying.remove(position);
        }
        (from, to, name)
    };
    match event {
        Event::Delivery { link, place, .. } => {
            let (from, to, message) = take(link, place, false);
            What::Delivery { from, to, message }
        }
        Event::Loss { link, place } => {
            let (from, to, message) = take(link, place, false);
            What::Fate { from, to, message, fate: Fate::Lost }
        }
        Event::Duplication { link, place } => {
            let (from, to, message) = take(link, place, true);
            What::Fate { from, to, message, fate: Fate::Duplicated }
        }
        Event::Command { at, place } => {
            What::Command { at, command: machine.local(state, at).asked[place].clone() }
        }
        Event::Timeout { at, place, .. } => {
            let timer = machine.local(state, at).timers.iter().nth(place);
            What::Timeout { at, timer: timer.expect("only what is set runs out").clone() }
        }
        Event::Down { link } => {
            let (peer, at) = layout.links[link];
            under_way.remove(&(peer, at));
            What::Down { at, peer }
        }
        Event::Up { link } => {
            let (a, b) = layout.links[link];
            What::Up(a, b)
        }
        Event::Crash(who) => {
            under_way.retain(|&(_, to), _| to != who);
            What::Crash { who, is_noticed: true }
        }
        Event::Restart(who) => What::Restart(who),
    }
}
