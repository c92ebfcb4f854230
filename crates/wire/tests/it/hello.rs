use proptest::{collection::vec, prelude::*};
use protocol::ProcessId;
use wire::{
    frame,
    hello::{
        Hello, HelloError, MAGIC, MAX_WORD, Meeting, Nonce, Party, Role, Word, check_magic, legible,
    },
    secret::Secret,
};

fn process(id: u32) -> Party {
    Party::Process(ProcessId(id))
}

fn hello(from: u32, to: u32) -> Hello {
    Hello {
        system: "semaphore".into(),
        from: process(from),
        to: process(to),
        size: 3,
        incarnation: 1,
        holds_secret: true,
        nonce: Nonce::fresh(),
    }
}

/// Why 1, with `changed` in its hello, and 0 don't get along.
fn refusal(changed: impl FnOnce(&mut Hello)) -> String {
    let mut dialler = hello(1, 0);
    changed(&mut dialler);
    let listener = Hello { to: dialler.from, ..hello(0, 0) };
    Meeting::new(dialler, listener).unwrap_err().to_string()
}

#[test]
fn two_hellos_that_fit_each_other_meet() {
    assert!(Meeting::new(hello(1, 0), hello(0, 1)).is_ok());
}

#[test]
fn what_does_not_fit_is_named_with_its_remedy() {
    assert_eq!(
        refusal(|hello| hello.system = "group-chat".into()),
        "process 1 belongs to `group-chat` and process 0 to `semaphore`: \
         check the addresses, and that both were started alike"
    );
    assert_eq!(
        refusal(|hello| hello.size = 4),
        "process 1 counts 4 processes and process 0 3: give all of them the same addresses"
    );
    assert_eq!(
        refusal(|hello| hello.from = process(3)),
        "there is no process 3 in a system of 3: give it an id below 3"
    );
    assert_eq!(
        refusal(|hello| hello.to = process(2)),
        "process 1 dialled process 2 and reached process 0: \
         give all of them the same addresses in the same order"
    );
    assert_eq!(
        refusal(|hello| hello.from = process(0)),
        "two processes say that they are process 0: give each its own id"
    );
    assert_eq!(
        refusal(|hello| hello.holds_secret = false),
        "process 0 holds a secret and process 1 does not: \
         give both the same --secret (or SIGNALBOX_SECRET)"
    );
}

#[test]
fn a_listener_that_takes_us_for_somebody_else_is_refused() {
    let error = Meeting::new(hello(1, 0), hello(0, 2)).unwrap_err();
    assert!(matches!(error, HelloError::WrongNumber { .. }), "{error}");
}

#[test]
fn a_client_and_its_server_meet_and_nobody_else_in_their_places() {
    let meet = |from, to, server| {
        let dialler = Hello { from, to, size: 0, ..hello(0, 0) };
        Meeting::new(dialler, Hello { from: server, to: from, size: 0, ..hello(0, 0) })
    };
    assert!(meet(Party::Client, Party::Server, Party::Server).is_ok());
    for (from, to, server) in [
        (Party::Client, Party::Client, Party::Client),
        (Party::Server, Party::Server, Party::Server),
        (Party::Server, Party::Client, Party::Client),
        (Party::Client, Party::Server, process(0)),
        (Party::Client, process(0), process(0)),
        (process(1), Party::Server, Party::Server),
    ] {
        let error = meet(from, to, server).unwrap_err();
        assert!(matches!(error, HelloError::WrongNumber { .. }), "{error}");
    }
}

#[test]
fn both_sides_prove_that_they_know_the_secret() {
    let secret: Secret = "swordfish".parse().unwrap();
    let meeting = Meeting::new(hello(1, 0), hello(0, 1)).unwrap();
    for role in [Role::Dialler, Role::Listener] {
        let proof = meeting.prove(role, Some(&secret));
        assert_eq!(meeting.verify(role, Some(&secret), &proof), Ok(()));
    }
}

#[test]
fn a_wrong_secret_is_refused_with_its_remedy() {
    let [ours, theirs]: [Secret; 2] = ["a", "b"].map(|text| text.parse().unwrap());
    let meeting = Meeting::new(hello(1, 0), hello(0, 1)).unwrap();
    for theirs in [Some(&theirs), None] {
        let proof = meeting.prove(Role::Dialler, theirs);
        let error = meeting.verify(Role::Dialler, Some(&ours), &proof).unwrap_err();
        assert_eq!(
            error.to_string(),
            "process 1 and process 0 hold different secrets: \
             give both the same --secret (or SIGNALBOX_SECRET)"
        );
    }
}

#[test]
fn a_proof_cannot_be_sent_back_to_its_maker() {
    let secret: Secret = "swordfish".parse().unwrap();
    let meeting = Meeting::new(hello(1, 0), hello(0, 1)).unwrap();
    let proof = meeting.prove(Role::Dialler, Some(&secret));
    assert!(meeting.verify(Role::Listener, Some(&secret), &proof).is_err());
}

#[test]
fn a_proof_is_good_for_one_meeting_only() {
    let secret: Secret = "swordfish".parse().unwrap();
    let (dialler, listener) = (hello(1, 0), hello(0, 1));
    let meeting = Meeting::new(dialler.clone(), listener.clone()).unwrap();
    let proof = meeting.prove(Role::Dialler, Some(&secret));

    let mut changed = dialler.clone();
    changed.incarnation += 1;
    let another_life = Meeting::new(changed, listener).unwrap();
    assert!(another_life.verify(Role::Dialler, Some(&secret), &proof).is_err());

    let later = Meeting::new(dialler, hello(0, 1)).unwrap();
    assert!(later.verify(Role::Dialler, Some(&secret), &proof).is_err());
}

#[test]
fn only_the_magic_of_this_version_opens_a_conversation() {
    assert_eq!(check_magic(MAGIC), Ok(()));
    assert_eq!(check_magic(*b"GET / HT"), Err(HelloError::Noise));
    let mut later = MAGIC;
    later[7] = 2;
    assert_eq!(check_magic(later), Err(HelloError::OtherVersion { theirs: 2, ours: 1 }));
}

#[test]
fn the_magic_is_no_text() {
    assert!(std::str::from_utf8(&MAGIC[..1]).is_err());
}

#[test]
fn a_refusal_is_the_same_in_every_version() {
    let mut stream = bytes::BytesMut::new();
    frame::encode(&Word::Refused { why: "no".into() }, MAX_WORD, &mut stream).unwrap();
    assert_eq!(&stream[..], b"\x00\x00\x00\x04\x00\x02no");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..MAX_WORD)) {
        let _ = frame::decode::<Word>(&bytes);
    }

    #[test]
    fn a_legible_text_fits_into_a_refusal_and_plays_no_tricks(text in any::<String>()) {
        let why = legible(&text.repeat(50));
        prop_assert!(!why.contains(|c: char| c.is_control()));
        let refused = Word::Refused { why };
        frame::encode(&refused, MAX_WORD, &mut bytes::BytesMut::new()).unwrap();
    }
}
