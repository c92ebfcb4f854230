//! What reliable links promise to [`Talker`](super::talker::Talker)s: each word is heard once and
//! in order, within one life, and then there is silence.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use protocol::{
    Effect, EffectOf, Fate, Input, InputOf, Link, Monitor, Process, ProcessId, Violation,
};

use super::talker::{Heard, SIZE, Say, Word};

/// Per pair of lives, every word is heard exactly once and in order.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Faithful {
    /// In which life each process is that ever died.
    lives: BTreeMap<ProcessId, u64>,
    /// What each process knows of each other: in which life it is, and whether the link is up.
    links: BTreeMap<(ProcessId, ProcessId), (u64, bool)>,
    /// In order.
    said: Vec<Said>,
    violation: Option<Violation>,
}

/// A word that was said to a process.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Said {
    word: Word,
    by: ProcessId,
    to: ProcessId,
    /// For which life of it the word is; `None` if for the first that the link comes up to.
    to_life: Option<u64>,
    is_heard: bool,
}

impl Faithful {
    fn life(&self, of: ProcessId) -> u64 {
        self.lives.get(&of).copied().unwrap_or(0)
    }

    /// Whether `said` is for the life in which its hearer is now.
    fn is_for_the_living(&self, said: &Said) -> bool {
        said.to_life.is_none_or(|to_life| to_life == self.life(said.to))
    }

    fn on_link(&mut self, at: ProcessId, peer: ProcessId, link: Link) {
        let known = self.links.entry((at, peer)).or_default();
        match link {
            Link::Up { incarnation, .. } => *known = (incarnation, true),
            Link::Down => known.1 = false,
        }
    }

    fn on_say(&mut self, by: ProcessId, letter: char) {
        let word = Word { letter, life: self.life(by) };
        for to in by.peers(SIZE) {
            let to_life = self.links.get(&(by, to)).map(|(life, _)| *life);
            self.said.push(Said { word, by, to, to_life, is_heard: false });
        }
    }

    fn on_heard(&mut self, to: ProcessId, by: ProcessId, word: Word) {
        let is_it = |said: &Said| (said.by, said.to, said.word) == (by, to, word);
        let position = self.said.iter().position(is_it);
        let position = position.expect("nobody hears what nobody says: links change no message");
        self.violation = self.violation.take().or_else(|| self.fault(position));
        self.said[position].is_heard = true;
    }

    /// What is wrong with it that this is heard now.
    fn fault(&self, position: usize) -> Option<Violation> {
        let Said { word, by, to, to_life, is_heard } = self.said[position];
        let life = self.life(to);
        if let Some(other) = to_life.filter(|to_life| *to_life != life) {
            let hears = format!("process {to}, in its life {life}, hears {word}");
            let detail = format!("{hears}, which was said to its life {other}");
            return Some(Violation::new("within one life", detail));
        }
        if is_heard {
            return Some(Violation::new(
                "at most once",
                format!("process {to} hears {word} again"),
            ));
        }
        let is_missing = |said: &&Said| {
            let is_between_the_two = (said.by, said.word.life, said.to) == (by, word.life, to);
            is_between_the_two && self.is_for_the_living(said) && !said.is_heard
        };
        let missing = self.said[..position].iter().find(is_missing)?.word;
        let detail = format!("process {to} hears {word} before {missing}");
        Some(Violation::new("in order", detail))
    }
}

impl<P: Process<Command = Say, Event = Heard>> Monitor<P> for Faithful {
    fn on_input(&mut self, _now: Duration, at: ProcessId, _process: &P, input: &InputOf<P>) {
        match input {
            Input::Command(Say(letter)) => self.on_say(at, *letter),
            Input::Link { peer, link } => self.on_link(at, *peer, *link),
            Input::Start | Input::Message { .. } | Input::Timer(_) => {}
        }
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        if let Effect::Emit(Heard { from, word }) = effect {
            self.on_heard(by, *from, *word);
        }
    }

    fn on_crash(&mut self, _now: Duration, who: ProcessId) {
        *self.lives.entry(who).or_default() += 1;
        self.links.retain(|(at, _), _| *at != who);
    }

    fn violation(&self) -> Option<Violation> {
        self.violation.clone()
    }

    /// Between two that are linked, nothing is missing.
    fn violation_at_rest(&self) -> Option<Violation> {
        let knows = |at, peer| self.links.get(&(at, peer)) == Some(&(self.life(peer), true));
        let is_lost = |said: &&Said| {
            let could_be_heard = knows(said.by, said.to) && knows(said.to, said.by);
            let is_by_the_living = said.word.life == self.life(said.by);
            could_be_heard && is_by_the_living && self.is_for_the_living(said) && !said.is_heard
        };
        let Said { word, to, .. } = self.said.iter().find(is_lost)?;
        Some(Violation::new("nothing is lost", format!("process {to} never hears {word}")))
    }
}

/// Nobody says the same again and again, unless something was lost or came of it.
///
/// When all that was said again has arrived, and so has all that was said in reply, then either a
/// word has been heard, or nothing is left to say.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Restful {
    /// How many packets are on their way.
    under_way: usize,
    /// Who has said something again since anything came of it.
    repeating: BTreeSet<ProcessId>,
    violation: Option<Violation>,
}

impl<P: Process<Event = Heard>> Monitor<P> for Restful {
    fn on_input(&mut self, _now: Duration, at: ProcessId, _process: &P, input: &InputOf<P>) {
        match input {
            // The process inside has no timer: this is the one for repetitions.
            Input::Timer(_) => {
                let repeats_more_than_once = !self.repeating.insert(at);
                if repeats_more_than_once && self.under_way == 0 {
                    let detail = "says it all again, though nothing was lost since it last did";
                    let detail = format!("process {at} {detail}");
                    self.violation.get_or_insert(Violation::new("comes to rest", detail));
                }
            }
            Input::Message { .. } => self.under_way -= 1,
            Input::Start | Input::Command(_) | Input::Link { .. } => self.repeating.clear(),
        }
    }

    fn on_effect(&mut self, _now: Duration, _by: ProcessId, effect: &EffectOf<P>) {
        match effect {
            Effect::Send { .. } => self.under_way += 1,
            Effect::Emit(Heard { .. }) => self.repeating.clear(),
            _ => {}
        }
    }

    fn on_fate(
        &mut self,
        _now: Duration,
        _from: ProcessId,
        _to: ProcessId,
        _message: &P::Message,
        fate: Fate,
    ) {
        match fate {
            Fate::Lost | Fate::Cut => {
                self.under_way -= 1;
                self.repeating.clear();
            }
            Fate::Duplicated => self.under_way += 1,
            Fate::Overtaken => {}
        }
    }

    fn violation(&self) -> Option<Violation> {
        self.violation.clone()
    }
}
