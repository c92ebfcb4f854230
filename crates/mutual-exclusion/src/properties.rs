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
        let is_inside = |id: ProcessId| view.processes[id.index()].phase() == Phase::Inside;
        if view.moved.is_some_and(|id| !is_inside(id)) {
            return Ok(()); // Only an entry can break it.
        }
        let inside = || view.living().filter(|(_, site)| site.phase() == Phase::Inside);
        if inside().count() <= 1 {
            return Ok(());
        }
        let names: Vec<ProcessId> = inside().map(|(id, _)| id).collect();
        Err(format!("sites {} are inside at once", listed(&names)))
    })
}

/// Whoever asks gets in, if nobody stays in for ever. The detail says who waits for whom.
///
/// See the [crate's example](crate#example).
pub fn liveness<P: MutualExclusion>() -> Property<P> {
    Property::eventually("liveness", |view: &View<P>| {
        let waiting: Vec<String> = view
            .living()
            .filter(|(_, site)| site.phase() == Phase::Waiting)
            .map(|(id, site)| match site.waits_for().as_slice() {
                [] => format!("site {id} waits"),
                [one] => format!("site {id} waits for site {one}"),
                many => format!("site {id} waits for sites {}", listed(many)),
            })
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

/// The names as they stand in a sentence: "0, 2 and 3".
fn listed(names: &[ProcessId]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
