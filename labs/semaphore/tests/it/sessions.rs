//! The course's sessions, in several terminals and through pipes, and what people do there.

use std::process::Command;

use lab_tests::{AtTerminal, Nc, Running, Server, run_on};

use crate::{LAB, processes::nc, serve};

/// What the client of that label asks.
fn command_question(label: u32) -> String {
    format!("Client {label} - Enter command (ACQUIRE/RELEASE) and semaphore name: ")
}

fn client(server: &Server, label: u32) -> Command {
    LAB.command(&format!("client {label} --server {}", server.addr))
}

/// A client at a terminal, who has said a name.
fn sit_down(server: &Server, label: u32, name: &str) -> AtTerminal {
    let mut terminal = AtTerminal::start(client(server, label));
    terminal.shows(&format!("Client {label} - Enter unique name:"));
    terminal.types(name);
    terminal.ends_with(&command_question(label));
    terminal
}

#[test]
fn the_courses_session_comes_out_word_for_word_at_terminals() {
    let server = serve("");
    let mut one = sit_down(&server, 1, "alice");
    let mut two = sit_down(&server, 2, "bob");
    one.types("ACQUIRE test_semaphore");
    one.shows("Client 1 acquired the semaphore.");
    two.types("ACQUIRE test_semaphore");
    two.shows("WAIT test_semaphore");
    one.ends_with(&command_question(1));
    one.types("RELEASE test_semaphore");
    one.shows("Client 1 released the semaphore.");
    two.shows("Client 2 acquired the semaphore.");
    for (terminal, label) in [(&mut one, 1), (&mut two, 2)] {
        terminal.ends_with(&command_question(label));
        terminal.presses("\u{4}");
    }
    let [one, two] = [one, two].map(AtTerminal::finish);
    assert_eq!((one.code, one.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        one.stdout,
        "\
Client 1 - Enter unique name: alice
Client 1 - Enter command (ACQUIRE/RELEASE) and semaphore name: ACQUIRE test_semaphore
Client 1 - Server response: LOCK_ACQUIRED test_semaphore
Client 1 acquired the semaphore.
Client 1 - Enter command (ACQUIRE/RELEASE) and semaphore name: RELEASE test_semaphore
Client 1 - Server response: LOCK_RELEASED test_semaphore
Client 1 released the semaphore.
Client 1 - Enter command (ACQUIRE/RELEASE) and semaphore name:"
    );
    assert_eq!((two.code, two.stderr.as_str()), (Some(0), ""));
    let [before, after] = two.stdout.split("Client alice (127.0.0.1, ").collect::<Vec<_>>()[..]
    else {
        panic!("{}", two.stdout)
    };
    assert_eq!(
        before,
        "\
Client 2 - Enter unique name: bob
Client 2 - Enter command (ACQUIRE/RELEASE) and semaphore name: ACQUIRE test_semaphore
Client 2 - Server response: WAIT test_semaphore
"
    );
    let (_port, after) = after.split_once(')').unwrap();
    assert_eq!(
        after,
        " released semaphore test_semaphore
Client 2 - Server response: LOCK_ACQUIRED test_semaphore
Client 2 acquired the semaphore.
Client 2 - Enter command (ACQUIRE/RELEASE) and semaphore name:"
    );
}

/// Nothing is echoed there. Client 2 is granted while it waits for its next line.
#[test]
fn the_courses_session_comes_out_word_for_word_through_pipes() {
    let server = serve("");
    let mut one = Running::start_listening(&mut client(&server, 1));
    let mut two = Running::start_listening(&mut client(&server, 2));
    one.says("alice");
    one.says("ACQUIRE test_semaphore");
    one.stdout.until("Client 1 acquired the semaphore.");
    two.says("bob");
    two.says("ACQUIRE test_semaphore");
    two.stdout.until("WAIT test_semaphore");
    one.says("RELEASE test_semaphore");
    one.stdout.until("Client 1 released the semaphore.");
    two.stdout.until("Client 2 acquired the semaphore.");
    let [one, two] = [one, two].map(Running::finish);
    let (name, command) = ("Client 1 - Enter unique name: ", command_question(1));
    assert_eq!(
        one.stdout,
        format!(
            "\
{name}{command}Client 1 - Server response: LOCK_ACQUIRED test_semaphore
Client 1 acquired the semaphore.
{command}Client 1 - Server response: LOCK_RELEASED test_semaphore
Client 1 released the semaphore.
{command}
"
        )
    );
    let (start, rest) = two.stdout.split_once("Client alice (127.0.0.1, ").unwrap();
    let (name, command) = ("Client 2 - Enter unique name: ", command_question(2));
    assert_eq!(
        start,
        format!("{name}{command}Client 2 - Server response: WAIT test_semaphore\n{command}\n")
    );
    let (_port, rest) = rest.split_once(')').unwrap();
    assert_eq!(
        rest,
        format!(
            " released semaphore test_semaphore
{command}
Client 2 - Server response: LOCK_ACQUIRED test_semaphore
Client 2 acquired the semaphore.
{command}
"
        )
    );
    assert_eq!((one.code, two.code), (Some(0), Some(0)));
}

#[test]
fn what_arrives_does_not_tear_the_line_that_is_being_typed() {
    let server = serve("");
    let mut alice = sit_down(&server, 1, "alice");
    alice.presses("ACQUIRE do");
    alice.ends_with(&format!("{}ACQUIRE do", command_question(1)));
    let mut bob = Nc::to(server.addr);
    for line in ["HELLO bob", "ACQUIRE window", "RELEASE window"] {
        bob.says(line);
    }
    alice.shows(") released semaphore window");
    alice.ends_with(&format!("{}ACQUIRE do", command_question(1)));
    alice.types("or");
    alice.shows("Client 1 - Server response: LOCK_ACQUIRED door");
    assert_eq!(alice.screen().matches("ACQUIRE do").count(), 1, "{}", alice.screen());
}

#[test]
fn a_name_that_is_taken_is_asked_for_again() {
    let server = serve("");
    let _alice = sit_down(&server, 1, "alice");
    let ended = run_on(&mut client(&server, 2), b"alice\ntwo words\nbob\nSTATUS\n");
    let (name, command) = ("Client 2 - Enter unique name: ", command_question(2));
    let answer = "Client 2 - Server response:";
    assert_eq!(
        ended.stdout,
        format!(
            "\
{name}{answer} ERROR NAME_TAKEN alice is somebody else: choose another name
{name}{answer} ERROR BAD_NAME `two words`: a name is one word of 1 to 64 bytes
{name}{command}{answer} STATUS 0
{command}
"
        )
    );
}

#[test]
fn who_goes_leaves_the_terminal_as_it_was() {
    for (keys, code) in [("\u{4}", Some(0)), ("\u{3}", Some(130))] {
        let server = serve("");
        let mut shell = Command::new("sh");
        let client = format!("{} client --server {}", LAB.path, server.addr);
        shell.args(["-c", &format!("stty -a; {client}; code=$?; stty -a; exit $code")]);
        let mut terminal = AtTerminal::start(shell);
        terminal.shows("Enter unique name:");
        terminal.presses(keys);
        let ended = terminal.finish();
        let [before, after]: [Vec<&str>; 2] = ended
            .stdout
            .split("Client 1 - Enter unique name:")
            .map(|modes| modes.lines().filter(|line| line.contains('-')).collect())
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        assert!(!before.is_empty());
        assert_eq!((before, ended.code), (after, code));
    }
}

#[test]
fn a_server_that_is_gone_is_told_of_and_leaves_the_terminal_as_it_was() {
    let mut server = serve("");
    let mut shell = Command::new("sh");
    let client = format!("{} client --server {}", LAB.path, server.addr);
    shell.args(["-c", &format!("{client}; code=$?; stty -a; exit $code")]);
    let terminal = AtTerminal::start(shell);
    terminal.shows("Enter unique name:");
    server.running.kill();
    let ended = terminal.finish();
    assert!(ended.stdout.contains(" icanon"), "{}", ended.stdout);
    // Whatever is said next begins a line.
    let question = "Client 1 - Enter unique name:";
    assert_eq!(ended.stdout.lines().next(), Some(question), "{}", ended.stdout);
    let said = format!("error: {} has hung up: is the server still there?\n", server.addr);
    assert_eq!((ended.code, ended.stderr), (Some(1), said));
}

/// A key that sends no UTF-8, such as one of a terminal that is set to Latin-1.
#[test]
fn what_is_no_text_is_complained_of_at_a_terminal_and_asked_for_again() {
    let server = serve("");
    let mut alice = sit_down(&server, 1, "alice");
    alice.presses(b"TRY caf\xe9\x01");
    let said = alice.process().stderr.until("left out");
    assert_eq!(said, "a line is left out: it is not UTF-8: give plain text");
    alice.ends_with(&command_question(1));
    alice.types("STATUS");
    alice.shows("Client 1 - Server response: STATUS 0");
}

#[test]
fn what_is_no_line_is_complained_of_in_a_pipe_and_left_out() {
    let server = serve("");
    let long = "x".repeat(1 << 20);
    let input = [b"alice\nTRY caf\xe9\nTRY ", long.as_bytes(), b"\nSTATUS\n"].concat();
    let ended = run_on(&mut client(&server, 1), &input);
    let (name, command) = ("Client 1 - Enter unique name: ", command_question(1));
    let status = "Client 1 - Server response: STATUS 0";
    assert_eq!(ended.stdout, format!("{name}{command}{status}\n{command}\n"));
    let said = "\
a line is left out: it is not UTF-8: give plain text
a line is left out: it is longer than 65536 bytes: give a line
";
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), said));
}

