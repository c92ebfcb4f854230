//! A connection of a link that is up, and its two ends: the node writes to it, a task reads it.

use std::{
    convert::Infallible,
    future::{self, poll_fn},
    io,
    rc::Rc,
};

use bytes::{Buf, BytesMut};
use protocol::ProcessId;
use tokio::{
    io::{AsyncRead, AsyncReadExt, copy, sink},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    select,
    sync::{Notify, oneshot},
    task::yield_now,
    time::timeout,
};

use crate::{
    inbox::{Inbox, READ, Splitter},
    node::{Networked, Node},
};

/// How much of what a peer still sends is taken from it while we hang up, in bytes.
const REST: u64 = 1 << 20;

/// The node's end. To drop it is to cut the connection.
pub(crate) struct Link {
    /// Which of the peer's links this is. A task that outlives its link can tell.
    number: u64,
    /// Whether the peer reads text, and no frames.
    pub(crate) speaks_text: bool,
    /// What has not been written yet.
    pub(crate) out: BytesMut,
    socket: Rc<OwnedWriteHalf>,
    /// Tells the task that something in `out` is for it to write.
    leftover: Rc<Notify>,
    /// Has the task say the last bytes and hang up.
    ending: oneshot::Sender<BytesMut>,
    /// How many of our pulses have passed since the peer said anything.
    pub(crate) silent_pulses: u32,
    /// Whether we have said anything since the last pulse.
    pub(crate) spoke: bool,
    /// Whether others have waited in vain for the peer to take what waits here.
    pub(crate) is_stuck: bool,
}

/// The task's end.
pub(crate) struct Connection {
    from: ProcessId,
    number: u64,
    reader: OwnedReadHalf,
    inbox: Inbox,
    socket: Rc<OwnedWriteHalf>,
    leftover: Rc<Notify>,
    ended: oneshot::Receiver<BytesMut>,
}

/// Makes the two ends of a connection to `from`. The node will send `out` first, and the task
/// has read `inbox` already.
pub(crate) fn link(
    from: ProcessId,
    number: u64,
    stream: TcpStream,
    inbox: Inbox,
    out: BytesMut,
) -> (Link, Connection) {
    let (reader, writer) = stream.into_split();
    let (socket, leftover) = (Rc::new(writer), Rc::new(Notify::new()));
    let (ending, ended) = oneshot::channel();
    let link = Link {
        number,
        speaks_text: matches!(inbox.splitter, Splitter::Text { .. }),
        out,
        socket: Rc::clone(&socket),
        leftover: Rc::clone(&leftover),
        ending,
        silent_pulses: 0,
        spoke: false,
        is_stuck: false,
    };
    (link, Connection { from, number, reader, inbox, socket, leftover, ended })
}

impl Link {
    pub(crate) fn is(&self, number: u64) -> bool {
        self.number == number
    }

    /// Writes what can be written now. The task writes the rest when it can.
    pub(crate) fn flush(&mut self) {
        if self.out.is_empty() {
            return;
        }
        self.spoke = true;
        match self.socket.try_write(&self.out) {
            Ok(written) => {
                self.is_stuck = false;
                if written == self.out.len() {
                    return self.out.clear();
                }
                self.out.advance(written);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // It broke. What the peer said before that is still to be read; the reader finds
            // the end by itself.
            Err(_) => return self.out.clear(),
        }
        self.leftover.notify_one();
    }

    /// Leaves it to the task, whose turn comes once the application waits.
    pub(crate) fn flush_soon(&self) {
        if !self.out.is_empty() {
            self.leftover.notify_one();
        }
    }

    /// Hangs up once what was said before has left.
    pub(crate) fn end(self) {
        // When the task is gone, so is the connection.
        let _ = self.ending.send(self.out);
    }
}

impl Connection {
    /// Reads until the node ends or drops its [`Link`], which it also does when this end tells
    /// it that the connection is lost: there is this one way out.
    pub(crate) async fn run<P: Networked>(self, node: Node<P>) {
        let Self { from, number, mut reader, mut inbox, socket, leftover, ended } = self;
        let ended = select! {
            biased; // In any order. This one costs no random number.
            ended = ended => ended,
            never = write_leftovers(&node, from, number, &socket, &leftover) => {
                match never {}
            }
            never = async {
                let end = read(&node, from, number, &mut reader, &mut inbox).await;
                node.lost(from, number, &end);
                future::pending().await
            } => match never {},
        };
        if let Ok(last_bytes) = ended {
            // A peer that does not take them in time will find out that we are gone.
            let part = part(socket, reader, last_bytes);
            let _ = timeout(node.settings.timing.linger, part).await;
        }
    }
}

/// Hears what comes, up to the end of the connection. Whoever says much at once does not keep the
/// others waiting: they have their turns in between.
async fn read<P: Networked>(
    node: &Node<P>,
    from: ProcessId,
    number: u64,
    reader: &mut OwnedReadHalf,
    inbox: &mut Inbox,
) -> io::Result<()> {
    loop {
        while node.hear(from, number, inbox).is_break() {
            yield_now().await;
        }
        let pause = inbox.pause();
        let read = poll_fn(|context| inbox.poll_read(reader, &node.room, context));
        let count = match pause {
            Some(pause) => timeout(pause, read).await.ok().transpose()?,
            None => Some(read.await?),
        };
        match count {
            Some(0) => {
                node.hear_rest(from, number, inbox);
                return Ok(());
            }
            Some(READ..) => node.ease(inbox.is_of_text()).await, // There may well be more.
            Some(_) => {}
            None => node.hear_rest(from, number, inbox),
        }
    }
}

/// Writes what the node could not, or would not, write at once.
async fn write_leftovers<P: Networked>(
    node: &Node<P>,
    to: ProcessId,
    number: u64,
    socket: &OwnedWriteHalf,
    leftover: &Notify,
) -> Infallible {
    loop {
        leftover.notified().await;
        // A broken socket counts as writable: the write says so.
        let _ = socket.writable().await;
        node.flush(to, number);
    }
}

/// Says the last bytes, hangs up, and waits for the peer to do the same. If we closed the socket
/// before that, whatever the peer is still sending would have the system throw away our last
/// bytes.
async fn part(
    socket: Rc<OwnedWriteHalf>,
    reader: OwnedReadHalf,
    last_bytes: BytesMut,
) -> io::Result<()> {
    let mut rest = &last_bytes[..];
    while !rest.is_empty() {
        socket.writable().await?;
        match socket.try_write(rest) {
            Ok(written) => rest = &rest[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    drop(socket); // The last of its owners: that ends our half of the connection.
    drain(reader).await
}

/// Takes what a peer still sends, up to a limit, and throws it away.
pub(crate) async fn drain(reader: impl AsyncRead + Unpin) -> io::Result<()> {
    copy(&mut reader.take(REST), &mut sink()).await.map(drop)
}
