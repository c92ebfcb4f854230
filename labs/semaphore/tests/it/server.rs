//! What the server guarantees, request by request.

use protocol::Effect;
use semaphore::{MOST_SHOWN, ServerTimer, Settings, Tokens};

use crate::{
    by_hand::{ALICE, BOB, CAROL, Desk, MS, name, patience, quiet},
    system::two_permits,
};

#[test]
fn a_permit_goes_to_the_first_and_then_to_who_waits_longest() {
    let mut desk = Desk::open(quiet());
    assert_eq!(desk.hears(ALICE, "ACQUIRE s"), ["1: LOCK_ACQUIRED s"]);
    assert_eq!(desk.hears(BOB, "ACQUIRE s"), ["2: WAIT s"]);
    assert_eq!(desk.hears(CAROL, "ACQUIRE s"), ["3: WAIT s"]);
    assert_eq!(desk.hears(ALICE, "RELEASE s"), ["1: LOCK_RELEASED s", "2: LOCK_ACQUIRED s"]);
    assert_eq!(desk.hears(BOB, "RELEASE s"), ["2: LOCK_RELEASED s", "3: LOCK_ACQUIRED s"]);
}

#[test]
fn all_others_are_told_of_a_release_before_anybody_is_granted() {
    let mut desk = Desk::open(Settings::default());
    desk.hears(ALICE, "ACQUIRE s");
    desk.hears(BOB, "ACQUIRE s");
    let told = [
        "1: LOCK_RELEASED s",
        "2: Client alice (127.0.0.1, 47001) released semaphore s",
        "3: Client alice (127.0.0.1, 47001) released semaphore s",
        "2: LOCK_ACQUIRED s",
    ];
    assert_eq!(desk.hears(ALICE, "RELEASE s"), told);
    // A death is no release.
    assert_eq!(desk.loses(BOB), [""; 0]);
}

#[test]
fn a_counting_semaphore_is_held_by_as_many_as_it_has_permits() {
    let mut desk = Desk::open(two_permits("printer", &quiet()));
    assert_eq!(desk.hears(ALICE, "ACQUIRE printer"), ["1: LOCK_ACQUIRED printer"]);
    assert_eq!(desk.hears(BOB, "TRY printer"), ["2: LOCK_ACQUIRED printer"]);
    assert_eq!(desk.hears(CAROL, "ACQUIRE printer"), ["3: WAIT printer"]);
    let released = ["2: LOCK_RELEASED printer", "3: LOCK_ACQUIRED printer"];
    assert_eq!(desk.hears(BOB, "RELEASE printer"), released);
}

#[test]
fn to_try_is_not_to_wait() {
    let mut desk = Desk::open(quiet());
    assert_eq!(desk.hears(ALICE, "TRY s"), ["1: LOCK_ACQUIRED s"]);
    let busy = "2: ERROR BUSY s is not free: try later, or ACQUIRE it";
    assert_eq!(desk.hears(BOB, "TRY s"), [busy]);
    assert_eq!(desk.hears(ALICE, "RELEASE s"), ["1: LOCK_RELEASED s"]);
}

#[test]
fn only_its_holder_releases_a_semaphore() {
    let mut desk = Desk::open(quiet());
    desk.hears(ALICE, "ACQUIRE s");
    desk.hears(BOB, "ACQUIRE s");
    for client in [BOB, CAROL] {
        let refused = format!("{client}: ERROR NOT_HELD you don't hold s: acquire it first");
        assert_eq!(desk.hears(client, "RELEASE s"), [refused]);
    }
    assert_eq!(desk.hears(CAROL, "TRY s").len(), 1, "nothing was released");
}

#[test]
fn nobody_asks_twice() {
    let mut desk = Desk::open(quiet());
    desk.hears(ALICE, "ACQUIRE s");
    desk.hears(BOB, "ACQUIRE s");
    let held = "1: ERROR HELD you hold s: release it first";
    assert_eq!(desk.hears(ALICE, "ACQUIRE s"), [held]);
    let waiting = "2: ERROR WAITING you wait for s: you will be told";
    assert_eq!(desk.hears(BOB, "TRY s"), [waiting]);
}

