//! What the server guarantees, request by request.

use protocol::{Input, ProcessId};
use ranked_dispatcher::{MOST_ENTRIES, Message, Policy, Response, Settings};

use crate::by_hand::{ALICE, BOB, CAROL, DAVE, Desk, by};

const NOTHING: [&str; 0] = [];

#[test]
fn a_command_is_run_by_the_next_rank_and_answered_with_the_time_it_took() {
    let mut desk = Desk::open(Settings::default());
    assert_eq!(desk.hears(BOB, "COMMAND print"), ["3: RUN 1 print"]);
    desk.waits(12);
    let answered = ["2: RESULT 1 i am printing watch me print (12 ms)"];
    assert_eq!(desk.hears(CAROL, "DONE 1 i am printing watch me print"), answered);
}

#[test]
fn the_lowest_rank_is_refused() {
    let mut desk = Desk::open(Settings::default());
    let refused = ["4: REFUSED nobody ranks below you to run it: wait until somebody joins"];
    assert_eq!(desk.hears(DAVE, "COMMAND print"), refused);
    let erin = ProcessId(5);
    desk.links(erin);
    assert_eq!(desk.hears(DAVE, "COMMAND print"), ["5: RUN 1 print"]);
}

#[test]
fn who_leaves_moves_everybody_behind_it_up_and_these_are_told() {
    let mut desk = Desk::open(Settings::default());
    assert_eq!(desk.loses(BOB), ["3: RANK 1", "4: RANK 2"]);
    assert_eq!(desk.loses(DAVE), NOTHING);
    assert_eq!(desk.loses(ALICE), ["3: RANK 0"]);
    assert_eq!(desk.links(BOB), ["2: RANK 1"]);
    assert_eq!(desk.hears(CAROL, "COMMAND print"), ["2: RUN 1 print"]);
}

/// The lines of the course's session.
#[test]
fn all_that_changes_the_ranking_is_printed() {
    let mut desk = Desk::empty(Settings::default());
    desk.links(ALICE);
    desk.links(BOB);
    let joined = [
        "Accepted client ('127.0.0.1', 47001)",
        "socket ('127.0.0.1', 47001) has rank number 0",
        "Accepted client ('127.0.0.1', 47002)",
        "socket ('127.0.0.1', 47001) has rank number 0",
        "socket ('127.0.0.1', 47002) has rank number 1",
    ];
    assert_eq!(desk.printed(), joined);
    desk.loses(ALICE);
    desk.loses(BOB);
    let left = [
        "[Disconnect]  socket ('127.0.0.1', 47001) has disconnected",
        "[New ranking]",
        "socket ('127.0.0.1', 47002) has rank number 0",
        "[Disconnect]  socket ('127.0.0.1', 47002) has disconnected",
        "[New ranking]",
        "0 connections",
    ];
    assert_eq!(desk.printed(), left);
}

#[test]
fn nobody_waits_for_anybody_elses_slow_command_nor_for_his_own() {
    let mut desk = Desk::open(Settings::default());
    assert_eq!(desk.hears(ALICE, "COMMAND sleep 60000"), ["2: RUN 1 sleep 60000"]);
    assert_eq!(desk.hears(ALICE, "COMMAND print"), ["2: RUN 2 print"]);
    assert_eq!(desk.hears(BOB, "COMMAND debug"), ["3: RUN 3 debug"]);
    assert_eq!(desk.hears(CAROL, "DONE 3 quick"), ["2: RESULT 3 quick (0 ms)"]);
    assert_eq!(desk.hears(BOB, "DONE 2 quick"), ["1: RESULT 2 quick (0 ms)"]);
}

