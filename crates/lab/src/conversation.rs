//! A conversation: somebody is asked, and is told meanwhile what happens elsewhere.
//!
//! Whoever sits at a terminal types a line when he likes, and what others do must not tear it. So
//! the line is edited on a thread of its own, and what is told is printed above it.

use std::{
    fmt::Display,
    io::{self, Write},
    sync::mpsc,
    thread,
};

use rustyline::ExternalPrinter;
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{
    Failure, Output,
    prompt::{self, Prompt},
    terminal::Terminal,
};

/// Asks one question at a time, and tells things at any time.
pub struct Conversation {
    out: Output,
    /// The question that has no answer yet.
    asked: Option<String>,
    /// To the thread that asks. Its end ends the thread, once it has its answer.
    questions: mpsc::Sender<String>,
    answers: UnboundedReceiver<Result<Option<String>, Failure>>,
    /// Prints above the line that is being typed. `None` where nothing is edited.
    printer: Option<Box<dyn ExternalPrinter>>,
    /// As it was before. When the process ends, the thread may still be editing.
    _terminal: Option<Terminal>,
}

impl Conversation {
    /// A conversation with whoever is at standard input and output: a person, who has line editing
    /// and history, or a pipe.
    ///
    /// # Errors
    /// When the terminal can't be set up.
    pub fn new(out: Output) -> Result<Self, Failure> {
        let terminal = Terminal::as_it_is();
        let mut prompt = Prompt::new(out)?;
        let printer = prompt.printer()?.map(|printer| Box::new(printer) as Box<_>);
        let (questions, to_ask) = mpsc::channel::<String>();
        let (answer, answers) = unbounded_channel();
        thread::spawn(move || {
            for question in to_ask {
                if answer.send(prompt.line(&question)).is_err() {
                    return;
                }
            }
        });
        Ok(Self { out, asked: None, questions, answers, printer, _terminal: terminal })
    }

    /// Asks. The question before must have been answered.
    ///
    /// # Errors
    /// When standard output can't be written to.
    ///
    /// # Panics
    /// When it has not been answered.
    pub fn ask(&mut self, question: &str) -> Result<(), Failure> {
        assert!(self.asked.is_none(), "one question at a time");
        self.asked = Some(question.to_owned());
        // Where nothing is edited, it is said here, so that it comes before what is told next.
        let is_edited = self.printer.is_some();
        if !is_edited {
            prompt::say(self.out, question)?;
        }
        let to_say = if is_edited { question.to_owned() } else { String::new() };
        // The thread is gone only after a failure, which was the last answer.
        let _ = self.questions.send(to_say);
        Ok(())
    }

    /// The answer; `None` when nobody answers any more. Never, if nothing was asked. May be
    /// dropped and called again: nothing is lost.
    ///
    /// # Errors
    /// When there is nothing to read from, or somebody pressed Ctrl-C.
    pub async fn answer(&mut self) -> Result<Option<String>, Failure> {
        let answer = self.answers.recv().await.unwrap_or(Ok(None));
        let question = self.asked.take().unwrap_or_default();
        if !question.is_empty() && matches!(answer, Ok(None)) {
            prompt::say(self.out, "\n")?; // Which ends the line of the question.
        }
        answer
    }

    /// Tells something, which may be several lines: for people as it is shown, for programs as a
    /// record. The question that stands, and what was typed of the answer, stands below it again.
    ///
    /// # Errors
    /// When standard output can't be written to.
    pub fn tell(&mut self, told: &(impl Display + Serialize)) -> Result<(), Failure> {
        self.tell_after("", told)
    }

    /// The same, but the question stands above it too, as if it had been answered with nothing.
    ///
    /// # Errors
    /// When standard output can't be written to.
    pub fn tell_below(&mut self, told: &(impl Display + Serialize)) -> Result<(), Failure> {
        let question = self.asked.as_ref().map(|question| format!("{question}\n"));
        self.tell_after(&question.unwrap_or_default(), told)
    }

    /// Says on standard error what whoever sits there should know. No question may stand.
    ///
    /// # Panics
    /// When one does.
    pub fn remark(&self, remark: impl Display) {
        assert!(self.asked.is_none(), "a remark would stand behind the question");
        anstream::eprintln!("{remark}");
    }

    /// `edited` comes first where the question is not there any more when it is told.
    fn tell_after(
        &mut self,
        edited: &str,
        told: &(impl Display + Serialize),
    ) -> Result<(), Failure> {
        if self.out.is_json() {
            return Ok(self.out.record(told)?);
        }
        if let Some(printer) = &mut self.printer {
            let printed = printer.print(format!("{edited}{told}\n"));
            return printed.map_err(|error| Failure::Failed(format!("can't print: {error}")));
        }
        let mut out = io::stdout().lock();
        match self.asked.as_deref() {
            None | Some("") => writeln!(out, "{told}")?,
            Some(question) => write!(out, "\n{told}\n{question}")?,
        }
        Ok(out.flush()?)
    }
}

/// Whatever is said after a conversation that is broken off stands on a line of its own.
impl Drop for Conversation {
    fn drop(&mut self) {
        let is_edited = self.printer.is_some();
        if self.asked.as_ref().is_some_and(|question| is_edited || !question.is_empty()) {
            // Who does not listen any more misses nothing.
            let _ = prompt::say(self.out, "\n");
        }
    }
}