#[test]
fn who_waits_for_so_long_is_told_and_loses_its_place() {
    let mut desk = Desk::open(quiet());
    desk.hears(ALICE, "ACQUIRE s");
    let waits = ["set of 2 for s: 50ms", "2: WAIT s"];
    assert_eq!(desk.hears(BOB, "ACQUIRE s TIMEOUT 50"), waits);
    desk.hears(CAROL, "ACQUIRE s");
    let expired = "2: ERROR TIMEOUT s was not free in time: acquire it again";
    assert_eq!(desk.times_out(patience(BOB, "s")), [expired]);
    assert_eq!(desk.hears(ALICE, "RELEASE s"), ["1: LOCK_RELEASED s", "3: LOCK_ACQUIRED s"]);
}

#[test]
fn who_dies_loses_what_it_held_and_its_places_in_every_queue() {
    let mut desk = Desk::open(quiet());
    desk.hears(ALICE, "ACQUIRE s");
    desk.hears(BOB, "ACQUIRE t");
    desk.hears(ALICE, "ACQUIRE t");
    desk.hears(CAROL, "ACQUIRE s");
    assert_eq!(desk.loses(ALICE), ["3: LOCK_ACQUIRED s"]);
    assert_eq!(desk.hears(BOB, "RELEASE t"), ["2: LOCK_RELEASED t"]);
    assert_eq!(desk.hears(CAROL, "TRY t"), ["3: LOCK_ACQUIRED t"]);
}

#[test]
fn who_is_silent_for_too_long_is_dead() {
    let settings = Settings { session_timeout: Some(50 * MS), ..quiet() };
    let mut desk = Desk::open(settings);
    let session = "set for any word of 1: 50ms";
    assert_eq!(desk.hears(ALICE, "ACQUIRE s"), ["1: LOCK_ACQUIRED s", session]);
    assert_eq!(desk.hears(ALICE, "PING"), ["1: PONG", session]);
    desk.hears(BOB, "ACQUIRE s");
    let expired = "1: ERROR EXPIRED you were silent for 50 ms, and hold nothing: connect again, and \
                   PING more often";
    let done = desk.times_out(ServerTimer::Session(ALICE));
    let log = "expired client alice (127.0.0.1, 47001): it said nothing for 50 ms";
    assert_eq!(done, [expired, "close 1", log, "2: LOCK_ACQUIRED s"]);
    // What was under way when we hung up counts for nothing.
    assert_eq!(desk.hears(ALICE, "ACQUIRE s"), [""; 0]);
    assert_eq!(desk.loses(ALICE), [""; 0]);
    // Who has nothing to lose may say nothing for ever.
    assert_eq!(desk.hears(BOB, "RELEASE s"), ["2: LOCK_RELEASED s"]);
}

#[test]
fn two_clients_do_not_have_one_name_nor_one_client_two() {
    let mut desk = Desk::open(quiet());
    let dave = protocol::ProcessId(4);
    desk.link(dave);
    let unknown = "4: ERROR HELLO_FIRST you have no name: say HELLO <name>";
    assert_eq!(desk.hears(dave, "ACQUIRE s"), [unknown]);
    let taken = "4: ERROR NAME_TAKEN alice is somebody else: choose another name";
    assert_eq!(desk.hears(dave, "HELLO alice"), [taken]);
    let named = "1: ERROR NAMED you are alice: connect again for another name";
    assert_eq!(desk.hears(ALICE, "HELLO dave"), [named]);
    desk.loses(ALICE);
    assert_eq!(desk.hears(dave, "HELLO alice"), [""; 0]);
}

