//! A connection of a link that is up, and its two ends: the node writes to it, a task reads it.

use std::{
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
    task::yield_now,
    time::timeout,
};

use crate::{
    inbox::{Inbox, READ, Splitter},
    node::{Networked, Node},
    order::{Desk, Order, Orders, orders},
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
    /// What the task is told to do.
    orders: Orders,
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
    desk: Rc<Desk>,
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
    let socket = Rc::new(writer);
    let (orders, desk) = orders();
    let link = Link {
        number,
        speaks_text: matches!(inbox.splitter, Splitter::Text { .. }),
        out,
        socket: Rc::clone(&socket),
        orders,
        silent_pulses: 0,
        spoke: false,
        is_stuck: false,
    };
    (link, Connection { from, number, reader, inbox, socket, desk })
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
        self.orders.write();
    }

    /// Leaves it to the task, whose turn comes once the application waits.
    pub(crate) fn flush_soon(&self) {
        if !self.out.is_empty() {
            self.orders.write();
        }
    }

    /// Hangs up once what was said before has left.
    pub(crate) fn end(self) {
        self.orders.end(self.out);
    }
}

impl Connection {
    /// Reads until the node ends or drops its [`Link`], which it also does when this end tells
    /// it that the connection is lost: there is this one way out.
    pub(crate) async fn run<P: Networked>(self, node: Node<P>) {
        let Self { from, number, mut reader, mut inbox, socket, desk } = self;
        let last_bytes = select! {
            biased; // In any order. This one costs no random number.
            last_bytes = obey(&node, from, number, &socket, &desk) => last_bytes,
            never = async {
                let end = read(&node, from, number, &mut reader, &mut inbox).await;
                node.lost(from, number, &end);
                future::pending().await
            } => match never {},
        };
        if let Some(last_bytes) = last_bytes {
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

/// Does what the node orders, up to the end. Returns what is to be said before that.
async fn obey<P: Networked>(
    node: &Node<P>,
    to: ProcessId,
    number: u64,
    socket: &OwnedWriteHalf,
    desk: &Desk,
) -> Option<BytesMut> {
    let mut is_to_write = false;
    loop {
        select! {
            biased; // Whoever is to hang up does not wait for a peer that takes nothing.
            order = poll_fn(|context| desk.poll(context)) => match order {
                Order::Write => is_to_write = true,
                Order::End(last_bytes) => return last_bytes,
            },
            // A broken socket counts as writable: the write says so.
            _ = socket.writable(), if is_to_write => {
                is_to_write = false;
                node.flush(to, number);
            }
        }
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
