//! The course's sessions, in several terminals and through pipes.

use std::process::Command;

use lab_tests::{AtTerminal, Nc, Running, Server, run_on};

use crate::LAB;

fn client(server: &Server, options: &str) -> Command {
    LAB.command(&format!("client --server {} {options}", server.addr))
}

/// The next client, at a terminal, who has been told its rank.
fn sit_down(server: &Server, rank: u32) -> AtTerminal {
    let terminal = AtTerminal::start(client(server, ""));
    terminal.shows(&format!("Assigned rank: {rank}\nEnter command:"));
    terminal
}

/// Waits until all commands are answered, as somebody who comes last and leaves again.
fn nothing_is_under_way(server: &Server) {
    let mut nc = Nc::to(server.addr);
    nc.says("STATUS");
    loop {
        match nc.hears().as_str() {
            "STATUS 0" => return,
            line if line.starts_with("STATUS ") => nc.says("STATUS"),
            _ => {} // Its rank, or a job.
        }
    }
}

/// The typed text follows its prompt, and nothing is typed where the course's client ran a command.
#[test]
fn the_courses_session_comes_out_word_for_word_at_terminals() {
    let server = LAB.serve("10");
    let mut terminals = [0, 1, 2].map(|rank| sit_down(&server, rank));
    terminals[0].types("print");
    terminals[1].shows("[Executing] i am printing watch me print\n\nEnter command:");
    terminals[1].types("debug");
    terminals[2].shows("[Executing] i am debuging watch me debug\n\nEnter command:");
    terminals.iter().for_each(|terminal| terminal.ends_with("Enter command:"));
    let [zero, one, two] = terminals.each_ref().map(AtTerminal::screen);
    assert_eq!(
        zero,
        "\
Assigned rank: 0
Enter command: print
Enter command:"
    );
    assert_eq!(
        one,
        "\
Assigned rank: 1
Enter command:
[Processing]......
[Received] received command print from server:
[Executing] i am printing watch me print

Enter command: debug
Enter command:"
    );
    assert_eq!(
        two,
        "\
Assigned rank: 2
Enter command:
[Processing]......
[Received] received command debug from server:
[Executing] i am debuging watch me debug

Enter command:"
    );
}

/// Nothing is echoed there.
#[test]
fn the_courses_session_comes_out_word_for_word_through_pipes() {
    let mut server = LAB.serve("10");
    let mut clients = [0, 1, 2].map(|rank| {
        let mut client = Running::start_listening(&mut client(&server, ""));
        assert_eq!(client.stdout.next(), Some(format!("Assigned rank: {rank}")));
        client
    });
    clients[0].says("print");
    clients[1].stdout.until("[Executing] i am printing watch me print");
    clients[1].says("debug");
    clients[2].stdout.until("[Executing] i am debuging watch me debug");
    // Who says nothing more leaves when it has its answers: here from the last to the first. What
    // it has not answered itself would be refused to those above.
    nothing_is_under_way(&server);
    let [zero, one, two] = clients;
    let two = two.finish();
    let one = one.finish();
    let zero = zero.finish();
    assert_eq!(zero.stdout, "Assigned rank: 0\nEnter command: Enter command: \n");
    assert_eq!(
        one.stdout,
        "\
Assigned rank: 1
Enter command: 
[Processing]......
[Received] received command print from server:
[Executing] i am printing watch me print

Enter command: Enter command: 
"
    );
    assert_eq!(
        two.stdout,
        "\
Assigned rank: 2
Enter command: 
[Processing]......
[Received] received command debug from server:
[Executing] i am debuging watch me debug

Enter command: 
"
    );
    server.running.stdout.until("0 connections");
}

/// The server's own session: five come, and three go.
#[test]
fn the_server_tells_who_comes_and_goes() {
    let mut server = LAB.serve("");
    let mut told = vec!["[STARTING] Listening for 10 clients...".to_owned()];
    let (mut clients, mut sockets) = (Vec::new(), Vec::new());
    let ranking = |sockets: &[String]| -> Vec<String> {
        let lines = sockets.iter().enumerate();
        lines.map(|(rank, socket)| format!("socket {socket} has rank number {rank}")).collect()
    };
    for rank in 0..5 {
        let mut nc = Nc::to(server.addr);
        assert_eq!(nc.hears(), format!("RANK {rank}"));
        sockets.push(format!("('127.0.0.1', {})", nc.addr().port()));
        clients.push(nc);
        told.push(format!("Accepted client {}", sockets[rank]));
        told.extend(ranking(&sockets));
    }
    for leaver in [3, 0, 0, 1, 0] {
        drop(clients.remove(leaver));
        let socket = sockets.remove(leaver);
        told.push(format!("[Disconnect]  socket {socket} has disconnected"));
        told.push("[New ranking]".to_owned());
        told.extend(ranking(&sockets));
        for (rank, client) in clients.iter_mut().enumerate().skip(leaver) {
            assert_eq!(client.hears(), format!("RANK {rank}"));
        }
        // Who goes next goes later, also if nobody is there to hear of the last one.
        for line in told.drain(..) {
            assert_eq!(server.running.stdout.next(), Some(line));
        }
    }
    assert_eq!(server.running.stdout.next(), Some("0 connections".to_owned()));
}

#[test]
fn what_comes_of_commands_is_told_to_whoever_wants_it() {
    let server = LAB.serve("2");
    let mut zero = Running::start_listening(&mut client(&server, "--results"));
    zero.stdout.until("Assigned rank: 0");
    let mut one = Running::start_listening(&mut client(&server, ""));
    one.stdout.until("Assigned rank: 1");
    for line in ["sum 40 2", "hash abc", "sleep 1", "rm -rf /", "STATUS"] {
        zero.says(line);
    }
    zero.stdout.until("STATUS ");
    let told = zero.finish().stdout;
    assert!(told.contains("[Result] job 1: 42 ("), "{told}");
    // As everybody can look up: BLAKE3 of "abc".
    let hash = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
    assert!(told.contains(&format!("[Result] job 2: {hash} (")), "{told}");
    assert!(told.contains("[Result] job 3: slept 1 ms ("), "{told}");
    assert!(told.contains("[Refused] `rm -rf /`: a task is print, debug, "), "{told}");
    assert!(one.finish().stdout.contains("[Executing] sleeping for 1 ms"));
}

#[test]
fn who_says_nothing_more_and_waits_is_told_for_what() {
    let server = LAB.serve("");
    let mut zero = Running::start_listening(&mut client(&server, "--results"));
    zero.stdout.until("Assigned rank: 0");
    let mut one = Nc::to(server.addr);
    assert_eq!(one.hears(), "RANK 1");
    zero.says("print");
    assert_eq!(one.hears(), "RUN 1 print");
    zero.says_no_more();
    assert_eq!(zero.stderr.next().as_deref(), Some("waiting for 1 answer; Ctrl-C ends it"));
    one.says("DONE 1 printed");
    let ended = zero.finish();
    assert!(ended.stdout.contains("[Result] job 1: printed ("), "{ended:?}");
    assert_eq!(ended.code, Some(0));
}

#[test]
fn one_client_too_many_is_told_why() {
    let server = LAB.serve("1");
    let _only = sit_down(&server, 0);
    let ended = run_on(&mut client(&server, ""), b"print\n");
    let said = "error: no more than 1 clients can be here: try later\n";
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(1), "", said));
}
