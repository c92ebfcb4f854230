//! One client, who does nothing but ask and wait.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
};

use benches::Worker;

/// Acquires and releases one lock. A pair is two round trips.
pub(crate) struct OneClient {
    stream: BufReader<TcpStream>,
    line: Vec<u8>,
}

impl OneClient {
    pub(crate) fn of(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        let mut client = Self { stream: BufReader::new(stream), line: Vec::new() };
        // Who is there is known after the first answer.
        client.stream.get_mut().write_all(b"HELLO alone\nPING\n")?;
        while !client.hear()?.starts_with(b"P") {}
        Ok(client)
    }

    fn ask(&mut self, line: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(line)?;
        self.hear().map(drop)
    }

    fn hear(&mut self) -> io::Result<&[u8]> {
        self.line.clear();
        self.stream.read_until(b'\n', &mut self.line)?;
        Ok(&self.line)
    }
}

impl Worker for OneClient {
    fn work(&mut self, pairs: u64) -> io::Result<()> {
        for _ in 0..pairs {
            self.ask(b"ACQUIRE door\n")?;
            self.ask(b"RELEASE door\n")?;
        }
        Ok(())
    }
}
