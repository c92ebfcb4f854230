//! The server and its clients as processes: kills, crowds, and bad manners.

use std::{iter, process::Command, thread};

use lab_tests::{Nc, Running, Server};

use crate::LAB;

fn client(server: &Server) -> Command {
    LAB.command(&format!("client --results --server {}", server.addr))
}

/// The next client with `nc`.
fn nc(server: &Server, rank: u32) -> Nc {
    let mut nc = Nc::to(server.addr);
    assert_eq!(nc.hears(), format!("RANK {rank}"));
    nc
}

#[test]
fn nc_is_a_full_client() {
    let server = LAB.serve("");
    let (mut zero, mut one) = (nc(&server, 0), nc(&server, 1));
    zero.says("COMMAND echo is anybody there?");
    assert_eq!(one.hears(), "RUN 1 echo is anybody there?");
    zero.says("STATUS");
    assert_eq!(zero.hears(), "JOB 1 FROM 0 TO 1 TRY 1 echo is anybody there?");
    assert_eq!(zero.hears(), "STATUS 1");
    one.says("DONE 1 I am");
    assert!(zero.hears().starts_with("RESULT 1 I am ("));
    one.says("COMMAND print");
    assert_eq!(one.hears(), "REFUSED nobody ranks below you to run it: wait until somebody joins");
}

/// SIGKILL while it runs something: the next one does it.
#[test]
fn what_a_killed_executor_ran_is_handed_on() {
    let server = LAB.serve("");
    let mut zero = nc(&server, 0);
    let mut executor = Running::start_listening(&mut client(&server));
    executor.stdout.until("Assigned rank: 1");
    let mut next = Running::start_listening(&mut client(&server));
    next.stdout.until("Assigned rank: 2");
    zero.says("COMMAND sleep 60000");
    zero.says("COMMAND sum 1 2");
    executor.stdout.until("[Executing] sleeping");
    assert!(zero.hears().starts_with("RESULT 2 3 ("), "nobody waits for a slow command");
    executor.kill();
    next.stdout.until("[Received] received command sleep 60000 from server:");
    zero.says("STATUS");
    assert_eq!(zero.hears(), "JOB 1 FROM 0 TO 1 TRY 2 sleep 60000");
}

#[test]
fn when_nobody_is_left_to_run_it_the_sender_is_told() {
    let server = LAB.serve("");
    let mut zero = nc(&server, 0);
    let mut executor = Running::start_listening(&mut client(&server));
    executor.stdout.until("Assigned rank: 1");
    zero.says("COMMAND sleep 60000");
    executor.stdout.until("[Executing] sleeping");
    executor.kill();
    let refusal = zero.hears();
    assert!(refusal.starts_with("REFUSED job 1: who ran it has left"), "{refusal}");
}

/// A hundred ask for a thousand things each, and a tenth of them are killed in the middle of it. The
/// last one asks for nothing and stays, so that the first always has somebody to run what it asks.
#[test]
fn every_command_of_a_crowd_is_answered_once_though_many_are_killed() {
    let (crowd, commands) = (100, 1_000);
    let server = LAB.serve(&format!("{} --policy round-robin --max-retries 100", crowd + 1));
    let join = || Running::start_listening(&mut client(&server));
    let is_ranked = |client: &mut Running| client.stdout.until("Assigned rank: ");
    let mut first = join();
    assert_eq!(is_ranked(&mut first), "Assigned rank: 0");
    let mut others: Vec<Running> = (1..crowd).map(|_| join()).collect();
    others.iter_mut().for_each(|client| drop(is_ranked(client)));
    let mut last = join();
    assert_eq!(is_ranked(&mut last), format!("Assigned rank: {crowd}"));
    let line = "echo hello\n".repeat(commands);
    let at_work = iter::once(first).chain(others).enumerate().map(|(number, mut client)| {
        let line = line.clone();
        thread::spawn(move || {
            client.says(line.trim_end());
            if number % 10 == 5 {
                client.stdout.until("[Re"); // Received, refused, or a result.
                client.kill();
                return None;
            }
            Some(client.finish().stdout)
        })
    });
    let at_work: Vec<_> = at_work.collect();
    let told: Vec<String> =
        at_work.into_iter().filter_map(|client| client.join().expect("no panic")).collect();
    assert_eq!(told.len(), crowd - crowd / 10);
    assert_eq!(told[0].matches("[Result] job ").count(), commands, "the first is refused nothing");
    for told in told {
        let results = told.matches("[Result] job ").count();
        let refusals = told.matches("[Refused] ").count();
        assert_eq!(results + refusals, commands);
        let mut jobs: Vec<&str> = told.split("[Result] job ").skip(1).collect();
        jobs.iter_mut().for_each(|job| *job = job.split(':').next().unwrap_or_default());
        jobs.sort_unstable();
        jobs.dedup();
        assert_eq!(jobs.len(), results, "a result that came twice");
    }
}

#[test]
fn bad_manners_are_answered_and_harm_nobody() {
    let server = LAB.serve("");
    let (mut good, mut bad) = (nc(&server, 0), nc(&server, 1));
    for (bytes, answer) in [
        (&b"RUN 1 print\n"[..], "REFUSED `RUN`: say COMMAND, DONE or STATUS"),
        (b"\n", "REFUSED ``: say COMMAND, DONE or STATUS"),
        (b"COMMAND\n", "REFUSED `COMMAND`: say COMMAND <task>"),
        (b"COMMAND rm -rf /\n", "REFUSED `rm -rf /`: a task is print, debug, "),
        (b"COMMAND sleep 60001\n", "REFUSED `60001`: a sleep is a whole number"),
        (b"COMMAND echo \xff\n", "REFUSED byte 14 is not UTF-8"),
        (b"DONE 7 something\n", "REFUSED job 7 is not yours"),
        (b"DONE 18446744073709551616 x\n", "REFUSED `DONE 18446744073709551616 x`: say DONE"),
        (&[&[b'x'; 1 << 20][..], b"\n"].concat(), "REFUSED a line has 65536 bytes at most"),
        (&[b"COMMAND echo ", &[b'x'; 1001][..], b"\n"].concat(), "REFUSED `xxxxxxxxxxx"),
    ] {
        bad.sends(bytes);
        let line = bad.hears();
        assert!(line.starts_with(answer), "{line}");
    }
    good.says("COMMAND print");
    assert_eq!(bad.hears(), "RUN 1 print");
    bad.says("DONE 1 printed");
    assert!(good.hears().starts_with("RESULT 1 printed ("));
}

#[test]
fn what_is_no_number_is_refused_by_name() {
    for (words, said) in [
        ("server 0", "error: CLIENTS takes a whole number from 1 to 10000, not \"0\""),
        ("server --policy best", "say next, least-loaded or round-robin"),
        (
            "server --max-retries -1",
            "--max-retries takes a whole number from 0 to 1000, not \"-1\"",
        ),
    ] {
        let ended = LAB.run(words);
        assert!(ended.stderr.contains(said), "{words}: {}", ended.stderr);
        assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1));
    }
}
