//! The relay as a process: kills, and whoever finds its port.

use lab_tests::{Nc, Running, Server, free_addresses, run_on};

use crate::{LAB, sessions::start_members};

/// Somebody with `nc` and a name, who is there for sure.
fn nc(server: &Server, name: &str) -> Nc {
    let mut nc = Nc::to(server.addr);
    nc.says(&format!("/name {name}"));
    assert_eq!(nc.hears(), format!("* you are {name}"));
    nc
}

#[test]
fn a_killed_client_takes_nobodys_words_along() {
    let server = LAB.serve("");
    let mut one = nc(&server, "one");
    let mut two = nc(&server, "two");
    let mut client =
        Running::start_listening(&mut LAB.command(&format!("client --server {}", server.addr)));
    client.stdout.until("Connected.");
    client.says("/name victim");
    client.stdout.until("you are victim");
    client.says("last words");
    assert_eq!(one.hears(), "[victim] last words");
    client.kill();
    for word in ["a", "b"] {
        one.says(word);
    }
    assert_eq!(
        [two.hears(), two.hears(), two.hears()],
        ["[victim] last words", "[one] a", "[one] b"]
    );
    one.says("/who");
    while one.hears() != "* here are one, two" {
        one.says("/who"); // Until the end of the connection has come through.
    }
}

#[test]
fn a_killed_server_is_noticed() {
    let mut server = LAB.serve("");
    let mut client =
        Running::start_listening(&mut LAB.command(&format!("client --server {}", server.addr)));
    client.stdout.until("Connected.");
    server.running.kill();
    client.stderr.until("has hung up: is the server still there?");
    assert_eq!(client.finish().code, Some(1));
}

#[test]
fn bad_manners_are_answered_and_harm_nobody() {
    let server = LAB.serve("");
    let (mut good, mut bad) = (nc(&server, "good"), nc(&server, "bad"));
    bad.sends(b"\xff\xfe\n");
    assert_eq!(bad.hears(), "ERROR NOT_UTF8 byte 1 is not UTF-8: send text in UTF-8");
    bad.says("/name good");
    assert_eq!(bad.hears(), "* good is somebody else: choose another name");
    let mut client =
        Running::start_listening(&mut LAB.command(&format!("client --server {}", server.addr)));
    client.stdout.until("Connected.");
    // A line that is longer than any piece may be: it is passed on in pieces, whole. Each has room
    // in a frame, too.
    let long = "x".repeat(1 << 20);
    bad.says(&long);
    let mut heard = String::new();
    while !heard.ends_with('\n') {
        heard += &good.hears_some();
    }
    assert_eq!(heard.replace("[bad] ", "").trim_end(), long);
    let mut told = String::new();
    while told.len() < long.len() {
        let line = client.stdout.next().expect("it is still there");
        told += line.strip_prefix("[bad] ").expect("a piece");
    }
    assert_eq!(told, long);
    good.says("");
    assert_eq!(bad.hears(), "[good] ");
}

#[test]
fn who_never_reads_is_dropped_and_holds_nobody_up() {
    let mut server = LAB.serve("");
    let _lazy = nc(&server, "lazy");
    let (mut one, mut two) = (nc(&server, "one"), nc(&server, "two"));
    let words = "x".repeat(60_000);
    for _ in 0..500 {
        one.says(&words); // More in all than the system keeps for anybody.
        assert_eq!(two.hears().len(), "[one] ".len() + words.len());
    }
    server.running.stderr.until("too slow");
    two.says("/who");
    assert_eq!(two.hears(), "* here are one, two");
}

#[test]
fn who_does_not_know_the_secret_stays_outside() {
    let server = LAB.serve("--secret swordfish");
    let mut knows = Nc::to(server.addr);
    knows.says("SECRET swordfish");
    knows.says("/who");
    assert!(knows.hears().starts_with("* here are "));
    let mut guesses = Nc::to(server.addr);
    guesses.says("hello");
    let refusal = guesses.hears_the_rest();
    assert!(refusal.contains("let the first line be `SECRET <secret>`"), "{refusal}");
}

/// Nobody may crash here, and if somebody does, nobody waits for ever.
#[test]
fn a_member_that_is_killed_is_told_of() {
    let groups = ORDERS.map(|order| {
        let mut members = start_members(&format!("--order {order}"));
        members[0].says("hello");
        for member in &mut members {
            assert_eq!(member.stdout.next(), Some("[0] hello".to_owned()));
        }
        members.remove(1).kill();
        members
    });
    assert_all_blame_member_1(groups);
}

/// The same of one who has nothing more to say, for as long as others may; and then for those who
/// have not either.
#[test]
fn a_member_that_is_killed_after_its_last_word_is_told_of() {
    let groups = ORDERS.map(|order| {
        let mut members = start_members(&format!("--order {order}"));
        members[0].says_no_more();
        members[0].stderr.until(" to say all");
        members[1].says_no_more();
        members[1].stderr.until(" to say all");
        members.remove(1).kill();
        members
    });
    assert_all_blame_member_1(groups);
}

const ORDERS: [&str; 4] = ["fifo", "causal", "total", "total --by agreement"];

/// Nobody takes who leaves because of the dead for the dead.
fn assert_all_blame_member_1(groups: [Vec<Running>; 4]) {
    for (members, order) in groups.into_iter().zip(ORDERS) {
        for ended in members.into_iter().map(Running::finish) {
            let said = "member 1 is gone, and not all have said all: start all of them again";
            assert!(ended.stderr.contains(said), "{order}: {ended:?}");
            assert_eq!(ended.code, Some(1), "{order}");
        }
    }
}

/// It still had to propose a place for the last word of another.
#[test]
fn a_member_that_is_gone_before_all_was_delivered_is_told_of() {
    let addresses = free_addresses(2).iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let [mut zero, mut one] = [0, 1].map(|id| {
        let words = format!("member --id {id} --peers {addresses} --order total --by agreement");
        Running::start_listening(&mut LAB.command(&words))
    });
    one.says_no_more();
    one.stderr.until("waiting for member 0 to say all");
    one.signal("STOP");
    zero.says("hello");
    zero.says_no_more();
    zero.stderr.until("member 1 left before all was delivered: start all of them again");
    assert_eq!(zero.finish().code, Some(1));
}

#[test]
fn a_member_that_listens_elsewhere_than_the_list_has_it_is_refused() {
    let list = b"127.0.0.1:5100,127.0.0.1:5101\n";
    let ended = run_on(&mut LAB.command("member --id 0 --peers -"), list);
    let said = "the list has number 0 at 127.0.0.1:5100, but it listens on 127.0.0.1:";
    assert!(ended.stderr.contains(said), "{ended:?}");
    assert!(ended.stderr.contains(": say --listen 127.0.0.1:5100 too, or put "), "{ended:?}");
    assert_eq!(ended.code, Some(2));
}

#[test]
fn what_makes_no_sense_of_a_member_is_refused() {
    for (words, said) in [
        ("--id 3 --size 3", "there is no number 3 among 3"),
        ("--id 0 --by agreement", "--by makes a total order: say --order total, or leave it out"),
        ("--id 0 --order fifo --by sequencer", "--by makes a total order: "),
    ] {
        let ended = LAB.run(&format!("member {words}"));
        assert!(ended.stderr.contains(said), "{ended:?}");
        assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{words}");
    }
}
