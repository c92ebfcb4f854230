//! Never two inside, followed step by step.

use mutual_exclusion::Exclusion;

use crate::History;

fn history() -> History<Exclusion> {
    History::new(Exclusion::default())
}

#[test]
fn one_after_the_other_is_as_it_should_be() {
    let mut history = history();
    history.enters(0).leaves(0).enters(1).leaves(1).enters(0);
    assert_eq!(history.violation(), None);
}

#[test]
fn two_at_once_break_it_and_stay_named() {
    let mut history = history();
    history.enters(2).enters(0);
    let named = Some("safety: sites 0 and 2 are inside at once".to_owned());
    assert_eq!(history.violation(), named);
    history.enters(1).leaves(0).leaves(1).leaves(2);
    assert_eq!(history.violation(), named);
}

#[test]
fn a_dead_site_is_inside_nothing() {
    let mut history = history();
    history.enters(0).dies(0).enters(1);
    assert_eq!(history.violation(), None);
}
