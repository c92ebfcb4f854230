//! Clients that speak text: who they are, and how they are let in.

use std::{cell::Cell, fmt, io, net::SocketAddr, rc::Rc, time::Duration};

use bytes::BytesMut;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use wire::{
    hello::{HelloError, Party, may_be_magic},
    secret::Secret,
    text::{self, Codec, Complaint, Framing, Splitter},
};

use crate::{
    connection::{Connection, drain},
    greeting::{GreetingError, Partner},
    inbox::{Inbox, cut_off},
    listen::Standing,
    node::{Networked, Node},
    packet::Packet,
};

/// The longest line with a secret, in bytes: strangers get little memory.
const MAX_SECRET_LINE: usize = 1024;

/// How a hub talks with clients that speak text.
pub struct Text<M> {
    /// What the text means.
    pub codec: Rc<dyn Codec<Message = M>>,
    /// Where a piece of it ends.
    pub framing: Framing,
    /// The longest piece, in bytes, where that must be shorter than the hub's longest message: if
    /// pieces are passed on, what is put around them needs room.
    pub longest: Option<usize>,
    /// How long a new client may say nothing before it is taken for one that speaks text.
    pub patience: Duration,
    /// How long nothing must follow for a chunk to end.
    pub pause: Duration,
}

impl<M> Text<M> {
    /// Each line is a message.
    pub fn lines(codec: impl Codec<Message = M> + 'static) -> Self {
        Self::new(codec, Framing::Lines)
    }

    /// A raw relay: each line is a message, and so is what comes without a line feed.
    pub fn chunks(codec: impl Codec<Message = M> + 'static) -> Self {
        Self::new(codec, Framing::Chunks)
    }

    fn new(codec: impl Codec<Message = M> + 'static, framing: Framing) -> Self {
        Self {
            codec: Rc::new(codec),
            framing,
            longest: None,
            patience: Duration::from_millis(200),
            pause: Duration::from_millis(20),
        }
    }
}

/// Whether whoever has connected speaks text. The first byte tells; whoever only listens does not
/// send any.
pub(crate) async fn is_spoken(stream: &TcpStream, patience: Duration) -> io::Result<bool> {
    let mut first = [0];
    match timeout(patience, stream.peek(&mut first)).await {
        Ok(Ok(0)) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(Ok(_)) => Ok(!may_be_magic(first[0])),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(true),
    }
}

/// Lets a client in that speaks text, if it knows the secret and there is room.
pub(crate) async fn greet<P: Networked>(
    node: &Node<P>,
    text: &Text<P::Message>,
    mut stream: TcpStream,
    addr: SocketAddr,
    standing: &Cell<Standing>,
) -> Option<Connection> {
    let mut read = BytesMut::new();
    let outcome = match &node.settings.secret {
        Some(secret) => {
            let patience = node.settings.timing.hello;
            match timeout(patience, hear_secret(secret, &mut stream, &mut read)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(GreetingError::NoSecret),
            }
        }
        None => Ok(()),
    };
    let outcome = outcome.and_then(|()| Ok(node.has_room()?));
    match outcome {
        Ok(()) => {
            let limit = node.settings.limits.frame;
            let limit = text.longest.map_or(limit, |longest| longest.min(limit));
            let inbox = Inbox::of_text(read, text.framing, text.pause, limit);
            Some(node.up(Party::Client, 0, stream, addr, inbox))
        }
        Err(error) => {
            standing.set(Standing::Refused);
            node.greeting_failed(Partner::Stranger, addr, &error);
            // A client that does not even take the reason will find out that we are gone.
            let _ = timeout(node.settings.timing.linger, part(stream, &*text.codec, &error)).await;
            None
        }
    }
}

/// Hears the first line, and leaves in `read` what follows it.
async fn hear_secret(
    ours: &Secret,
    stream: &mut TcpStream,
    read: &mut BytesMut,
) -> Result<(), GreetingError> {
    let mut lines = Splitter::new(Framing::Lines, MAX_SECRET_LINE);
    let line = loop {
        match cut_off(read, |stream| lines.split(stream).map(|line| line.map(<[u8]>::to_vec))) {
            Ok(Some(line)) => break line,
            Ok(None) if stream.read_buf(read).await? > 0 => {}
            Ok(None) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Err(_) => return Err(GreetingError::NoSecret),
        }
    };
    let theirs = text::read(&line).ok().and_then(|line| line.strip_prefix("SECRET "));
    let theirs = theirs.ok_or(GreetingError::NoSecret)?;
    match theirs.parse::<Secret>() {
        Ok(theirs) if theirs == *ours => Ok(()),
        _ => {
            Err(HelloError::WrongSecret { dialler: Party::Client, listener: Party::Server }.into())
        }
    }
}

/// Ends the connection, so that the reason arrives if there is somebody to take it.
async fn part<M>(
    mut stream: TcpStream,
    codec: &dyn Codec<Message = M>,
    error: &GreetingError,
) -> io::Result<()> {
    if let GreetingError::Broken(_) = error {
        return Ok(());
    }
    let mut line = String::new();
    // A codec that can't say it says nothing.
    let _ = codec.complain(&Complaint::new("REFUSED", error.to_string()), &mut line);
    stream.write_all(line.as_bytes()).await?;
    stream.shutdown().await?;
    drain(stream).await
}

/// Writes what a packet says to a client that reads text. It needs no sign of life.
pub(crate) fn encode<M>(
    codec: &dyn Codec<Message = M>,
    packet: &Packet<&M>,
    out: &mut BytesMut,
) -> fmt::Result {
    match packet {
        Packet::Message(message) => codec.encode(message, out),
        Packet::Refused { why } => codec.complain(&Complaint::new("REFUSED", why.as_str()), out),
        Packet::Heartbeat | Packet::Farewell { .. } => Ok(()),
    }
}
