//! How far a search goes, and what it says when it stops.

use std::num::NonZeroUsize;

use checker::{Bound, Bounds, Check, Verdict};
use protocol::{Property, View};
use scenario::Scenario;

use crate::clickers::{Clicker, Finger, Grid, fewer_than};

/// Three clickers, four clicks each: 5³ states, and a step for each click in each state.
const STATES: u64 = 125;

fn within(bounds: Bounds) -> Verdict<Clicker> {
    Grid { bounds, ..Grid::new(3, 4) }.check(&[])
}

fn bound_hit(verdict: &Verdict<Clicker>) -> Option<Bound> {
    match verdict {
        Verdict::BoundHit { bound, left, .. } if *left > 0 => Some(*bound),
        Verdict::BoundHit { .. } => panic!("nothing is left: {verdict}"),
        _ => None,
    }
}

#[test]
fn an_extent_counts_states_steps_and_levels() {
    for threads in 1..=3 {
        let verdict = Grid { threads, ..Grid::new(3, 4) }.check(&[]);
        let extent = verdict.extent();
        let counted = (extent.unique_states, extent.total_states, extent.depth);
        assert_eq!(counted, (STATES, 1 + 3 * 4 * 25, 12));
    }
}

#[test]
fn as_many_states_as_there_are_is_enough() {
    for (max_states, hit) in
        [(1, Some(Bound::States)), (STATES - 1, Some(Bound::States)), (STATES, None)]
    {
        let verdict = within(Bounds { max_states, ..Bounds::default() });
        assert_eq!(bound_hit(&verdict), hit, "{max_states}: {verdict}");
    }
}

#[test]
fn as_many_steps_as_the_longest_way_has_is_enough() {
    for (max_depth, hit) in [(0, Some(Bound::Depth)), (11, Some(Bound::Depth)), (12, None)] {
        let verdict = within(Bounds { max_depth, ..Bounds::default() });
        assert_eq!(bound_hit(&verdict), hit, "{max_depth}: {verdict}");
    }
}

#[test]
fn a_bound_of_steps_lets_one_more_step_go_wrong_but_not_what_comes_after_it() {
    let after = |max_depth, limit| {
        let bounds = Bounds { max_depth, ..Bounds::default() };
        Grid { bounds, ..Grid::new(3, 4) }.check(&[fewer_than(limit)])
    };
    assert!(matches!(after(2, 3), Verdict::Violated { run, .. } if run.script.len() == 3));
    assert_eq!(bound_hit(&after(2, 4)), Some(Bound::Depth));
}

#[test]
fn a_bound_of_steps_does_not_tell_whether_the_state_after_them_is_at_rest() {
    let within = |max_depth| {
        let check = Check {
            scenario: &Scenario::new(1, ()),
            properties: &[],
            process: &|_, _| Clicker(0),
            application: &|_| Finger { clicks_left: 1, is_insatiable: true },
            monitor: (),
            bounds: Bounds { max_depth, ..Bounds::default() },
            threads: NonZeroUsize::MIN,
        };
        check.run(&mut |_| {})
    };
    assert_eq!(bound_hit(&within(0)), Some(Bound::Depth));
    assert!(matches!(within(1), Verdict::Violated { run, .. } if run.script.len() == 1));
}

#[test]
fn too_little_memory_stops_a_search() {
    let verdict = within(Bounds { max_memory: 1 << 10, ..Bounds::default() });
    assert_eq!(bound_hit(&verdict), Some(Bound::Memory));
}

#[test]
fn a_search_takes_up_no_more_than_it_is_given_but_for_a_stride() {
    let bounds = Bounds { max_memory: 4 << 20, ..Bounds::default() };
    let verdict = Grid { bounds, ..Grid::new(6, 9) }.check(&[]);
    assert_eq!(bound_hit(&verdict), Some(Bound::Memory));
    // A state takes up more than its fingerprint and its parent, and less than a thousand bytes.
    let states = verdict.extent().unique_states;
    assert!(((4 << 20) / 1000..(4 << 20) / 12).contains(&states), "{states}");
}

#[test]
fn what_is_found_wrong_before_a_bound_is_hit_is_said() {
    let bounds = Bounds { max_states: 2, ..Bounds::default() };
    let verdict = Grid { bounds, ..Grid::new(3, 4) }.check(&[fewer_than(1)]);
    assert!(
        matches!(&verdict, Verdict::Violated { run, .. } if run.script.len() == 1),
        "{verdict}"
    );
    let verdict = Grid { bounds, ..Grid::new(3, 4) }.check(&[fewer_than(9)]);
    assert_eq!(bound_hit(&verdict), Some(Bound::States));
}

#[test]
fn what_no_state_has_violates_sometimes() {
    let all_at = |clicks| {
        Property::sometimes("together", move |view: &View<Clicker>| {
            view.processes().all(|clicker| clicker.0 == clicks)
        })
    };
    for threads in 1..=2 {
        let grid = Grid { threads, ..Grid::new(3, 4) };
        assert!(matches!(grid.check(&[all_at(4), all_at(0)]), Verdict::Proved(_)));
        let verdict = grid.check(&[all_at(4), all_at(5)]);
        let Verdict::Violated { violation, run, .. } = verdict else { panic!("{verdict}") };
        assert_eq!(violation.to_string(), "together: no state is like that");
        assert!(run.script.is_empty() && run.repeats_from.is_none());
    }
}

#[test]
fn a_verdict_is_a_line_that_begins_with_its_name() {
    let bounds = Bounds { max_depth: 2, ..Bounds::default() };
    let proved = within(Bounds::default()).to_string();
    assert!(proved.starts_with("Proved: 125 states, come to 301 times, depth 12, "), "{proved}");
    let hit = within(bounds).to_string();
    assert!(hit.starts_with("BoundHit: no more steps allowed, with 10 states left"), "{hit}");
    let violated = Grid::new(3, 4).check(&[fewer_than(7)]).to_string();
    assert_eq!(violated, "Violated: few clicks: 7 clicks (after 7 steps)");
    assert!([proved, hit, violated].iter().all(|line| line.lines().count() == 1));
}
