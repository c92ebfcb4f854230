//! What is counted in runs: faults that nobody felt would prove nothing.

use std::{collections::BTreeMap, time::Duration};

use protocol::{Effect, EffectOf, InputOf, Monitor, ProcessId};
use ranked_dispatcher::{JobId, Message, Refusal, Request, Response, Server, System};
use simulator::{Fates, Run};

/// What is counted in one run.
#[derive(Default)]
pub(crate) struct Tally {
    /// When something happened to somebody.
    pub(crate) moments: Vec<Duration>,
    /// How often each job was done, while the server lives.
    done: BTreeMap<JobId, u32>,
    /// How many results were sent.
    results: u32,
    /// How many jobs were refused because nobody was left to run them.
    nobody_left: u32,
    /// The longest that anybody waited for a `print`.
    slowest_print_ms: u64,
}

impl Monitor<System<Server>> for Tally {
    fn on_input(
        &mut self,
        now: Duration,
        _at: ProcessId,
        _process: &System<Server>,
        _input: &InputOf<System<Server>>,
    ) {
        self.moments.push(now);
    }

    fn on_effect(&mut self, _now: Duration, _by: ProcessId, effect: &EffectOf<System<Server>>) {
        let Effect::Send { message, .. } = effect else { return };
        match message {
            Message::Request(Request::Done { job, .. }) => *self.done.entry(*job).or_default() += 1,
            Message::Response(Response::Result { text, took_ms, .. }) => {
                self.results += 1;
                if text.as_str() == "i am printing watch me print" {
                    self.slowest_print_ms = self.slowest_print_ms.max(*took_ms);
                }
            }
            Message::Response(Response::Refused(Refusal::NobodyLeft { .. })) => {
                self.nobody_left += 1;
            }
            _ => {}
        }
    }
}

/// What was seen in some runs.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) fates: Fates,
    /// In how many runs a job was handed on.
    pub(crate) handed_on: u32,
    /// In how many runs a job was run for nobody.
    pub(crate) orphaned: u32,
    /// How many jobs were done by more than one client. Meaningless where the server dies.
    pub(crate) done_twice: usize,
    pub(crate) results: u32,
    pub(crate) nobody_left: u32,
    pub(crate) slowest_print_ms: u64,
}

impl Seen {
    /// One more run is over.
    pub(crate) fn add<M>(&mut self, run: &Run<M>, tally: &Tally) {
        self.fates.merge(&run.fates);
        self.handed_on += u32::from(run.seen.contains(&"handed on"));
        self.orphaned += u32::from(run.seen.contains(&"orphaned"));
        self.done_twice += tally.done.values().filter(|times| **times > 1).count();
        self.results += tally.results;
        self.nobody_left += tally.nobody_left;
        self.slowest_print_ms = self.slowest_print_ms.max(tally.slowest_print_ms);
    }
}
