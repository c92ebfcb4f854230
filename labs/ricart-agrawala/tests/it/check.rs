//! Every run there can be: what is proved of them, and a shortest one that breaks each assumption.

use crate::LAB;

#[test]
fn three_sites_that_enter_twice_are_safe_and_live_over_both_kinds_of_links() {
    let ended = LAB.assert_proves("", &[("FIFO", 34_845), ("unordered", 44_833)]);
    let proved = "Proved: safe and live; 3 sites, 2 entries each, over FIFO and unordered links";
    assert_eq!(ended.verdict(), proved);
}

#[test]
fn what_makes_no_difference_is_left_out_over_links_that_keep_their_order() {
    LAB.assert_proves("--entries 1 --reduced", &[("FIFO", 1781)]);
}

#[test]
fn one_lost_message_or_one_dead_site_is_too_many() {
    LAB.assert_bears_no_fault();
}

#[test]
fn behind_reliable_links_a_few_faults_do_no_harm() {
    LAB.assert_proves(
        "--reliable --size 2 --entries 1 --losses 1 --duplications 1 --early-timeouts 1",
        &[("FIFO", 14_813), ("unordered", 151_098)],
    );
}

#[test]
fn behind_reliable_links_two_sites_are_searched_if_nothing_else_is_said() {
    LAB.assert_proves("--reliable", &[("FIFO", 329), ("unordered", 12_305)]);
}

#[test]
fn behind_reliable_links_more_entries_do_no_harm() {
    LAB.assert_proves(
        "--reliable --order fifo --size 2 --entries 2 --losses 1 --duplications 1 \
         --early-timeouts 1",
        &[("FIFO", 170_520)],
    );
}

#[test]
fn check_claims_no_more_than_it_knows() {
    LAB.assert_check_is_honest();
}
