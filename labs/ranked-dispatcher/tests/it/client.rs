//! What a client knows, and what it does not take from a server.

use lab_tests::{assert_rejects, step};
use protocol::{Effect, EffectOf, Input, InputOf, Link, ProcessId};
use ranked_dispatcher::{
    Client, Command, Event, JobId, Line, Message, Request, Response, RunId, SERVER, Task,
};

/// A client that is linked, and has this rank.
fn ranked(rank: u32) -> Client {
    let mut client = Client::new(SERVER);
    assert!(step(&mut client, up()).is_empty());
    let told = hears(&mut client, &format!("RANK {rank}"));
    assert_eq!(told, [Effect::Emit(Event::Ranked(rank))]);
    client
}

fn up() -> InputOf<Client> {
    let addr = "127.0.0.1:4000".parse().expect("an address");
    Input::Link { peer: SERVER, link: Link::Up { addr, incarnation: 0 } }
}

fn down() -> InputOf<Client> {
    Input::Link { peer: SERVER, link: Link::Down }
}

fn response(line: &str) -> Response {
    line.parse().expect("a line of the wire")
}

fn hears(client: &mut Client, line: &str) -> Vec<EffectOf<Client>> {
    let message = Message::Response(response(line));
    step(client, Input::Message { from: SERVER, message })
}

#[track_caller]
fn takes(client: &mut Client, line: &str) {
    assert_eq!(hears(client, line), [Effect::Emit(Event::Answered(response(line)))]);
}

fn ask(task: Task) -> InputOf<Client> {
    Input::Command(Command::Ask(task))
}

/// The application has done what it was told to run.
fn done(run: u64) -> InputOf<Client> {
    let text = Line::new("i did").expect("a line");
    Input::Command(Command::Done { run: RunId(run), text })
}

fn sends(line: &str) -> [EffectOf<Client>; 1] {
    let request: Request = line.parse().expect("a line of the wire");
    [Effect::Send { to: SERVER, message: Message::Request(request) }]
}

fn runs(run: u64, job: u64) -> [EffectOf<Client>; 1] {
    [Effect::Emit(Event::Run { run: RunId(run), job: JobId(job), task: Task::Print })]
}

#[test]
fn it_counts_what_it_has_asked_for_until_that_is_answered() {
    let mut client = ranked(0);
    assert_eq!(step(&mut client, ask(Task::Print)), sends("COMMAND print"));
    assert_eq!(step(&mut client, ask(Task::Debug)), sends("COMMAND debug"));
    assert_eq!(client.unanswered(), 2);
    takes(&mut client, "RESULT 2 quick (0 ms)");
    takes(&mut client, "REFUSED job 1 is given up: whoever runs it leaves, 2 so far");
    assert_eq!(client.unanswered(), 0);
}

#[test]
fn it_runs_any_number_of_jobs_and_answers_in_any_order() {
    let mut client = ranked(1);
    assert_eq!(hears(&mut client, "RUN 7 print"), runs(1, 7));
    assert_eq!(hears(&mut client, "RUN 9 print"), runs(2, 9));
    assert_eq!(step(&mut client, done(2)), sends("DONE 9 i did"));
    assert_eq!(step(&mut client, done(1)), sends("DONE 7 i did"));
    assert!(step(&mut client, done(1)).is_empty(), "it was answered");
}

#[test]
fn a_link_takes_all_along() {
    let mut client = ranked(1);
    step(&mut client, ask(Task::Print));
    hears(&mut client, "RUN 1 print");
    let lost = [Effect::Emit(Event::Disconnected { unanswered: 1 })];
    assert_eq!(step(&mut client, down()), lost);
    assert_eq!((client.rank(), client.unanswered()), (None, 0));
    assert!(step(&mut client, done(1)).is_empty());
    let not_sent = [Effect::Emit(Event::NotSent(Command::Ask(Task::Print)))];
    assert_eq!(step(&mut client, ask(Task::Print)), not_sent);
}

/// A server that was started again counts from 1.
#[test]
fn what_is_done_for_a_former_server_is_no_answer_to_a_new_one() {
    let mut client = ranked(1);
    assert_eq!(hears(&mut client, "RUN 1 print"), runs(1, 1));
    step(&mut client, down());
    step(&mut client, up());
    hears(&mut client, "RANK 1");
    assert_eq!(hears(&mut client, "RUN 1 print"), runs(2, 1));
    assert!(step(&mut client, done(1)).is_empty());
    assert_eq!(step(&mut client, done(2)), sends("DONE 1 i did"));
}

#[test]
fn the_job_table_is_passed_on() {
    let mut client = ranked(0);
    assert_eq!(step(&mut client, Input::Command(Command::Status)), sends("STATUS"));
    takes(&mut client, "JOB 1 FROM 0 TO 1 TRY 1 print");
    takes(&mut client, "STATUS 1");
    let not_asked = hears(&mut client, "STATUS 1");
    assert_rejects(&not_asked, SERVER, "an answer to what was not asked");
}

#[test]
fn who_is_turned_away_is_told_why() {
    let full = "REFUSED no more than 10 clients can be here: try later";
    let mut client = Client::new(SERVER);
    step(&mut client, up());
    takes(&mut client, full);
    assert_rejects(&hears(&mut ranked(3), full), SERVER, "an answer to what was not asked");
}

#[test]
fn nobody_moves_down() {
    let mut client = ranked(2);
    assert_eq!(hears(&mut client, "RANK 1"), [Effect::Emit(Event::Ranked(1))]);
    for line in ["RANK 1", "RANK 2"] {
        let why = "a rank that is no better than the one before";
        assert_rejects(&hears(&mut client, line), SERVER, why);
    }
}

#[test]
fn commands_come_from_above_and_once() {
    let nobody_above = "a command, though nobody ranks above";
    assert_rejects(&hears(&mut ranked(0), "RUN 1 print"), SERVER, nobody_above);
    let mut client = Client::new(SERVER);
    step(&mut client, up());
    assert_rejects(&hears(&mut client, "RUN 1 print"), SERVER, nobody_above);

    let mut client = ranked(1);
    hears(&mut client, "RUN 1 print");
    let again = hears(&mut client, "RUN 1 print");
    assert_rejects(&again, SERVER, "a job that is being run already");
}

#[test]
fn what_nobody_asked_for_is_rejected() {
    for line in [
        "RESULT 1 i did (0 ms)",
        "REFUSED nobody ranks below you to run it: wait until somebody joins",
        "REFUSED job 1 is not yours: answer each RUN, and answer it once",
        "REFUSED i do not like you",
        "JOB 1 FROM 0 TO 1 TRY 1 print",
        "STATUS 0",
    ] {
        let done = hears(&mut ranked(1), line);
        assert_rejects(&done, SERVER, "an answer to what was not asked");
    }
    let (mut client, stranger) = (ranked(1), ProcessId(7));
    let message = Message::Response(response("RUN 1 print"));
    let done = step(&mut client, Input::Message { from: stranger, message });
    assert_rejects(&done, stranger, "not a response of the server");
}
