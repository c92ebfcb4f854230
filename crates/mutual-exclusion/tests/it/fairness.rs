//! Nobody is passed more often than the solution says: here, twice.

use mutual_exclusion::Fairness;
use protocol::Fate;

use crate::{History, Message::*};

/// Site 0 of three has asked, and both others have received its request.
fn asked() -> History<Fairness> {
    let mut history = History::new(Fairness::new(3));
    history.wants(0).sends(0, 1, Request).sends(0, 2, Request);
    history.receives(0, 1, Request).receives(0, 2, Request);
    history
}

impl History<Fairness> {
    fn passes(&mut self, site: u32) -> &mut Self {
        self.wants(site).enters(site).leaves(site)
    }

    fn worst(&self) -> u32 {
        self.monitor.worst()
    }
}

#[test]
fn the_bound_is_reached_and_no_more() {
    let mut history = asked();
    history.passes(1).passes(2).passes(1).passes(2).enters(0);
    assert_eq!((history.violation(), history.worst()), (None, 2));
}

#[test]
fn one_entry_too_many_is_found_when_it_happens() {
    let mut history = asked();
    history.passes(1).passes(2).passes(1);
    assert_eq!(history.violation(), None);
    history.wants(1).enters(1);
    let expected = "fairness: site 1 entered 3 times while site 0 waited, whose request all had \
                    received";
    assert_eq!((history.violation().as_deref(), history.worst()), (Some(expected), 3));
}

#[test]
fn the_first_that_was_passed_too_often_is_named_for_good() {
    let mut history = asked();
    history.passes(1).passes(1).passes(1).passes(1).enters(0);
    history.wants(2).passes(1).passes(1).passes(1);
    let violation = history.violation().unwrap();
    assert!(violation.contains("site 1 entered 3 times while site 0 waited"), "{violation}");
    assert_eq!(history.worst(), 4);
}

#[test]
fn entries_before_all_have_received_the_request_do_not_count() {
    let mut history = History::new(Fairness::new(3));
    history.wants(0).sends(0, 1, Request).sends(0, 2, Request).receives(0, 1, Request);
    history.passes(2).passes(2).passes(2).passes(1);
    assert_eq!((history.violation(), history.worst()), (None, 0));
    history.receives(0, 2, Request).passes(2);
    assert_eq!(history.worst(), 1);
}

#[test]
fn what_is_no_request_is_no_matter() {
    let mut history = asked();
    history.sends(0, 1, Reply).fate(0, 1, Reply, Fate::Lost).fate(0, 2, Reply, Fate::Duplicated);
    history.passes(2);
    assert_eq!(history.worst(), 1);
    let mut history = History::new(Fairness::new(3));
    history.wants(0).sends(0, 1, Request).receives(0, 1, Reply).passes(2);
    assert_eq!(history.worst(), 0);
}

#[test]
fn an_entry_ends_the_count() {
    let mut history = asked();
    history.passes(1).passes(1).enters(0).passes(1).leaves(0);
    history.wants(0).passes(1).passes(1);
    assert_eq!((history.violation(), history.worst()), (None, 2));
}

#[test]
fn one_does_not_pass_oneself() {
    let mut history = asked();
    history.enters(0).leaves(0);
    assert_eq!(history.worst(), 0);
}

#[test]
fn nothing_is_claimed_for_a_lost_request() {
    for fate in [Fate::Lost, Fate::Cut] {
        let mut history = History::new(Fairness::new(3));
        history.wants(0).sends(0, 1, Request).sends(0, 2, Request);
        history.fate(0, 1, Request, fate).receives(0, 2, Request);
        history.passes(1).passes(1).passes(1);
        assert_eq!((history.violation(), history.worst()), (None, 0), "{fate}");
        // The next request is another matter.
        history.enters(0).leaves(0).wants(0).sends(0, 1, Request).receives(0, 1, Request);
        history.passes(1);
        assert_eq!(history.worst(), 1, "{fate}");
    }
}

#[test]
fn an_overtaken_request_is_received_as_any_other() {
    let mut history = History::new(Fairness::new(3));
    history.wants(0).sends(0, 1, Request).fate(0, 1, Request, Fate::Overtaken).passes(1);
    assert_eq!(history.worst(), 0);
    history.receives(0, 1, Request).passes(1);
    assert_eq!(history.worst(), 1);
}

#[test]
fn the_copy_of_a_request_is_not_taken_for_another() {
    let mut history = History::new(Fairness::new(3));
    history.wants(0).sends(0, 1, Request).fate(0, 1, Request, Fate::Duplicated);
    history.sends(0, 2, Request).receives(0, 1, Request).receives(0, 1, Request);
    history.passes(2); // 2 does not know yet.
    assert_eq!(history.worst(), 0);
}

#[test]
fn an_older_request_that_arrives_late_is_not_taken_for_the_present_one() {
    let mut history = History::new(Fairness::new(3));
    // Site 0 holds a token, say, and need not wait to be heard.
    history.wants(0).sends(0, 1, Request).enters(0).leaves(0);
    history.wants(0).sends(0, 1, Request).receives(0, 1, Request);
    history.passes(1); // What 1 has received is the older one, as far as one can tell.
    assert_eq!(history.worst(), 0);
    history.receives(0, 1, Request).passes(1);
    assert_eq!(history.worst(), 1);
}

#[test]
fn the_dead_are_passed_as_often_as_need_be() {
    let mut history = asked();
    history.passes(1).dies(0).passes(1).passes(1).passes(1);
    assert_eq!((history.violation(), history.worst()), (None, 1));
}

#[test]
fn the_death_of_another_changes_nothing() {
    let mut history = asked();
    history.dies(2).passes(1).passes(1).wants(1).enters(1);
    assert!(history.violation().is_some());
}
