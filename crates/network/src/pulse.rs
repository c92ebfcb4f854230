//! The pulse: a link on which nobody speaks is still known to live, or found to be dead.
//!
//! TCP says nothing of a peer whose machine lost its power or its cable: a connection without
//! traffic looks the same. So whoever has nothing to say says so, once an interval, and whoever
//! hears nothing for too long hangs up. Silence is counted in our own pulses and not in seconds:
//! a process that was suspended does not blame the others for the time that it slept.

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::node::{Networked, Node};

/// Beats for as long as the node lives.
pub(crate) async fn beat<P: Networked>(node: Node<P>) {
    let period = node.settings.timing.heartbeat;
    let mut beats = interval_at(Instant::now() + period, period);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beats.tick().await;
        node.beat();
    }
}