#[test]
fn who_would_wait_for_himself_is_refused() {
    let mut desk = Desk::open(quiet());
    for (client, semaphore) in [(ALICE, "a"), (BOB, "b"), (CAROL, "c")] {
        desk.hears(client, &format!("ACQUIRE {semaphore}"));
    }
    assert_eq!(desk.hears(ALICE, "ACQUIRE b"), ["1: WAIT b"]);
    assert_eq!(desk.hears(BOB, "ACQUIRE a"), ["2: ERROR DEADLOCK bob -> alice -> bob"]);
    assert_eq!(desk.hears(BOB, "ACQUIRE c"), ["2: WAIT c"]);
    let cycle = "3: ERROR DEADLOCK carol -> alice -> bob -> carol";
    assert_eq!(desk.hears(CAROL, "ACQUIRE a TIMEOUT 50"), [cycle]);
    // It has lost nothing by asking.
    assert_eq!(desk.hears(CAROL, "RELEASE c"), ["3: LOCK_RELEASED c", "2: LOCK_ACQUIRED c"]);
}

/// Alice has s. Bob waits for s and for t, which is carol's. If carol could wait behind bob, he
/// would be granted s, and then each would have what the other waits for.
#[test]
fn who_would_wait_in_a_queue_behind_one_who_waits_for_him_is_refused() {
    let mut desk = Desk::open(quiet());
    desk.hears(ALICE, "ACQUIRE s");
    desk.hears(CAROL, "ACQUIRE t");
    assert_eq!(desk.hears(BOB, "ACQUIRE s"), ["2: WAIT s"]);
    assert_eq!(desk.hears(BOB, "ACQUIRE t"), ["2: WAIT t"]);
    assert_eq!(desk.hears(CAROL, "ACQUIRE s"), ["3: ERROR DEADLOCK carol -> bob -> carol"]);
}

/// Any of its permits may come back first.
#[test]
fn nobody_waits_for_anybody_in_particular_at_a_counting_semaphore() {
    let mut desk = Desk::open(two_permits("printer", &quiet()));
    desk.hears(ALICE, "ACQUIRE printer");
    desk.hears(BOB, "ACQUIRE printer");
    desk.hears(CAROL, "ACQUIRE s");
    assert_eq!(desk.hears(ALICE, "ACQUIRE s"), ["1: WAIT s"]);
    assert_eq!(desk.hears(CAROL, "ACQUIRE printer"), ["3: WAIT printer"]);
    let released = ["2: LOCK_RELEASED printer", "3: LOCK_ACQUIRED printer"];
    assert_eq!(desk.hears(BOB, "RELEASE printer"), released);
}

#[test]
fn a_token_is_for_who_wants_to_know_and_for_a_single_permit() {
    let mut desk = Desk::open_with(Tokens::of_epoch(1).unwrap(), two_permits("printer", &quiet()));
    let dave = protocol::ProcessId(4);
    desk.link(dave);
    desk.hears(dave, "HELLO dave FENCED");
    assert_eq!(desk.hears(ALICE, "ACQUIRE s"), ["1: LOCK_ACQUIRED s"]);
    let second = (1_u64 << 40) + 2;
    assert_eq!(desk.hears(dave, "ACQUIRE t"), [format!("4: LOCK_ACQUIRED t {second}")]);
    assert_eq!(desk.hears(dave, "ACQUIRE printer"), ["4: LOCK_ACQUIRED printer"]);
}

#[test]
fn who_runs_out_of_tokens_grants_no_more_and_takes_none_of_the_next_life() {
    let mut tokens = Tokens::of_epoch(1).unwrap();
    let almost_all = (1_usize << 40) - 4;
    let last = tokens.nth(almost_all).unwrap();
    assert!(Tokens::of_epoch(2).unwrap().next().unwrap().0 > last.0 + 1);
    let mut desk = Desk::open_with(tokens, two_permits("printer", &quiet()));
    assert_eq!(desk.hears(ALICE, "ACQUIRE s"), ["1: LOCK_ACQUIRED s"]);
    assert_eq!(desk.hears(BOB, "ACQUIRE s"), ["2: WAIT s"]);
    let refused = "2: ERROR NO_TOKENS s has no tokens left: the server must be started again";
    assert_eq!(desk.hears(ALICE, "RELEASE s"), ["1: LOCK_RELEASED s", refused]);
    assert_eq!(desk.hears(BOB, "ACQUIRE s"), [refused]);
    assert_eq!(desk.hears(BOB, "ACQUIRE printer"), ["2: LOCK_ACQUIRED printer"]);
    let account = "1: SEMAPHORE printer PERMITS 2 WAITING 0 HOLDERS bob";
    assert_eq!(desk.hears(ALICE, "STATUS"), [account, "1: STATUS 1"]);
}

