//! What is bound to happen, told so that it can happen again.
//!
//! A message has its name from the event in which it was sent, and so it has another one in each
//! round of a run that goes round. What it says stays the same.

use std::fmt;

use protocol::{Application, Monitor, Process, ProcessId};
use trace::What;

use crate::stage::Stage;

/// Something that no fair run leaves undone for ever while it could be done all the time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Duty<C, M, T> {
    /// The application's command is given.
    Command { at: ProcessId, command: C },
    /// A message that says this arrives.
    Delivery { from: ProcessId, to: ProcessId, message: M },
    /// The timer runs out.
    Timeout { at: ProcessId, timer: T },
    /// A process learns that a link is down.
    Down { at: ProcessId, peer: ProcessId },
    /// The link comes up again. The smaller name is the first.
    Up(ProcessId, ProcessId),
}

pub(crate) type DutyOf<P> =
    Duty<<P as Process>::Command, <P as Process>::Message, <P as Process>::Timer>;

type WhatOf<P> = What<<P as Process>::Command, <P as Process>::Timer>;

impl<P, A, M> Stage<P, A, M>
where
    P: Process<Command: Clone + PartialEq, Message: Clone + PartialEq>,
    A: Application<P>,
    M: Monitor<P>,
{
    /// All that is bound to happen, whichever of it comes next. A timer that is set is bound to
    /// run out, even if that takes a while.
    pub(crate) fn duties(&mut self) -> Vec<DutyOf<P>> {
        let size = self.alive.len() as u32;
        let ids = move || ProcessId::all(size);
        let mut duties = Vec::new();
        for at in ids() {
            let commands = self.asked[at.index()].iter().cloned();
            duties.extend(commands.map(|command| Duty::Command { at, command }));
            let timers = self.timers[at.index()].keys().cloned();
            duties.extend(timers.map(|timer| Duty::Timeout { at, timer }));
        }
        let keeps_order = self.network.keeps_order();
        for (&(from, to), flying) in &self.under_way {
            let next = if keeps_order { flying.len().min(1) } else { flying.len() };
            let messages = flying[..next].iter().map(|it| it.message.clone());
            duties.extend(messages.map(|message| Duty::Delivery { from, to, message }));
        }
        for (peer, at) in ids().flat_map(|peer| ids().map(move |at| (peer, at))) {
            if self.is_going_down(peer, at) {
                duties.push(Duty::Down { at, peer });
            }
        }
        for (a, b) in self.reviving.clone() {
            if self.can_connect(a, b) {
                duties.push(Duty::Up(a.min(b), a.max(b)));
            }
        }
        duties
    }

    /// The duty that is done when this happens now; `None` if it is none's.
    pub(crate) fn duty_of(&self, what: &WhatOf<P>) -> Option<DutyOf<P>> {
        Some(match what {
            What::Command { at, command } => Duty::Command { at: *at, command: command.clone() },
            &What::Delivery { from, to, message } => {
                let position = self.position(from, to, message)?;
                let message = self.under_way.get(&(from, to))?[position].message.clone();
                Duty::Delivery { from, to, message }
            }
            What::Timeout { at, timer } => Duty::Timeout { at: *at, timer: timer.clone() },
            &What::Down { at, peer } => Duty::Down { at, peer },
            &What::Up(a, b) => Duty::Up(a.min(b), a.max(b)),
            What::Fate { .. } | What::Crash { .. } | What::Restart(_) => return None,
        })
    }

    /// What happens when a duty is done now. Of several messages that say the same, the one that
    /// was sent first arrives.
    pub(crate) fn doing(&self, duty: &DutyOf<P>) -> Option<WhatOf<P>> {
        Some(match duty {
            Duty::Command { at, command } => What::Command { at: *at, command: command.clone() },
            Duty::Delivery { from, to, message } => {
                let mut flying = self.under_way.get(&(*from, *to))?.iter();
                let first = flying.find(|flying| flying.message == *message)?;
                What::Delivery { from: *from, to: *to, message: first.name }
            }
            Duty::Timeout { at, timer } => What::Timeout { at: *at, timer: timer.clone() },
            &Duty::Down { at, peer } => What::Down { at, peer },
            &Duty::Up(a, b) => What::Up(a, b),
        })
    }
}

/// What it means to leave it undone.
impl<C, M, T> fmt::Display for Duty<C, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Command { at, .. } => write!(f, "process {at} is never given a command"),
            Self::Delivery { from, to, .. } => {
                write!(f, "a message from process {from} to process {to} never arrives")
            }
            Self::Timeout { at, .. } => write!(f, "a timer of process {at} never runs out"),
            Self::Down { at, peer } => {
                write!(f, "process {at} never learns that its link to process {peer} is down")
            }
            Self::Up(a, b) => {
                write!(f, "the link between process {a} and process {b} never comes up again")
            }
        }
    }
}
