//! The course's sessions, in several terminals and through pipes, and a group of members.

use std::process::Command;

#[cfg(target_os = "linux")]
use lab_tests::AtTerminal;
use lab_tests::{Ended, Nc, Running, Server, free_addresses, run_on};

use crate::LAB;

fn client(server: &Server) -> Command {
    LAB.command(&format!("client --server {}", server.addr))
}

/// `('127.0.0.1', 47036)`, of somebody with `nc`.
fn name(nc: &Nc) -> String {
    format!("('127.0.0.1', {})", nc.addr().port())
}

#[test]
fn the_courses_session_comes_out_word_for_word_through_pipes() {
    let mut server = LAB.serve("");
    let running = server.running.stdout.next();
    assert_eq!(running, Some(format!("Server running on {}", server.addr)));
    let mut one = Running::start_listening(&mut client(&server));
    assert_eq!(one.stdout.next(), Some("Connected.".to_owned()));
    let new = server.running.stdout.next().expect("a line");
    let one_is = new.strip_prefix("[NEW] ").and_then(|new| new.strip_suffix(" connected."));
    let one_is = one_is.expect("who it is").to_owned();
    let mut two = Running::start_listening(&mut client(&server));
    assert_eq!(two.stdout.next(), Some("Connected.".to_owned()));
    server.running.stdout.until("[NEW] ");
    one.says("hello");
    one.says(""); // A line, too.
    for heard in [format!("[{one_is}] hello"), format!("[{one_is}]")] {
        assert_eq!(two.stdout.next().as_ref(), Some(&heard));
        assert_eq!(server.running.stdout.next(), Some(heard));
    }
    let [one, two] = [one, two].map(Running::finish);
    assert_eq!((one.code, one.stdout.as_str(), one.stderr.as_str()), (Some(0), "Connected.\n", ""));
    assert_eq!(two.code, Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn the_courses_session_comes_out_word_for_word_at_terminals() {
    let server = LAB.serve("");
    let mut one = AtTerminal::start(client(&server));
    one.ends_with("Connected.");
    let mut two = AtTerminal::start(client(&server));
    two.ends_with("Connected.");
    [&one, &two].into_iter().for_each(AtTerminal::edits_a_line);
    one.types("hello");
    two.shows("] hello");
    two.presses("half a li");
    two.ends_with("half a li");
    one.types("still there?");
    two.shows("] still there?");
    two.types("ne");
    one.shows("] half a line");
    two.ends_with("half a line");
    let shown = two.screen();
    let lines: Vec<&str> = shown.lines().collect();
    let [connected, hello, still_there, typed] = lines[..] else { panic!("{shown}") };
    assert_eq!((connected, typed), ("Connected.", "half a line"));
    assert!(hello.starts_with("[('127.0.0.1', ") && hello.ends_with(")] hello"), "{shown}");
    assert!(still_there.ends_with(")] still there?"), "{shown}");
}

#[test]
fn without_a_server_there_is_no_connection() {
    let ended = LAB.run("client --server 127.0.0.1:1");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), "Failed to connect.\n"));
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

/// As with the old server: what comes without a line feed is passed on without.
#[test]
fn a_bare_connection_is_a_client() {
    let server = LAB.serve("");
    let (mut one, mut two) = (Nc::to(server.addr), Nc::to(server.addr));
    one.says("/who");
    while one.hears().matches(',').count() < 3 {
        one.says("/who"); // Until the other is there too.
    }
    one.sends(b"no line feed");
    assert_eq!(two.hears_some(), format!("[{}] no line feed", name(&one)));
    two.says("/name bob");
    assert_eq!(two.hears(), "* you are bob");
    two.sends("zwölf\n".as_bytes());
    assert_eq!(one.hears(), "[bob] zwölf");
}

#[test]
fn whoever_comes_late_hears_what_was_said_last_if_the_server_remembers() {
    let server = LAB.serve("--history 2");
    let (mut one, mut two) = (Nc::to(server.addr), Nc::to(server.addr));
    two.says("/who");
    two.hears();
    for word in ["one", "two", "three"] {
        one.says(word);
        assert_eq!(two.hears(), format!("[{}] {word}", name(&one)));
    }
    let mut late = Nc::to(server.addr);
    assert_eq!(late.hears(), format!("[{}] two", name(&one)));
    assert_eq!(late.hears(), format!("[{}] three", name(&one)));
}

