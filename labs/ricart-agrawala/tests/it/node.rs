//! Sites that students start in several terminals, in any order: how they find each other, and
//! whom they turn away.

use std::net::TcpListener;

use lab_tests::System;

use crate::LAB;

#[test]
fn sites_that_start_in_any_order_find_each_other_and_add_up() {
    assert_eq!(LAB.assert_meet_in_any_order(), [10 * 2 * 4; 5]);
}

#[test]
fn a_site_is_at_one_with_those_who_share_its_secret() {
    let system = System::new(LAB, 3, "--entries 5 --secret open-sesame");
    let sites = [2, 0, 1].map(|site| (site, system.start(site)));
    system.assert_held(sites.into(), 5);
}

#[test]
fn whoever_has_another_secret_is_turned_away_and_the_others_go_on() {
    let system = System::new(LAB, 5, "--entries 10");
    let honest = "--secret open-sesame";
    let mut sites: Vec<_> = [0, 1, 2, 3].map(|site| (site, system.start_with(site, honest))).into();

    // Site 4 dials all others, so it is they who turn it away.
    for secret in ["--secret sesame-open", ""] {
        let intruder = system.start_with(4, secret).finish();
        assert_eq!(intruder.code, Some(1), "{intruder:?}");
        assert!(!intruder.stdout.contains("is linked"), "{intruder:?}");
        let last = intruder.stderr.lines().last().unwrap();
        assert!(last.starts_with("error: site ") && last.contains(" turned this site away: "));
        assert!(last.contains("give both the same --secret"), "{last}");
    }

    sites.push((4, system.start_with(4, honest)));
    let ends = system.assert_held(sites, 10);
    assert!(ends.iter().any(|end| end.stderr.contains("different secrets")), "{ends:?}");
}

#[test]
fn only_this_machine_is_served_without_a_secret() {
    for place in [
        "--listen 0.0.0.0:0",
        "--listen [::]:0",
        "--peers 0.0.0.0:0,127.0.0.1:7101",
        "--peers - --listen 0.0.0.0:0",
    ] {
        let ended = LAB.run(&format!("node --id 0 {place}"));
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
        // It says nothing of listening: it never did.
        assert!(
            ended.stderr.ends_with(
                " can be reached from other machines: give --secret (or set SIGNALBOX_SECRET), \
                 or --open to serve anybody\n"
            ) && ended.stderr.lines().count() == 1,
            "{ended:?}"
        );
    }
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap();
    for place in [format!("--peers {addr}"), format!("--size 3 --listen {addr}")] {
        let ended = LAB.run(&format!("node --id 0 {place}"));
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
        let start = format!("error: can't listen on {addr}: ");
        assert!(ended.stderr.starts_with(&start), "{ended:?}");
        assert!(ended.stderr.ends_with("; choose another, or end whatever listens there\n"));
        assert_eq!(ended.stderr.lines().count(), 1);
    }
}

#[test]
fn a_site_by_itself_needs_nobody() {
    let system = System::new(LAB, 1, "--entries 3");
    system.assert_held(vec![(0, system.start(0))], 3);
}

#[test]
fn a_killed_site_that_comes_back_is_told_that_its_old_life_is_gone() {
    for killed in 0..3 {
        let system = System::new(LAB, 3, "--entries 1000000 --patience 3600s");
        let mut sites = [2, 0, 1].map(|site| (site, system.start(site)));
        for (site, running) in &mut sites {
            running.stdout.until(&format!("site {site} enters ("));
        }
        let (mut dead, mut others): (Vec<_>, Vec<_>) =
            sites.into_iter().partition(|(site, _)| *site == killed);
        let (_, mut dead) = dead.pop().unwrap();
        dead.kill();
        assert_eq!(dead.finish().code, None);
        for (_, running) in &mut others {
            running.stdout.until(&format!("lost site {killed}"));
        }

        let back = system.start(killed).finish();
        assert_eq!(back.code, Some(1), "{back:?}");
        assert!(!back.stdout.contains("is linked"), "{back:?}");
        let last = back.stderr.lines().last().unwrap();
        assert!(last.starts_with("error: site "), "{last}");
        assert!(
            last.ends_with(&format!(
                " turned this site away: process {killed} was here before and has forgotten what \
                 it promised: start all processes again"
            )),
            "{last}"
        );
        let counter = std::fs::read_to_string(system.counter()).unwrap();
        assert!(counter.trim().parse::<u64>().unwrap() > 0, "site {killed} has set it back");
    }
}

#[test]
#[cfg(unix)]
fn an_interrupted_site_says_goodbye_and_the_others_say_who_is_gone() {
    let system = System::new(LAB, 3, "--entries 1000000 --patience 100ms");
    let mut sites = [0, 1, 2].map(|site| system.start(site));
    for running in &mut sites {
        running.stdout.until("enters (");
    }
    let [zero, one, two] = sites;
    one.signal("INT");
    let one = one.finish();
    assert_eq!(one.code, Some(130));
    assert!(one.verdict().starts_with("interrupted: site 1 had entered "), "{one:?}");
    for (site, running) in [(0, zero), (2, two)] {
        let ended = running.finish();
        assert_eq!(ended.code, Some(1));
        let verdict = ended.verdict();
        assert!(verdict.starts_with("stalled: site") && verdict.contains('1'), "{verdict}");
        assert!(verdict.contains(&format!("site {site} waits for site")), "{verdict}");
    }
}
