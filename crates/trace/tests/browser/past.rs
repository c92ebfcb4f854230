//! What each event may have been caused by, found without clocks: the sets themselves, too large
//! for any but a short run, and too simple to be wrong.

use std::collections::BTreeSet;

use protocol::{Effect, Input, ProcessId};
use trace::{Entry, MessageId, Told, Trace};

/// On whose lifeline an entry is. What befalls a message is on nobody's.
pub(crate) fn lifeline(entry: &Entry<Told>) -> Option<ProcessId> {
    match entry {
        Entry::Step(told) => Some(told.words.process),
        Entry::Crash { process, .. } => Some(*process),
        Entry::Fate(_) => None,
    }
}

/// The message that an entry tells of the end of, or of another fate.
pub(crate) fn arrival(entry: &Entry<Told>) -> Option<MessageId> {
    match entry {
        Entry::Step(told) => told.words.received,
        Entry::Fate(met) => Some(met.message),
        Entry::Crash { .. } => None,
    }
}

/// For each entry, all that it may have been caused by, itself included.
pub(crate) fn pasts(trace: &Trace) -> Vec<BTreeSet<usize>> {
    let mut pasts: Vec<BTreeSet<usize>> = Vec::new();
    for (index, entry) in trace.entries.iter().enumerate() {
        let earlier = &trace.entries[..index];
        let before = lifeline(entry)
            .and_then(|own| earlier.iter().rposition(|other| lifeline(other) == Some(own)));
        let sent = arrival(entry).and_then(|id| earlier.iter().position(|it| sends(it, id)));
        let causes = [before, sent].into_iter().flatten().flat_map(|it| pasts[it].clone());
        let past = causes.chain([index]).collect();
        pasts.push(past);
    }
    pasts
}

/// The last entry on a process's lifeline in a past, if any is in it.
pub(crate) fn last_of(trace: &Trace, past: &BTreeSet<usize>, process: ProcessId) -> Option<usize> {
    past.iter().copied().rfind(|&it| lifeline(&trace.entries[it]) == Some(process))
}

fn sends(entry: &Entry<Told>, id: MessageId) -> bool {
    matches!(entry, Entry::Step(told) if told.words.sent().any(|(sent, ..)| sent == id))
}

/// Whether an entry is a process's own, or befalls a message from it or to it.
pub(crate) fn touches(entry: &Entry<Told>, process: u32) -> bool {
    match entry {
        Entry::Fate(met) => [met.message.sender, met.to].contains(&ProcessId(process)),
        _ => lifeline(entry) == Some(ProcessId(process)),
    }
}

/// What the viewer calls an entry's kind.
pub(crate) fn kind(entry: &Entry<Told>) -> &'static str {
    match entry {
        Entry::Step(told) => match told.words.input {
            Input::Start => "start",
            Input::Command(_) => "command",
            Input::Message { .. } => "message",
            Input::Timer(_) => "timer",
            Input::Link { .. } => "link",
        },
        Entry::Fate(_) => "fate",
        Entry::Crash { .. } => "crash",
    }
}

/// All that an entry quotes: what came in, what was done, and what a message said.
pub(crate) fn texts<'a>(trace: &'a Trace, entry: &'a Entry<Told>) -> Vec<&'a str> {
    let Entry::Step(told) = entry else {
        let message = arrival(entry);
        let steps = trace.entries.iter().filter_map(|it| match it {
            Entry::Step(told) => Some(told),
            _ => None,
        });
        let mut sent = steps.flat_map(|told| told.words.sent());
        return sent
            .find(|(id, ..)| Some(*id) == message)
            .map(|(.., text)| &**text)
            .into_iter()
            .collect();
    };
    let given = match &told.words.input {
        Input::Command(text) | Input::Timer(text) | Input::Message { message: text, .. } => {
            Some(&**text)
        }
        Input::Start | Input::Link { .. } => None,
    };
    let did = told.words.effects.iter().filter_map(|effect| match effect {
        Effect::Send { message: text, .. }
        | Effect::Emit(text)
        | Effect::CancelTimer(text)
        | Effect::SetTimer { timer: text, .. } => Some(&**text),
        Effect::Reject { why, .. } => Some(&**why),
        Effect::Close(_) => None,
    });
    given.into_iter().chain(did).collect()
}
