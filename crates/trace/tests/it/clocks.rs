//! Clocks derived from a trace say what a search of all causes says.

use trace::{Entry, Told, Trace};

use crate::runs::{rough, unjudged};

/// For each entry, all that may have caused it, itself among it, found by going back step by step;
/// and the longest chain of causes that ends with it.
fn causes(trace: &Trace) -> Vec<(Vec<bool>, u32)> {
    let mut found: Vec<(Vec<bool>, u32)> = Vec::new();
    for (at, entry) in trace.entries.iter().enumerate() {
        let (owner, received) = match entry {
            Entry::Step(told) => (told.words.process, told.words.received),
            Entry::Crash { process, .. } => (*process, None),
            Entry::Fate(_) => {
                found.push((vec![false; trace.entries.len()], 0));
                continue;
            }
        };
        let is_cause = |earlier: &Entry<Told>| match earlier {
            Entry::Step(told) => {
                let is_sender = told.words.sent().any(|(id, ..)| Some(id) == received);
                is_sender || told.words.process == owner
            }
            Entry::Crash { process, .. } => *process == owner,
            Entry::Fate(_) => false,
        };
        let mut all = vec![false; trace.entries.len()];
        let mut longest = 0;
        for (earlier, _) in trace.entries[..at].iter().enumerate().filter(|(_, it)| is_cause(it)) {
            let (past, length) = &found[earlier];
            all.iter_mut().zip(past).for_each(|(mine, theirs)| *mine |= theirs);
            longest = longest.max(*length);
        }
        all[at] = true;
        found.push((all, longest + 1));
    }
    found
}

#[test]
fn a_vector_clock_knows_exactly_the_causes() {
    for seed in 0..20 {
        let trace = unjudged(&rough(), seed);
        let (clocks, causes) = (trace.clocks(), causes(&trace));
        let crashes = trace.entries.iter().filter(|it| matches!(it, Entry::Crash { .. })).count();
        assert!(crashes > 0 && trace.entries.len() > 40, "seed {seed} shows too little");
        for (event, (past, _)) in causes.iter().enumerate() {
            for (cause, &is_past) in past.iter().enumerate() {
                let expected = cause != event && is_past;
                let says = clocks.happened_before(cause, event);
                assert_eq!(says, expected, "seed {seed}: entry {cause} before entry {event}");
            }
        }
    }
}

#[test]
fn lamports_clock_counts_the_longest_chain_of_causes() {
    for seed in 0..20 {
        let trace = unjudged(&rough(), seed);
        let clocks = trace.clocks();
        for (at, (_, longest)) in causes(&trace).into_iter().enumerate() {
            let expected = Some(longest).filter(|it| *it > 0);
            assert_eq!(clocks.lamport(at), expected, "seed {seed}: entry {at}");
        }
    }
}

#[test]
fn nobody_has_a_clock_of_what_befell_a_message_or_what_is_not_there() {
    let trace = unjudged(&rough(), 0);
    let clocks = trace.clocks();
    let is_fate = |entry: &Entry<_>| matches!(entry, Entry::Fate(_));
    let fate = trace.entries.iter().position(is_fate).expect("a rough run loses messages");
    let after_all = trace.entries.len();
    for at in [fate, after_all] {
        assert_eq!((clocks.lamport(at), clocks.vector(at)), (None, None), "entry {at}");
        assert!(!clocks.happened_before(0, at) && !clocks.happened_before(at, 0), "entry {at}");
    }
}
