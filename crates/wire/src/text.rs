//! Text: the wire for people and old programs, such as `nc`.
//!
//! A frame says how long it is; a text does not. So a reader must decide where one message ends
//! and the next begins, and there are two customs. *Lines* end at a line feed. A *raw relay*
//! passes on what comes as it comes: a *chunk* is a line with its line feed, or what arrived
//! before nothing followed for a while. Either way a [`Splitter`] cuts the stream into pieces,
//! and a lab's [`Codec`] says what they mean.
//!
//! **Guarantees**, whatever the bytes are and however a stream cuts them: no piece is longer
//! than the limit, and no more than that is kept. A chunk never ends inside a character. A line
//! that is too long is refused once, however long it is, and the next is heard again.

use std::{borrow::Cow, fmt};

use memchr::memchr;
use thiserror::Error;

/// The longest character, in bytes.
const LONGEST_CHARACTER: usize = 4;

/// What the pieces of a text mean, and how messages are told in return.
///
/// It keeps no memory: what a client said before is for the process to know, where it is tested.
///
/// ```
/// use std::fmt;
/// use wire::text::{Codec, Complaint};
///
/// struct Numbers;
///
/// impl Codec for Numbers {
///     type Message = u32;
///
///     fn decode(&self, line: &str) -> Result<u32, Complaint> {
///         line.parse().map_err(|_| Complaint::new("NUMBER", format!("`{line}` is no number")))
///     }
///
///     fn encode(&self, number: &u32, out: &mut dyn fmt::Write) -> fmt::Result {
///         writeln!(out, "{number}")
///     }
/// }
///
/// assert_eq!(Numbers.decode("7"), Ok(7));
/// let mut out = String::new();
/// Numbers.complain(&Numbers.decode("seven").unwrap_err(), &mut out)?;
/// assert_eq!(out, "ERROR NUMBER `seven` is no number\n");
/// # Ok::<(), fmt::Error>(())
/// ```
pub trait Codec {
    /// What is said.
    type Message;

    /// What a line, without its line feed, or a chunk means.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right. The client is told.
    fn decode(&self, text: &str) -> Result<Self::Message, Complaint>;

    /// Writes what a message says, with its line feed if it is to have one.
    ///
    /// # Errors
    /// When `out` has them.
    fn encode(&self, message: &Self::Message, out: &mut dyn fmt::Write) -> fmt::Result;

    /// Writes the line that tells a client what is wrong.
    ///
    /// # Errors
    /// When `out` has them.
    fn complain(&self, complaint: &Complaint, out: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(out, "ERROR {complaint}")
    }
}

/// The codec of messages that are, as text, the lines that go over the wire.
///
/// ```
/// use wire::text::{Codec, Complaint, Verbatim};
///
/// let codec = Verbatim::<u32>(|line| {
///     line.parse().map_err(|_| Complaint::new("NUMBER", "say a number"))
/// });
/// let mut out = String::new();
/// codec.encode(&codec.decode("7")?, &mut out).unwrap();
/// assert_eq!(out, "7\n");
/// # Ok::<(), Complaint>(())
/// ```
pub struct Verbatim<M>(pub fn(&str) -> Result<M, Complaint>);

impl<M: fmt::Display> Codec for Verbatim<M> {
    type Message = M;

    fn decode(&self, line: &str) -> Result<M, Complaint> {
        (self.0)(line)
    }

    fn encode(&self, message: &M, out: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(out, "{message}")
    }
}

/// What is wrong with what a client said, or why it is turned away.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code} {text}")]
pub struct Complaint {
    /// A word, for programs.
    pub code: Cow<'static, str>,
    /// What was wrong and what would be right, for people. One line.
    pub text: String,
}

impl Complaint {
    /// A complaint of that code. Control characters in `text`, which may quote the client, are
    /// left out.
    pub fn new(code: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.retain(|c| !c.is_control());
        Self { code: code.into(), text }
    }

    fn too_long(limit: usize) -> Self {
        Self::new("TOO_LONG", format!("a line has {limit} bytes at most"))
    }
}

/// The text that a piece holds.
///
/// # Errors
/// When its bytes are not UTF-8.
pub fn read(piece: &[u8]) -> Result<&str, Complaint> {
    str::from_utf8(piece).map_err(|error| {
        let place = error.valid_up_to() + 1;
        Complaint::new("NOT_UTF8", format!("byte {place} is not UTF-8: send text in UTF-8"))
    })
}

