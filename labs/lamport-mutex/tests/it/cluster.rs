//! All sites at once, each an operating-system process: what they add up to, what an entry costs
//! over TCP, and what becomes of the others when somebody dies.

use lab_tests::System;

use crate::LAB;

#[test]
fn the_counter_is_exact() {
    for options in ["--size 5 --entries 20 --hold 0s", "--size 5 --entries 20 --reliable"] {
        let ended = LAB.run(&format!("cluster {options}"));
        let verdict = ended.verdict();
        assert!(verdict.starts_with("mutual exclusion held: 100 entries, "), "{ended:?}");
        assert!(verdict.ends_with(" 12.00 messages each, counter 100 of 100"), "{ended:?}");
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    }
}

/// The cluster itself holds the sites to their price, and fails otherwise.
#[test]
fn an_entry_costs_three_messages_for_each_other_site() {
    for size in 2..=6 {
        let options = format!("cluster --size {size} --entries 5 --hold 0s --quiet");
        let ended = LAB.run(&options);
        let (entries, price) = (5 * size, 3 * (size - 1));
        assert_eq!(
            ended.verdict(),
            format!(
                "mutual exclusion held: {entries} entries, {price}.00 messages each, counter \
                 {entries} of {entries}"
            ),
            "{ended:?}"
        );
        assert_eq!(ended.code, Some(0));
    }
}

#[test]
fn sites_that_start_in_any_order_find_each_other_and_add_up() {
    let system = System::new(LAB, 5, "--entries 10");
    let sites = [3, 0, 4, 1, 2].map(|site| (site, system.start(site)));
    let ends = system.assert_held(sites.into(), 10);
    for end in &ends {
        // With each of four others: ten requests, ten replies to its requests, ten releases.
        assert_eq!(end.messages, 4 * 30);
    }
    for end in ends {
        assert_eq!(end.stderr.lines().count(), 1, "{end:?}"); // Where it listens, and no more.
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_site_stalls_the_others_who_say_so_and_end() {
    let ended = lab_tests::AtWork::start(LAB).assert_stalls_without(2);
    for site in [0, 1, 3, 4] {
        assert!(ended.verdict().contains(&format!("site {site} waits for site")), "{ended:?}");
    }
}
