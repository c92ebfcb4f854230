//! A monitor that writes down all that it is shown.

use std::{collections::VecDeque, mem, time::Duration};

use protocol::{Effect, EffectOf, Fate, Input, InputOf, Monitor, Process, ProcessId};

use crate::{Entry, MessageId, Met, Step, StepOf};

/// Whoever keeps what a [`Recorder`] has recorded.
///
/// See the example of [`Recorder`].
pub trait Keep<P: Process> {
    /// Takes an entry. With a step comes the process as it is after it, unless it panicked.
    fn keep(&mut self, entry: Entry<StepOf<P>>, after: Option<&P>);
}

/// Records a run, and hands each entry over as soon as it is whole.
///
/// Drivers show messages and not their names. Of equal messages on their way between the same two
/// processes, the one that was sent first is taken to arrive first: whoever receives it can't tell
/// the difference. If a link broke between the two, it may have been the other one.
///
/// ```
/// use mutual_exclusion::Command;
/// use protocol::{Input, Monitor, ProcessId};
/// # use std::time::Duration;
/// use ricart_agrawala::Site;
/// use trace::{Chunks, Entry, Recorder};
///
/// let me = ProcessId(0);
/// let site = Site::new(me, me.peers(2));
/// let mut recorder = Recorder::new(2, Chunks::<Site>::new(1000));
/// let now = Duration::ZERO;
/// recorder.on_input(now, me, &site, &Input::Command(Command::Enter));
/// recorder.on_step_end(now, now, me, &site);
/// let entries = recorder.finish().into_entries();
/// assert!(matches!(&entries[..], [Entry::Step(step)] if step.process == me));
/// ```
pub struct Recorder<P: Process, K> {
    keep: K,
    /// The step under way.
    step: Option<StepOf<P>>,
    /// What befell messages during that step: told after it.
    met: Vec<Met>,
    /// How many messages each process has sent.
    sent: Vec<u64>,
    /// The messages on their way, those from `a` to `b` at `a * size + b`, the oldest first.
    /// None are kept where no arrivals are seen.
    under_way: Vec<VecDeque<(MessageId, P::Message)>>,
    /// The message that was sent last, if nothing has happened since.
    just_sent: Option<MessageId>,
}

impl<P: Process, K: Keep<P>> Recorder<P, K> {
    /// Records a system of `size`, of which everything is seen.
    pub fn new(size: u32, keep: K) -> Self {
        let size = ProcessId(size).index();
        let under_way = (0..size * size).map(|_| VecDeque::new()).collect();
        Self { keep, step: None, met: Vec::new(), sent: vec![0; size], under_way, just_sent: None }
    }

    /// Records one process of a system of `size`: which messages it receives, others know.
    pub fn of_one(size: u32, keep: K) -> Self {
        Self { under_way: Vec::new(), ..Self::new(size, keep) }
    }

    /// Hands over what there is, and returns the keeper.
    pub fn finish(mut self) -> K {
        self.end_step(None);
        self.keep
    }

    fn end_step(&mut self, after: Option<&P>) {
        self.just_sent = None;
        if let Some(step) = self.step.take() {
            self.keep.keep(Entry::Step(step), after);
        }
        for met in mem::take(&mut self.met) {
            self.keep.keep(Entry::Fate(met), None);
        }
    }

    fn between(
        &mut self,
        from: ProcessId,
        to: ProcessId,
    ) -> Option<&mut VecDeque<(MessageId, P::Message)>> {
        self.under_way.get_mut(from.index() * self.sent.len() + to.index())
    }
}

impl<P, K> Recorder<P, K>
where
    P: Process<Message: PartialEq>,
    K: Keep<P>,
{
    /// The oldest of these messages on its way, and where it stands.
    fn find(&mut self, from: ProcessId, to: ProcessId, message: &P::Message) -> Option<usize> {
        self.between(from, to)?.iter().position(|(_, other)| other == message)
    }

    fn take(&mut self, from: ProcessId, to: ProcessId, message: &P::Message) -> Option<MessageId> {
        let position = self.find(from, to, message)?;
        Some(self.between(from, to)?.remove(position)?.0)
    }
}

