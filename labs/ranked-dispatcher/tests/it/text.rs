//! The text wire: what is written is read back, and nothing that anybody writes does harm.

use proptest::prelude::*;
use ranked_dispatcher::{
    Entry, JobId, LONGEST_LINE, LONGEST_SLEEP_MS, Line, Policy, Refusal, Request, Response, Task,
};

fn line() -> impl Strategy<Value = Line> {
    "[!-~äß→]([ -~äß→]{0,30}[!-~äß→])?".prop_map(|text| Line::new(text).expect("a line"))
}

fn task() -> impl Strategy<Value = Task> {
    prop_oneof![
        Just(Task::Print),
        Just(Task::Debug),
        line().prop_map(Task::Echo),
        (0..=LONGEST_SLEEP_MS).prop_map(Task::Sleep),
        line().prop_map(Task::Hash),
        proptest::collection::vec(any::<i64>(), 1..9).prop_map(Task::Sum),
    ]
}

fn job() -> impl Strategy<Value = JobId> {
    any::<u64>().prop_map(JobId)
}

fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        task().prop_map(Request::Command),
        (job(), line()).prop_map(|(job, text)| Request::Done { job, text }),
        Just(Request::Status),
    ]
}

fn refusal() -> impl Strategy<Value = Refusal> {
    prop_oneof![
        line().prop_map(Refusal::Unclear),
        any::<u32>().prop_map(|most| Refusal::Full { most }),
        Just(Refusal::Lowest),
        any::<u32>().prop_map(|most| Refusal::TooMany { most }),
        any::<u32>().prop_map(|most| Refusal::Busy { most }),
        job().prop_map(|job| Refusal::NobodyLeft { job }),
        (job(), any::<u32>()).prop_map(|(job, tries)| Refusal::GivenUp { job, tries }),
        job().prop_map(|job| Refusal::NotYours { job }),
    ]
}

fn response() -> impl Strategy<Value = Response> {
    let entry = (job(), any::<(Option<u32>, u32, u32)>(), task());
    prop_oneof![
        any::<u32>().prop_map(Response::Rank),
        (job(), task()).prop_map(|(job, task)| Response::Run { job, task }),
        (job(), line(), any::<u64>()).prop_map(|(job, text, took_ms)| Response::Result {
            job,
            text,
            took_ms
        }),
        refusal().prop_map(Response::Refused),
        entry.prop_map(|(job, (from, to, tries), task)| {
            Response::Entry(Entry { job, from, to, tries, task })
        }),
        any::<u32>().prop_map(|jobs| Response::Status { jobs }),
    ]
}

proptest! {
    #[test]
    fn a_request_is_read_back(request in request()) {
        prop_assert_eq!(request.to_string().parse(), Ok(request));
    }

    #[test]
    fn a_response_is_read_back(response in response()) {
        let line = response.to_string();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(line.parse(), Ok(response));
    }

    /// Words that are almost right, in any order.
    #[test]
    fn no_line_does_harm(
        words in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(vec![
                    "COMMAND", "DONE", "STATUS", "RANK", "RUN", "RESULT", "REFUSED", "JOB", "FROM",
                    "nobody", "TO", "TRY", "print", "debug", "echo", "sleep", "hash", "sum", "3",
                    "-1", "(5", "ms)", "job", "\r", "\t", "\u{2028}", "\u{a0}",
                ]).prop_map(str::to_owned),
                ".*",
            ],
            0..9,
        )
    ) {
        answers_in_a_line(&words.join(" "))?;
    }

    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        answers_in_a_line(&String::from_utf8_lossy(&bytes))?;
    }
}

/// Whatever it is: it is understood, and means the same when it is said again, or it is refused in
/// a line that is not long.
fn answers_in_a_line(line: &str) -> Result<(), TestCaseError> {
    let refused = |refusal: Refusal| {
        let said = refusal.to_string();
        prop_assert!(!said.chars().any(char::is_control) && said.len() < 700, "{}", said);
        Ok(())
    };
    match line.parse::<Request>() {
        Ok(request) => prop_assert_eq!(request.to_string().parse(), Ok(request)),
        Err(refusal) => refused(refusal)?,
    }
    match line.parse::<Response>() {
        Ok(response) => prop_assert_eq!(response.to_string().parse(), Ok(response)),
        Err(refusal) => refused(refusal)?,
    }
    Ok(())
}

