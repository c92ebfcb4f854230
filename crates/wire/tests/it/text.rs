use std::fmt;

use proptest::{collection::vec, prelude::*};
use wire::text::{self, Codec, Complaint, Framing, Splitter};

const LIMIT: usize = 8;

/// Bytes that are often the end of a line, or text.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![Just(b'\n'), Just(b'\r'), b'a'..=b'c', any::<u8>()], 0..100)
}

/// Text with many characters of several bytes, and many lines.
fn texts() -> impl Strategy<Value = String> {
    vec(prop_oneof![Just('\n'), Just('ä'), Just('𝄞'), any::<char>()], 0..60)
        .prop_map(|characters| characters.into_iter().collect())
}

/// How many bytes each read brings, again and again, and whether a pause follows.
fn reads() -> impl Strategy<Value = Vec<(usize, bool)>> {
    vec((1..12_usize, any::<bool>()), 1..8)
}

/// All pieces of `stream` as the reads bring it, and what is left.
fn pieces(
    framing: Framing,
    mut stream: &[u8],
    reads: &[(usize, bool)],
) -> (Vec<Result<Vec<u8>, Complaint>>, Vec<u8>) {
    let mut splitter = Splitter::new(framing, LIMIT);
    let (mut inbox, mut pieces) = (Vec::new(), Vec::new());
    for &(count, is_followed_by_a_pause) in reads.iter().cycle() {
        let (read, later) = stream.split_at(count.min(stream.len()));
        inbox.extend(read);
        let mut unheard = &inbox[..];
        while let Some(piece) = splitter.split(&mut unheard).transpose() {
            pieces.push(piece.map(<[u8]>::to_vec));
        }
        assert!(unheard.len() <= LIMIT, "{} bytes are kept", unheard.len());
        if is_followed_by_a_pause || later.is_empty() {
            pieces.extend(splitter.rest(&mut unheard).map(|rest| Ok(rest.to_vec())));
        }
        inbox = unheard.to_vec();
        if later.is_empty() {
            break;
        }
        stream = later;
    }
    (pieces, inbox)
}

/// What lines are, without a stream.
fn lines_at_once(whole: &[u8]) -> Vec<Result<&[u8], ()>> {
    let mut lines: Vec<&[u8]> = whole.split(|&byte| byte == b'\n').collect();
    let unfinished = lines.pop().filter(|last| last.len() > LIMIT).map(|_| Err(()));
    let finished = lines.into_iter().map(|line| match line {
        _ if line.len() > LIMIT => Err(()),
        [line @ .., b'\r'] => Ok(line),
        line => Ok(line),
    });
    finished.chain(unfinished).collect()
}

proptest! {
    #[test]
    fn lines_are_the_same_however_the_stream_is_cut(stream in bytes(), reads in reads()) {
        let (lines, _) = pieces(Framing::Lines, &stream, &reads);
        let lines: Vec<Result<&[u8], ()>> =
            lines.iter().map(|line| line.as_deref().map_err(|_| ())).collect();
        prop_assert_eq!(lines, lines_at_once(&stream));
    }

    #[test]
    fn chunks_are_all_that_was_sent_and_never_cut_a_character(
        sent in texts(),
        reads in reads(),
    ) {
        let (chunks, left) = pieces(Framing::Chunks, sent.as_bytes(), &reads);
        let mut arrived = String::new();
        for chunk in chunks {
            let chunk = chunk.unwrap();
            prop_assert!(!chunk.is_empty() && chunk.len() <= LIMIT);
            let chunk = text::read(&chunk).unwrap();
            prop_assert!(!chunk.trim_end_matches('\n').contains('\n'), "two lines in one");
            arrived += chunk;
        }
        prop_assert_eq!(arrived, sent);
        prop_assert!(left.is_empty());
    }

    #[test]
    fn chunks_of_arbitrary_bytes_lose_nothing_but_an_unfinished_character(
        sent in bytes(),
        reads in reads(),
    ) {
        let (chunks, left) = pieces(Framing::Chunks, &sent, &reads);
        let mut arrived: Vec<u8> = Vec::new();
        for chunk in chunks {
            arrived.extend(chunk.unwrap());
        }
        prop_assert!(left.len() < 4);
        arrived.extend(left);
        prop_assert_eq!(arrived, sent);
    }

    #[test]
    fn a_complaint_is_one_line_whatever_it_quotes(quoted in texts()) {
        let mut line = String::new();
        Echo.complain(&Complaint::new("CODE", quoted), &mut line).unwrap();
        prop_assert!(line.starts_with("ERROR CODE "));
        prop_assert_eq!(line.find(|c: char| c.is_control()), Some(line.len() - 1));
    }
}

struct Echo;

impl Codec for Echo {
    type Message = String;

    fn decode(&self, text: &str) -> Result<String, Complaint> {
        Ok(text.to_owned())
    }

    fn encode(&self, message: &String, out: &mut dyn fmt::Write) -> fmt::Result {
        out.write_str(message)
    }
}

#[test]
fn a_line_that_is_too_long_is_refused_before_it_ends_and_the_next_one_is_heard() {
    let mut splitter = Splitter::new(Framing::Lines, LIMIT);
    let mut stream = &[b'x'; LIMIT + 1][..];
    let error = splitter.split(&mut stream).unwrap_err();
    assert_eq!(error.to_string(), "TOO_LONG a line has 8 bytes at most");
    for _ in 0..1000 {
        stream = &[b'x'; 3];
        assert_eq!(splitter.split(&mut stream), Ok(None));
        assert!(stream.is_empty(), "the rest of it is kept");
    }
    stream = b"the end\nnext\n";
    assert_eq!(splitter.split(&mut stream), Ok(Some(&b"next"[..])));
}

#[test]
fn what_is_no_utf_8_is_refused_and_says_where() {
    let error = text::read(b"caf\xe9").unwrap_err();
    assert_eq!(error.to_string(), "NOT_UTF8 byte 4 is not UTF-8: send text in UTF-8");
    assert_eq!(text::read("café".as_bytes()), Ok("café"));
}

#[test]
fn a_pause_ends_a_chunk_but_no_line() {
    let mut stream = &b"half a"[..];
    let mut lines = Splitter::new(Framing::Lines, LIMIT);
    assert!(!lines.has_rest(stream));
    assert_eq!(lines.rest(&mut stream), None);
    let mut chunks = Splitter::new(Framing::Chunks, LIMIT);
    assert!(chunks.has_rest(stream));
    assert_eq!(chunks.rest(&mut stream), Some(&b"half a"[..]));
    assert!(!chunks.has_rest(stream));
}

#[test]
fn a_pause_inside_a_character_does_not_end_it() {
    let whole = "ä".as_bytes();
    let mut stream = &whole[..1];
    let mut chunks = Splitter::new(Framing::Chunks, LIMIT);
    assert!(!chunks.has_rest(stream));
    assert_eq!(chunks.rest(&mut stream), None);
    stream = whole;
    assert_eq!(chunks.rest(&mut stream), Some(whole));
}