impl<P, K> Monitor<P> for Recorder<P, K>
where
    P: Process<Command: Clone, Message: Clone + PartialEq, Event: Clone>,
    K: Keep<P>,
{
    fn on_input(&mut self, now: Duration, at: ProcessId, _process: &P, input: &InputOf<P>) {
        self.end_step(None);
        let received = match input {
            Input::Message { from, message } => self.take(*from, at, message),
            _ => None,
        };
        self.step = Some(Step {
            process: at,
            at: now,
            own: now,
            input: input.clone(),
            received,
            effects: Vec::new(),
            sent_before: self.sent[at.index()],
        });
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        if let Effect::Send { to, message } = effect {
            let sent = &mut self.sent[by.index()];
            let id = MessageId { sender: by, number: *sent };
            *sent += 1;
            self.just_sent = Some(id);
            if let Some(between) = self.between(by, *to) {
                between.push_back((id, message.clone()));
            }
        }
        if let Some(step) = &mut self.step {
            step.effects.push(effect.clone());
        }
    }

    fn on_step_end(&mut self, _now: Duration, own: Duration, _at: ProcessId, process: &P) {
        if let Some(step) = &mut self.step {
            step.own = own;
        }
        self.end_step(Some(process));
    }

    fn on_fate(
        &mut self,
        now: Duration,
        from: ProcessId,
        to: ProcessId,
        message: &P::Message,
        fate: Fate,
    ) {
        // What befalls a message as soon as it is sent befalls none of its equals.
        let fresh = self.just_sent;
        let id = match fate {
            Fate::Lost | Fate::Cut if fresh.is_some() => {
                self.between(from, to).and_then(VecDeque::pop_back);
                fresh
            }
            Fate::Lost | Fate::Cut => self.take(from, to, message),
            Fate::Duplicated | Fate::Overtaken => self.find(from, to, message).and_then(|at| {
                let between = self.between(from, to)?;
                if fate == Fate::Duplicated {
                    between.insert(at + 1, between[at].clone());
                }
                Some(between[at].0)
            }),
        };
        if let Some(message) = id {
            self.met.push(Met { at: now, message, to, fate });
        }
        if self.step.is_none() {
            self.end_step(None);
        }
    }

    fn on_crash(&mut self, now: Duration, who: ProcessId) {
        self.end_step(None);
        self.keep.keep(Entry::Crash { at: now, process: who }, None);
    }
}

/// Keeps entries in memory, as long as there is room.
///
/// It grows by chunks that never move, so that to record costs the same from the first entry to
/// the last. See the example of [`Recorder`].
pub struct Chunks<P: Process> {
    chunks: Vec<Vec<Entry<StepOf<P>>>>,
    room: u64,
    left_out: u64,
}

impl<P: Process> Chunks<P> {
    const CHUNK: usize = 4096;

    /// Has room for so many entries.
    pub fn new(room: u64) -> Self {
        Self { chunks: vec![Vec::with_capacity(Self::CHUNK)], room, left_out: 0 }
    }

    /// How many entries there was no room for.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The entries, in order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry<StepOf<P>>> {
        self.chunks.iter().flatten()
    }

    /// The entries, in order.
    pub fn into_entries(self) -> Vec<Entry<StepOf<P>>> {
        self.chunks.into_iter().flatten().collect()
    }
}

impl<P: Process> Keep<P> for Chunks<P> {
    fn keep(&mut self, entry: Entry<StepOf<P>>, _after: Option<&P>) {
        if self.room == 0 {
            self.left_out += 1;
            return;
        }
        self.room -= 1;
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < Self::CHUNK => chunk.push(entry),
            _ => {
                let mut chunk = Vec::with_capacity(Self::CHUNK);
                chunk.push(entry);
                self.chunks.push(chunk);
            }
        }
    }
}
