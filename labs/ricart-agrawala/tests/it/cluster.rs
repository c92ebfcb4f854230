//! All sites at once, each an operating-system process: what they add up to, and what becomes of
//! them when somebody dies or is interrupted.

use std::fs;

use lab_tests::{AtWork, Ended, number_before, number_behind, run};
use serde_json::Value;

use crate::LAB;

/// The lines of a run with `--json`.
fn records(ended: &Ended) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("{ended:?}"));
    ended.stdout.lines().map(parse).collect()
}

#[test]
fn the_counter_is_exact_and_an_entry_costs_two_messages_for_each_other_site() {
    for (options, entries, cost) in [
        ("--size 5 --entries 20 --hold 0s", 100, "8.00"),
        ("--size 6 --entries 5", 30, "10.00"),
        ("--size 4 --entries 5", 20, "6.00"),
        ("--size 3 --entries 5", 15, "4.00"),
        ("--size 2 --entries 10", 20, "2.00"),
        ("--size 1 --entries 3", 3, "0.00"),
        ("--size 3 --entries 0", 0, "0.00"),
        ("--size 12 --entries 2 --think 0s..2ms --quiet", 24, "22.00"),
    ] {
        assert_eq!(LAB.assert_adds_up(options, entries), cost, "{options}");
    }
}

#[test]
fn nobody_finds_in_the_counter_what_another_has_found() {
    let ended = LAB.run("--json cluster --size 5 --entries 20 --hold 0s");
    let records = records(&ended);
    let counters = |kind: &str| {
        let of_kind = records.iter().filter(|record| record["kind"] == kind);
        let mut counters: Vec<_> =
            of_kind.map(|record| record["counter"].as_u64().unwrap()).collect();
        counters.sort_unstable();
        counters
    };
    assert!(counters("entered").into_iter().eq(0..100), "{ended:?}");
    assert!(counters("left").into_iter().eq(1..=100), "{ended:?}");
}

#[test]
fn programs_read_json_lines_and_last_the_verdict() {
    let ended = LAB.run("cluster --size 3 --entries 2 --json");
    let records = records(&ended);
    for (kind, count) in
        [("listening", 3), ("ready", 3), ("entered", 6), ("left", 6), ("done", 3), ("finished", 3)]
    {
        let of_kind = records.iter().filter(|record| record["kind"] == kind);
        assert_eq!(of_kind.count(), count, "{kind}: {ended:?}");
    }
    let last = records.last().unwrap();
    assert_eq!(last["outcome"], "held");
    assert_eq!(
        last["verdict"],
        "mutual exclusion held: 6 entries, 4.00 messages each, counter 6 of 6"
    );
}

#[test]
fn without_the_algorithm_updates_are_lost_and_counted() {
    let ended = LAB.run("cluster --size 5 --entries 5 --hold 20ms --no-lock");
    let verdict = ended.verdict();
    let start = "mutual exclusion broken: 25 entries, 0.00 messages each, counter ";
    assert!(verdict.starts_with(start), "{ended:?}");
    let counter = number_behind("counter", verdict);
    let lost = number_before(" update", verdict);
    assert!(lost > 0 && counter + lost == 25, "{verdict}");
    assert_eq!(ended.code, Some(1));
}

#[test]
fn a_counter_file_of_ones_own_is_set_to_zero_first_and_kept() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("counter");
    fs::write(&file, "41").unwrap();
    let ended = run(LAB.command("cluster --size 2 --entries 3 --counter").arg(&file));
    assert!(ended.verdict().ends_with("counter 6 of 6"), "{ended:?}");
    assert_eq!(fs::read_to_string(&file).unwrap().trim().parse(), Ok(6));
}

#[test]
fn a_counter_file_that_can_not_be_is_refused_before_anybody_starts() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("nowhere").join("counter");
    let Ended { code, stdout, stderr } = run(LAB.command("cluster --counter").arg(&file));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.starts_with(&format!("error: can't open the counter {}", file.display())));
    assert!(stderr.ends_with("choose another file with --counter\n"), "{stderr}");
}

#[test]
#[cfg(unix)]
fn whoever_reads_no_more_ends_it_and_all_its_sites() {
    let AtWork { mut cluster, scratch, .. } = AtWork::start(LAB);
    drop(std::mem::take(&mut cluster.stdout));
    let ended = cluster.finish(); // Its standard error ends when all its sites have ended.
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(141), ""));
    assert_eq!(AtWork::files(scratch.path()), 0);
}

#[test]
#[cfg(unix)]
fn an_interrupted_cluster_ends_cleanly_and_loses_nothing() {
    for (signal, code, to_all) in
        [("INT", 130, true), ("INT", 130, false), ("TERM", 143, true), ("TERM", 143, false)]
    {
        let at_work = AtWork::start(LAB);
        #[cfg(target_os = "linux")]
        let sites = at_work.sites();
        if to_all {
            at_work.cluster.signal_all(signal); // As a terminal does.
        } else {
            at_work.cluster.signal(signal);
        }
        let AtWork { mut cluster, scratch, .. } = at_work;
        while cluster.stdout.next().is_some() {}
        // It says no more, so it has ended; none of its sites may outlive it.
        #[cfg(target_os = "linux")]
        assert!(lab_tests::still_running(LAB, &sites).is_empty(), "{signal}");
        let ended = cluster.finish();
        assert_eq!(AtWork::files(scratch.path()), 0, "{signal}");
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(code), ""), "{signal}");

        let verdict = ended.verdict();
        assert!(verdict.starts_with("interrupted: "), "{verdict}");
        assert!(verdict.ends_with(" of 5000000"), "{verdict}");
        let entries = number_before(" entries", verdict);
        let counter = number_behind("counter", verdict);
        assert!(entries >= 10, "{verdict}");
        assert_eq!(counter, entries, "{signal}, to all: {to_all}: an update is lost");
    }
}

/// What needs to know who a process's children are.
#[cfg(target_os = "linux")]
mod linux {
    use lab_tests::still_running;

    use super::*;

    #[test]
    fn a_killed_site_stalls_the_others_who_say_so_and_end() {
        let ended = AtWork::start(LAB).assert_stalls_without(2);
        let verdict = ended.verdict();
        for site in [0, 1, 3, 4] {
            assert!(verdict.contains(&format!("site {site} waits for site")), "{verdict}");
        }
        // Nobody else keeps the oldest request waiting.
        assert!(verdict.contains(" waits for site 2;"), "{verdict}");
    }

    #[test]
    fn sites_end_by_themselves_when_their_cluster_is_killed() {
        let mut at_work = AtWork::start(LAB);
        let sites = at_work.sites();
        at_work.cluster.kill();
        assert!(AtWork::files(at_work.scratch.path()) <= 1); // Nobody could remove it but the test.
        let ended = at_work.cluster.finish(); // Its standard error is theirs: it ends with them.
        assert_eq!(ended.code, None);
        assert!(still_running(LAB, &sites).is_empty());
    }
}
