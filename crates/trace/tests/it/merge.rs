//! Traces of single processes become one: what is joined, what was lost, and what can't be.

use std::time::Duration;

use protocol::ProcessId;
use trace::{Entry, MessageId, Trace};

use crate::by_hand::{Teller, cut, life, received};

const NONE: [&str; 0] = [];

fn merged<const N: usize>(parts: [Trace; N]) -> Trace {
    Trace::merge(parts.into()).unwrap()
}

fn error<const N: usize>(parts: [Trace; N]) -> String {
    Trace::merge(parts.into()).unwrap_err().to_string()
}

/// When each entry happened, in milliseconds.
fn times(trace: &Trace) -> Vec<u128> {
    trace.entries.iter().map(|entry| entry.at().as_millis()).collect()
}

#[test]
fn what_came_in_third_is_what_was_sent_third() {
    let speaker = Teller::new(0).up(1).says(&[(1, "a"), (2, "b"), (1, "a")]).says(&[(1, "a")]);
    let hearer = Teller::new(1).up(0).hears(0, "a").hears(0, "a").hears(0, "a");
    let trace = merged([speaker.ends(), hearer.ends()]);
    assert_eq!(received(&trace), ["1 <- 0.0", "1 <- 0.2", "1 <- 0.3"]);
    assert_eq!(cut(&trace), NONE, "where process 2 is, nobody knows");
}

#[test]
fn what_is_said_before_the_first_link_waits_for_it() {
    let speaker = Teller::new(0).says(&[(1, "a"), (1, "b")]).up(1).says(&[(1, "c")]);
    let hearer = Teller::new(1).up(0).hears(0, "a").hears(0, "b").hears(0, "c");
    let trace = merged([speaker.ends(), hearer.ends()]);
    assert_eq!(received(&trace), ["1 <- 0.0", "1 <- 0.1", "1 <- 0.2"]);
}

#[test]
fn a_link_that_comes_up_again_counts_anew() {
    let speaker = Teller::new(0)
        .up(1)
        .says(&[(1, "a"), (1, "b")])
        .down(1)
        .says(&[(1, "a")])
        .cut(1)
        .up(1)
        .says(&[(1, "a")]);
    let hearer = Teller::new(1).up(0).hears(0, "a").down(0).up(0).hears(0, "a");
    let trace = merged([speaker.ends(), hearer.ends()]);
    assert_eq!(received(&trace), ["1 <- 0.0", "1 <- 0.3"]);
    assert_eq!(cut(&trace), ["0.2 -> 1", "0.1 -> 1"]);
}

#[test]
fn a_link_that_only_one_end_took_for_up_brought_nothing() {
    // The first of three, and it looks like the second until that one brings something.
    let speaker = Teller::new(0).up(1).down(1).up(1).hears(1, "x").says(&[(1, "a")]).down(1);
    let hearer = Teller::new(1).up(0).says(&[(0, "x")]).hears(0, "a").down(0);
    assert_eq!(
        received(&merged([speaker.ends(), hearer.ends()])),
        ["0 <- 1.0", "1 <- 0.0"],
        "one that was up at process 0 alone"
    );
    let speaker = Teller::new(0).up(1).says(&[(1, "lost")]).down(1).up(1).says(&[(1, "a")]);
    let hearer = Teller::new(1).up(0).hears(0, "a");
    let trace = merged([hearer.ends(), speaker.ends()]);
    assert_eq!(received(&trace), ["1 <- 0.1"]);
    assert_eq!(cut(&trace), ["0.0 -> 1"]);
}

#[test]
fn a_link_that_brought_nothing_may_be_the_one_that_was_up_at_one_end_alone() {
    // What is up at process 1 fits both, until the second brings what was said there.
    let hearer = Teller::new(0).up(1).down(1).up(1).hears(1, "x");
    let trace = merged([hearer.ends(), Teller::new(1).up(0).says(&[(0, "x")]).ends()]);
    assert_eq!(received(&trace), ["0 <- 1.0"]);
}

#[test]
fn what_was_cut_at_once_was_not_on_its_way() {
    // It hung up between the two.
    let speaker = Teller::new(0).up(1).says(&[(1, "a"), (1, "b")]).cut(1).down(1);
    let hearer = Teller::new(1).up(0).hears(0, "a").down(0);
    let trace = merged([speaker.ends(), hearer.ends()]);
    assert_eq!(cut(&trace), ["0.1 -> 1"]);
}