const TABLE: &str =
    "a task is print, debug, echo <text>, sleep <ms>, hash <text> or sum <whole numbers>";

#[test]
fn what_is_wrong_is_named_and_what_would_be_right() {
    let sleep = "a sleep is a whole number of milliseconds, 60000 at the most";
    for (line, said) in [
        ("", "``: say COMMAND, DONE or STATUS".into()),
        ("command print", "`command`: say COMMAND, DONE or STATUS".into()),
        ("\u{1b}[2J", "`\\u{1b}[2J`: say COMMAND, DONE or STATUS".into()),
        ("COMMAND", "`COMMAND`: say COMMAND <task>, such as COMMAND print".into()),
        ("COMMAND rm -rf /", format!("`rm -rf /`: {TABLE}")),
        ("COMMAND Print", format!("`Print`: {TABLE}")),
        ("COMMAND print twice", format!("`print twice`: {TABLE}")),
        ("COMMAND echo", format!("`echo`: {TABLE}")),
        ("COMMAND sleep 60001", format!("`60001`: {sleep}")),
        ("COMMAND sleep -1", format!("`-1`: {sleep}")),
        ("COMMAND sum 1 2.5", "`2.5`: a sum is one of whole numbers, of 64 bits each".into()),
        ("DONE", "`DONE`: say DONE <job> <text>".into()),
        ("DONE 7", "`DONE 7`: say DONE <job> <text>".into()),
        ("DONE seven i did", "`DONE seven i did`: say DONE <job> <text>".into()),
        ("STATUS now", "`STATUS now`: say STATUS".into()),
        (
            "DONE 7 a\u{7}b",
            "`a\\u{7}b`: a text is one line of 1 to 1000 bytes, without control characters".into(),
        ),
    ] {
        assert_eq!(line.parse::<Request>().unwrap_err().to_string(), said);
    }
}

#[test]
fn a_text_may_be_so_long_and_no_longer() {
    let long = "x".repeat(LONGEST_LINE);
    assert!(format!("DONE 7 {long}").parse::<Request>().is_ok());
    let refusal = format!("COMMAND echo {long}x").parse::<Request>().unwrap_err();
    let said = "a text is one line of 1 to 1000 bytes, without control characters";
    assert_eq!(refusal.to_string(), format!("`{}...`: {said}", &long[..32]));
}

#[test]
fn a_text_is_kept_as_it_is() {
    let text = Line::new("a  b (5 ms)").unwrap();
    let result = Response::Result { job: JobId(7), text, took_ms: 12 };
    assert_eq!(result.to_string(), "RESULT 7 a  b (5 ms) (12 ms)");
    assert_eq!(" RESULT  7   a  b (5 ms) (12 ms)\r".parse(), Ok(result));
}

/// A frame is no way around what a line must be.
#[test]
fn what_is_no_line_is_no_line_in_a_frame_either() {
    for text in ["", " a", "a ", "a\nRANK 0", "\u{1b}[2J"] {
        assert!(Line::try_from(text.to_owned()).is_err(), "{text:?}");
    }
    assert!(Task::try_from("sleep 60001".to_owned()).is_err());
}

#[test]
fn tasks_come_to_what_they_say() {
    for (task, answer) in [
        ("print", Some("i am printing watch me print")),
        ("debug", Some("i am debuging watch me debug")),
        ("echo a  b", Some("a  b")),
        ("sleep 5", Some("slept 5 ms")),
        ("hash a", None),
        ("sum 9223372036854775807 9223372036854775807", Some("18446744073709551614")),
    ] {
        let task: Task = task.parse().unwrap();
        assert_eq!(task.answer().as_ref().map(Line::as_str), answer);
    }
}

#[test]
fn policies_are_called_by_their_names() {
    for policy in Policy::ALL {
        assert_eq!(policy.to_string().parse(), Ok(policy));
    }
    let said = "`random`: say next, least-loaded or round-robin";
    assert_eq!("random".parse::<Policy>().unwrap_err().to_string(), said);
}
