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
            let answer = self.answer(question)?;
            let answer = answer.trim();
            if let Some(number) = answer.parse().ok().filter(|number| range.contains(number)) {
                return Ok(number);
            }
            let asked = question.trim_end_matches([':', ' ']);
            let shown: String = answer.chars().take(40).flat_map(char::escape_debug).collect();
            let (least, most) = (range.start(), range.end());
            let text = format!("{asked}: `{shown}` is not a whole number from {least} to {most}");
            if self.editor.is_none() {
                return Err(Failure::Usage(text));
            }
            self.out.line(text)?;
        }
    }

    fn answer(&mut self, question: &str) -> Result<String, Failure> {
        self.line(question)?
            .ok_or_else(|| Failure::Usage(format!("the input ended at `{}`", question.trim_end())))
    }

    /// Asks `question` and reads the answer, a line; `None` when the input has ended.
    ///
    /// # Errors
    /// When it can't be read, or is no text, or somebody pressed Ctrl-C.
    pub(crate) fn line(&mut self, question: &str) -> Result<Option<String>, Failure> {
        if let Some(editor) = &mut self.editor {
            return match editor.readline(question) {
                Ok(answer) => {
                    // History is a comfort: an answer counts without it.
                    let _ = editor.add_history_entry(&answer);
                    Ok(Some(answer))
                }
                Err(ReadlineError::Interrupted) => Err(Failure::Interrupted),
                Err(ReadlineError::Eof) => Ok(None),
                Err(error) => Err(Failure::Failed(format!("can't read the answer: {error}"))),
            };
        }
        say(self.out, question)?;
        let mut answer = Vec::new();
        let mut input = io::stdin().lock().take(LONGEST_ANSWER);
        input
            .read_until(b'\n', &mut answer)
            .map_err(|error| Failure::Failed(format!("can't read standard input: {error}")))?;
        match String::from_utf8(answer) {
            Ok(answer) if answer.is_empty() => Ok(None),
            Ok(answer) if input.limit() == 0 && !answer.ends_with('\n') => Err(Failure::Usage(
                format!("an answer is longer than {LONGEST_ANSWER} bytes: give a line"),
            )),
            Ok(mut answer) => {
                answer.truncate(answer.trim_end_matches(['\r', '\n']).len());
                Ok(Some(answer))
            }
            Err(_) => Err(Failure::Usage("an answer is not UTF-8: give plain text".to_owned())),
        }
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
