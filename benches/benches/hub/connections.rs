//! Many connections in one process, and one thread that speaks for all of them.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{self, SocketAddr},
};

use mio::{Events, Interest, Poll, Token, net::TcpStream};

/// How much one read brings, in bytes.
const READ: usize = 64 * 1024;

/// Connections, each of which is heard when something comes.
pub(crate) struct Connections {
    poll: Poll,
    events: Events,
    streams: Vec<TcpStream>,
    room: Vec<u8>,
}

impl Connections {
    /// Connects so many. Each says what it has to say first, and hears the line that begins with
    /// this byte, before the next one connects.
    pub(crate) fn open(
        server: SocketAddr,
        count: usize,
        first: impl Fn(usize) -> (String, Option<u8>),
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut streams = Vec::new();
        for number in 0..count {
            let mut stream = net::TcpStream::connect(server)?;
            stream.set_nodelay(true)?;
            let (lines, answer) = first(number);
            stream.write_all(lines.as_bytes())?;
            if let Some(first_byte) = answer {
                while read_line(&mut stream)?.first() != Some(&first_byte) {}
            }
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
            streams.push(stream);
        }
        Ok(Self { poll, events: Events::with_capacity(1024), streams, room: vec![0; READ] })
    }

    pub(crate) fn say(&mut self, number: usize, bytes: &[u8]) -> io::Result<()> {
        self.streams[number].write_all(bytes)
    }

    /// Waits until something has come, and has it heard: from whom, what, and where to answer.
    pub(crate) fn hear(
        &mut self,
        mut heard: impl FnMut(usize, &[u8], &mut TcpStream) -> io::Result<()>,
    ) -> io::Result<()> {
        let Self { poll, events, streams, room } = self;
        poll.poll(events, None)?;
        for event in &*events {
            let number = event.token().0;
            let stream = &mut streams[number];
            loop {
                match stream.read(room) {
                    Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                    Ok(length) => {
                        heard(number, &room[..length], stream)?;
                        if length < READ {
                            break;
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }
}

/// Byte by byte, so that nothing is read that comes after it.
fn read_line(stream: &mut net::TcpStream) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        line.extend(byte);
    }
    Ok(line)
}
