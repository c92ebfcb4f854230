//! The timers of the process, and the task that fires them.

use std::{
    collections::{BTreeMap, BTreeSet},
    future,
    rc::Rc,
    time::Duration,
};

use tokio::{select, sync::Notify, time::sleep};

use crate::node::{Networked, Node};

/// Which timers are set. Times are those since the node started.
pub(crate) struct Timers<T> {
    /// When each of them fires.
    set: BTreeMap<T, Duration>,
    /// The same, the next first.
    queue: BTreeSet<(Duration, T)>,
    /// Tells the task that another timer is now the next.
    next_is_sooner: Rc<Notify>,
}

impl<T: Clone + Ord> Timers<T> {
    pub(crate) fn new() -> Self {
        Self { set: BTreeMap::new(), queue: BTreeSet::new(), next_is_sooner: Rc::default() }
    }

    /// Sets a timer, or sets it anew.
    pub(crate) fn set(&mut self, timer: T, at: Duration) {
        self.cancel(&timer);
        if self.next().is_none_or(|next| at < next) {
            self.next_is_sooner.notify_one();
        }
        self.set.insert(timer.clone(), at);
        self.queue.insert((at, timer));
    }

    pub(crate) fn cancel(&mut self, timer: &T) {
        if let Some((timer, at)) = self.set.remove_entry(timer) {
            self.queue.remove(&(at, timer));
        }
    }

    /// A timer that has run out by `now`, the one that did so first. It is set no more.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<T> {
        self.next().filter(|&next| next <= now)?;
        let (_, timer) = self.queue.pop_first()?;
        self.set.remove(&timer);
        Some(timer)
    }

    fn next(&self) -> Option<Duration> {
        self.queue.first().map(|&(at, _)| at)
    }
}

/// Gives the process its timers, one at a time, for as long as the node lives.
pub(crate) async fn fire<P: Networked>(node: Node<P>) {
    let next_is_sooner = Rc::clone(&node.core.borrow().shell.timers.next_is_sooner);
    loop {
        let next = node.core.borrow().shell.timers.next();
        let next_is_due = async {
            match next {
                Some(at) => sleep(at.saturating_sub(node.now())).await,
                None => future::pending().await,
            }
        };
        select! {
            () = next_is_due => node.fire(),
            () = next_is_sooner.notified() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(second: u64) -> Duration {
        Duration::from_secs(second)
    }

    #[test]
    fn timers_run_out_in_the_order_of_their_time() {
        let mut timers = Timers::new();
        timers.set('b', at(2));
        timers.set('a', at(3));
        assert_eq!(timers.take_due(at(1)), None);
        assert_eq!(timers.take_due(at(3)), Some('b'));
        assert_eq!(timers.take_due(at(3)), Some('a'));
        assert_eq!(timers.take_due(at(3)), None);
    }

    #[test]
    fn setting_a_set_timer_replaces_it() {
        let mut timers = Timers::new();
        timers.set('a', at(1));
        timers.set('a', at(5));
        assert_eq!(timers.take_due(at(4)), None);
        assert_eq!(timers.take_due(at(5)), Some('a'));
        assert_eq!(timers.take_due(at(5)), None);
    }

    #[test]
    fn a_cancelled_timer_never_runs_out() {
        let mut timers = Timers::new();
        timers.set('a', at(1));
        timers.cancel(&'a');
        assert_eq!(timers.take_due(Duration::MAX), None);
    }
}
