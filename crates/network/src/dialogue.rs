//! When a hub answers, and when it sleeps.
//!
//! To wake a thread that sleeps takes the system longer than most servers take to answer. So where
//! one peer at a time talks, a hub answers at once, and then looks for a moment whether there is
//! more before it sleeps: whoever has been answered soon has another question. Where several talk
//! at once, all who have spoken are heard first, and then answered in one go: whoever has his answer
//! is still awake when the next has his.

use std::{
    mem,
    thread::available_parallelism,
    time::{Duration, Instant},
};

use protocol::ProcessId;
use tokio::task::yield_now;

use crate::node::{Networked, Node};

/// How long it looks whether a dialogue goes on: whoever has been answered and has another question
/// has asked it by then.
const MOMENT: Duration = Duration::from_micros(50);

/// Answers those who are not in a dialogue, and waits for those who are, as long as the node lives.
pub(crate) async fn answer<P: Networked>(node: Node<P>) {
    // On a single core, whoever is to ask needs it to do so.
    let may_stay = available_parallelism().is_ok_and(|cores| cores.get() > 1);
    loop {
        node.heard.notified().await;
        if !node.has_heard.take() {
            continue; // It was heard while this stayed awake, and has been seen to.
        }
        if may_stay {
            stay(&node).await;
        }
        if !node.is_dialogue.get() {
            // Tasks have their turns in the order in which they were woken: whoever spoke when the
            // first did has been heard by now. If it were otherwise, fewer would be answered at once.
            node.flush_all();
        }
    }
}

/// Stays awake until the dialogue is over.
async fn stay<P: Networked>(node: &Node<P>) {
    let mut last = Instant::now();
    while node.is_dialogue.get() && last.elapsed() < MOMENT {
        yield_now().await;
        if node.has_heard.take() {
            last = Instant::now();
        }
    }
}

/// The turns, as far as they tell who is in a dialogue: whoever is heard when nobody else was since
/// the turn before, and was heard or told something in that.
#[derive(Default)]
pub(crate) struct Turns {
    /// How many have ended since something left.
    count: u32,
    /// Who had a part in the turn before, if there was one alone.
    parties: Vec<ProcessId>,
}

impl Turns {
    /// A turn has ended in which that peer was heard. Whether it is in a dialogue.
    pub(crate) fn end(&mut self, heard: ProcessId) -> bool {
        self.count += 1;
        self.count == 1 && self.parties.contains(&heard)
    }

    /// What was said in them leaves. `parties` had a part in them; it is empty then.
    pub(crate) fn leave(&mut self, parties: &mut Vec<ProcessId>) {
        mem::swap(&mut self.parties, parties);
        parties.clear();
        if mem::take(&mut self.count) > 1 {
            self.parties.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the last turn is of a dialogue. In each, the first peer is heard, and all have a part;
    /// what is said leaves after each that is in a row of its own.
    fn is_dialogue(rows: &[&[&[u32]]]) -> bool {
        let mut turns = Turns::default();
        let mut last = false;
        for row in rows {
            for parties in *row {
                last = turns.end(ProcessId(parties[0]));
            }
            let mut parties = row.concat().into_iter().map(ProcessId).collect();
            turns.leave(&mut parties);
            assert!(parties.is_empty());
        }
        last
    }

    #[test]
    fn whoever_was_heard_or_told_something_goes_on_with_the_dialogue() {
        assert!(is_dialogue(&[&[&[1]], &[&[1]]]));
        assert!(is_dialogue(&[&[&[1, 2, 3]], &[&[3]]]));
        assert!(is_dialogue(&[&[&[1], &[2]], &[&[1]], &[&[1]]]));
    }

    #[test]
    fn whoever_comes_in_between_does_not() {
        assert!(!is_dialogue(&[&[&[1]]]));
        assert!(!is_dialogue(&[&[&[1]], &[&[2]]]));
        assert!(!is_dialogue(&[&[&[1]], &[&[2]], &[&[1]]]));
        assert!(!is_dialogue(&[&[&[1]], &[&[1], &[1]]]));
        assert!(!is_dialogue(&[&[&[1], &[2]], &[&[1]]]));
    }
}