#[test]
fn who_waits_no_more_for_want_of_tokens_may_be_silent() {
    let mut tokens = Tokens::of_epoch(1).unwrap();
    tokens.nth((1_usize << 40) - 4);
    let settings = Settings { session_timeout: Some(50 * MS), ..quiet() };
    let mut desk = Desk::open_with(tokens, settings);
    desk.hears(ALICE, "ACQUIRE s");
    desk.hears(BOB, "ACQUIRE s");
    let done = desk.does(ALICE, "RELEASE s");
    assert!(done.contains(&Effect::CancelTimer(ServerTimer::Session(BOB))), "{done:?}");
}

#[test]
fn nothing_grows_without_bounds() {
    let limits = Settings { most_semaphores: 2, most_waiters: 1, ..quiet() };
    let mut desk = Desk::open(two_permits("printer", &limits));
    desk.hears(ALICE, "ACQUIRE s");
    let semaphores =
        "1: ERROR TOO_MANY_SEMAPHORES 2 semaphores are in use, and no more can be: try later";
    assert_eq!(desk.hears(ALICE, "ACQUIRE t"), [semaphores]);
    desk.hears(BOB, "ACQUIRE s");
    let waiters = "3: ERROR TOO_MANY_WAITERS 1 clients wait for s, and no more can: try later";
    assert_eq!(desk.hears(CAROL, "ACQUIRE s"), [waiters]);
    // What nobody uses is forgotten, unless it was configured.
    desk.loses(BOB);
    desk.hears(ALICE, "RELEASE s");
    assert_eq!(desk.hears(ALICE, "ACQUIRE t"), ["1: LOCK_ACQUIRED t"]);
    let status = [
        "3: SEMAPHORE printer PERMITS 2 WAITING 0 HOLDERS",
        "3: SEMAPHORE t PERMITS 1 WAITING 0 HOLDERS alice",
        "3: STATUS 2",
    ];
    assert_eq!(desk.hears(CAROL, "STATUS"), status);
}

#[test]
fn however_much_is_held_an_answer_is_not_long() {
    let crowd = MOST_SHOWN + 1;
    let permits = [(name("a"), (crowd as u32).try_into().unwrap())].into();
    let mut desk = Desk::open(Settings { permits, ..quiet() });
    for number in 0..crowd {
        let client = protocol::ProcessId(4 + number as u32);
        desk.link(client);
        desk.hears(client, &format!("HELLO c{number}"));
        assert_eq!(desk.hears(client, "ACQUIRE a").len(), 1);
        assert_eq!(desk.hears(client, &format!("ACQUIRE s{number}")).len(), 1);
    }
    let told = desk.hears(ALICE, "STATUS");
    let holders = told[0].strip_prefix("1: SEMAPHORE a PERMITS 101 WAITING 0 HOLDERS ");
    assert_eq!(holders.map(|names| names.split(' ').count()), Some(MOST_SHOWN));
    assert_eq!(told.len(), MOST_SHOWN + 1);
    assert_eq!(told[MOST_SHOWN], format!("1: STATUS {}", crowd + 1));
}

#[test]
fn a_response_is_no_request() {
    let mut desk = Desk::open(quiet());
    let rejected = "reject 1: a response, which only the server gives";
    assert_eq!(desk.hears(ALICE, "LOCK_ACQUIRED s"), [rejected]);
}