/// Cuts pieces off the front of what has been read.
pub struct Splitter {
    framing: Framing,
    /// The longest piece, in bytes.
    limit: usize,
    /// How much of the stream's front is known to hold no line feed.
    searched: usize,
    /// Whether the front belongs to a line that has been refused.
    skipping: bool,
}

/// Where a piece ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// At a line feed, which is not a part of it, nor is a carriage return before it.
    Lines,
    /// After a line feed, or where nothing follows for a while, or at the limit.
    Chunks,
}

impl Splitter {
    /// A splitter whose pieces have at most `limit` bytes, or as many as a character may have.
    pub fn new(framing: Framing, limit: usize) -> Self {
        let limit = limit.max(LONGEST_CHARACTER);
        Self { framing, limit, searched: 0, skipping: false }
    }

    /// Cuts the next piece off the front of `stream`; `None` until all of it is there. Whether it is
    /// UTF-8, [`read`] tells. What is left of `stream` is to be there again in the next call, and
    /// whatever has come since behind it.
    ///
    /// # Errors
    /// When a line is longer than the limit. The next call is about the next line.
    ///
    /// # Panics
    /// When less is there than was left.
    pub fn split<'a>(&mut self, stream: &mut &'a [u8]) -> Result<Option<&'a [u8]>, Complaint> {
        let end = memchr(b'\n', &stream[self.searched..]);
        let end = end.map(|end| self.searched + end + 1);
        self.searched = if end.is_some() { 0 } else { stream.len() };
        match self.framing {
            Framing::Lines => self.split_line(stream, end),
            Framing::Chunks => Ok(self.split_chunk(stream, end)),
        }
    }

    /// Whether [`rest`](Self::rest) has something to give if nothing follows for a while.
    pub fn has_rest(&self, stream: &[u8]) -> bool {
        self.framing == Framing::Chunks && whole_characters(stream) > 0
    }

    /// Nothing has followed for a while, or ever will: the chunk that is there, up to its last
    /// whole character. A line does not end by that.
    pub fn rest<'a>(&mut self, stream: &mut &'a [u8]) -> Option<&'a [u8]> {
        if !self.has_rest(stream) {
            return None;
        }
        self.searched = 0;
        stream.split_off(..whole_characters(stream))
    }

    /// `end` is where the line ends, its line feed included.
    fn split_line<'a>(
        &mut self,
        stream: &mut &'a [u8],
        end: Option<usize>,
    ) -> Result<Option<&'a [u8]>, Complaint> {
        let Some(end) = end else {
            let is_too_long = stream.len() > self.limit;
            if is_too_long || self.skipping {
                *stream = &[];
                self.searched = 0;
            }
            let is_news = is_too_long && !self.skipping;
            self.skipping |= is_too_long;
            return if is_news { Err(Complaint::too_long(self.limit)) } else { Ok(None) };
        };
        let (line, rest) = stream.split_at(end);
        *stream = rest;
        if std::mem::take(&mut self.skipping) {
            return self.split(stream);
        }
        let line = &line[..end - 1];
        if line.len() > self.limit {
            return Err(Complaint::too_long(self.limit));
        }
        Ok(Some(line.strip_suffix(b"\r").unwrap_or(line)))
    }

    fn split_chunk<'a>(&mut self, stream: &mut &'a [u8], end: Option<usize>) -> Option<&'a [u8]> {
        let end = match end {
            Some(end) if end <= self.limit => end,
            _ if stream.len() >= self.limit => whole_characters(&stream[..self.limit]),
            _ => return None,
        };
        self.searched = 0;
        stream.split_off(..end)
    }
}

/// How many of the first bytes are there without the beginning of a last character whose rest is
/// missing. What is no UTF-8 at all is there.
fn whole_characters(bytes: &[u8]) -> usize {
    let last_few = bytes.len().saturating_sub(LONGEST_CHARACTER - 1);
    let begins = (last_few..bytes.len()).rev().find(|&place| !is_continuation(bytes[place]));
    match begins.map(|place| (place, str::from_utf8(&bytes[place..]))) {
        // Without a length, the error is that the end came too soon.
        Some((place, Err(error))) if error.error_len().is_none() => place,
        _ => bytes.len(),
    }
}

/// Whether a character of UTF-8 goes on with this byte.
fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}