/// A group of three, each a process.
pub(crate) fn start_members(options: &str) -> Vec<Running> {
    let addresses: Vec<String> = free_addresses(3).iter().map(ToString::to_string).collect();
    let start = |id| {
        let words = format!("member --id {id} --peers {} {options}", addresses.join(","));
        Running::start_listening(&mut LAB.command(&words))
    };
    let mut members: Vec<Running> = (0..3).map(start).collect();
    members.iter_mut().for_each(|member| drop(member.stderr.until("all are here")));
    members
}

#[test]
fn a_member_says_whom_it_waits_for() {
    let addresses: Vec<String> = free_addresses(3).iter().map(ToString::to_string).collect();
    let start = |id| {
        let words = format!("member --id {id} --peers {}", addresses.join(","));
        Running::start_listening(&mut LAB.command(&words))
    };
    let mut two = start(2);
    two.stderr.until("listening on ");
    assert_eq!(two.stderr.next().as_deref(), Some("waiting for members 0, 1"));
    let mut zero = start(0);
    assert_eq!(two.stderr.next().as_deref(), Some("waiting for member 1"));
    let one = start(1);
    assert_eq!(two.stderr.next().as_deref(), Some("all are here: what you type is said"));
    two.says_no_more();
    zero.says("hello");
    two.stdout.until("[0] hello");
    assert_eq!(
        two.stderr.next().as_deref(),
        Some("waiting for members 0, 1 to say all; Ctrl-C ends it")
    );
    zero.says_no_more();
    for member in [one, two, zero].map(Running::finish) {
        assert_eq!(member.code, Some(0), "{member:?}");
    }
}

/// Nobody need know beforehand which ports are free.
#[test]
fn members_are_told_through_standard_input_where_all_are() {
    let start = |id| {
        let words = format!("member --id {id} --peers -");
        Running::start_listening(&mut LAB.command(&words))
    };
    let mut members = [0, 1, 2].map(start);
    let addresses = members.each_mut().map(|member| {
        let line = member.stderr.until("listening on ");
        line.trim_start_matches("listening on ").to_owned()
    });
    for (id, member) in members.iter_mut().enumerate() {
        member.says(&addresses.join(","));
        member.says(&format!("hello from {id}"));
        member.says_no_more();
    }
    for ended in members.map(Running::finish) {
        assert_eq!((ended.code, ended.stdout.lines().count()), (Some(0), 3), "{ended:?}");
    }
    let ended = run_on(&mut LAB.command("member --id 0 --peers -"), b"here, there\n");
    assert!(ended.stderr.contains("error: `here` is no address: "), "{ended:?}");
    assert_eq!(ended.code, Some(2));
}

/// A group of three who say these lines, and leave together.
fn group(order: &str, lines: &[&str]) -> Vec<Ended> {
    let mut members = start_members(order);
    for line in lines {
        members.iter_mut().enumerate().for_each(|(id, member)| member.says(&format!("{line}{id}")));
    }
    // None of them leaves before all have nothing more to say.
    members.iter_mut().for_each(Running::says_no_more);
    members.into_iter().map(Running::finish).collect()
}

#[test]
fn members_deliver_everything_each_authors_words_in_order_and_leave_together() {
    for order in ["--order fifo", "--order causal"] {
        for ended in group(order, &["a", "b"]) {
            assert_eq!((ended.code, ended.stdout.lines().count()), (Some(0), 6), "{ended:?}");
            for id in 0..3 {
                let place = |line: &str| ended.stdout.find(&format!("[{id}] {line}{id}\n"));
                assert!(place("a").is_some() && place("a") < place("b"), "{ended:?}");
            }
        }
    }
}

#[test]
fn members_in_total_order_deliver_the_same_in_the_same_order() {
    for by in ["sequencer", "agreement"] {
        let told = group(&format!("--order total --by {by}"), &["a", "b", "c"]);
        for ended in &told {
            assert_eq!((ended.code, &ended.stdout), (Some(0), &told[0].stdout), "{by}");
            assert_eq!(ended.stdout.lines().count(), 9);
        }
    }
}