#[test]
fn what_had_not_arrived_at_the_end_is_cut() {
    let speaker = || Teller::new(0).up(1).says(&[(1, "a"), (1, "b")]).says(&[(1, "c")]);
    let hearer = || Teller::new(1).up(0).hears(0, "a");
    let trace = merged([speaker().ends(), hearer().ends()]);
    assert_eq!(cut(&trace), ["0.1 -> 1", "0.2 -> 1"], "its receiver has ended");
    let trace = merged([speaker().ends(), hearer().down(0).ends_without(7)]);
    assert_eq!(cut(&trace), ["0.1 -> 1", "0.2 -> 1"], "the link was broken");
    let trace = merged([speaker().ends(), hearer().dies()]);
    assert_eq!(cut(&trace), ["1 died", "0.1 -> 1", "0.2 -> 1"], "its receiver has died");
    let trace = merged([speaker().ends(), hearer().ends_without(7)]);
    assert_eq!(cut(&trace), NONE, "perhaps it has arrived");
    assert_eq!(trace.end.map(|end| end.left_out), Some(7));
    let trace = merged([Teller::new(0).says(&[(1, "a")]).ends(), hearer_alone()]);
    assert_eq!(cut(&trace), ["0.0 -> 1"], "it has waited for a link in vain");

    let late = Teller::new(0).up(1).says(&[]).says(&[(1, "a")]);
    let trace = merged([late.ends(), Teller::new(1).up(0).dies()]);
    assert_eq!(cut(&trace), ["1 died", "0.0 -> 1"]);
    assert!(times(&trace).is_sorted(), "cut before it was sent: {:?}", times(&trace));
}

fn hearer_alone() -> Trace {
    Teller::new(1).up(2).ends()
}

#[test]
fn nothing_is_known_of_what_was_not_written_down() {
    let hearer = || Teller::new(1).up(0).up(2).hears(0, "a").hears(2, "b");
    let speaker = Teller::new(0).up(1).ends_without(1);
    assert_eq!(received(&merged([speaker, hearer().ends()])), ["1 <- 0.?", "1 <- 2.?"]);

    let speaker = || Teller::new(0).up(1).says(&[(1, "a")]);
    let hearer = || Teller::new(1).up(0).hears(0, "a");
    let trace = merged([speaker().ends_without(1), hearer().hears(0, "b").ends()]);
    assert_eq!(received(&trace), ["1 <- 0.0", "1 <- 0.?"], "it has said more");
    let trace = merged([speaker().ends_without(1), hearer().down(0).up(0).hears(0, "z").ends()]);
    assert_eq!(received(&trace), ["1 <- 0.0", "1 <- 0.?"], "it was linked again");
    let trace = merged([speaker().down(1).ends_without(1), hearer().hears(0, "b").ends()]);
    assert_eq!(received(&trace), ["1 <- 0.?", "1 <- 0.?"], "it said so over a later link");
}

#[test]
fn times_are_counted_from_the_earliest_beginning() {
    let early = Teller::new(2).says(&[]).says(&[]);
    let late = Teller::new(0).later(Duration::from_millis(5)).says(&[]);
    let trace = merged([late.ends(), early.ends()]);
    assert_eq!(times(&trace), [1, 2, 6]);
    assert_eq!(trace.header.began, Some(1_000_000));
    assert_eq!(trace.header.incarnations, [life(0), 0, life(2)]);
}

#[test]
fn a_clock_by_which_causes_come_last_is_put_forward() {
    // Its clock is an hour slow. It hears in its third millisecond of what was said in the other's second.
    let speaker = Teller::new(0).later(Duration::from_secs(3600)).up(1).says(&[(1, "a")]);
    let hearer = Teller::new(1).up(0).up(2).answers(0, "a", &[(2, "b")]);
    let third = Teller::new(2).up(1).hears(1, "b");
    let trace = merged([hearer.ends(), third.ends(), speaker.ends()]);
    assert_eq!(received(&trace), ["1 <- 0.0", "2 <- 1.0"]);
    let hour = 3_600_000;
    let shown = times(&trace).into_iter().map(|at| at - hour).collect::<Vec<_>>();
    assert_eq!(shown, [0, 1, 1, 1, 2, 2, 2], "each clock goes as it went");
}

#[test]
fn a_clock_that_is_put_forward_puts_others_forward() {
    let speaker = Teller::new(2).later(Duration::from_secs(3600)).up(1).says(&[(1, "a")]);
    let between = Teller::new(1).up(0).up(2).answers(2, "a", &[(0, "b")]);
    let last = Teller::new(0).up(1).hears(1, "b").says(&[]).says(&[]);
    let trace = merged([last.ends(), between.ends(), speaker.ends()]);
    let hour = 3_600_000;
    let shown = times(&trace).into_iter().map(|at| at - hour).collect::<Vec<_>>();
    assert_eq!(shown, [0, 1, 1, 1, 2, 2, 2, 3, 4]);
}

#[test]
fn causes_come_first_though_no_clock_can_be_right() {
    // By these, both messages arrive a second before they are sent.
    let second = Duration::from_secs(1);
    let one = Teller::new(0).up(1).hears(1, "a").says(&[]).waits(second).says(&[(1, "b")]);
    let other = Teller::new(1).up(0).says(&[(0, "a")]).hears(0, "b").says(&[(0, "c"), (0, "d")]);
    let trace = merged([one.ends(), other.later(second / 2).says(&[]).ends()]);
    assert_eq!(cut(&trace), ["1.1 -> 0", "1.2 -> 0"]);
    assert_eq!(received(&trace), ["0 <- 1.0", "1 <- 0.0"]);
    assert!(times(&trace).is_sorted(), "{:?}", times(&trace));
}

