//! All sites at once, each an operating-system process: what they add up to, what an entry costs
//! over TCP, and what becomes of the others when somebody dies.

use crate::LAB;

#[test]
fn the_counter_is_exact() {
    for options in ["--size 5 --entries 20 --hold 0s", "--size 5 --entries 20 --reliable"] {
        assert_eq!(LAB.assert_adds_up(options, 100), "12.00", "{options}");
    }
}

/// The cluster itself holds the sites to their cost, and fails otherwise.
#[test]
fn an_entry_costs_three_messages_for_each_other_site() {
    for size in 2..=6 {
        let options = format!("--size {size} --entries 5 --hold 0s --quiet");
        let cost = format!("{}.00", 3 * (size - 1));
        assert_eq!(LAB.assert_adds_up(&options, 5 * size), cost, "{options}");
    }
}

#[test]
fn sites_that_start_in_any_order_find_each_other_and_add_up() {
    // With each of four others: ten requests, ten replies to its requests, ten releases.
    assert_eq!(LAB.assert_meet_in_any_order(), [4 * 30; 5]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_site_stalls_the_others_who_say_so_and_end() {
    let ended = lab_tests::AtWork::start(LAB).assert_stalls_without(2);
    for site in [0, 1, 3, 4] {
        assert!(ended.verdict().contains(&format!("site {site} waits for site")), "{ended:?}");
    }
}
