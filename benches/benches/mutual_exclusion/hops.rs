//! The synchronisation delay, counted in messages: over TCP no two of them take the same time, and
//! seconds would say more of the machine than of the algorithm.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use lab::mutual_exclusion::Solution;
use mutual_exclusion::{Command, Event};
use protocol::{Effect, EffectOf, Input, InputOf, Monitor, ProcessId};

/// Counts the messages, each sent on receipt of the one before, between a site's leaving while
/// others wait and the next one's entering.
///
/// Each step has a cause: the message that arrived in it, which was sent in a step that had a
/// cause, and so on, back to a command. The arrivals in this chain that came after the leaving
/// are the hops of the delay.
#[derive(Default)]
pub(crate) struct Hops {
    /// The number of the step that is going on.
    step: u64,
    /// The steps in which the messages arrived that led to this one, itself included.
    causes: Vec<u64>,
    /// The causes of each message that is on its way, by link, in the order in which they were
    /// sent: links keep it.
    under_way: BTreeMap<(ProcessId, ProcessId), VecDeque<Vec<u64>>>,
    /// How many sites wait.
    waiting: u32,
    /// The step in which the last one left, if others waited then and nobody has entered since.
    free_since: Option<u64>,
    hops: u64,
    delays: u64,
}

impl Hops {
    /// The mean over all delays, if there was any.
    pub(crate) fn mean(&self) -> Option<f64> {
        (self.delays > 0).then(|| self.hops as f64 / self.delays as f64)
    }
}

impl<P: Solution> Monitor<P> for Hops {
    fn on_input(&mut self, _now: Duration, at: ProcessId, _site: &P, input: &InputOf<P>) {
        self.step += 1;
        self.causes.clear();
        match input {
            Input::Message { from, .. } => {
                let link = self.under_way.entry((*from, at)).or_default();
                self.causes = link.pop_front().expect("what arrives was sent");
                self.causes.push(self.step);
            }
            Input::Command(Command::Enter) => self.waiting += 1,
            _ => {}
        }
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        match effect {
            Effect::Send { to, .. } => {
                self.under_way.entry((by, *to)).or_default().push_back(self.causes.clone());
            }
            Effect::Emit(Event::Left) if self.waiting > 0 => self.free_since = Some(self.step),
            Effect::Emit(Event::Entered) => {
                self.waiting -= 1;
                if let Some(left) = self.free_since.take() {
                    self.hops += self.causes.iter().filter(|&&step| step > left).count() as u64;
                    self.delays += 1;
                }
            }
            _ => {}
        }
    }
}