#[test]
fn the_least_loaded_is_who_has_the_fewest_jobs_and_then_who_ranks_highest() {
    let mut desk = Desk::open(by(Policy::LeastLoaded));
    assert_eq!(desk.hears(BOB, "COMMAND print"), ["3: RUN 1 print"]);
    assert_eq!(desk.hears(ALICE, "COMMAND print"), ["2: RUN 2 print"]);
    assert_eq!(desk.hears(ALICE, "COMMAND print"), ["4: RUN 3 print"]);
    assert_eq!(desk.hears(ALICE, "COMMAND print"), ["2: RUN 4 print"]);
    desk.hears(CAROL, "DONE 1 i did");
    assert_eq!(desk.hears(ALICE, "COMMAND print"), ["3: RUN 5 print"]);
}

#[test]
fn every_sender_goes_round_those_below_it() {
    let mut desk = Desk::open(by(Policy::RoundRobin));
    let mut runs = |client| desk.hears(client, "COMMAND print")[0][..1].to_owned();
    assert_eq!([ALICE; 4].map(&mut runs), ["2", "3", "4", "2"]);
    assert_eq!([BOB; 3].map(&mut runs), ["3", "4", "3"]);
    assert_eq!(runs(ALICE), "3");
}

/// The clock goes on from where the command came.
#[test]
fn what_the_dead_ran_is_handed_on() {
    let mut desk = Desk::open(Settings::default());
    desk.hears(ALICE, "COMMAND print");
    desk.waits(5);
    assert_eq!(desk.loses(BOB), ["3: RANK 1", "4: RANK 2", "3: RUN 1 print"]);
    desk.waits(7);
    assert_eq!(desk.hears(CAROL, "DONE 1 i did"), ["1: RESULT 1 i did (12 ms)"]);
}

#[test]
fn what_nobody_is_left_to_run_is_refused_with_its_number() {
    let mut desk = Desk::open(Settings::default());
    desk.hears(CAROL, "COMMAND print");
    let refused =
        ["3: REFUSED job 1: who ran it has left, and nobody below can take it: try later"];
    assert_eq!(desk.loses(DAVE), refused);
}

#[test]
fn what_is_tried_in_vain_is_given_up() {
    let mut desk = Desk::open(Settings { max_retries: 1, ..Settings::default() });
    desk.hears(ALICE, "COMMAND print");
    assert_eq!(desk.loses(BOB).last().unwrap(), "3: RUN 1 print");
    let given_up = "1: REFUSED job 1 is given up: whoever runs it leaves, 2 so far";
    assert_eq!(desk.loses(CAROL), ["4: RANK 1", given_up]);
}

/// The load of who runs it stays true.
#[test]
fn what_the_dead_asked_for_is_run_for_nobody() {
    let mut desk = Desk::open(by(Policy::LeastLoaded));
    desk.hears(ALICE, "COMMAND print");
    desk.loses(ALICE);
    desk.links(ALICE);
    assert_eq!(
        desk.hears(CAROL, "STATUS"),
        ["3: JOB 1 FROM nobody TO 0 TRY 1 print", "3: STATUS 1"]
    );
    assert_eq!(desk.hears(BOB, "DONE 1 i did"), NOTHING, "who comes back has not asked");
    assert_eq!(desk.hears(CAROL, "STATUS"), ["3: STATUS 0"]);
}

#[test]
fn what_nobody_waits_for_is_not_handed_on() {
    let mut desk = Desk::open(Settings::default());
    desk.hears(ALICE, "COMMAND print");
    desk.loses(ALICE);
    assert_eq!(desk.loses(BOB), ["3: RANK 0", "4: RANK 1"]);
}

#[test]
fn only_who_runs_a_job_answers_it_and_only_once() {
    let mut desk = Desk::open(Settings::default());
    desk.hears(ALICE, "COMMAND print");
    let not_yours = |client| {
        [format!("{client}: REFUSED job 1 is not yours: answer each RUN, and answer it once")]
    };
    assert_eq!(desk.hears(CAROL, "DONE 1 i did"), not_yours(CAROL));
    assert_eq!(desk.hears(ALICE, "DONE 1 i did"), not_yours(ALICE));
    assert_eq!(desk.hears(BOB, "DONE 1 i did"), ["1: RESULT 1 i did (0 ms)"]);
    assert_eq!(desk.hears(BOB, "DONE 1 i did"), not_yours(BOB));
}