#[test]
fn a_ping_is_answered_and_a_wait_outlasts_the_pipe() {
    let server = serve("");
    let mut holder = nc(&server, "holder");
    holder.says("ACQUIRE door");
    assert_eq!(holder.hears(), "LOCK_ACQUIRED door");
    let mut one = Running::start_listening(&mut client(&server, 1));
    for line in ["alice", "PING", "ACQUIRE door"] {
        one.says(line);
    }
    one.says_no_more();
    one.stderr.until("waiting for door; Ctrl-C ends it");
    holder.says("RELEASE door");
    let ended = one.finish();
    let (name, command) = ("Client 1 - Enter unique name: ", command_question(1));
    let answer = "Client 1 - Server response:";
    let (start, end) = ended.stdout.split_once("Client holder").expect("it is told");
    assert_eq!(
        start,
        format!("{name}{command}{answer} PONG\n{command}{answer} WAIT door\n{command}\n")
    );
    let end = end.split_once(" released semaphore door\n").expect("a line").1;
    assert_eq!(end, format!("{answer} LOCK_ACQUIRED door\nClient 1 acquired the semaphore.\n"));
    assert_eq!(ended.code, Some(0));
}

#[test]
fn no_server_no_session() {
    let ended = LAB.run("client --server 127.0.0.1:1");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.starts_with("error: can't connect to 127.0.0.1:1: "), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1);
}
