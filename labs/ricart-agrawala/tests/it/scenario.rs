//! The course's exercise: what is asked for, and what is refused.

use lab_tests::{Ended, run_on};

use crate::LAB;

/// Holds that these answers are refused, in one line that says this.
fn refused(answers: impl AsRef<[u8]>, why: impl AsRef<str>) {
    let Ended { code, stderr, .. } = run_on(&mut LAB.command("scenario"), answers.as_ref());
    let why = why.as_ref();
    assert_eq!(stderr, format!("error: {why}\n"));
    assert_eq!(code, Some(2), "{why}");
}

#[test]
fn options_and_answers_give_the_same() {
    let options = LAB.run("scenario --sites 5 --request 3@2 --request 1@1");
    let answers = run_on(&mut LAB.command("scenario"), b"5\n2\n2\n3\n1\n1\n");
    let half = run_on(&mut LAB.command("scenario --sites 5"), b"2\n2\n3\n1\n1\n");
    let other_half = run_on(&mut LAB.command("scenario --request 3@2 --request 1@1"), b"5\n");
    for said in [&answers, &half, &other_half] {
        let (_, told) = said.stdout.split_at(said.stdout.find("Sites and Timestamp").unwrap());
        assert_eq!(told, options.stdout);
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_typed_ahead_on_a_terminal_answers_the_questions_to_come() {
    let answers = "5\n2\n2\n3\n1\n1\n";
    let piped = run_on(&mut LAB.command("scenario"), answers.as_bytes());
    let typed = lab_tests::run_at_terminal(LAB.command("scenario"), answers);
    let shown = typed.stdout.replace('\r', "");
    let (_, told) = piped.stdout.split_at(piped.stdout.find("Sites and Timestamp").unwrap());
    assert!(shown.ends_with(told), "{shown}");
    assert_eq!((typed.code, typed.stderr.as_str()), (Some(0), ""));
}

#[test]
fn carriage_returns_and_spaces_around_answers_do_no_harm() {
    let plain = run_on(&mut LAB.command("scenario"), b"2\n1\n7\n2\n");
    let decorated = run_on(&mut LAB.command("scenario"), b" 2\r\n1 \r\n\t7\r\n2");
    assert_eq!(plain.stdout, decorated.stdout);
    assert_eq!(decorated.code, Some(0));
}

#[test]
fn impossible_numbers_are_refused() {
    // At once: nothing else is asked first.
    let sites = "Enter number of sites";
    refused("0\n", format!("{sites}: `0` is not a whole number from 1 to 1000"));
    refused("1001\n", format!("{sites}: `1001` is not a whole number from 1 to 1000"));
    let asking = "Enter number of sites which want to enter critical section";
    refused("5\n6\n", format!("{asking}: `6` is not a whole number from 0 to 5"));
    let site = "Enter site number";
    refused("5\n1\n1\n9\n", format!("{site}: `9` is not a whole number from 1 to 5"));
    refused("5\n1\n1\n0\n", format!("{site}: `0` is not a whole number from 1 to 5"));
    let timestamp = "Enter timestamp: `0` is not a whole number from 1 to 4294967295";
    refused("5\n1\n0\n", timestamp);
    refused("5\n2\n1\n2\n3\n2\n", "site 2 asks twice: a site has one request at a time");
}

#[test]
#[cfg(target_os = "linux")]
fn who_mistypes_at_a_terminal_is_asked_again() {
    let typed = lab_tests::run_at_terminal(LAB.command("scenario"), "0\n2\ntwo\n1\n7\n3\n2\n");
    let shown = typed.stdout.replace('\r', "");
    for refusal in ["`0` is not", "`two` is not", "`3` is not"] {
        assert!(shown.contains(refusal), "{shown}");
    }
    assert!(shown.ends_with("Site 2 entered Critical Section\n"), "{shown}");
    assert_eq!((typed.code, typed.stderr.as_str()), (Some(0), ""));
}

#[test]
fn what_is_no_number_is_refused() {
    for answer in ["many", "-1", "", "1.5"] {
        let why = format!("`{answer}` is not a whole number from 1 to 1000");
        refused(format!("{answer}\n"), format!("Enter number of sites: {why}"));
    }
    for answer in ["late", "99999999999"] {
        let why = format!("`{answer}` is not a whole number from 1 to 4294967295");
        refused(format!("5\n1\n{answer}\n"), format!("Enter timestamp: {why}"));
    }
    refused("5\n1\n1\nA\n", "Enter site number: `A` is not a whole number from 1 to 5");
}

#[test]
fn an_input_that_ends_too_early_is_refused() {
    refused("", "the input ended at `Enter number of sites:`");
    refused(
        "5\n",
        "the input ended at `Enter number of sites which want to enter critical section:`",
    );
    refused("5\n2\n1\n1\n", "the input ended at `Enter timestamp:`");
    refused("5\n2\n1\n1\n2", "the input ended at `Enter site number:`");
}

#[test]
fn what_is_no_text_is_refused() {
    refused(b"\xff\xfe\n", "an answer is not UTF-8: give plain text");
    refused(vec![b'5'; 1 << 20], "an answer is longer than 65536 bytes: give a line");
    refused(vec![0xff; 1 << 20], "an answer is not UTF-8: give plain text");
}

#[test]
fn a_hundred_sites_that_all_ask_enter_in_order() {
    // Younger requests first, so that nobody enters in the order in which it was named.
    let requests = (1..=100).map(|site| format!("{}\n{site}\n", 101 - site));
    let answers = format!("100\n100\n{}", requests.collect::<String>());
    let said = run_on(&mut LAB.command("scenario"), answers.as_bytes());
    let entered = said.stdout.lines().filter_map(|line| {
        line.strip_prefix("Site ")?.strip_suffix(" entered Critical Section")?.parse::<u32>().ok()
    });
    assert!(entered.eq((1..=100).rev()), "{}", said.stderr);
}

#[test]
fn programs_read_the_same_as_json_lines() {
    let said = LAB.run("--json scenario --sites 5 --request 3@2 --request 1@1");
    let records: Vec<serde_json::Value> =
        said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected = serde_json::json!([
        { "kind": "request", "site": 3, "timestamp": 2, "replied": [2, 4, 5], "deferred": [1] },
        { "kind": "request", "site": 1, "timestamp": 1, "replied": [2, 3, 4, 5], "deferred": [] },
        { "kind": "entered", "site": 1 },
        { "kind": "entered", "site": 3 },
    ]);
    assert_eq!(serde_json::Value::from(records), expected);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));

    // Who is asked is asked elsewhere.
    let asked = run_on(&mut LAB.command("--json scenario"), b"5\n2\n2\n3\n1\n1\n");
    assert_eq!((asked.code, asked.stdout), (Some(0), said.stdout));
    assert!(asked.stderr.starts_with("Enter number of sites: "), "{}", asked.stderr);
}
