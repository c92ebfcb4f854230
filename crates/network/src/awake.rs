//! Staying awake: whoever has been answered soon has another question.
//!
//! To wake a thread that sleeps takes the system longer than most servers take to answer. So a hub
//! that has been woken by one peer looks for a while whether there is more before it sleeps again.
//! Where many talk at once it does not: those who have spoken by the time it is awake are answered
//! in one go, which is worth more.

use std::{
    thread::available_parallelism,
    time::{Duration, Instant},
};

use tokio::task::yield_now;

use crate::node::{Networked, Node};

/// How long nothing must come before it sleeps: whoever has another question has asked it by then.
const MOMENT: Duration = Duration::from_micros(50);

/// Stays awake after each time when one peer alone was heard, for as long as the node lives.
pub(crate) async fn stay<P: Networked>(node: Node<P>) {
    if available_parallelism().is_ok_and(|cores| cores.get() == 1) {
        return; // Whoever asks needs the core to do so.
    }
    loop {
        node.heard.notified().await;
        let mut watch = Watch { last: Instant::now(), is_quiet: true };
        while watch.goes_on(Instant::now(), node.turns.take()) {
            yield_now().await;
        }
    }
}

/// What was seen since it was woken.
struct Watch {
    /// When somebody was heard last.
    last: Instant,
    /// Whether nobody was heard when it looked last.
    is_quiet: bool,
}

impl Watch {
    /// Whether it stays awake, now that it has looked and found that peers were heard in so many
    /// turns. Whoever is answered takes longer to ask again than one look does: turns in two looks
    /// on end are of two who don't wait for each other.
    fn goes_on(&mut self, now: Instant, turns: u32) -> bool {
        match turns {
            0 => {
                self.is_quiet = true;
                now.duration_since(self.last) < MOMENT
            }
            1 if self.is_quiet => {
                *self = Self { last: now, is_quiet: false };
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether it is still awake after looks, each a tenth of a moment after the one before, that
    /// find so many turns.
    fn stays_awake(looks: &[u32]) -> bool {
        let woken = Instant::now();
        let mut watch = Watch { last: woken, is_quiet: true };
        (1..).zip(looks).all(|(look, &turns)| watch.goes_on(woken + MOMENT / 10 * look, turns))
    }

    #[test]
    fn one_who_asks_again_keeps_it_awake() {
        assert!(stays_awake(&[1, 0].repeat(100)));
        assert!(stays_awake(&[1, 0, 0, 0, 0, 0, 0, 0, 0].repeat(10)));
    }

    #[test]
    fn it_sleeps_when_nothing_comes() {
        assert!(!stays_awake(&[&[1][..], &[0; 10]].concat()));
    }

    #[test]
    fn it_sleeps_when_several_talk_at_once() {
        assert!(!stays_awake(&[2]));
        assert!(!stays_awake(&[1, 0, 1, 1]));
        assert!(!stays_awake(&[1, 0, 0, 3]));
    }
}
