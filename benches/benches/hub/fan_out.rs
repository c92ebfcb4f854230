//! One talks, and many hear it.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
};

use benches::Worker;

use crate::connections::Connections;

/// What is said.
const SAID: &str = "for whom the bell tolls, it tolls\n";

/// What others hear before it.
const HEARD_BEFORE: &str = "[s] ";

/// How many hear it.
const LISTENERS: usize = 50;

/// Somebody who says messages one after the other, and those who hear them.
pub(crate) struct FanOut {
    speaker: TcpStream,
    listeners: Connections,
    /// What is sent for a message.
    message: Vec<u8>,
    /// How many messages may be on their way.
    window: u64,
}

impl FanOut {
    /// Through a server that passes on what comes first from whoever connects first.
    pub(crate) fn bare(server: SocketAddr, window: u64) -> io::Result<Self> {
        let speaker = TcpStream::connect(server)?;
        speaker.set_nodelay(true)?;
        let listeners = Connections::open(server, LISTENERS, |_| (String::new(), None))?;
        Ok(Self { speaker, listeners, message: format!("{HEARD_BEFORE}{SAID}").into(), window })
    }

    /// Through the relay. Everybody takes a name, so that it is known that he is there.
    pub(crate) fn relayed(server: SocketAddr, window: u64) -> io::Result<Self> {
        let mut speaker = BufReader::new(TcpStream::connect(server)?);
        speaker.get_mut().set_nodelay(true)?;
        let first = |number| (format!("/name listener-{number}\n"), Some(b'*'));
        let listeners = Connections::open(server, LISTENERS, first)?;
        speaker.get_mut().write_all(b"/name s\n")?;
        speaker.read_line(&mut String::new())?;
        Ok(Self { speaker: speaker.into_inner(), listeners, message: SAID.into(), window })
    }
}

impl Worker for FanOut {
    fn work(&mut self, messages: u64) -> io::Result<()> {
        let Self { speaker, listeners, message, window } = self;
        let listening = LISTENERS as u64;
        let length = HEARD_BEFORE.len() as u64 + SAID.len() as u64;
        let (mut said, mut heard_bytes) = (0, 0);
        loop {
            let heard = heard_bytes / length;
            if heard == messages * listening {
                return Ok(());
            }
            let may_say = (heard / listening + *window).min(messages) - said;
            if may_say > 0 {
                speaker.write_all(&message.repeat(may_say as usize))?;
                said += may_say;
            }
            listeners.hear(|_, bytes, _| {
                heard_bytes += bytes.len() as u64;
                Ok(())
            })?;
        }
    }
}
