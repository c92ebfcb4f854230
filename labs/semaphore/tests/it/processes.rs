//! The server as a process, and whoever talks to its port: kills, restarts, and bad manners.

use std::{fs, process::Command};

use lab_tests::{Nc, Running, Server, run_on};

use crate::{LAB, serve, serve_with_epochs};

/// Somebody with `nc`, who has said a name.
pub(crate) fn nc(server: &Server, name: &str) -> Nc {
    let mut nc = Nc::to(server.addr);
    nc.says(&format!("HELLO {name}"));
    nc
}

fn client(server: &Server, options: &str) -> Command {
    LAB.command(&format!("client --server {} {options}", server.addr))
}

#[test]
fn nc_is_a_full_client() {
    let server = serve("--permits printer=2");
    let (mut alice, mut bob) = (nc(&server, "alice"), nc(&server, "bob"));
    for (line, answer) in [
        ("ACQUIRE door", "LOCK_ACQUIRED door"),
        ("TRY printer", "LOCK_ACQUIRED printer"),
        ("STATUS", "SEMAPHORE door PERMITS 1 WAITING 0 HOLDERS alice"),
    ] {
        alice.says(line);
        assert_eq!(alice.hears(), answer);
    }
    assert_eq!(alice.hears(), "SEMAPHORE printer PERMITS 2 WAITING 0 HOLDERS alice");
    assert_eq!(alice.hears(), "STATUS 2");
    bob.says("ACQUIRE door");
    assert_eq!(bob.hears(), "WAIT door");
    alice.says("RELEASE door");
    assert_eq!(alice.hears(), "LOCK_RELEASED door");
    let (ip, port) = (alice.addr().ip(), alice.addr().port());
    assert_eq!(bob.hears(), format!("Client alice ({ip}, {port}) released semaphore door"));
    assert_eq!(bob.hears(), "LOCK_ACQUIRED door");
    bob.says("ACQUIRE printer TIMEOUT 1");
    assert_eq!(bob.hears(), "LOCK_ACQUIRED printer");
    alice.says("ACQUIRE door TIMEOUT 1");
    assert_eq!(alice.hears(), "WAIT door");
    assert_eq!(alice.hears(), "ERROR TIMEOUT door was not free in time: acquire it again");
}

/// SIGKILL in the critical section: whoever waits is next.
#[test]
fn a_killed_holder_frees_what_it_held() {
    let server = serve("");
    let mut holder = Running::start_listening(&mut client(&server, ""));
    holder.says("holder");
    holder.says("ACQUIRE door");
    holder.stdout.until("acquired the semaphore.");
    let mut next = nc(&server, "next");
    next.says("ACQUIRE door");
    assert_eq!(next.hears(), "WAIT door");
    holder.kill();
    assert_eq!(next.hears(), "LOCK_ACQUIRED door");
}

#[cfg(unix)]
#[test]
fn a_client_that_is_stopped_in_its_tracks_loses_what_it_held() {
    let server = serve("");
    let mut holder = Running::start_listening(&mut client(&server, ""));
    holder.says("holder");
    holder.says("ACQUIRE door");
    holder.stdout.until("acquired the semaphore.");
    let mut next = nc(&server, "next");
    next.says("ACQUIRE door");
    assert_eq!(next.hears(), "WAIT door");
    holder.signal("STOP");
    assert_eq!(next.hears(), "LOCK_ACQUIRED door");
    holder.signal("CONT");
    // It ends because the server has hung up, and not because nobody says anything more to it.
    holder.stderr.until("silent for 5s");
    let ended = holder.finish();
    assert_eq!((ended.code, ended.stderr.lines().count()), (Some(1), 1), "{ended:?}");
}

#[test]
fn text_clients_expire_only_with_a_session_timeout() {
    let patient = serve("");
    let mut holder = nc(&patient, "holder");
    holder.says("ACQUIRE door");
    assert_eq!(holder.hears(), "LOCK_ACQUIRED door");

    let server = serve("--session-timeout 50ms");
    let mut silent = nc(&server, "silent");
    silent.says("ACQUIRE door");
    assert_eq!(silent.hears(), "LOCK_ACQUIRED door");
    let expired = "ERROR EXPIRED you were silent for 50 ms, and hold nothing: ";
    assert!(silent.hears().starts_with(expired));
    let mut next = nc(&server, "next");
    next.says("ACQUIRE door");
    assert_eq!(next.hears(), "LOCK_ACQUIRED door");

    // All this time, the holder at the other server has said nothing either.
    let mut other = nc(&patient, "other");
    other.says("TRY door");
    assert!(other.hears().starts_with("ERROR BUSY door"));
}

