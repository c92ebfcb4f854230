//! The inbox: what has been read of a connection and not been heard.
//!
//! Most connections are silent most of the time, and a server may have ten thousand. So they
//! share the room into which the next read goes: whoever finds nothing to read leaves it to the
//! others, and holds no more memory than what it has half-heard takes.

use std::{
    cell::Cell,
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
        room: &Cell<BytesMut>,
        context: &mut Context,
    ) -> Poll<io::Result<usize>> {
        if self.bytes.capacity() == 0 {
            self.bytes = room.take();
        }
        self.bytes.reserve(READ);
        let count = pin!(reader.read_buf(&mut (&mut self.bytes).limit(READ))).poll(context);
        let is_short = self.bytes.len() < READ; // Or it would be copied at each read of its sender.
        if count.is_pending() && is_short {
            let half_heard = BytesMut::from(&self.bytes[..]);
            self.bytes.clear();
            room.set(mem::replace(&mut self.bytes, half_heard));
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
pub(crate) fn cut_off<R>(bytes: &mut BytesMut, split: impl FnOnce(&mut &[u8]) -> R) -> R {
    let mut stream = &bytes[..];
    let result = split(&mut stream);
    match stream.len() {
        0 => bytes.clear(), // And all of their room is free again.
        rest => bytes.advance(bytes.len() - rest),
    }
    result
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, io::Write, iter, net};

    use tokio::net::TcpStream;

    use super::*;

    /// Somebody who is read, and somebody who writes to him.
    async fn pair() -> io::Result<(OwnedReadHalf, net::TcpStream)> {
        let listener = net::TcpListener::bind("127.0.0.1:0")?;
        let (reader, _) = TcpStream::connect(listener.local_addr()?).await?.into_split();
        Ok((reader, listener.accept()?.0))
    }

    fn inbox() -> Inbox {
        Inbox::of_text(BytesMut::new(), Framing::Lines, Duration::ZERO, READ)
    }

    /// All whole lines that are there.
    fn lines(inbox: &mut Inbox) -> Vec<String> {
        let Splitter::Text { splitter, .. } = &mut inbox.splitter else { panic!("it is of text") };
        let line = || {
            cut_off(&mut inbox.bytes, |stream| {
                let line = splitter.split(stream).expect("it is short");
                line.map(|line| String::from_utf8_lossy(line).into_owned())
            })
        };
        iter::from_fn(line).collect()
    }

    async fn finds_nothing(inbox: &mut Inbox, reader: &mut OwnedReadHalf, room: &Cell<BytesMut>) {
        poll_fn(|context| {
            assert!(inbox.poll_read(reader, room, context).is_pending());
            Poll::Ready(())
        })
        .await;
    }

    #[tokio::test]
    async fn an_inbox_holds_what_is_half_heard_and_no_other_memory() -> io::Result<()> {
        let (mut reader, mut peer) = pair().await?;
        let (room, mut inbox) = (Cell::new(BytesMut::new()), inbox());
        for (said, heard, half_heard) in
            [("whole\nhalf", "whole", "half"), (" a line\n", "half a line", ""), ("x\n", "x", "")]
        {
            peer.write_all(said.as_bytes())?;
            poll_fn(|context| inbox.poll_read(&mut reader, &room, context)).await?;
            assert_eq!(lines(&mut inbox), [heard]);
            finds_nothing(&mut inbox, &mut reader, &room).await;
            assert_eq!(inbox.bytes, half_heard);
            assert_eq!(inbox.bytes.capacity(), half_heard.len());
        }
        assert!(room.take().capacity() >= READ, "the room was not left");
        Ok(())
    }

    #[tokio::test]
    async fn who_shares_a_room_reads_nobody_elses_words() -> io::Result<()> {
        let room = Cell::new(BytesMut::new());
        let ((mut one, mut to_one), (mut two, mut to_two)) = (pair().await?, pair().await?);
        let mut inboxes = [inbox(), inbox()];
        let [first, second] = &mut inboxes;
        to_one.write_all(b"one says")?;
        poll_fn(|context| first.poll_read(&mut one, &room, context)).await?;
        to_two.write_all(b"two\n")?;
        poll_fn(|context| second.poll_read(&mut two, &room, context)).await?;
        assert_eq!(lines(second), ["two"]);
        finds_nothing(second, &mut two, &room).await;
        finds_nothing(first, &mut one, &room).await;
        to_two.write_all(b"three\n")?;
        poll_fn(|context| second.poll_read(&mut two, &room, context)).await?;
        assert_eq!(lines(second), ["three"]);
        to_one.write_all(b" this\n")?;
        poll_fn(|context| first.poll_read(&mut one, &room, context)).await?;
        assert_eq!(lines(first), ["one says this"]);
        Ok(())
    }

    #[tokio::test]
    async fn a_read_brings_no_more_than_its_share_however_large_the_room() -> io::Result<()> {
        let (mut reader, mut peer) = pair().await?;
        let (room, mut inbox) = (Cell::new(BytesMut::with_capacity(8 * READ)), inbox());
        peer.write_all(&[b'x'; 2 * READ])?;
        poll_fn(|context| inbox.poll_read(&mut reader, &room, context)).await?;
        assert!(inbox.bytes.len() <= READ);
        Ok(())
    }
}
