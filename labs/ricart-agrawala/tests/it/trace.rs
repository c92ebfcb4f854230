//! Runs that are written down: drawn, and taken again.

use std::{
    fs::{self, File},
    path::Path,
};

use lab_tests::{Ended, run};
use trace::Trace;

use crate::LAB;

#[test]
fn a_run_is_drawn_in_every_form() {
    LAB.assert_draws();
}

#[test]
fn what_was_written_down_is_taken_again() {
    LAB.assert_takes_again();
}

#[test]
fn where_nothing_can_be_written_nothing_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.svg");
    fs::write(&file, "kept").unwrap();
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&file, permissions).unwrap();
    let refused = |file: &Path, why: &str| {
        let Ended { code, stdout, stderr } = run(LAB.command("cluster --trace").arg(file));
        assert!(stderr.contains(why), "{stderr}");
        assert_eq!((code, stdout.as_str()), (Some(2), ""));
    };
    refused(&file, ": the file of that name is read-only: choose another; see --help");
    assert_eq!(fs::read_to_string(&file).unwrap(), "kept");
    #[cfg(target_os = "linux")]
    refused(Path::new("/proc/run.svg"), ": /proc takes no new file: choose another; see --help");
}

#[test]
fn of_a_site_that_has_left_no_trace_it_is_not_said_that_its_steps_are_taken_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    run(LAB.command("cluster --size 3 --entries 1 --think 0s --hold 0s --trace").arg(&file));
    let told = fs::read_to_string(&file).unwrap();
    let of_others = told.lines().filter(|line| !line.contains(r#""process":2,"#));
    // Which message of its a site received, nobody knows.
    let untold = of_others.map(|line| match line.split_once(r#""received":{"sender":2,"#) {
        Some((before, after)) => {
            format!(r#"{before}"received":null{}"#, after.split_once('}').unwrap().1)
        }
        None => line.to_owned(),
    });
    fs::write(&file, untold.collect::<Vec<_>>().join("\n")).unwrap();
    let ended = run(LAB.command("trace").arg(&file));
    assert!(ended.verdict().contains(" steps of 2 of 3 sites, taken again: "), "{ended:?}");
}

#[test]
fn the_picture_in_the_handout_is_true() {
    let words = "simulate --seed 3 --size 3 --entries 1 --load high --order fifo";
    LAB.assert_picture(words, "../../docs/pictures/three-sites.svg");
}

#[test]
fn a_cluster_draws_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for options in ["", "--no-lock", "--reliable"] {
        let file = folder.path().join("run.jsonl");
        let words = format!("cluster --size 3 --entries 2 --think 1ms..2ms --hold 0s {options}");
        let ended = run(LAB.command(&words).arg("--trace").arg(&file));
        let lines: Vec<_> = ended.stdout.lines().rev().take(3).collect();
        assert!(lines[0].contains("6 entries"), "{ended:?}");
        assert_eq!(lines[1], format!("to look at it: {}", file.display()));
        assert!(
            lines[2].contains(" steps of 3 sites, taken again: each did the same"),
            "{ended:?}"
        );

        let trace = Trace::read(File::open(&file).unwrap()).unwrap();
        let again = format!("{words} --patience 3s").replace(options, "");
        let [mut again, mut arguments] = [again, trace.header.arguments.join(" ")]
            .map(|words| words.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        again.extend(options.split_whitespace().map(str::to_owned));
        again.sort();
        arguments.sort();
        assert_eq!(arguments, again);
        assert_eq!(trace.header.variant.as_deref(), variant(options));
        assert_eq!(trace.end.unwrap().left_out, 0);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

fn variant(options: &str) -> Option<&str> {
    match options {
        "--no-lock" => Some("without its lock"),
        "--reliable" => Some("behind reliable links"),
        _ => None,
    }
}

#[test]
fn a_run_that_went_wrong_says_how_to_look_at_one() {
    let ended = LAB.run("cluster --size 5 --entries 5 --hold 20ms --no-lock");
    let advice = ended.stdout.lines().rev().nth(1);
    assert_eq!(advice, Some("to look at such a run: the same again with --trace run.html"));
}

#[test]
#[cfg(unix)]
fn an_interrupted_cluster_draws_what_there_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    let options = format!("--entries 1000000 --trace {}", file.display());
    let mut at_work = lab_tests::AtWork::start_with(LAB, &options);
    for _ in 0..10 {
        at_work.cluster.stdout.until("enters (");
    }
    at_work.cluster.signal_all("INT");
    let ended = at_work.cluster.finish();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(130), ""));
    assert!(ended.verdict().starts_with("interrupted: "), "{ended:?}");
    assert!(
        ended.stdout.contains(" steps of 5 sites, taken again: each did the same"),
        "{ended:?}"
    );
    let trace = Trace::read(File::open(&file).unwrap()).unwrap();
    assert_eq!(trace.end.unwrap().violation, None);
}

/// What a cluster says when `wrong` stands where `right` stood first in what site 1 has written.
#[cfg(target_os = "linux")]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn verdict_on_a_forgery(right: &str, wrong: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let options = format!("--entries 1000 --trace {}", folder.path().join("run.jsonl").display());
    let mut at_work = lab_tests::AtWork::start_with(LAB, &options);
    at_work.cluster.stdout.until("enters (9)");
    let site = at_work.sites()[1];
    at_work.cluster.signal("STOP"); // So that it does not read what is about to be forged.
    assert!(lab_tests::send("KILL", &site.to_string()));
    while !lab_tests::still_running(LAB, &[site]).is_empty() {
        std::thread::yield_now();
    }
    let scratch = fs::read_dir(at_work.scratch.path()).unwrap().next().unwrap().unwrap();
    let file = scratch.path().join("site-1.jsonl");
    let told = fs::read_to_string(&file).unwrap();
    assert!(told.contains(right), "{told}");
    fs::write(&file, told.replacen(right, wrong, 1)).unwrap();
    at_work.cluster.signal("CONT");
    let ended = at_work.cluster.finish();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    ended.verdict().to_owned()
}

