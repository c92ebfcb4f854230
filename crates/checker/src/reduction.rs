//! What may be left out of a search, said by whoever knows the processes.

use std::hash::Hasher;

use protocol::Process;

use crate::Whole;

/// What makes no difference to what is checked.
///
/// Steps that can wait for those of others (`ample` says why), and states that look alike
/// (`outlook` says when they may). Nothing is left out where it might make a difference: where a
/// fault may happen, where links don't keep order, where a monitor watches, where a search goes
/// round, where somebody hangs up, or where what must be so sometimes is so in no state that was
/// looked at.
///
/// ```
/// use std::{hash::{Hash, Hasher}, num::NonZeroUsize};
///
/// use checker::{Bounds, Check, Outlook, Reduction, Verdict};
/// use mutual_exclusion::{MutualExclusion, Worker, Workload, is_seen_by_safety, liveness, safety};
/// use protocol::ProcessId;
/// use ricart_agrawala::Site;
/// use scenario::Scenario;
///
/// // Three sites, each of which enters once.
/// let scenario = Scenario::new(3, Workload::high_contention(1));
/// let check = Check {
///     scenario: &scenario,
///     properties: &[safety(), liveness()],
///     process: &|me: ProcessId, _incarnation| Site::new(me, me.peers(3)),
///     application: &|_| scenario.workload.worker(),
///     monitor: (),
///     bounds: Bounds::default(),
///     threads: NonZeroUsize::MIN,
/// };
/// assert_eq!(check.run(&mut |_| {}).extent().unique_states, 2101);
///
/// let reduction = Reduction { is_visible: &is_seen_by_safety, outlook: None };
/// let verdict = check.run_reduced(&reduction, &mut |_| {});
/// assert!(matches!(verdict, Verdict::Proved(_)));
/// assert_eq!(verdict.extent().unique_states, 1781);
///
/// // More than its phase matters of a site, and an outlook that claims otherwise is refuted.
/// let outlook: &Outlook<Site, Worker> = &|whole, mut into| {
///     whole.ids().for_each(|id| whole.process(id).phase().hash(&mut into));
/// };
/// assert!(matches!(check.try_outlook(outlook), Verdict::Violated { .. }));
/// ```
pub struct Reduction<'a, P: Process, A> {
    /// Whether a property that must always hold may judge otherwise once a process is like the
    /// second and no longer like the first.
    pub is_visible: &'a (dyn Fn(&P, &P) -> bool + Sync),
    /// What tells states apart, if less does than all that they are made of.
    pub outlook: Option<&'a Outlook<P, A>>,
}

/// Puts what matters of the processes of a state, and of what is under way, into a fingerprint.
/// Applications, what they have asked for, timers, and how many messages are on each link need not
/// be in it: they tell states apart in any case.
///
/// See the example of [`Reduction`].
pub type Outlook<P, A> = dyn Fn(&Whole<P, A>, &mut dyn Hasher) + Sync;