#[test]
fn one_too_many_is_turned_away_and_not_heard() {
    let mut desk = Desk::open(Settings { most_clients: 4, ..Settings::default() });
    desk.printed();
    let erin = ProcessId(5);
    let turned_away = ["5: REFUSED no more than 4 clients can be here: try later", "close 5"];
    assert_eq!(desk.links(erin), turned_away);
    assert_eq!(desk.hears(erin, "COMMAND print"), NOTHING);
    assert_eq!(desk.loses(erin), NOTHING);
    let printed = ["Refused client ('127.0.0.1', 47005): 4 connections are the most"];
    assert_eq!(desk.printed(), printed);
    desk.loses(DAVE);
    assert_eq!(desk.links(erin), ["5: RANK 3"]);
}

#[test]
fn nobody_asks_for_too_much() {
    let mut desk = Desk::open(Settings { most_jobs: 2, ..by(Policy::LeastLoaded) });
    desk.hears(ALICE, "COMMAND print");
    desk.hears(ALICE, "COMMAND print");
    let refused = ["1: REFUSED you have asked for 2, and wait for the answers: wait for one"];
    assert_eq!(desk.hears(ALICE, "COMMAND print"), refused);
    desk.hears(BOB, "DONE 1 i did");
    assert_eq!(desk.hears(ALICE, "COMMAND print"), ["2: RUN 3 print"]);
}

#[test]
fn nobody_has_too_much_to_run() {
    let mut desk = Desk::open(Settings { most_jobs: 1, ..Settings::default() });
    assert_eq!(desk.hears(CAROL, "COMMAND print"), ["4: RUN 1 print"]);
    assert_eq!(desk.hears(BOB, "COMMAND print"), ["3: RUN 2 print"]);
    assert_eq!(desk.hears(ALICE, "COMMAND print"), ["2: RUN 3 print"]);
    // What the dead ran is not put on top of it: carol and dave have one each.
    let refused = "1: REFUSED job 3: who ran it has left, and nobody below can take it: try later";
    assert_eq!(desk.loses(BOB), ["3: RANK 1", "4: RANK 2", refused]);
    let busy = ["1: REFUSED everybody below you has 1 to run: try later"];
    assert_eq!(desk.hears(ALICE, "COMMAND print"), busy);
    // Whoever asked is gone, and who runs it still has it to run.
    desk.hears(CAROL, "DONE 2 i did");
    assert_eq!(desk.hears(ALICE, "COMMAND print"), ["3: RUN 4 print"]);
}

#[test]
fn the_job_table_says_who_runs_what_for_whom() {
    let mut desk = Desk::open(Settings::default());
    desk.hears(ALICE, "COMMAND sleep 100");
    desk.hears(CAROL, "COMMAND echo a  b");
    desk.loses(BOB);
    let table = [
        "4: JOB 1 FROM 0 TO 1 TRY 2 sleep 100",
        "4: JOB 2 FROM 1 TO 2 TRY 1 echo a  b",
        "4: STATUS 2",
    ];
    assert_eq!(desk.hears(DAVE, "STATUS"), table);
}

#[test]
fn a_long_job_table_is_cut_and_says_so() {
    let mut desk = Desk::open(Settings::default());
    for _ in 0..=MOST_ENTRIES {
        desk.hears(ALICE, "COMMAND print");
    }
    let table = desk.hears(BOB, "STATUS");
    assert_eq!(table.len(), MOST_ENTRIES + 1);
    assert_eq!(table[MOST_ENTRIES], format!("2: STATUS {}", MOST_ENTRIES + 1));
}

#[test]
fn a_response_is_no_request() {
    let mut desk = Desk::open(Settings::default());
    let message = Message::Response(Response::Rank(0));
    let rejected = ["reject 1: a response, which only the server gives"];
    assert_eq!(desk.told(Input::Message { from: ALICE, message }), rejected);
}
