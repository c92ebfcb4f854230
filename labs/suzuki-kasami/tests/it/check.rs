//! Every run there can be: what is proved of them, and a shortest one that breaks each assumption.

use crate::LAB;

#[test]
fn three_sites_that_enter_twice_are_safe_and_live_over_both_kinds_of_links() {
    let ended = LAB.assert_proves("", &[("FIFO", 15_286), ("unordered", 62_577)]);
    let proved = "Proved: safe and live; 3 sites, 2 entries each, over FIFO and unordered links";
    assert_eq!(ended.verdict(), proved);
}

#[test]
fn one_lost_message_or_one_dead_site_is_too_many() {
    LAB.assert_bears_no_fault();
}

#[test]
fn behind_reliable_links_a_few_faults_do_no_harm() {
    LAB.assert_proves(
        "--reliable --size 2 --entries 1 --losses 1 --duplications 1 --early-timeouts 1",
        &[("FIFO", 6250), ("unordered", 51_807)],
    );
}

#[test]
fn behind_reliable_links_more_faults_do_no_harm() {
    LAB.assert_proves(
        "--reliable --order fifo --size 2 --entries 2 --losses 2 --duplications 1 \
         --early-timeouts 1",
        &[("FIFO", 248_945)],
    );
}

#[test]
fn behind_reliable_links_two_sites_are_searched_if_nothing_else_is_said() {
    LAB.assert_proves("--reliable", &[("FIFO", 177), ("unordered", 2506)]);
}

#[test]
fn check_claims_no_more_than_it_knows() {
    LAB.assert_check_is_honest();
}
