//! Every run there can be: what is proved of them, and a shortest one that breaks each assumption.

use crate::LAB;

#[test]
fn three_sites_that_enter_once_are_safe_and_live_over_links_that_keep_their_order() {
    let ended = LAB.assert_proves("", &[("FIFO", 592_188)]);
    let proved = "Proved: safe and live; 3 sites, 1 entry each, over FIFO links";
    assert_eq!(ended.verdict(), proved);
}

#[test]
fn the_same_is_proved_of_fewer_states() {
    LAB.assert_proves("--reduced", &[("FIFO", 15_246)]);
    for (options, is_reduced) in [("--reduced", true), ("", false)] {
        let ended = LAB.run(&format!("--json check --size 2 {options}"));
        let said = format!(r#""reduced":{is_reduced},"#);
        assert!(ended.stdout.contains(&said), "{options}: {ended:?}");
    }
}

#[test]
fn links_that_do_not_keep_their_order_let_two_in() {
    LAB.assert_finds("unordered", "--size 2 --order unordered");
}

#[test]
fn one_lost_message_or_one_dead_site_is_too_many() {
    LAB.assert_bears_no_fault();
}

#[test]
fn behind_reliable_links_a_few_faults_do_no_harm() {
    LAB.assert_proves(
        "--reliable --order fifo --size 2 --losses 2 --duplications 1 --early-timeouts 1",
        &[("FIFO", 313_980)],
    );
}

/// With an early timeout more it is eight million states: too many for here.
#[test]
fn behind_reliable_links_order_does_not_matter() {
    let budget = "--losses 1 --duplications 1";
    LAB.assert_proves(
        &format!("--reliable --order unordered --size 2 {budget}"),
        &[("unordered", 131_151)],
    );
}

#[test]
fn behind_reliable_links_two_sites_are_searched_if_nothing_else_is_said() {
    LAB.assert_proves("--reliable", &[("FIFO", 193), ("unordered", 2456)]);
}

#[test]
fn check_claims_no_more_than_it_knows() {
    LAB.assert_check_is_honest();
}
