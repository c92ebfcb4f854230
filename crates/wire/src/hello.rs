//! The hello: how two processes that have just been connected find out who they are.
//!
//! Anybody can connect to a port: a process of another lab, one whose list of addresses is out
//! of order, one that has lost its memory, a port scanner. The hello tells them apart before
//! the first message passes, and tells *both* sides, in one line, what is wrong.
//!
//! | step | dialler              | listener             | and then                              |
//! |------|----------------------|----------------------|---------------------------------------|
//! | 1    | [`MAGIC`], [`Hello`] |                      | the listener [meets](Meeting) it      |
//! | 2    |                      | [`Hello`]            | the dialler meets the listener        |
//! | 3    | [`Proof`]            |                      | the listener verifies it              |
//! | 4    |                      | [`Proof`]            | the dialler verifies it, and the listener admits the dialler |
//! | 5    |                      | [`Word::Welcome`]    | the dialler admits the listener       |
//! | 6    | [`Word::Welcome`]    |                      | messages pass                         |
//!
//! In the place of each of these, either side may say [`Word::Refused`] and hang up; only whoever
//! does not even begin with the magic may be told so in a line of text. Before the
//! other's proof, that is the word of anybody who happens to sit on that port; after it, one of
//! us has spoken. So the listener, too, proves itself before it judges who may come in.
//!
//! A proof hashes the secret with the prover's role and both hellos, down to the nonces. The
//! nonces are fresh, so no proof can be used twice; the roles differ, so none can be sent back
//! to its maker; the hellos are in it, so nobody can change a word of them on the way. The
//! dialler goes first: who merely knocks on the door gets no proof to take home and guess at.
//!
//! **It does not** protect what follows: messages are neither encrypted nor signed, and who
//! sits between the two can let them say hello and take over. It keeps strangers and mistakes
//! out of a laboratory; for more, run it through a tunnel, such as ssh's.

use std::fmt;

use bytes::BytesMut;
use protocol::ProcessId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    frame,
    secret::{Proof, Secret},
};

/// The first bytes of every dialler. The first is none that a text begins with; the last is the
/// version of all that follows, of which only [`Word::Refused`] is the same in every version.
pub const MAGIC: [u8; 8] = *b"\xffSIGBOX\x01";

/// The limit of a frame during the hello, in bytes: strangers get little memory.
pub const MAX_WORD: usize = 1024;

/// The longest name of a system, in bytes.
pub const MAX_SYSTEM: usize = 64;

/// How long a reason may be, in characters.
const MAX_WHY: usize = 200;

/// What is said in the course of a hello.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Word {
    /// "I will not talk to you." Nothing follows. The other side may have come to the end of its
    /// hello and take this for its first message: that must know a refusal by the same bytes.
    Refused {
        /// What is wrong, and what would be right.
        why: String,
    },
    /// "This is who I am, and who I think you are."
    Hello(Hello),
    /// "I know the secret."
    Proof(Proof),
    /// "So do you, and you may come in."
    Welcome,
}

/// What a process says of itself, and whom it believes to be talking to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hello {
    /// The name of the system: the lab's.
    pub system: String,
    /// Who speaks.
    pub from: Party,
    /// Who is to hear it.
    pub to: Party,
    /// How many processes there are in the system; 0, if they come and go.
    pub size: u32,
    /// Which of the speaker's lives this is.
    pub incarnation: u64,
    /// Whether the speaker holds a secret.
    pub holds_secret: bool,
    /// Never used before.
    pub nonce: Nonce,
}

/// Who somebody is in a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Party {
    /// One of a fixed membership.
    Process(ProcessId),
    /// The one whom all the others dial.
    Server,
    /// One of those who dial the server. They come and go, and have no names.
    Client,
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Process(id) => write!(f, "process {id}"),
            Self::Server => f.write_str("the server"),
            Self::Client => f.write_str("the client"),
        }
    }
}

/// A number used once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nonce([u8; 32]);

impl Nonce {
    /// A nonce that nobody has seen and nobody can foresee.
    ///
    /// # Panics
    /// If the operating system has no randomness to give.
    pub fn fresh() -> Self {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives out randomness");
        Self(bytes)
    }
}

/// Which end of the connection somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Made the connection.
    Dialler,
    /// Took it.
    Listener,
}

/// Two hellos that fit each other.
#[derive(Clone, Debug)]
pub struct Meeting {
    dialler: Hello,
    listener: Hello,
}

impl Meeting {
    /// Holds the two hellos against each other.
    ///
    /// # Errors
    /// When the two can't mean each other: the first thing that is wrong, as either side may
    /// print it.
    pub fn new(dialler: Hello, listener: Hello) -> Result<Self, HelloError> {
        let (from, to) = (dialler.from, listener.from);
        if dialler.system != listener.system {
            let (dialler, listener) = (legible(&dialler.system), legible(&listener.system));
            return Err(HelloError::OtherSystem { from, dialler, to, listener });
        }
        let is_a_pair = matches!(
            (from, to),
            (Party::Process(_), Party::Process(_)) | (Party::Client, Party::Server)
        );
        if !is_a_pair {
            return Err(HelloError::WrongNumber { from, meant: dialler.to, reached: to });
        }
        if dialler.size != listener.size {
            let (dialler, listener) = (dialler.size, listener.size);
            return Err(HelloError::OtherSize { from, dialler, to, listener });
        }
        if let Party::Process(id) = from
            && id.0 >= dialler.size
        {
            return Err(HelloError::NoSuchProcess { from: id, size: dialler.size });
        }
        if dialler.to != to || listener.to != from {
            return Err(HelloError::WrongNumber { from, meant: dialler.to, reached: to });
        }
        if from == to {
            return Err(HelloError::SameProcess { id: from });
        }
        match (dialler.holds_secret, listener.holds_secret) {
            (true, false) => Err(HelloError::OneSidedSecret { with: from, without: to }),
            (false, true) => Err(HelloError::OneSidedSecret { with: to, without: from }),
            _ => Ok(Self { dialler, listener }),
        }
    }

