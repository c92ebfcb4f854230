//! The hello over a socket: from a fresh connection to a link, or to a reason why not.
//!
//! `wire::hello` says what the words mean and when they are wrong; here they are said in turn,
//! before a deadline, with buffers that are small as long as nothing is proved.

use std::{io, net::SocketAddr, time::Duration};

use bytes::BytesMut;
use protocol::ProcessId;
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tracing::debug;
use wire::{
    frame::{self, FrameError, Splitter},
    hello::{self, Hello, HelloError, MAGIC, MAX_WORD, Meeting, Nonce, Role, Word, legible},
    secret::Proof,
};

use crate::{
    config::Config,
    connection::{Connection, drain},
    node::{Networked, Node},
    peer::AdmissionError,
};

/// Which way a connection came about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Door {
    /// We dialled this peer.
    Dialled(ProcessId),
    /// Somebody has dialled us.
    Answered,
}

/// Says hello over a fresh connection. If all goes well, the link is up, and whoever called must
/// run the connection; otherwise both sides have been told why, and it is closed.
pub(crate) async fn greet<P: Networked>(
    node: &Node<P>,
    stream: TcpStream,
    addr: SocketAddr,
    door: Door,
) -> Option<Connection> {
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%addr, %error, "small messages will be held back by the system");
    }
    let patience = node.config.timing.hello;
    let mut talk = Talk::new(stream, &node.config);
    let hello = async {
        match door {
            Door::Dialled(peer) => talk.dial(peer, |hello| node.may_enter(hello)).await,
            Door::Answered => talk.answer(|hello| node.may_enter(hello)).await,
        }
    };
    let outcome = match timeout(patience, hello).await {
        Ok(outcome) => outcome,
        Err(_) => Err(GreetingError::Silent { patience }),
    };
    // Asked again: somebody else may have come in while the last word was under way.
    let outcome = outcome.and_then(|hello| {
        node.may_enter(&hello)?;
        Ok(hello)
    });
    match outcome {
        Ok(hello) => Some(node.up(&hello, talk.stream, talk.inbox)),
        Err(error) => {
            let peer = match door {
                Door::Dialled(peer) => Some(peer),
                Door::Answered => talk.proven,
            };
            node.greeting_failed(peer, addr, &error);
            // A peer that does not even take the reason will find out that we are gone.
            let _ = timeout(node.config.timing.linger, talk.part(&error)).await;
            None
        }
    }
}

/// Why a connection became no link.
#[derive(Debug, Error)]
pub(crate) enum GreetingError {
    /// The two don't belong together.
    #[error(transparent)]
    Hello(#[from] HelloError),
    /// They do, but not now.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// We dial this peer, so it may not dial us.
    #[error(
        "process {from} dialled process {to}, though the higher dials the lower: \
         run the same build everywhere"
    )]
    WrongWay {
        /// Who dialled us.
        from: ProcessId,
        /// Our id.
        to: ProcessId,
    },
    /// It was no word.
    #[error("instead of a hello, it sent {0}")]
    Frame(#[from] FrameError),
    /// It was a word, but not the next one.
    #[error("its words are out of order: run the same build everywhere")]
    OutOfOrder,
    /// It took too long.
    #[error("no hello within {patience:?}: is this the right port?")]
    Silent {
        /// How long it could have taken.
        patience: Duration,
    },
    /// The other side turned us away.
    #[error("{0}")]
    RefusedBy(String),
    /// The connection broke.
    #[error("the connection broke during the hello: {0}")]
    Broken(#[from] io::Error),
}

/// A connection on which nothing is proved yet.
struct Talk<'a> {
    config: &'a Config,
    stream: TcpStream,
    /// What has been read and not been heard.
    inbox: BytesMut,
    splitter: Splitter,
    /// Who has dialled us, once that is proved.
    proven: Option<ProcessId>,
}

impl<'a> Talk<'a> {
    fn new(stream: TcpStream, config: &'a Config) -> Self {
        let inbox = BytesMut::with_capacity(MAX_WORD);
        Self { config, stream, inbox, splitter: Splitter::new(MAX_WORD), proven: None }
    }

