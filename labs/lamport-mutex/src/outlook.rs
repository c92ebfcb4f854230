//! What matters of a state of Lamport's sites, so that three of them that enter twice can be
//! checked.
//!
//! A clock counts all that happens. So nearly every order of events makes a state of its own,
//! though a site does only three things with a counter: it puts its clock past it, compares it
//! with its own request, and sends its clock's on. Most of what the counters say makes no
//! difference any more:
//!
//! 1. *What a message says.* Whether it is later than the receiver's request, if that waits; and
//!    where it puts the receiver's clock. A counter that the clock has passed puts it nowhere, and
//!    the receiver's next request will be later.
//! 2. *What is in a queue.* Who, and whether before the site's own request, if that waits. The next
//!    one will be later than all that is there, because the site's clock is.
//! 3. *What a site waits with.* No more than that. Whoever's clock has come to its request will
//!    send nothing but what is later; to whoever's has not, the request is still under way.
//! 4. *All counters together.* How far they are apart: if each were one more, all would go on
//!    alike. So they count from the clock that is furthest behind.
//! 5. *When nobody will ask again.* Counters will be compared with requests that are under way to
//!    somebody whose clock has not come to them, and with nothing else. One that is past all these
//!    is as good as any other.
//!
//! The points rest on the lines of `lib.rs`, and hold for no sites that have others. In
//! `tests/it/outlook.rs` they are held against all states of smaller systems.

use std::{
    hash::{Hash, Hasher},
    mem,
};

use checker::Whole;
use lamport_mutex::Site;
use mutual_exclusion::{Command, MutualExclusion, Phase, Worker};
use protocol::{Application, ProcessId, Timestamp};

/// Puts what matters of a state into a fingerprint.
pub(crate) fn outlook(whole: &Whole<Site, Worker>, mut into: &mut dyn Hasher) {
    let scale = Scale::of(whole);
    for id in whole.ids() {
        let site = whole.process(id);
        let ours = waits_with(id, site);
        (site.phase(), site.heard(), scale.shown(site.clock())).hash(&mut into);
        for other in whole.ids().filter(|&other| other != id) {
            let theirs = site.queue().iter().find(|request| request.process == other);
            theirs.map(|theirs| ours < Some(*theirs)).hash(&mut into);
            for message in whole.under_way(other, id) {
                let counter = message.counter();
                let is_later = ours < Some(Timestamp { counter, process: other });
                let puts_clock = scale.shown(counter.max(site.clock()));
                (mem::discriminant(message), is_later, puts_clock).hash(&mut into);
            }
        }
    }
}

/// The request of a site that waits.
fn waits_with(id: ProcessId, site: &Site) -> Option<Timestamp> {
    let ours = site.queue().iter().copied().find(|request| request.process == id);
    ours.filter(|_| site.phase() == Phase::Waiting)
}

/// How counters are shown.
struct Scale {
    /// What the clock shows that is furthest behind.
    least: u64,
    /// From here on, all counters are alike.
    horizon: u64,
}

impl Scale {
    fn of(whole: &Whole<Site, Worker>) -> Self {
        let clocks = whole.ids().map(|id| whole.process(id).clock());
        let scale = Self { least: clocks.min().unwrap_or(0), horizon: u64::MAX };
        let will_ask = |id| {
            let is_done = Application::<Site>::is_done(whole.application(id));
            !is_done || whole.asked(id).contains(&Command::Enter)
        };
        if whole.ids().any(will_ask) {
            return scale;
        }
        let requests = whole.ids().filter_map(|id| waits_with(id, whole.process(id)));
        let counters = requests.map(|request| request.counter);
        // Those that some clock has not come to.
        let ahead = counters.filter(|&counter| counter > scale.least);
        // The first that is past all of those, as point 5 has it; the last of them would do, too.
        Self { horizon: ahead.map(|counter| counter + 1).max().unwrap_or(0), ..scale }
    }

    fn shown(&self, counter: u64) -> u64 {
        counter.min(self.horizon) - self.least.min(self.horizon)
    }
}
