//! A stranger who speaks the wire by hand.

use std::net::{SocketAddr, TcpListener};

use bytes::BytesMut;
use protocol::ProcessId;
use serde::Serialize;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use wire::{
    frame::{self, Splitter},
    hello::{Hello, MAGIC, Meeting, Nonce, Party, Role, Word},
};

use crate::support::{ONE, ZERO};

/// Somebody who speaks the wire by hand, well or badly.
pub(crate) struct Stranger {
    pub(crate) stream: TcpStream,
    inbox: BytesMut,
    splitter: Splitter,
}

impl Stranger {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, inbox: BytesMut::new(), splitter: Splitter::new(frame::MAX) }
    }

    /// Takes the first connection that somebody makes to `seat`.
    pub(crate) async fn accept(seat: TcpListener) -> Self {
        seat.set_nonblocking(true).unwrap();
        let seat = tokio::net::TcpListener::from_std(seat).unwrap();
        let (stream, _) = seat.accept().await.unwrap();
        Self { stream, inbox: BytesMut::new(), splitter: Splitter::new(frame::MAX) }
    }

    /// The hello of whoever has dialled us.
    pub(crate) async fn receive_hello(&mut self) -> Hello {
        let mut magic = [0; MAGIC.len()];
        self.stream.read_exact(&mut magic).await.unwrap();
        assert_eq!(magic, MAGIC);
        let Some(Word::Hello(hello)) = self.receive().await else { panic!("no hello") };
        hello
    }

    /// Dials a hub and says hello, without a fault.
    pub(crate) async fn as_client(addr: SocketAddr) -> Self {
        let mut stranger = Self::connect(addr).await;
        let ours = Hello { from: Party::Client, to: Party::Server, size: 0, ..hello(ONE, ZERO) };
        stranger.send_bytes(&MAGIC).await;
        stranger.send(&Word::Hello(ours.clone())).await;
        let Some(Word::Hello(theirs)) = stranger.receive().await else { panic!("no hello") };
        let meeting = Meeting::new(ours, theirs).unwrap();
        stranger.prove(&meeting).await;
        assert!(stranger.is_welcome(&meeting).await, "the end instead of a proof");
        stranger.send(&Word::Welcome).await;
        stranger
    }

    /// Dials process 0 of a system of two and says hello as process 1, without a fault.
    pub(crate) async fn as_one(addr: SocketAddr) -> Self {
        let mut stranger = Self::connect(addr).await;
        stranger.say_hello_as_one().await;
        stranger
    }

    pub(crate) async fn say_hello_as_one(&mut self) {
        let meeting = self.meet_as_one().await;
        self.prove(&meeting).await;
        assert!(self.is_welcome(&meeting).await, "the end instead of a proof");
        self.send(&Word::Welcome).await;
    }

    /// Says hello as process 1, up to the hello of process 0.
    pub(crate) async fn meet_as_one(&mut self) -> Meeting {
        let ours = hello(ONE, ZERO);
        self.send_bytes(&MAGIC).await;
        self.send(&Word::Hello(ours.clone())).await;
        let Some(Word::Hello(theirs)) = self.receive().await else { panic!("no hello") };
        Meeting::new(ours, theirs).unwrap()
    }

    pub(crate) async fn prove(&mut self, meeting: &Meeting) {
        self.send(&Word::Proof(meeting.prove(Role::Dialler, None))).await;
    }

    /// Hears the listener's proof and its welcome, or the end of the connection.
    pub(crate) async fn is_welcome(&mut self, meeting: &Meeting) -> bool {
        let proof = match self.receive().await {
            Some(Word::Proof(proof)) => proof,
            None => return false,
            Some(word) => panic!("{word:?} instead of a proof"),
        };
        meeting.verify(Role::Listener, None, &proof).unwrap();
        assert!(matches!(self.receive().await, Some(Word::Welcome)), "a proof and no welcome");
        true
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    pub(crate) async fn send<T: Serialize>(&mut self, message: &T) {
        let mut bytes = BytesMut::new();
        frame::encode(message, frame::MAX, &mut bytes).unwrap();
        self.send_bytes(&bytes).await;
    }

    /// The next thing that is said; `None` at the end.
    pub(crate) async fn receive<T: serde::de::DeserializeOwned>(&mut self) -> Option<T> {
        loop {
            if let Some(frame) = self.splitter.split(&mut self.inbox).unwrap() {
                return Some(frame::decode(&frame).unwrap());
            }
            if self.stream.read_buf(&mut self.inbox).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// All that is said, up to the end, as far as it is text.
    pub(crate) async fn hears_the_rest(&mut self) -> String {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).await.unwrap();
        String::from_utf8_lossy(&rest).into_owned()
    }

    /// Waits for the refusal and the end that follows it.
    pub(crate) async fn refusal(&mut self) -> String {
        let Some(Word::Refused { why }) = self.receive().await else { panic!("not refused") };
        assert!(self.receive::<Word>().await.is_none(), "something follows a refusal");
        why
    }
}

/// A faultless hello in a system of two.
pub(crate) fn hello(from: ProcessId, to: ProcessId) -> Hello {
    Hello {
        system: "test".into(),
        from: Party::Process(from),
        to: Party::Process(to),
        size: 2,
        incarnation: 1,
        holds_secret: false,
        nonce: Nonce::fresh(),
    }
}