#[test]
fn a_trace_whose_last_line_was_cut_off_is_that_of_a_process_that_died() {
    let whole = Teller::new(1).up(0).hears(0, "a").hears(0, "b").dies();
    let mut text = whole.write(Vec::new()).unwrap();
    text.truncate(text.len() - 20);
    let part = Trace::read(&text[..]).unwrap();
    let speaker = Teller::new(0).up(1).says(&[(1, "a"), (1, "b")]).ends();
    let trace = merged([part, speaker]);
    assert_eq!(received(&trace), ["1 <- 0.0"]);
    assert_eq!(cut(&trace), ["1 died", "0.1 -> 1"]);
    let said = Trace::read(&text[..20]).unwrap_err().to_string();
    assert_eq!(said, "it ends before its header does");
}

#[test]
fn traces_of_different_systems_are_refused() {
    let mut other = Teller::new(1).up(0).ends();
    other.header.variant = Some("behind reliable links".to_owned());
    assert_eq!(
        error([Teller::new(0).up(1).ends(), other]),
        "one trace is of telephone 0.1.0, 3 speakers, another of telephone 0.1.0 behind reliable \
         links, 3 speakers: merge those of one run"
    );
    let another_run = Teller::new(1).up_in(0, 7).ends();
    assert_eq!(
        error([Teller::new(0).up(1).ends(), another_run]),
        "speaker 1, step 1: it was linked to speaker 0 in life 7, whose trace tells of life 100: \
         merge those of one run"
    );
}

#[test]
fn one_trace_of_one_process_each() {
    assert_eq!(error([]), "nobody has written down a step");
    assert_eq!(error([Teller::new(0).ends()]), "nobody has written down a step");
    let twice = [0, 2, 0].map(|me| Teller::new(me).says(&[]).ends());
    assert_eq!(error(twice), "two traces are of speaker 0: merge one of each");
    let whole = merged([0, 1].map(|me| Teller::new(me).says(&[]).ends()));
    let several = "one trace is of speakers 0 and 1: merge those that tell of one each";
    assert_eq!(error([whole]), several);
}

#[test]
fn what_can_not_be_is_said() {
    let speaker = || Teller::new(0).up(1).says(&[(1, "a"), (1, "b")]);
    let hearer = || Teller::new(1).up(0).hears(0, "a");
    for (part, said) in [
        (hearer().hears(0, "c"), "step 3: it received `c` where speaker 0 sent `b`"),
        (
            hearer().hears(0, "b").hears(0, "b"),
            "step 4: it received `b`, which speaker 0 has not sent",
        ),
        (hearer().down(0).hears(0, "b"), "step 4: it received `b` without a link to speaker 0"),
        (hearer().down(0).up(0).hears(0, "b"), "step 5: it received `b` where speaker 0 sent `a`"),
    ] {
        let (part, speaker) = (part.ends(), speaker().ends());
        for parts in [[speaker.clone(), part.clone()], [part, speaker]] {
            assert_eq!(error(parts), format!("speaker 1, {said}"));
        }
    }
    let mut miscounted = speaker().says(&[]).ends();
    if let Some(Entry::Step(told)) = miscounted.entries.last_mut() {
        told.words.sent_before = u64::MAX;
    }
    let said = "speaker 0, step 3: it had sent 2 messages before, not 18446744073709551615";
    assert_eq!(error([miscounted]), said);
}

#[test]
fn what_was_sent_only_because_it_arrived_is_refused() {
    let one = Teller::new(0).up(1).answers(1, "b", &[(1, "a")]);
    let other = Teller::new(1).up(0).answers(0, "a", &[(0, "b")]);
    assert_eq!(
        error([one.ends(), other.ends()]),
        "speaker 0, step 2: what it received was sent only after what came of it"
    );
}

#[test]
fn what_a_process_claims_to_know_of_what_it_received_counts_for_nothing() {
    let speaker = Teller::new(0).up(1).says(&[(1, "a"), (1, "b")]).ends();
    let mut hearer = Teller::new(1).up(0).hears(0, "a").ends();
    let claimed = MessageId { sender: ProcessId(0), number: 1 };
    for entry in &mut hearer.entries {
        if let Entry::Step(told) = entry {
            told.words.received = Some(claimed);
        }
    }
    let count = speaker.entries.len() + hearer.entries.len();
    let trace = merged([speaker, hearer]);
    assert_eq!(received(&trace), ["1 <- 0.0"]);
    let steps = trace.entries.iter().filter(|entry| matches!(entry, Entry::Step(_)));
    assert_eq!(steps.count(), count, "no step is lost");
}