    /// The dialler's part. `admit` says whether the peer, once it has proved who it is, may
    /// come in.
    async fn dial(
        &mut self,
        peer: ProcessId,
        admit: impl Fn(&Hello) -> Result<(), AdmissionError>,
    ) -> Result<Hello, GreetingError> {
        let secret = self.config.secret.as_ref();
        let ours = self.hello_to(peer);
        self.stream.write_all(&MAGIC).await?;
        self.say(&Word::Hello(ours.clone())).await?;

        let theirs = self.hear_hello().await?;
        let meeting = Meeting::new(ours, theirs.clone())?;
        self.say(&Word::Proof(meeting.prove(Role::Dialler, secret))).await?;

        let proof = self.hear_proof().await?;
        meeting.verify(Role::Listener, secret, &proof)?;
        admit(&theirs)?;
        self.say(&Word::Welcome).await?;
        Ok(theirs)
    }

    /// The listener's part, the same from the other side.
    async fn answer(
        &mut self,
        admit: impl Fn(&Hello) -> Result<(), AdmissionError>,
    ) -> Result<Hello, GreetingError> {
        let secret = self.config.secret.as_ref();
        self.hear_magic().await?;
        let theirs = self.hear_hello().await?;
        let ours = self.hello_to(theirs.from);
        let meeting = Meeting::new(theirs.clone(), ours.clone())?;
        if theirs.from < self.config.me {
            return Err(GreetingError::WrongWay { from: theirs.from, to: self.config.me });
        }
        self.say(&Word::Hello(ours)).await?;

        let proof = self.hear_proof().await?;
        meeting.verify(Role::Dialler, secret, &proof)?;
        self.proven = Some(theirs.from);
        admit(&theirs)?;
        self.say(&Word::Proof(meeting.prove(Role::Listener, secret))).await?;

        match self.hear().await? {
            Word::Welcome => Ok(theirs),
            _ => Err(GreetingError::OutOfOrder),
        }
    }

    fn hello_to(&self, to: ProcessId) -> Hello {
        Hello {
            system: self.config.system.clone(),
            from: self.config.me,
            to,
            size: self.config.size(),
            incarnation: self.config.incarnation,
            holds_secret: self.config.secret.is_some(),
            nonce: Nonce::fresh(),
        }
    }

    async fn say(&mut self, word: &Word) -> Result<(), GreetingError> {
        let mut bytes = BytesMut::new();
        frame::encode(word, MAX_WORD, &mut bytes)?;
        Ok(self.stream.write_all(&bytes).await?)
    }

    async fn hear_magic(&mut self) -> Result<(), GreetingError> {
        while self.inbox.len() < MAGIC.len() {
            self.read().await?;
        }
        let mut first = [0; MAGIC.len()];
        first.copy_from_slice(&self.inbox.split_to(MAGIC.len()));
        Ok(hello::check_magic(first)?)
    }

    async fn hear_hello(&mut self) -> Result<Hello, GreetingError> {
        match self.hear().await? {
            Word::Hello(hello) => Ok(hello),
            _ => Err(GreetingError::OutOfOrder),
        }
    }

    async fn hear_proof(&mut self) -> Result<Proof, GreetingError> {
        match self.hear().await? {
            Word::Proof(proof) => Ok(proof),
            _ => Err(GreetingError::OutOfOrder),
        }
    }

    async fn hear(&mut self) -> Result<Word, GreetingError> {
        loop {
            if let Some(frame) = self.splitter.split(&mut self.inbox)? {
                return match frame::decode(&frame)? {
                    Word::Refused { why } => Err(GreetingError::RefusedBy(legible(&why))),
                    word => Ok(word),
                };
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Result<(), GreetingError> {
        match self.stream.read_buf(&mut self.inbox).await? {
            0 => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            _ => Ok(()),
        }
    }

    /// Ends the connection, so that the reason arrives if there is somebody to take it.
    async fn part(mut self, error: &GreetingError) -> Result<(), GreetingError> {
        if matches!(error, GreetingError::RefusedBy(_) | GreetingError::Broken(_)) {
            return Ok(());
        }
        self.say(&Word::Refused { why: legible(&error.to_string()) }).await?;
        self.stream.shutdown().await?;
        Ok(drain(self.stream).await?)
    }
}
