//! The hello's words, over a socket.
//!
//! `wire::hello` says what they mean and when they are wrong; here they are said in turn, with
//! buffers that are small as long as nothing is proved.

use std::io;

use bytes::BytesMut;
use protocol::ProcessId;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use wire::{
    frame::{self, Splitter},
    hello::{
        self, Hello, HelloError, MAGIC, MAX_WORD, Meeting, Nonce, Party, Role, Word, legible,
        may_be_magic,
    },
    secret::Proof,
};

use crate::{
    config::{Part, Settings},
    connection::drain,
    greeting::{Door, GreetingError, Partner},
    listen::Standing,
    peer::AdmissionError,
};

/// A connection on which the hello is said.
pub(crate) struct Talk<'a> {
    settings: &'a Settings,
    door: Door<'a>,
    pub(crate) partner: Partner,
    pub(crate) stream: TcpStream,
    /// What has been read and not been heard.
    pub(crate) inbox: BytesMut,
    splitter: Splitter,
}

impl<'a> Talk<'a> {
    pub(crate) fn new(stream: TcpStream, door: Door<'a>, settings: &'a Settings) -> Self {
        let partner = match door {
            Door::Dialled(peer) => Partner::Seat(peer),
            Door::Answered(_) => Partner::Stranger,
        };
        let inbox = BytesMut::with_capacity(MAX_WORD);
        Self { settings, door, partner, stream, inbox, splitter: Splitter::new(MAX_WORD) }
    }

    /// The dialler's part, as `wire::hello` has it. `admit` says whether the peer, once it has
    /// proved who it is, may come in.
    pub(crate) async fn dial(
        &mut self,
        peer: ProcessId,
        admit: impl Fn(&Hello) -> Result<(), AdmissionError>,
    ) -> Result<Hello, GreetingError> {
        let secret = self.settings.secret.as_ref();
        let ours = self.hello_to(match self.settings.part {
            Part::Client { .. } => Party::Server,
            Part::Member { .. } | Part::Hub { .. } => Party::Process(peer),
        });
        self.stream.write_all(&MAGIC).await?;
        self.say(&Word::Hello(ours.clone())).await?;

        let theirs = self.hear_hello().await?;
        let meeting = Meeting::new(ours, theirs.clone())?;
        self.say(&Word::Proof(meeting.prove(Role::Dialler, secret))).await?;

        let proof = self.hear_proof().await?;
        meeting.verify(Role::Listener, secret, &proof)?;
        self.partner = Partner::Peer(peer);
        self.hear_welcome().await?;
        admit(&theirs)?;
        self.say(&Word::Welcome).await?;
        Ok(theirs)
    }

    /// The listener's part, the same from the other side. It shows its proof before it judges:
    /// the dialler shall know that a refusal comes from one of us.
    pub(crate) async fn answer(
        &mut self,
        admit: impl Fn(&Hello) -> Result<(), AdmissionError>,
    ) -> Result<Hello, GreetingError> {
        let secret = self.settings.secret.as_ref();
        self.hear_magic().await?;
        let theirs = self.hear_hello().await?;
        let ours = self.hello_to(theirs.from);
        let meeting = Meeting::new(theirs.clone(), ours.clone())?;
        if let (Party::Process(from), to) = (theirs.from, self.settings.me())
            && from < to
        {
            return Err(GreetingError::WrongWay { from, to });
        }
        self.say(&Word::Hello(ours)).await?;

        let proof = self.hear_proof().await?;
        meeting.verify(Role::Dialler, secret, &proof)?;
        self.has_proved_to_be(theirs.from);
        self.say(&Word::Proof(meeting.prove(Role::Listener, secret))).await?;
        admit(&theirs)?;
        self.say(&Word::Welcome).await?;

        self.hear_welcome().await?;
        Ok(theirs)
    }

    /// Clients have no names: they stay strangers.
    fn has_proved_to_be(&mut self, party: Party) {
        if let Party::Process(peer) = party {
            self.partner = Partner::Peer(peer);
        }
        if let Door::Answered(standing) = self.door {
            standing.set(Standing::Proven);
        }
    }

    fn hello_to(&self, to: Party) -> Hello {
        Hello {
            system: self.settings.system.clone(),
            from: self.settings.party(),
            to,
            size: self.settings.size(),
            incarnation: self.settings.incarnation,
            holds_secret: self.settings.secret.is_some(),
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
            let is_text = !may_be_magic(self.inbox[0]);
            if is_text {
                return Err(HelloError::Noise.into()); // However little of it there is.
            }
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

    async fn hear_welcome(&mut self) -> Result<(), GreetingError> {
        match self.hear().await? {
            Word::Welcome => Ok(()),
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
    ///
    /// A peer that was merely too slow with its last word is not told: it may try again, while
    /// a refusal by one who has proved who he is stands.
    pub(crate) async fn part(mut self, error: &GreetingError) -> Result<(), GreetingError> {
        match (error, self.partner) {
            (GreetingError::RefusedBy(_) | GreetingError::Broken(_), _)
            | (GreetingError::Silent { .. }, Partner::Peer(_)) => return Ok(()),
            _ => {}
        }
        match error {
            // Whoever does not speak our words may be somebody who reads.
            GreetingError::Hello(HelloError::Noise) => {
                let system = &self.settings.system;
                let line =
                    format!("no text is spoken here, in {system}: is this the right port?\n");
                self.stream.write_all(line.as_bytes()).await?;
            }
            _ => self.say(&Word::Refused { why: legible(&error.to_string()) }).await?,
        }
        self.stream.shutdown().await?;
        Ok(drain(self.stream).await?)
    }
}
