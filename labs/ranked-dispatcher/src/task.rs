//! What can be asked for: a table of tasks.
//!
//! A command comes from a stranger and is run by another stranger. If it were handed to a shell,
//! whoever can connect could do anything at all with every machine that does. So there is a table,
//! and nothing else is ever run.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Line, Refusal, text::first_word};

/// For how long a client can be asked to sleep, in milliseconds.
pub const LONGEST_SLEEP_MS: u32 = 60_000;

/// What a refusal shows of the table.
const TABLE: &str =
    "a task is print, debug, echo <text>, sleep <ms>, hash <text> or sum <whole numbers>";
const SLEEP: &str = "a sleep is a whole number of milliseconds, 60000 at the most";
const NUMBER: &str = "a sum is one of whole numbers, of 64 bits each";

/// Something that a client can be told to do. As text, it is the command on the wire.
///
/// ```
/// use ranked_dispatcher::Task;
///
/// let task: Task = "sum 3 -1 40".parse()?;
/// assert_eq!(task, Task::Sum(vec![3, -1, 40]));
/// assert_eq!(task.answer().unwrap().as_str(), "42");
///
/// let refusal = "rm -rf /".parse::<Task>().unwrap_err();
/// assert!(refusal.to_string().starts_with("`rm -rf /`: a task is print, debug, echo <text>,"));
/// # Ok::<(), ranked_dispatcher::Refusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Task {
    /// The course's first one.
    Print,
    /// The course's second one.
    Debug,
    /// Say this.
    Echo(Line),
    /// Let so many milliseconds pass, [`LONGEST_SLEEP_MS`] at the most.
    Sleep(u32),
    /// Say a hash of this.
    Hash(Line),
    /// Add these up.
    Sum(Vec<i64>),
}

impl Task {
    /// What comes of it. Whoever sleeps says so afterwards. Nothing is known here of hash
    /// functions: [`Hash`](Self::Hash) is for whoever runs it.
    pub fn answer(&self) -> Option<Line> {
        let text = match self {
            Self::Print => "i am printing watch me print".to_string(),
            Self::Debug => "i am debuging watch me debug".to_string(),
            Self::Echo(text) => return Some(text.clone()),
            Self::Sleep(ms) => format!("slept {ms} ms"),
            Self::Hash(_) => return None,
            Self::Sum(numbers) => numbers.iter().copied().map(i128::from).sum::<i128>().to_string(),
        };
        Line::new(text).ok()
    }
}

impl FromStr for Task {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let (word, rest) = first_word(text);
        let no_task = || Err(Refusal::unclear(text.trim(), TABLE));
        Ok(match (word, rest) {
            ("print", "") => Self::Print,
            ("debug", "") => Self::Debug,
            (_, "") => return no_task(),
            ("echo", text) => Self::Echo(Line::new(text)?),
            ("sleep", ms) => Self::Sleep(sleep(ms)?),
            ("hash", text) => Self::Hash(Line::new(text)?),
            ("sum", numbers) => Self::Sum(sum(Line::new(numbers)?.as_str())?),
            _ => return no_task(),
        })
    }
}

fn sleep(ms: &str) -> Result<u32, Refusal> {
    let few = ms.parse().ok().filter(|&ms| ms <= LONGEST_SLEEP_MS);
    few.ok_or_else(|| Refusal::unclear(ms, SLEEP))
}

fn sum(numbers: &str) -> Result<Vec<i64>, Refusal> {
    let number = |text: &str| text.parse().map_err(|_| Refusal::unclear(text, NUMBER));
    numbers.split_whitespace().map(number).collect()
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Print => f.write_str("print"),
            Self::Debug => f.write_str("debug"),
            Self::Echo(text) => write!(f, "echo {text}"),
            Self::Sleep(ms) => write!(f, "sleep {ms}"),
            Self::Hash(text) => write!(f, "hash {text}"),
            Self::Sum(numbers) => {
                f.write_str("sum")?;
                numbers.iter().try_for_each(|number| write!(f, " {number}"))
            }
        }
    }
}

impl TryFrom<String> for Task {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<Task> for String {
    fn from(task: Task) -> Self {
        task.to_string()
    }
}
