//! Whoever is behind reliable links here: it says words to its peers, and tells what it hears.

use std::{fmt, time::Duration};

use protocol::{Application, Delay, Effects, Never, Plan, Process, ProcessId};

/// How many there are.
pub(crate) const SIZE: u32 = 2;

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Talker {
    peers: Vec<ProcessId>,
    /// Which of its lives this is.
    life: u64,
    /// How many words it has heard.
    pub(crate) heard: usize,
}

/// To say this to all peers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Say(pub(crate) char);

/// What a process says in one of its lives; never the same twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Word {
    pub(crate) letter: char,
    pub(crate) life: u64,
}

pub(crate) struct Heard {
    pub(crate) from: ProcessId,
    pub(crate) word: Word,
}

impl Talker {
    pub(crate) fn new(me: ProcessId, life: u64) -> Self {
        Self { peers: me.peers(SIZE), life, heard: 0 }
    }
}

impl Process for Talker {
    type Command = Say;
    type Message = Word;
    type Event = Heard;
    type Timer = Never;

    const REJOINS: bool = true;

    fn on_command(&mut self, Say(letter): Say, fx: &mut Effects<Self>) {
        fx.send_all(&self.peers, Word { letter, life: self.life });
    }

    fn on_message(&mut self, from: ProcessId, word: Word, fx: &mut Effects<Self>) {
        self.heard += 1;
        fx.emit(Heard { from, word });
    }
}

/// Has its process say so many letters of the alphabet, one every five milliseconds.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Speaker {
    pub(crate) letters: usize,
}

impl<P: Process<Command = Say>> Application<P> for Speaker {
    fn on_start(&mut self, plan: &mut Plan<Say>) {
        for (letter, i) in ('a'..='z').zip(1..).take(self.letters) {
            plan.ask(Delay::Constant(i * Duration::from_millis(5)), Say(letter));
        }
    }

    fn on_event(&mut self, _: &P::Event, _: &mut Plan<Say>) {}

    fn is_done(&self) -> bool {
        true
    }
}

impl fmt::Display for Say {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "say {}", self.0)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.life {
            0 => write!(f, "{}", self.letter),
            life => write!(f, "{} of life {life}", self.letter),
        }
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "hears {}", self.word)
    }
}
