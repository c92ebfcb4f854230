//! Questions to whoever sits at the terminal, or to a pipe.

use std::{
    io::{self, BufRead, IsTerminal, Read, Write},
    ops::RangeInclusive,
};

use rustyline::{Config, DefaultEditor, ExternalPrinter, error::ReadlineError};

use crate::{Failure, Output};

/// How long an answer from a pipe may be, in bytes.
const LONGEST_ANSWER: u64 = 64 << 10;

/// Asks for one answer after the other: with line editing and history on a terminal, and just so
/// from a pipe, where nothing is echoed.
pub struct Prompt {
    /// Where there is a terminal.
    editor: Option<DefaultEditor>,
    out: Output,
}

impl Prompt {
    /// Asks on standard output, and takes answers from standard input. Where standard output is
    /// for a program, it asks on standard error.
    ///
    /// # Errors
    /// When the terminal can't be set up.
    pub fn new(out: Output) -> Result<Self, Failure> {
        let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        let editor = (is_terminal && !out.is_json())
            .then(|| DefaultEditor::with_config(Config::builder().bracketed_paste(false).build()))
            .transpose()
            .map_err(|error| Failure::Failed(format!("can't use this terminal: {error}")))?;
        Ok(Self { editor, out })
    }

    /// Asks `question` and reads the answer as a number of the range. Who sits at a terminal is
    /// asked until he gives one.
    ///
    /// # Errors
    /// When there is no answer, or what came from a pipe is no such number.
    pub fn number(&mut self, question: &str, range: RangeInclusive<u32>) -> Result<u32, Failure> {
        loop {
            let text = match self.read(question)? {
                Heard::Line(answer) => {
                    let answer = answer.trim();
                    if let Some(number) = answer.parse().ok().filter(|it| range.contains(it)) {
                        return Ok(number);
                    }
                    let asked = question.trim_end_matches([':', ' ']);
                    let shown: String =
                        answer.chars().take(40).flat_map(char::escape_debug).collect();
                    let (least, most) = (range.start(), range.end());
                    format!("{asked}: `{shown}` is not a whole number from {least} to {most}")
                }
                Heard::Illegible(why) => format!("an answer {why}"),
                Heard::End => {
                    let asked = question.trim_end();
                    return Err(Failure::Usage(format!("the input ended at `{asked}`")));
                }
            };
            if self.editor.is_none() {
                return Err(Failure::Usage(text));
            }
            self.out.line(text)?;
        }
    }

    /// Asks `question` and reads the answer, a line; `None` when the input has ended. What can't be
    /// read as a line is complained of on standard error and left out.
    ///
    /// # Errors
    /// When there is nothing to read from, or somebody pressed Ctrl-C.
    pub(crate) fn line(&mut self, question: &str) -> Result<Option<String>, Failure> {
        let mut question = question;
        loop {
            match self.read(question)? {
                Heard::Line(line) => return Ok(Some(line)),
                Heard::End => return Ok(None),
                Heard::Illegible(why) => anstream::eprintln!("a line is left out: it {why}"),
            }
            if self.editor.is_none() {
                question = ""; // It was not answered, and still stands there.
            }
        }
    }

    fn read(&mut self, question: &str) -> Result<Heard, Failure> {
        if let Some(editor) = &mut self.editor {
            return match editor.readline(question) {
                Ok(answer) => {
                    // History is a comfort: an answer counts without it.
                    let _ = editor.add_history_entry(&answer);
                    Ok(Heard::Line(answer))
                }
                Err(ReadlineError::Interrupted) => Err(Failure::Interrupted),
                Err(ReadlineError::Eof) => Ok(Heard::End),
                Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                    Ok(Heard::Illegible(Illegible::NotUtf8))
                }
                Err(error) => Err(Failure::Failed(format!("can't read the answer: {error}"))),
            };
        }
        say(self.out, question)?;
        read_line(&mut io::stdin().lock())
            .map_err(|error| Failure::Failed(format!("can't read standard input: {error}")))
    }

    /// What prints above a line that is being typed, where there is a line editor.
    ///
    /// # Errors
    /// When the terminal can't be set up.
    pub(crate) fn printer(
        &mut self,
    ) -> Result<Option<impl ExternalPrinter + Send + use<>>, Failure> {
        let printer = self.editor.as_mut().map(DefaultEditor::create_external_printer).transpose();
        printer.map_err(|error| Failure::Failed(format!("can't use this terminal: {error}")))
    }
}

/// What came of reading a line.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Line(String),
    /// There was a line, but not one that can be used.
    Illegible(Illegible),
    /// Nothing more comes.
    End,
}

/// Why a line can't be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Illegible {
    #[error("is not UTF-8: give plain text")]
    NotUtf8,
    #[error("is longer than {LONGEST_ANSWER} bytes: give a line")]
    TooLong,
}

/// Reads up to the next line feed, however far that is, and keeps no more than the longest answer.
fn read_line(input: &mut impl BufRead) -> io::Result<Heard> {
    let mut line = Vec::new();
    let mut start = input.by_ref().take(LONGEST_ANSWER + 1);
    start.read_until(b'\n', &mut line)?;
    let is_cut = start.limit() == 0 && !line.ends_with(b"\n");
    if is_cut {
        input.skip_until(b'\n')?;
    }
    Ok(match String::from_utf8(line) {
        Ok(line) if line.is_empty() => Heard::End,
        Ok(_) if is_cut => Heard::Illegible(Illegible::TooLong),
        Err(error) if is_cut && error.utf8_error().error_len().is_none() => {
            Heard::Illegible(Illegible::TooLong) // Cut in the middle of a character.
        }
        Err(_) => Heard::Illegible(Illegible::NotUtf8),
        Ok(mut line) => {
            line.truncate(line.trim_end_matches(['\r', '\n']).len());
            Heard::Line(line)
        }
    })
}

/// Says what stands before an answer that is typed where there is no line editor.
pub(crate) fn say(out: Output, question: &str) -> io::Result<()> {
    if out.is_json() {
        anstream::eprint!("{question}");
        return Ok(());
    }
    let mut out = io::stdout().lock();
    out.write_all(question.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that is read of this.
    fn read_all(mut input: &[u8]) -> Vec<Heard> {
        std::iter::repeat_with(|| read_line(&mut input).unwrap())
            .take_while(|heard| *heard != Heard::End)
            .collect()
    }

    #[test]
    fn a_line_that_can_not_be_used_is_left_out_and_no_other() {
        let line = |text: &str| Heard::Line(text.to_owned());
        let not_utf8 = || Heard::Illegible(Illegible::NotUtf8);
        assert_eq!(read_all(b"a\r\n\n\xff\nb"), [line("a"), line(""), not_utf8(), line("b")]);
        let longest = LONGEST_ANSWER as usize;
        for (long, read) in [
            ("x".repeat(longest), line(&"x".repeat(longest))),
            ("x".repeat(longest + 1), Heard::Illegible(Illegible::TooLong)),
            ("x".repeat(1 << 20), Heard::Illegible(Illegible::TooLong)),
            (format!("x{}", "ä".repeat(longest)), Heard::Illegible(Illegible::TooLong)),
        ] {
            assert_eq!(read_all(format!("{long}\nb\n").as_bytes()), [read, line("b")]);
        }
        assert_eq!(read_all(&[&[0xff; 1 << 20][..], b"\nb\n"].concat()), [not_utf8(), line("b")]);
    }
}
