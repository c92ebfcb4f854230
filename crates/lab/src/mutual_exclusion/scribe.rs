//! Writes down what happens on a stage, by one clock for all.

use std::{
    io,
    time::{Duration, Instant},
};

use protocol::{EffectOf, Fate, InputOf, Monitor, ProcessId, Violation};
use trace::{Driver, Journal, Lines, Portrait, Recorder, Trace};

use super::{
    Solution,
    drawing::{self, Target},
};
use crate::Failure;

/// The sites of an exercise may have a past: they are not made as the lab makes them.
pub(super) const AS_STAGED: &str = "as the exercise has them";

/// A monitor of sites that run in one thread. Each of them has a clock of its own; what is
/// written down is when this monitor saw it.
pub(super) struct Scribe<P: Solution> {
    began: Instant,
    recorder: Recording<P>,
    target: Target,
}

/// The lines are kept in memory until all is over.
type Recording<P> = Recorder<P, Journal<Vec<u8>, fn(&P) -> Portrait>>;

impl<P: Solution> Scribe<P> {
    /// Writes down a run of `size` sites of the lab.
    pub(super) fn new(lab: &str, size: u32, target: Target) -> io::Result<Self> {
        let mut header = drawing::header(lab, Driver::Network, size, AS_STAGED);
        header.arguments = drawing::arguments();
        header.began = Some(network::incarnation_now());
        let journal = Journal::new(
            Lines::new(Vec::new(), &header)?,
            trace::room(size),
            drawing::portrait as _,
        );
        Ok(Self { began: Instant::now(), recorder: Recorder::new(size, journal), target })
    }

    /// Draws the run.
    pub(super) fn finish(self, violation: Option<Violation>) -> Result<(), Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::Failed(format!("the trace: {error}"));
        let lines = self.recorder.finish().end(violation).map_err(|error| failed(&error))?;
        self.target.write(&Trace::read(&lines[..]).map_err(|error| failed(&error))?)
    }
}

impl<P: Solution> Monitor<P> for Scribe<P> {
    fn on_input(&mut self, _: Duration, at: ProcessId, site: &P, input: &InputOf<P>) {
        self.recorder.on_input(self.began.elapsed(), at, site, input);
    }

    fn on_effect(&mut self, _: Duration, by: ProcessId, effect: &EffectOf<P>) {
        self.recorder.on_effect(self.began.elapsed(), by, effect);
    }

    fn on_step_end(&mut self, _: Duration, own: Duration, at: ProcessId, site: &P) {
        self.recorder.on_step_end(self.began.elapsed(), own, at, site);
    }

    fn on_fate(
        &mut self,
        _: Duration,
        from: ProcessId,
        to: ProcessId,
        message: &P::Message,
        fate: Fate,
    ) {
        self.recorder.on_fate(self.began.elapsed(), from, to, message, fate);
    }
}