#[test]
#[cfg(target_os = "linux")]
fn a_site_that_did_otherwise_is_named_with_its_first_step() {
    let start = r#""data":{"input":"Start","effects":"#;
    let forged = format!(r#"{start}[{{"Emit":"Left"}}]"#);
    let verdict = verdict_on_a_forgery(&format!("{start}[]"), &forged);
    assert!(verdict.starts_with("diverged: site 1, step "), "{verdict}");
    assert!(verdict.ends_with(r#": it did [{"Emit":"Left"}], and now does []"#), "{verdict}");

    let heard = r#""input":{"Message":{"from":0,"message":"request 1"#;
    let verdict = verdict_on_a_forgery(heard, &format!("{heard}234"));
    assert!(verdict.starts_with("diverged: site 1, step "), "{verdict}");
    let heard = ": it received `request 1234";
    assert!(verdict.contains(heard) && verdict.contains(" where site 0 sent `"), "{verdict}");
}

#[test]
fn a_site_alone_writes_json_lines_and_nothing_else() {
    let Ended { code, stdout, stderr } = LAB.run("node --id 0 --trace run.html");
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    let why = "a site writes JSON lines: end the file's name with .jsonl; `cluster --trace` draws \
               what all sites have written; see --help\n";
    assert!(stderr.ends_with(why), "{stderr}");

    let folder = tempfile::tempdir().unwrap();
    let counter = folder.path().join("counter");
    let node = |file: &str| {
        let file = folder.path().join(file);
        let mut command = LAB.command("node --id 0 --peers 127.0.0.1:1 --listen 127.0.0.1:0");
        run(command.arg("--counter").arg(&counter).arg("--trace").arg(file))
    };
    let nowhere = node("nowhere/site.jsonl");
    assert_eq!((nowhere.code, nowhere.stdout.as_str()), (Some(1), ""));
    assert!(nowhere.stderr.contains("error: can't write the trace to "), "{nowhere:?}");
    assert_eq!(node("site.jsonl").code, Some(0));
    let trace = Trace::read(File::open(folder.path().join("site.jsonl")).unwrap()).unwrap();
    assert!(trace.entries.len() >= 20 && trace.end.is_some(), "ten entries, ten times out");
}

#[test]
#[cfg(target_os = "linux")]
fn what_sites_did_until_one_was_killed_the_algorithm_does_again() {
    LAB.assert_taken_again(10);
}

#[test]
#[ignore = "a soak: two hundred clusters"]
#[cfg(target_os = "linux")]
fn so_it_is_a_hundred_times() {
    LAB.assert_taken_again(100);
}
