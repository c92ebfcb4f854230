//! The mail of a run: whatever arrives, or meets a fate, has been sent and is on its way.
//!
//! A step that is taken again shows what its process does about a message, and not that there was
//! one. That is held against what the other processes have done.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{Fate, Input, Link, ProcessId};

use crate::{Driver, InWords, MessageId, Met, Trace};

/// What is under way, as far as a trace has been followed.
pub(crate) struct Mail<'a> {
    trace: &'a Trace,
    /// Who tells of what it sends.
    tellers: BTreeSet<ProcessId>,
    /// How many messages each process has sent, in all its lives.
    sent: Vec<u64>,
    under_way: BTreeMap<MessageId, Letter<'a>>,
    /// Which life of a peer a process was linked to last.
    lives: BTreeMap<(ProcessId, ProcessId), u64>,
}

/// A message on its way.
struct Letter<'a> {
    to: ProcessId,
    said: &'a str,
    /// How many of it there are: one, and those that links have made. Never zero.
    copies: u64,
}

impl<'a> Mail<'a> {
    pub(crate) fn of(trace: &'a Trace) -> Self {
        Self {
            trace,
            tellers: trace.entries.iter().filter_map(|it| Some(it.words()?.process)).collect(),
            sent: vec![0; ProcessId(trace.header.processes).index()],
            under_way: BTreeMap::new(),
            lives: BTreeMap::new(),
        }
    }

    /// Takes a step in: what it received is no longer under way, and what it sends is.
    ///
    /// # Errors
    /// When that can't be: why.
    pub(crate) fn take_in(&mut self, step: &'a InWords) -> Result<(), String> {
        let me = step.process;
        match &step.input {
            Input::Message { from, message } => match step.received {
                Some(id) => self.arrive(me, *from, id, message)?,
                None if self.is_untold(me, *from) => {}
                None => return Err(format!("it received `{message}` as none that was sent")),
            },
            _ if step.received.is_some() => {
                return Err("it is told to have received what was no message".to_owned());
            }
            Input::Link { peer, link: Link::Up { incarnation, .. } } => {
                self.lives.insert((me, *peer), *incarnation);
            }
            Input::Link { .. } | Input::Start | Input::Command(_) | Input::Timer(_) => {}
        }
        let sent = &mut self.sent[me.index()];
        if *sent != step.sent_before {
            return Err(format!("it had sent {sent} messages before, not {}", step.sent_before));
        }
        for (id, to, said) in step.sent() {
            *sent += 1;
            self.under_way.insert(id, Letter { to, said, copies: 1 });
        }
        Ok(())
    }

    fn arrive(
        &mut self,
        me: ProcessId,
        from: ProcessId,
        id: MessageId,
        message: &str,
    ) -> Result<(), String> {
        let letter = self.under_way.get(&id);
        let is_it = |it: &&Letter| id.sender == from && it.to == me && it.said == message;
        match letter.filter(is_it) {
            Some(_) => {
                self.is_one_less(id);
                Ok(())
            }
            None => Err(format!("it received `{message}` as one that was not on its way to it")),
        }
    }

    /// Has a message meet its fate.
    ///
    /// # Errors
    /// When it can't: why.
    pub(crate) fn meet(&mut self, Met { message: id, to, fate, .. }: &Met) -> Result<(), String> {
        let Some(letter) = self.under_way.get_mut(id).filter(|letter| letter.to == *to) else {
            let noun = &self.trace.header.noun;
            return Err(format!("what was not on its way to {noun} {to} is told to be {fate}"));
        };
        match fate {
            Fate::Lost | Fate::Cut => self.is_one_less(*id),
            Fate::Duplicated => letter.copies += 1,
            Fate::Overtaken => {}
        }
        Ok(())
    }

    fn is_one_less(&mut self, id: MessageId) {
        if let Some(letter) = self.under_way.get_mut(&id) {
            letter.copies -= 1;
            if letter.copies == 0 {
                self.under_way.remove(&id);
            }
        }
    }

    /// Whether nobody need know which message it was that came in: over a network, its sender may
    /// have told nothing, or not all, or of another life.
    fn is_untold(&self, me: ProcessId, from: ProcessId) -> bool {
        let Trace { header, end, .. } = self.trace;
        let is_of_another_life =
            self.lives.get(&(me, from)) != header.incarnations.get(from.index());
        let is_incomplete = end.as_ref().is_some_and(|end| end.left_out > 0);
        header.driver == Driver::Network
            && (!self.tellers.contains(&from) || is_incomplete || is_of_another_life)
    }
}
