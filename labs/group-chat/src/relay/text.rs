//! The text wire: what a client sends is for all others, but for two commands.
//!
//! A raw relay cuts what comes into pieces: a line with its line feed, or what came before a
//! silence, or as much as a piece may have. Whatever is not one of the commands, to the letter, is
//! said, also if it begins with a slash: the old wire has no commands, and nobody who speaks it
//! should lose a word.

use alloc::string::String;
use core::fmt::{self, Write};

use crate::{
    escaped,
    relay::{Message, Request, Response},
};

/// The longest piece that anybody may say, in bytes. A message has 64 KiB at the most, and what is
/// passed on has its author in it, too.
pub const LONGEST_PIECE: usize = 60 << 10;

/// The longest name, in bytes.
pub const LONGEST_NAME: usize = 32;

/// Whether a client can be called that: 1 to [`LONGEST_NAME`] bytes of letters, digits, `-` and
/// `_`. Then it looks like no address, and ends no brackets in which it is shown.
///
/// ```
/// use group_chat::relay::is_name;
///
/// assert!(is_name("alice") && is_name("Jürgen_2"));
/// assert!(!is_name("") && !is_name("alice] I owe bob a beer") && !is_name("('10.0.0.1',"));
/// ```
pub fn is_name(word: &str) -> bool {
    let is_part_of_a_name = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    (1..=LONGEST_NAME).contains(&word.len()) && word.chars().all(is_part_of_a_name)
}

/// What a piece of text from a client means. Every text means something.
///
/// ```
/// use group_chat::relay::{Request, decode};
///
/// assert_eq!(decode("lunch?\n"), Request::Say("lunch?\n".into()));
/// assert_eq!(decode("/name alice\r\n"), Request::Name("alice".into()));
/// assert_eq!(decode("/who"), Request::Who);
/// assert_eq!(decode("/whoever\n"), Request::Say("/whoever\n".into()));
/// ```
pub fn decode(piece: &str) -> Request {
    let line = without_end(piece);
    if line == "/who" {
        return Request::Who;
    }
    match line.strip_prefix("/name ") {
        Some(name) if is_name(name) => Request::Name(name.into()),
        _ => Request::Say(piece.into()),
    }
}

/// Writes a message as it stands on the wire: with a line feed, unless it is a piece that came
/// without. The relay's own answers begin with a star, and what others say with a bracket.
///
/// ```
/// use group_chat::relay::{Message, Response, Speaker, encode};
///
/// let from = Speaker::At("127.0.0.1:47036".parse().unwrap());
/// let mut out = String::new();
/// for text in ["lunch", "?\n"] {
///     let response = Response::Relayed { from: from.clone(), text: text.into() };
///     encode(&Message::Response(response), &mut out)?;
/// }
/// encode(&Message::Response(Response::Named("alice".into())), &mut out)?;
/// let sent = "[('127.0.0.1', 47036)] lunch[('127.0.0.1', 47036)] ?\n* you are alice\n";
/// assert_eq!(out, sent);
/// # Ok::<(), std::fmt::Error>(())
/// ```
///
/// # Errors
/// When `out` has them.
pub fn encode(message: &Message, out: &mut dyn Write) -> fmt::Result {
    match message {
        Message::Request(Request::Say(text)) => out.write_str(text),
        Message::Request(Request::Name(name)) => writeln!(out, "/name {name}"),
        Message::Request(Request::Who) => writeln!(out, "/who"),
        Message::Response(Response::Relayed { from, text }) => write!(out, "[{from}] {text}"),
        Message::Response(Response::Named(name)) => writeln!(out, "* you are {name}"),
        Message::Response(Response::Taken(name)) => {
            writeln!(out, "* {name} is somebody else: choose another name")
        }
        Message::Response(Response::Present { speakers, more }) => {
            write!(out, "* here are ")?;
            for (place, speaker) in speakers.iter().enumerate() {
                let comma = if place == 0 { "" } else { ", " };
                write!(out, "{comma}{speaker}")?;
            }
            if *more == 0 { writeln!(out) } else { writeln!(out, " and {more} more") }
        }
    }
}

/// The line that a message is on a terminal: without its end, and without anything else that would
/// drive the terminal.
///
/// ```
/// use group_chat::relay::{Message, Response, Speaker, printed};
///
/// let (from, text) = (Speaker::Named("alice".into()), "\u{1b}[2Jhello\n".into());
/// let message = Message::Response(Response::Relayed { from, text });
/// assert_eq!(printed(&message), "[alice] \\u{1b}[2Jhello");
/// ```
///
/// # Panics
/// Never: a string takes everything.
pub fn printed(message: &Message) -> String {
    let mut text = String::new();
    encode(message, &mut text).expect("a string takes everything");
    escaped(without_end(&text))
}

fn without_end(text: &str) -> &str {
    let line = text.strip_suffix('\n').unwrap_or(text);
    line.strip_suffix('\r').unwrap_or(line)
}
