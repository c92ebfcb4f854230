//! All sites at once, each an operating-system process: what they add up to, what an entry costs
//! over TCP, and what becomes of the others when somebody dies.

use crate::LAB;

#[test]
fn the_counter_is_exact() {
    for options in ["--size 5 --entries 20 --hold 0s", "--size 5 --entries 20 --reliable"] {
        LAB.assert_adds_up(options, 100);
    }
}

/// How many messages an entry costs when the token is sent for.
fn cost(size: u64) -> u64 {
    size
}

/// The cluster itself holds the sites to their cost, and fails otherwise.
#[test]
fn an_entry_costs_nothing_or_a_message_for_each_site() {
    for size in 2..=6 {
        let options = format!("--json cluster --size {size} --entries 5 --hold 0s --quiet");
        let ended = LAB.run(&options);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let reports = ended.stdout.lines().filter_map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            (record["kind"] == "finished").then(|| record["messages"].as_u64().unwrap())
        });
        let messages: u64 = reports.sum();
        let entries = 5 * size;
        // The first entry of site 0 can be free; over links as fast as these, others are, too.
        assert!(messages > 0 && messages <= cost(size) * entries, "{messages} messages");
        assert!(messages.is_multiple_of(cost(size)), "{messages} messages");
        let mean = messages as f64 / entries as f64;
        let said = format!(
            "mutual exclusion held: {entries} entries, {mean:.2} messages each, counter {entries} \
             of {entries}"
        );
        assert!(ended.stdout.lines().last().unwrap().contains(&said), "{ended:?}");
    }
}

#[test]
fn whoever_is_alone_has_the_token_at_hand() {
    assert_eq!(LAB.assert_adds_up("--size 1 --entries 3 --quiet", 3), "0.00");
}

#[test]
fn sites_that_start_in_any_order_find_each_other_and_add_up() {
    let messages: u64 = LAB.assert_meet_in_any_order().iter().sum();
    assert!(messages.is_multiple_of(5) && messages <= 5 * 50, "{messages} messages");
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_holder_stalls_the_others_who_say_so_and_end() {
    // Whoever is inside has the token, and stays there.
    let mut at_work = lab_tests::AtWork::start_with(LAB, "--entries 10 --hold 3600s");
    let line = at_work.cluster.stdout.until("enters (0)");
    let holder = line.len() - line.trim_start().len();
    at_work.assert_stalls_without(holder / 16); // A column for each site.
}
