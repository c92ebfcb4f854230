//! A member of a group of three, driven by hand.

use std::fmt::Display;

use group_chat::multicast::{Command, Member};
use lab_tests::step;
use protocol::{Effect, EffectOf, Input, InputOf, Process, ProcessId};

use crate::system::MakeMember;

pub(crate) const A: ProcessId = ProcessId(0);
pub(crate) const B: ProcessId = ProcessId(1);
pub(crate) const C: ProcessId = ProcessId(2);

/// One member, and what it does.
pub(crate) struct Desk<P>(P);

impl<P: Member + Process<Message: Display>> Desk<P> {
    /// The member of that name.
    pub(crate) fn of(me: ProcessId, member: MakeMember<P>) -> Self {
        Self(member(me, me.peers(3)))
    }

    /// What it does when its application says something.
    pub(crate) fn says(&mut self, text: &str) -> Vec<String> {
        self.told(Input::Command(Command::Say(text.into())))
    }

    /// What it does about a message.
    pub(crate) fn hears(&mut self, from: ProcessId, message: P::Message) -> Vec<String> {
        self.told(Input::Message { from, message })
    }

    fn told(&mut self, input: InputOf<P>) -> Vec<String> {
        let words = |effect: EffectOf<P>| match effect {
            Effect::Send { to, message } => format!("-> {to}: {message}"),
            Effect::Emit(event) => event.to_string(),
            Effect::Reject { peer, why } => format!("rejects {peer}: {why}"),
            _ => panic!("no member has timers, nor hangs up"),
        };
        step(&mut self.0, input).into_iter().map(words).collect()
    }
}

/// What nobody does anything about.
pub(crate) const NOTHING: [&str; 0] = [];
