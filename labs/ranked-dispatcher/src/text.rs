//! The text wire: a line is a message. Anybody with `nc` is a full client.
//!
//! A line is taken apart at its spaces, and nothing is ever cut off: what is not understood is
//! refused with a line that says what would be. The end of a line may be anybody's text, and is
//! kept as it is.

use alloc::vec::Vec;
use core::str::FromStr;

use crate::{Entry, JobId, Line, Refusal, Request, Response};

const REQUESTS: &str = "say COMMAND, DONE or STATUS";
const COMMAND: &str = "say COMMAND <task>, such as COMMAND print";
const DONE: &str = "say DONE <job> <text>";

const RESPONSES: &str = "say RANK, RUN, RESULT, REFUSED, JOB or STATUS";
const RUN: &str = "say RUN <job> <task>";
const RESULT: &str = "say RESULT <job> <text> (<number> ms)";
const ENTRY: &str = "say JOB <job> FROM <rank, or nobody> TO <rank> TRY <number> <task>";

impl FromStr for Request {
    type Err = Refusal;

    fn from_str(line: &str) -> Result<Self, Refusal> {
        let (verb, rest) = first_word(line);
        let usage = |right| Refusal::unclear(line.trim(), right);
        Ok(match verb {
            "COMMAND" if rest.is_empty() => return Err(usage(COMMAND)),
            "COMMAND" => Self::Command(rest.parse()?),
            "DONE" => {
                let (job, text) = split_job(rest).ok_or_else(|| usage(DONE))?;
                Self::Done { job, text: Line::new(text)? }
            }
            "STATUS" if rest.is_empty() => Self::Status,
            "STATUS" => return Err(usage("say STATUS")),
            _ => return Err(Refusal::unclear(verb, REQUESTS)),
        })
    }
}

impl FromStr for Response {
    type Err = Refusal;

    fn from_str(line: &str) -> Result<Self, Refusal> {
        let (verb, rest) = first_word(line);
        let usage = |right| Refusal::unclear(line.trim(), right);
        Ok(match verb {
            "RANK" => Self::Rank(rest.parse().map_err(|_| usage("say RANK <number>"))?),
            "RUN" => {
                let (job, task) = split_job(rest).ok_or_else(|| usage(RUN))?;
                Self::Run { job, task: task.parse()? }
            }
            "RESULT" => {
                let (job, text, took_ms) = result(rest).ok_or_else(|| usage(RESULT))?;
                Self::Result { job, text: Line::new(text)?, took_ms }
            }
            "REFUSED" => Self::Refused(Refusal::that_says(Line::new(rest)?)),
            "JOB" => Self::Entry(entry(rest).ok_or_else(|| usage(ENTRY))?),
            "STATUS" => {
                Self::Status { jobs: rest.parse().map_err(|_| usage("say STATUS <number>"))? }
            }
            _ => return Err(Refusal::unclear(verb, RESPONSES)),
        })
    }
}

/// The first word of a text, and what follows.
pub(crate) fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// `<job>`, and what follows, which must be something.
fn split_job(text: &str) -> Option<(JobId, &str)> {
    let (job, rest) = first_word(text);
    (!rest.is_empty()).then_some((JobId(job.parse().ok()?), rest))
}

/// `<job> <text> (<number> ms)`. The text may end in brackets of its own.
fn result(rest: &str) -> Option<(JobId, &str, u64)> {
    let (job, rest) = split_job(rest)?;
    let (text, took_ms) = rest.strip_suffix(" ms)")?.rsplit_once('(')?;
    Some((job, text.trim_end(), took_ms.parse().ok()?))
}

/// `<job> FROM <rank> TO <rank> TRY <number> <task>`
fn entry(rest: &str) -> Option<Entry> {
    let words: Vec<&str> = rest.splitn(8, ' ').collect();
    let &[job, "FROM", from, "TO", to, "TRY", tries, task] = words.as_slice() else { return None };
    let from = if from == "nobody" { None } else { Some(from.parse().ok()?) };
    let (job, task) = (JobId(job.parse().ok()?), task.parse().ok()?);
    Some(Entry { job, from, to: to.parse().ok()?, tries: tries.parse().ok()?, task })
}
