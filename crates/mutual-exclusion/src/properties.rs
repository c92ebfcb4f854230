//! What must be true of the states of every solution.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use protocol::{ProcessId, Property, View};

use crate::{MutualExclusion, Phase};

/// Never two inside. A dead site is inside nothing.
///
/// See the [crate's example](crate#example).
pub fn safety<P: MutualExclusion>() -> Property<P> {
    Property::always("safety", |view: &View<P>| {
        let is_inside = |id: ProcessId| view.process(id).phase() == Phase::Inside;
        if view.moved.is_some_and(|id| !is_inside(id)) {
            return Ok(()); // Only an entry can break it.
        }
        let inside = || view.living().filter(|(_, site)| site.phase() == Phase::Inside);
        if inside().count() <= 1 {
            return Ok(());
        }
        let names: Vec<ProcessId> = inside().map(|(id, _)| id).collect();
        Err(format!("{} are inside at once", sites(&names)))
    })
}

/// Whether [`safety`] may judge otherwise when a site is like the second and no longer like the
/// first. All that it sees of a site is whether it is inside.
///
/// See the [crate's example](crate#example).
pub fn is_seen_by_safety<P: MutualExclusion>(before: &P, after: &P) -> bool {
    (before.phase() == Phase::Inside) != (after.phase() == Phase::Inside)
}

/// Whoever asks gets in, if nobody stays in for ever. The detail says who waits for whom.
///
/// See the [crate's example](crate#example).
pub fn liveness<P: MutualExclusion>() -> Property<P> {
    Property::eventually("liveness", |view: &View<P>| {
        let waiting: Vec<String> = view
            .living()
            .filter(|(_, site)| site.phase() == Phase::Waiting)
            .map(|(id, site)| waiting(id, &site.waits_for()))
            .collect();
        if waiting.is_empty() { Ok(()) } else { Err(waiting.join("; ")) }
    })
}

/// Some state has two sites that wait at once: a run without it proves little.
///
/// See the [crate's example](crate#example).
pub fn contention<P: MutualExclusion>() -> Property<P> {
    Property::sometimes("contention", |view: &View<P>| {
        view.living().filter(|(_, site)| site.phase() == Phase::Waiting).count() >= 2
    })
}

/// Who waits for whom, as a phrase.
///
/// ```
/// use mutual_exclusion::waiting;
/// use protocol::ProcessId;
///
/// let [a, b, c] = [0, 1, 2].map(ProcessId);
/// assert_eq!(waiting(a, &[b, c]), "site 0 waits for sites 1 and 2");
/// assert_eq!(waiting(a, &[]), "site 0 waits");
/// ```
pub fn waiting(site: ProcessId, whom: &[ProcessId]) -> String {
    match whom {
        [] => format!("site {site} waits"),
        _ => format!("site {site} waits for {}", sites(whom)),
    }
}

/// Some sites, as they stand in a sentence: "site 1", "sites 0, 2 and 3".
///
/// ```
/// use protocol::ProcessId;
///
/// assert_eq!(mutual_exclusion::sites(&[0, 2, 3].map(ProcessId)), "sites 0, 2 and 3");
/// ```
pub fn sites(names: &[ProcessId]) -> String {
    let list: Vec<String> = names.iter().map(ToString::to_string).collect();
    match list.as_slice() {
        [] => "no site".to_string(),
        [one] => format!("site {one}"),
        [many @ .., last] => format!("sites {} and {last}", many.join(", ")),
    }
}

/// So many things of a kind, as it stands in a sentence.
///
/// ```
/// use mutual_exclusion::counted;
///
/// assert_eq!([counted(1, "entry"), counted(2, "entry")], ["1 entry", "2 entries"]);
/// assert_eq!(counted(0, "site"), "0 sites");
/// ```
pub fn counted(number: u64, what: &str) -> String {
    match what.strip_suffix('y') {
        _ if number == 1 => format!("1 {what}"),
        Some(stem) => format!("{number} {stem}ies"),
        None => format!("{number} {what}s"),
    }
}
