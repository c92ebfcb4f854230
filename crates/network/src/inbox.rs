//! The inbox: what has been read of a connection and not been heard.
//!
//! Most connections are silent most of the time, and a server may have ten thousand. So they
//! share the room into which the next read goes: one that has nothing half-heard holds no memory.

use std::{
    cell::RefCell,
    io,
    pin::pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::BytesMut;
use tokio::{io::AsyncReadExt, net::tcp::OwnedReadHalf};
use wire::{
    frame,
    text::{self, Framing},
};

/// How much room there is for what one read brings, in bytes.
const READ: usize = 16 * 1024;

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

    /// Reads what has arrived: how many bytes. `room` is what all inboxes share.
    pub(crate) fn poll_read(
        &mut self,
        reader: &mut OwnedReadHalf,
        room: &RefCell<BytesMut>,
        context: &mut Context,
    ) -> Poll<io::Result<usize>> {
        if !self.bytes.is_empty() {
            self.bytes.reserve(READ);
            return pin!(reader.read_buf(&mut self.bytes)).poll(context);
        }
        self.bytes = BytesMut::new(); // Which gives back the part of the room that it held.
        let mut room = room.borrow_mut();
        room.reserve(READ);
        let count = ready!(pin!(reader.read_buf(&mut *room)).poll(context))?;
        self.bytes = room.split();
        Poll::Ready(Ok(count))
    }

    /// How long to wait before what is there is a message, if it is one then.
    pub(crate) fn pause(&self) -> Option<Duration> {
        match &self.splitter {
            Splitter::Text { splitter, pause } if splitter.has_rest(&self.bytes) => Some(*pause),
            Splitter::Text { .. } | Splitter::Frames(_) => None,
        }
    }
}
