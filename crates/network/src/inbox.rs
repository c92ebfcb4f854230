//! The inbox: what has been read of a connection and not been heard.
//!
//! Most connections are silent most of the time, and a server may have ten thousand. So they
//! share the room into which the next read goes: whoever waits for one leaves it to the others, and
//! an inbox that has nothing half-heard holds no memory.

use std::{
    cell::RefCell,
    io, mem,
    pin::pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Buf, BufMut, BytesMut};
use tokio::{io::AsyncReadExt, net::tcp::OwnedReadHalf};
use wire::{
    frame,
    text::{self, Framing},
};

/// How much one read brings at most, in bytes.
pub(crate) const READ: usize = 16 * 1024;

/// What has been read and not been heard, and how it is cut into messages.
pub(crate) struct Inbox {
    pub(crate) bytes: BytesMut,
    pub(crate) splitter: Splitter,
}

/// How a stream is cut into messages.
pub(crate) enum Splitter {
    Frames(frame::Splitter),
    /// `pause`: what arrived before nothing followed for so long is a chunk.
    Text {
        splitter: text::Splitter,
        pause: Duration,
    },
}

impl Inbox {
    pub(crate) fn of_frames(bytes: BytesMut, limit: usize) -> Self {
        Self { bytes, splitter: Splitter::Frames(frame::Splitter::new(limit)) }
    }

    pub(crate) fn of_text(
        bytes: BytesMut,
        framing: Framing,
        pause: Duration,
        limit: usize,
    ) -> Self {
        let splitter = text::Splitter::new(framing, limit);
        Self { bytes, splitter: Splitter::Text { splitter, pause } }
    }

    /// Reads what has arrived: how many bytes, up to [`READ`]. `room` is what all inboxes share.
    pub(crate) fn poll_read(
        &mut self,
        reader: &mut OwnedReadHalf,
        room: &RefCell<BytesMut>,
        context: &mut Context,
    ) -> Poll<io::Result<usize>> {
        if self.bytes.capacity() == 0 {
            self.bytes = room.take();
        }
        self.bytes.reserve(READ);
        let count = pin!(reader.read_buf(&mut (&mut self.bytes).limit(READ))).poll(context);
        if self.bytes.is_empty() {
            room.replace(mem::take(&mut self.bytes));
        }
        count
    }

    pub(crate) fn is_of_text(&self) -> bool {
        matches!(self.splitter, Splitter::Text { .. })
    }

    /// How long to wait before what is there is a message, if it is one then.
    pub(crate) fn pause(&self) -> Option<Duration> {
        match &self.splitter {
            Splitter::Text { splitter, pause } if splitter.has_rest(&self.bytes) => Some(*pause),
            Splitter::Text { .. } | Splitter::Frames(_) => None,
        }
    }
}

/// Has `split` cut something off the front of `bytes`.
pub(crate) fn cut<R>(bytes: &mut BytesMut, split: impl FnOnce(&mut &[u8]) -> R) -> R {
    let mut stream = &bytes[..];
    let result = split(&mut stream);
    match stream.len() {
        0 => bytes.clear(), // Which leaves room for more.
        rest => bytes.advance(bytes.len() - rest),
    }
    result
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, io::Write, net};

    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn an_inbox_that_has_nothing_half_heard_holds_no_memory() -> io::Result<()> {
        let listener = net::TcpListener::bind("127.0.0.1:0")?;
        let (mut reader, _writer) = TcpStream::connect(listener.local_addr()?).await?.into_split();
        let (mut peer, _) = listener.accept()?;
        let room = RefCell::new(BytesMut::new());
        let mut inbox = Inbox::of_text(BytesMut::new(), Framing::Lines, Duration::ZERO, READ);
        for (said, kept) in [("whole\nhalf", "half"), (" a line\n", "")] {
            peer.write_all(said.as_bytes())?;
            poll_fn(|context| inbox.poll_read(&mut reader, &room, context)).await?;
            let Splitter::Text { splitter, .. } = &mut inbox.splitter else { continue };
            while cut(&mut inbox.bytes, |stream| splitter.split(stream).unwrap().is_some()) {}
            assert_eq!(inbox.bytes, kept);
        }
        poll_fn(|context| {
            assert!(inbox.poll_read(&mut reader, &room, context).is_pending());
            Poll::Ready(())
        })
        .await;
        assert_eq!(inbox.bytes.capacity(), 0);
        Ok(())
    }
}
