//! Why something is refused: a code for programs, and a text that says what would be right.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{LONGEST_NAME, Name};

/// A request that is not met: on the wire, `ERROR <code> <text>`.
///
/// ```
/// use semaphore::{Name, Refusal};
///
/// let refusal = Refusal::deadlock(&["a", "b", "a"].map(|name| Name::new(name).unwrap()));
/// assert_eq!(refusal.to_string(), "ERROR DEADLOCK a -> b -> a");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Refusal {
    /// For programs.
    pub code: Code,
    /// For people: a line.
    pub text: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What kind of [`Refusal`] it is. As text, it is the word on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word on the wire.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

codes! {
    /// The line does not begin with a verb that is known.
    UnknownVerb = "UNKNOWN_VERB",
    /// The verb is known, but not what follows it.
    Usage = "USAGE",
    /// Not a [`Name`].
    BadName = "BAD_NAME",
    /// Only who has a name can ask for that.
    HelloFirst = "HELLO_FIRST",
    /// Another client has this name.
    NameTaken = "NAME_TAKEN",
    /// Who has a name keeps it.
    Named = "NAMED",
    /// The client holds it already.
    Held = "HELD",
    /// The client waits for it already.
    Waiting = "WAITING",
    /// Only its holder can release it.
    NotHeld = "NOT_HELD",
    /// No permit is free, and `TRY` does not wait.
    Busy = "BUSY",
    /// To wait would be to wait for oneself.
    Deadlock = "DEADLOCK",
    /// The server keeps no more semaphores.
    TooManySemaphores = "TOO_MANY_SEMAPHORES",
    /// The queue is full.
    TooManyWaiters = "TOO_MANY_WAITERS",
    /// The server has granted more often than it can number. Comes also to who waits, whose waiting
    /// it ends.
    NoTokens = "NO_TOKENS",
    /// The client said nothing for too long.
    Expired = "EXPIRED",
}

impl Code {
    /// Whether it is the answer to a request other than `HELLO`.
    pub fn is_an_answer(self) -> bool {
        !matches!(self, Self::NameTaken | Self::Named | Self::Expired)
    }
}

/// The catalogue: every way to be refused.
impl Refusal {
    fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// The line does not begin with a verb; `verbs` do.
    pub fn unknown_verb(word: &str, verbs: &str) -> Self {
        Self::new(Code::UnknownVerb, format!("{}: say {verbs}", shown(word)))
    }

    /// What follows the verb is not what should.
    pub fn usage(what: &str, right: &str) -> Self {
        Self::new(Code::Usage, format!("{}: say {right}", shown(what)))
    }

    /// This is no name.
    pub fn bad_name(text: &str) -> Self {
        let right = format!("a name is one word of 1 to {LONGEST_NAME} bytes");
        Self::new(Code::BadName, format!("{}: {right}", shown(text)))
    }

    /// Who has no name can't ask for that.
    pub fn hello_first() -> Self {
        Self::new(Code::HelloFirst, "you have no name: say HELLO <name>")
    }

    /// Two clients can't have one name.
    pub fn name_taken(name: &Name) -> Self {
        Self::new(Code::NameTaken, format!("{name} is somebody else: choose another name"))
    }

    /// A name is for as long as the connection lasts.
    pub fn named(name: &Name) -> Self {
        Self::new(Code::Named, format!("you are {name}: connect again for another name"))
    }

    /// It need not ask.
    pub fn held(semaphore: &Name) -> Self {
        Self::new(Code::Held, format!("you hold {semaphore}: release it first"))
    }

    /// It has asked.
    pub fn waiting(semaphore: &Name) -> Self {
        Self::new(Code::Waiting, format!("you wait for {semaphore}: you will be told"))
    }

    /// It is not its to release.
    pub fn not_held(semaphore: &Name) -> Self {
        Self::new(Code::NotHeld, format!("you don't hold {semaphore}: acquire it first"))
    }

    /// `TRY` has failed.
    pub fn busy(semaphore: &Name) -> Self {
        Self::new(Code::Busy, format!("{semaphore} is not free: try later, or ACQUIRE it"))
    }

    /// Each of these would wait for the next one.
    pub fn deadlock(cycle: &[Name]) -> Self {
        let names: Vec<&str> = cycle.iter().map(Name::as_str).collect();
        Self::new(Code::Deadlock, names.join(" -> "))
    }

    /// There is no room for another semaphore.
    pub fn too_many_semaphores(most: usize) -> Self {
        let text = format!("{most} semaphores are in use, and no more can be: try later");
        Self::new(Code::TooManySemaphores, text)
    }

    /// There is no room in the queue.
    pub fn too_many_waiters(semaphore: &Name, most: usize) -> Self {
        let text = format!("{most} clients wait for {semaphore}, and no more can: try later");
        Self::new(Code::TooManyWaiters, text)
    }

    /// Numbers have run out.
    pub fn no_tokens(semaphore: &Name) -> Self {
        let text = format!("{semaphore} has no tokens left: the server must be started again");
        Self::new(Code::NoTokens, text)
    }

    /// For which semaphore no tokens are left, if that is what it says.
    pub fn out_of_tokens(&self) -> Option<Name> {
        let name = self.text.split(' ').next().filter(|_| self.code == Code::NoTokens)?;
        Name::new(name).ok()
    }

    /// It is taken for dead.
    pub fn expired(silent_ms: u64) -> Self {
        let what = format!("you were silent for {silent_ms} ms, and hold nothing");
        Self::new(Code::Expired, format!("{what}: connect again, and PING more often"))
    }
}

/// A stranger's text, fit to be shown to him: in one line, and not for long.
fn shown(text: &str) -> String {
    const LONG: usize = 32;
    let start: String = text.chars().take(LONG).collect();
    let dots = if start.len() < text.len() { "..." } else { "" };
    format!("`{}{dots}`", start.escape_debug())
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "ERROR {} {}", self.code, self.text)
    }
}

impl core::error::Error for Refusal {}

impl From<Refusal> for String {
    fn from(refusal: Refusal) -> Self {
        refusal.to_string()
    }
}
