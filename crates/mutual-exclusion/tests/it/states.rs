//! Safety, liveness and contention look at one state.

use mutual_exclusion::{Phase, contention, liveness, safety};
use protocol::{Claim, ProcessId, View};

use crate::Site;
use Phase::{Idle, Inside, Waiting};

fn sites(phases: &[Phase]) -> Vec<Site> {
    phases.iter().map(|&phase| Site { phase, waits_for: Vec::new() }).collect()
}

const ALIVE: [bool; 4] = [true; 4];

#[test]
fn safety_finds_two_inside_and_names_them() {
    let cases: [(&[Phase], _); 4] = [
        (&[Inside, Waiting, Idle, Waiting], Ok(())),
        (&[Idle, Idle, Waiting, Waiting], Ok(())),
        (&[Inside, Waiting, Inside, Idle], Err("sites 0 and 2 are inside at once")),
        (&[Inside, Inside, Idle, Inside], Err("sites 0, 1 and 3 are inside at once")),
    ];
    for (phases, verdict) in cases {
        let sites = sites(phases);
        let view = View::new(&sites, &ALIVE);
        assert_eq!(safety().judge(&view), verdict.map_err(str::to_owned), "{phases:?}");
        // Nobody is held up for good in any of these: the others have nothing to find.
        let is_live = !phases.contains(&Waiting);
        assert_eq!(liveness().judge(&view).is_ok(), is_live, "{phases:?}");
    }
    assert_eq!(safety::<Site>().claim(), Claim::Always);
}

#[test]
fn safety_looks_at_whoever_moved_last_and_misses_no_entry() {
    let sites = sites(&[Inside, Waiting, Inside, Idle]);
    let judge = |moved| {
        let mut view = View::new(&sites, &ALIVE);
        view.moved = moved;
        safety().judge(&view)
    };
    for entered in [0, 2] {
        assert!(judge(Some(ProcessId(entered))).is_err());
    }
    for moved in [1, 3] {
        assert!(judge(Some(ProcessId(moved))).is_ok(), "the state before was broken already");
    }
    assert!(judge(None).is_err());
}

#[test]
fn a_dead_site_is_inside_nothing_waits_for_nothing_and_competes_with_nobody() {
    let alive = [true, false, true, false];
    let inside = sites(&[Inside, Inside, Idle, Inside]);
    assert_eq!(safety().judge(&View::new(&inside, &alive)), Ok(()));
    let waiting = sites(&[Idle, Waiting, Idle, Waiting]);
    assert_eq!(liveness().judge(&View::new(&waiting, &alive)), Ok(()));
    let waiting = sites(&[Waiting, Waiting, Idle, Waiting]);
    assert!(contention().judge(&View::new(&waiting, &alive)).is_err());
}

#[test]
fn liveness_says_who_waits_for_whom() {
    let mut sites = sites(&[Waiting, Waiting, Idle, Waiting]);
    sites[1].waits_for = vec![ProcessId(2)];
    sites[3].waits_for = vec![ProcessId(0), ProcessId(1), ProcessId(2)];
    let view = View::new(&sites, &ALIVE);
    let expected = "site 0 waits; site 1 waits for site 2; site 3 waits for sites 0, 1 and 2";
    assert_eq!(liveness().judge(&view), Err(expected.to_owned()));
    assert_eq!(safety().judge(&view), Ok(()));
    assert_eq!(liveness::<Site>().claim(), Claim::Eventually);
}

#[test]
fn contention_is_two_that_wait_at_once() {
    let cases: [(&[Phase], bool); 4] = [
        (&[Waiting, Idle, Waiting, Idle], true),
        (&[Waiting, Waiting, Waiting, Inside], true),
        (&[Waiting, Inside, Idle, Idle], false),
        (&[Idle, Idle, Idle, Idle], false),
    ];
    for (phases, is_contended) in cases {
        let sites = sites(phases);
        let judged = contention().judge(&View::new(&sites, &ALIVE));
        assert_eq!(judged.is_ok(), is_contended, "{phases:?}");
    }
    assert_eq!(contention::<Site>().claim(), Claim::Sometimes);
}
