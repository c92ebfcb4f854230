//! The hello's course: from a fresh connection to a link, or to a reason why not.

use std::{cell::Cell, io, mem::discriminant, net::SocketAddr, time::Duration};

use protocol::ProcessId;
use thiserror::Error;
use tokio::{net::TcpStream, time::timeout};
use tracing::debug;
use wire::{frame::FrameError, hello::HelloError};

use crate::{
    connection::Connection,
    inbox::Inbox,
    listen::Standing,
    news::Kind,
    node::{Networked, Node},
    peer::AdmissionError,
    plain,
    talk::Talk,
};

/// Which way a connection came about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Door<'a> {
    /// We dialled this peer.
    Dialled(ProcessId),
    /// Somebody has dialled us. How far he has come is to be seen from outside.
    Answered(&'a Cell<Standing>),
}

/// Who is at the other end, as far as we know.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Partner {
    /// Somebody who has dialled us.
    Stranger,
    /// Whoever sits where this peer should: we dialled it.
    Seat(ProcessId),
    /// This peer: it has proved who it is.
    Peer(ProcessId),
}

/// Says hello over a fresh connection, or hears whoever speaks text. If all goes well, the link is
/// up, and whoever called must run the connection; otherwise both sides have been told why, and
/// it is closed.
///
/// What is said here takes more memory than whatever follows, and is soon over. So it is boxed:
/// the task keeps no room for it.
pub(crate) async fn greet<P: Networked>(
    node: &Node<P>,
    stream: TcpStream,
    addr: SocketAddr,
    door: Door<'_>,
) -> Option<Connection> {
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%addr, %error, "small messages will be held back by the system");
    }
    if let Door::Answered(standing) = door
        && let Some(text) = node.text()
    {
        match plain::is_spoken(&stream, text.patience).await {
            Ok(true) => {
                return Box::pin(plain::greet(node, &text, stream, addr, standing)).await;
            }
            Ok(false) => {}
            Err(error) => {
                node.greeting_failed(Partner::Stranger, addr, &error.into());
                return None;
            }
        }
    }
    Box::pin(say_hello(node, stream, addr, door)).await
}

async fn say_hello<P: Networked>(
    node: &Node<P>,
    stream: TcpStream,
    addr: SocketAddr,
    door: Door<'_>,
) -> Option<Connection> {
    let patience = node.settings.timing.hello;
    let mut talk = Talk::new(stream, door, &node.settings);
    let hello = async {
        match door {
            Door::Dialled(peer) => talk.dial(peer, |hello| node.may_enter(hello)).await,
            Door::Answered(_) => talk.answer(|hello| node.may_enter(hello)).await,
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
        Ok(hello) => {
            let inbox = Inbox::of_frames(talk.inbox, node.settings.limits.frame);
            Some(node.up(hello.from, hello.incarnation, talk.stream, addr, inbox))
        }
        Err(error) => {
            if let Door::Answered(standing) = door {
                standing.set(Standing::Refused);
            }
            node.greeting_failed(talk.partner, addr, &error);
            // A peer that does not even take the reason will find out that we are gone.
            let _ = timeout(node.settings.timing.linger, talk.part(&error)).await;
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
    /// It speaks text and did not begin with the secret.
    #[error("this server has a secret: let the first line be `SECRET <secret>`")]
    NoSecret,
    /// It took too long.
    #[error("no hello within {patience:?}: is this the right port?")]
    Silent {
        /// How long it could have taken.
        patience: Duration,
    },
    /// Others wanted to say hello too.
    #[error("too many connections have not said hello yet")]
    Crowded,
    /// The other side turned us away.
    #[error("{0}")]
    RefusedBy(String),
    /// The connection broke.
    #[error("the connection broke during the hello: {0}")]
    Broken(#[from] io::Error),
}

impl GreetingError {
    /// Which error it is, whatever the other side has put into it.
    pub(crate) fn kind(&self) -> Kind {
        let hello = if let Self::Hello(error) = self { Some(discriminant(error)) } else { None };
        (discriminant(self), hello)
    }
}
