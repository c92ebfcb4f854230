//! One site, driven by hand.

use std::time::Duration;

use mutual_exclusion::{Command, MutualExclusion};
use protocol::{Effect, EffectOf, Input, InputOf, Outbox, Process, ProcessId};

/// Gives a process an input, and returns what it does then.
pub fn step<P: Process>(process: &mut P, input: InputOf<P>) -> Vec<EffectOf<P>> {
    let mut done = Vec::new();
    let mut sink = |effect| done.push(effect);
    process.step(input, &mut Outbox::new(Duration::ZERO, &mut sink));
    done
}

/// What a site does when its application wants to enter.
pub fn enter<P: MutualExclusion>(site: &mut P) -> Vec<EffectOf<P>> {
    step(site, Input::Command(Command::Enter))
}

/// What a site does when its application wants to leave.
pub fn leave<P: MutualExclusion>(site: &mut P) -> Vec<EffectOf<P>> {
    step(site, Input::Command(Command::Leave))
}

/// Holds that the process did nothing but reject what the peer had sent, for this reason.
#[track_caller]
pub fn assert_rejects<M, E, T>(done: &[Effect<M, E, T>], culprit: ProcessId, reason: &str) {
    match done {
        [Effect::Reject { peer, why }] => assert_eq!((*peer, why.as_ref()), (culprit, reason)),
        _ => panic!("not rejected: {} effects", done.len()),
    }
}
