//! Never two inside, for a driver that can't see all sites at once.

use alloc::{collections::BTreeSet, format, vec::Vec};
use core::time::Duration;

use protocol::{Effect, EffectOf, Monitor, ProcessId, Violation};

use crate::{Event, MutualExclusion, sites};

/// Follows who enters and leaves, and says when two are inside at once: what
/// [`safety`](crate::safety) says of states, where each site is seen on its own. A dead site is
/// inside nothing.
///
/// ```
/// use mutual_exclusion::{Event, Exclusion};
/// use protocol::{Effect, Monitor, ProcessId};
/// use ricart_agrawala::Site;
/// use std::time::Duration;
///
/// let mut exclusion = Exclusion::default();
/// let watch: &mut dyn Monitor<Site> = &mut exclusion;
/// watch.on_effect(Duration::ZERO, ProcessId(2), &Effect::Emit(Event::Entered));
/// assert_eq!(watch.violation(), None);
/// watch.on_effect(Duration::ZERO, ProcessId(0), &Effect::Emit(Event::Entered));
/// let violation = watch.violation().unwrap();
/// assert_eq!(violation.to_string(), "safety: sites 0 and 2 are inside at once");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Exclusion {
    inside: BTreeSet<ProcessId>,
    /// Who was inside when there were first two. Empty until then.
    broken_by: Vec<ProcessId>,
}

impl<P: MutualExclusion> Monitor<P> for Exclusion {
    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        match effect {
            Effect::Emit(Event::Entered) => {
                self.inside.insert(by);
                if self.inside.len() > 1 && self.broken_by.is_empty() {
                    self.broken_by.extend(&self.inside);
                }
            }
            Effect::Emit(Event::Left) => {
                self.inside.remove(&by);
            }
            _ => {}
        }
    }

    fn on_crash(&mut self, _now: Duration, who: ProcessId) {
        self.inside.remove(&who);
    }

    fn violation(&self) -> Option<Violation> {
        let is_broken = !self.broken_by.is_empty();
        let detail = || format!("{} are inside at once", sites(&self.broken_by));
        is_broken.then(|| Violation::new("safety", detail()))
    }
}