#[test]
fn who_is_expired_is_named_in_the_log_and_told_why() {
    let mut server = serve("--session-timeout 50ms --json");
    let mut silent = Running::start_listening(&mut client(&server, "--heartbeat 1m"));
    silent.says("alice");
    silent.says("ACQUIRE door");
    let said = server.running.stderr.until("expired client");
    let (start, end) = ("expired client alice (127.0.0.1, ", "): it said nothing for 50 ms");
    assert!(said.contains(start) && said.ends_with(end), "{said}");
    let record = server.running.stdout.next().unwrap();
    for part in [r#""kind":"expired""#, r#""client":"alice""#, r#""silent_ms":50"#] {
        assert!(record.contains(part), "{record}");
    }
    let said = silent.stderr.until("error: ");
    let why = "you were silent for 50 ms, and hold nothing: connect again, and PING more often";
    assert_eq!(said, format!("error: {why}, by a shorter --heartbeat"));
    assert_eq!(silent.finish().code, Some(1));
}

/// A server that was killed has forgotten everything, but not that it gave tokens.
#[test]
fn tokens_grow_when_the_server_is_killed_and_started_again() {
    let scratch = tempfile::tempdir().unwrap();
    let epochs = scratch.path().join("epochs");
    let mut last = 0;
    for life in 1..=3 {
        let mut server = serve_with_epochs(&epochs, "");
        for name in ["a", "b"] {
            let mut nc = Nc::to(server.addr);
            nc.says(&format!("HELLO {name} FENCED"));
            nc.says("ACQUIRE door");
            let line = nc.hears();
            let token = line.strip_prefix("LOCK_ACQUIRED door ").unwrap().parse::<u64>().unwrap();
            assert!(token > last, "life {life}: {token} after {last}");
            last = token;
            nc.says("RELEASE door");
            assert_eq!(nc.hears(), "LOCK_RELEASED door");
        }
        server.running.kill();
    }
    assert_eq!(fs::read_to_string(&epochs).unwrap(), "1\n2\n3\n");
}

#[test]
fn a_file_that_holds_no_epochs_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("thesis.txt");
    fs::write(&file, "Chapter 1\n").unwrap();
    let ended = LAB.run(&format!("server --listen 127.0.0.1:0 --epochs {}", file.display()));
    assert_eq!(ended.code, Some(1));
    let said = ended.stderr.lines().last().unwrap();
    assert!(said.contains("thesis.txt: `Chapter 1` is no epoch: name the file"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "Chapter 1\n");
}

/// Each gets its answer, and the connection lives on.
#[test]
fn bad_manners_are_answered_and_harm_nobody() {
    let server = serve("");
    let (mut good, mut bad) = (nc(&server, "good"), nc(&server, "bad"));
    good.says("ACQUIRE door");
    assert_eq!(good.hears(), "LOCK_ACQUIRED door");
    for (bytes, answer) in [
        (&b"OPEN door\n"[..], "ERROR UNKNOWN_VERB `OPEN`: say HELLO, "),
        (b"\n", "ERROR UNKNOWN_VERB ``: say HELLO, "),
        (b"ACQUIRE\n", "ERROR USAGE `ACQUIRE`: say ACQUIRE <semaphore>"),
        (b"ACQUIRE \xff\xfe\n", "ERROR NOT_UTF8 byte 9 is not UTF-8"),
        (b"RELEASE door\n", "ERROR NOT_HELD you don't hold door"),
        (b"HELLO worse\n", "ERROR NAMED you are bad"),
        (b"ACQUIRE door TIMEOUT soon\n", "ERROR USAGE `ACQUIRE door TIMEOUT soon`: say ACQUIRE"),
        (&[&[b'x'; 1 << 20][..], b"\n"].concat(), "ERROR TOO_LONG a line has 65536 bytes at most"),
        (&[&[b'\0'; 100][..], b"\n"].concat(), "ERROR UNKNOWN_VERB `\\0\\0"),
        (b"LOCK_ACQUIRED door\n", ""),
    ] {
        bad.sends(bytes);
        if answer.is_empty() {
            let rest = bad.hears_the_rest();
            assert_eq!(rest, "ERROR REFUSED a response, which only the server gives\n");
            break;
        }
        let line = bad.hears();
        assert!(line.starts_with(answer), "{line}");
    }
    let mut taken = nc(&server, "good");
    assert_eq!(taken.hears(), "ERROR NAME_TAKEN good is somebody else: choose another name");
    good.says("RELEASE door");
    assert_eq!(good.hears(), "LOCK_RELEASED door");
}