    /// The proof that whoever plays `role` shows to the other.
    pub fn prove(&self, role: Role, secret: Option<&Secret>) -> Proof {
        secret.unwrap_or(&Secret::KNOWN_TO_ALL).prove(&self.statement(role))
    }

    /// Checks the proof that whoever plays `role` has shown.
    ///
    /// # Errors
    /// When it was made with another secret, or for another meeting.
    pub fn verify(
        &self,
        role: Role,
        secret: Option<&Secret>,
        proof: &Proof,
    ) -> Result<(), HelloError> {
        if secret.unwrap_or(&Secret::KNOWN_TO_ALL).confirms(&self.statement(role), proof) {
            return Ok(());
        }
        Err(HelloError::WrongSecret { dialler: self.dialler.from, listener: self.listener.from })
    }

    /// What a proof is about: who makes it, and all that both have said so far. Frames know
    /// their length, so two different pairs of hellos can't run together to the same bytes.
    fn statement(&self, role: Role) -> BytesMut {
        let label: &[u8] = match role {
            Role::Dialler => b"dialler ",
            Role::Listener => b"listener",
        };
        let mut statement = BytesMut::from(label);
        for hello in [&self.dialler, &self.listener] {
            frame::encode(hello, frame::MAX, &mut statement)
                .expect("a hello has come in a frame, or could go in one");
        }
        statement
    }
}

/// Whether a dialler may begin with this byte. With any other, it is text.
pub fn may_be_magic(first: u8) -> bool {
    first == MAGIC[0]
}

/// Holds what a dialler sent first against [`MAGIC`].
///
/// # Errors
/// When it is something else, or the magic of another version.
pub fn check_magic(first: [u8; 8]) -> Result<(), HelloError> {
    let [theirs @ .., their_version] = first;
    let [ours @ .., our_version] = MAGIC;
    if theirs != ours {
        return Err(HelloError::Noise);
    }
    if their_version != our_version {
        return Err(HelloError::OtherVersion { theirs: their_version, ours: our_version });
    }
    Ok(())
}

/// A text from somebody else, fit to be printed: short, and without control characters, which
/// could play tricks on a terminal.
pub fn legible(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_WHY).collect()
}

/// Why two processes don't get along. The text reads the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HelloError {
    /// The first bytes are not the magic.
    #[error("its first bytes are no hello: is this the right port?")]
    Noise,
    /// It is a hello, in words that we don't know.
    #[error("the dialler speaks version {theirs} and the listener {ours}: use the same build")]
    OtherVersion {
        /// The dialler's.
        theirs: u8,
        /// The listener's.
        ours: u8,
    },
    /// They belong to different labs.
    #[error(
        "{from} belongs to `{dialler}` and {to} to `{listener}`: \
         check the addresses, and that both were started alike"
    )]
    OtherSystem {
        /// The dialler.
        from: Party,
        /// Its system.
        dialler: String,
        /// The listener.
        to: Party,
        /// Its system.
        listener: String,
    },
    /// They disagree on the membership.
    #[error(
        "{from} counts {dialler} processes and {to} {listener}: \
         give all of them the same addresses"
    )]
    OtherSize {
        /// The dialler.
        from: Party,
        /// What it counts.
        dialler: u32,
        /// The listener.
        to: Party,
        /// What it counts.
        listener: u32,
    },
    /// The dialler is no member.
    #[error("there is no process {from} in a system of {size}: give it an id below {size}")]
    NoSuchProcess {
        /// Who it says it is.
        from: ProcessId,
        /// How many there are.
        size: u32,
    },
    /// The dialler wanted somebody else.
    #[error(
        "{from} dialled {meant} and reached {reached}: \
         give all of them the same addresses in the same order"
    )]
    WrongNumber {
        /// The dialler.
        from: Party,
        /// Whom it wanted.
        meant: Party,
        /// Whom it got.
        reached: Party,
    },
    /// Both are the same.
    #[error("two processes say that they are {id}: give each its own id")]
    SameProcess {
        /// Who both say they are.
        id: Party,
    },
    /// Only one of them holds a secret.
    #[error(
        "{with} holds a secret and {without} does not: \
         give both the same --secret (or SIGNALBOX_SECRET)"
    )]
    OneSidedSecret {
        /// Who holds one.
        with: Party,
        /// Who holds none.
        without: Party,
    },
    /// They hold different secrets.
    #[error(
        "{dialler} and {listener} hold different secrets: \
         give both the same --secret (or SIGNALBOX_SECRET)"
    )]
    WrongSecret {
        /// The dialler.
        dialler: Party,
        /// The listener.
        listener: Party,
    },
}
