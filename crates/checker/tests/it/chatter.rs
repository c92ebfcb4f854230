//! What the solutions never do: the same word twice on one link, and many commands at a time.

use protocol::{Application, Delay, Effects, Never, Plan, Process, ProcessId};

/// Says what it is asked to, and remembers the last word that it has heard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Chatter {
    peers: Vec<ProcessId>,
    last: u8,
}

/// Asks for all these words at once.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Speech(pub(crate) &'static [u8]);

impl Chatter {
    pub(crate) fn new(me: ProcessId, size: u32) -> Self {
        Self { peers: me.peers(size), last: 0 }
    }
}

impl Process for Chatter {
    type Command = u8;
    type Message = u8;
    type Event = Never;
    type Timer = Never;

    fn on_command(&mut self, word: u8, fx: &mut Effects<Self>) {
        fx.send_all(&self.peers, word);
    }

    fn on_message(&mut self, _from: ProcessId, word: u8, _fx: &mut Effects<Self>) {
        self.last = word;
    }
}

impl Application<Chatter> for Speech {
    fn on_start(&mut self, plan: &mut Plan<u8>) {
        for word in self.0 {
            plan.ask(Delay::NONE, *word);
        }
    }

    fn on_event(&mut self, event: &Never, _plan: &mut Plan<u8>) {
        match *event {}
    }

    fn is_done(&self) -> bool {
        true
    }
}