#[test]
fn who_never_reads_is_hung_up_on_and_said_why() {
    let mut server = serve("");
    let mut lazy = nc(&server, "lazy");
    // Each is answered with more than it is long. Nobody can send for ever what nobody takes.
    let asks = b"ACQUIRE\n".repeat(8 << 10);
    let mut good = nc(&server, "good");
    loop {
        lazy.sends(&asks);
        good.says("PING");
        assert_eq!(good.hears(), "PONG");
        if lazy.is_hung_up_on() {
            break;
        }
    }
    let said = server.running.stderr.until("too slow");
    assert!(said.contains("bytes wait for it"), "{said}");
}

/// They say nothing, and hear of each release.
#[test]
fn ten_thousand_who_say_nothing_are_held() {
    lab::allow_many_connections();
    let server = serve("");
    let mut silent: Vec<Nc> = (0..10_000).map(|_| Nc::to(server.addr)).collect();
    let mut alice = nc(&server, "alice");
    let heard =
        format!("Client alice (127.0.0.1, {}) released semaphore door", alice.addr().port());
    // Whoever says nothing is taken for somebody who only listens after a moment.
    while !silent.is_empty() {
        alice.says("ACQUIRE door");
        assert_eq!(alice.hears(), "LOCK_ACQUIRED door");
        alice.says("RELEASE door");
        assert_eq!(alice.hears(), "LOCK_RELEASED door");
        silent.retain_mut(|nc| {
            let has_news = nc.has_news();
            if has_news {
                assert_eq!(nc.hears(), heard);
            }
            !has_news
        });
    }
}

#[test]
fn who_does_not_know_the_secret_stays_outside() {
    let server = serve("--secret swordfish");
    let mut knows = Nc::to(server.addr);
    knows.says("SECRET swordfish");
    knows.says("HELLO knows");
    knows.says("PING");
    assert_eq!(knows.hears(), "PONG");
    let mut guesses = Nc::to(server.addr);
    guesses.says("SECRET tuna");
    let refusal = guesses.hears_the_rest();
    assert!(refusal.starts_with("ERROR REFUSED "), "{refusal}");
    let mut forgets = Nc::to(server.addr);
    forgets.says("HELLO forgets");
    let refusal = forgets.hears_the_rest();
    assert!(refusal.contains("let the first line be `SECRET <secret>`"), "{refusal}");

    let ended = run_on(&mut client(&server, "--secret swordfish"), b"alice\nSTATUS\n");
    assert!(ended.stdout.contains("STATUS 0"), "{ended:?}");
    let ended = run_on(&mut client(&server, "--secret tuna"), b"alice\n");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("secret"), "{ended:?}");
}

#[test]
fn who_may_be_anybody_needs_a_secret_or_open_doors() {
    let ended = LAB.run("server --listen 0.0.0.0:0");
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("give --secret (or set SIGNALBOX_SECRET), or --open"));
}

#[test]
fn what_makes_no_sense_is_refused_by_name() {
    let session =
        "--session-timeout takes a duration like 250us, 5ms, 2s or 3m, from 30ms to 86400s, not";
    let heartbeat =
        "--heartbeat takes a duration like 250us, 5ms, 2s or 3m, from 10ms to 86400s, not";
    for (words, said) in [
        (
            "server --permits printer=0",
            "write a name and a number from 1 to 4294967295, as in printer=3",
        ),
        ("server --permits a=1 --permits a=2", "--permits names a twice: give each semaphore once"),
        ("server --session-timeout 0s", &format!("{session} \"0s\"")),
        ("server --session-timeout 29ms", &format!("{session} \"29ms\"")),
        ("server --session-timeout soon", &format!("{session} \"soon\"")),
        (
            "client --connect",
            "unexpected argument '--connect' found; to pass '--connect' as a value",
        ),
        ("client --heartbeat 0s", &format!("{heartbeat} \"0s\"")),
        ("client --heartbeat 1us", &format!("{heartbeat} \"1us\"")),
    ] {
        let ended = LAB.run(words);
        assert!(ended.stderr.contains(said), "{words}: {}", ended.stderr);
        assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{words}");
    }
}

#[cfg(unix)]
#[test]
fn a_server_that_is_stopped_says_good_bye() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let server = serve("");
        let mut nc = nc(&server, "alice");
        nc.says("ACQUIRE door");
        assert_eq!(nc.hears(), "LOCK_ACQUIRED door");
        server.running.signal(signal);
        let ended = server.running.finish();
        assert_eq!((ended.code, nc.hears_the_rest().as_str()), (Some(code), ""));
    }
}
