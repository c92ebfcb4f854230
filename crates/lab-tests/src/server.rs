//! A lab's server, and somebody with nothing but a socket.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
};

use crate::{Lab, Running, process::HANG};

/// A server that runs.
pub struct Server {
    /// Where it is.
    pub addr: SocketAddr,
    /// The process.
    pub running: Running,
}

impl Lab {
    /// Starts `server` with these options, at a port of its own.
    pub fn serve(self, options: &str) -> Server {
        let words = format!("server --listen 127.0.0.1:0 {options}");
        let mut running = Running::start(&mut self.command(&words));
        let line = running.stderr.until("listening on ");
        let addr = line.trim_start_matches("listening on ").parse().unwrap();
        Server { addr, running }
    }
}

/// Somebody with `nc`: what he types goes over the wire as it is, and so does what he hears.
pub struct Nc {
    stream: BufReader<TcpStream>,
    /// Whether something could not be sent. The system says so once.
    is_refused: bool,
}

impl Nc {
    /// Connects.
    pub fn to(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).unwrap();
        stream.set_read_timeout(Some(HANG)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream), is_refused: false }
    }

    /// Where he is himself.
    pub fn addr(&self) -> SocketAddr {
        self.stream.get_ref().local_addr().unwrap()
    }

    /// Sends these bytes. A server that has hung up does not matter.
    pub fn sends(&mut self, bytes: &[u8]) {
        self.is_refused |= self.stream.get_mut().write_all(bytes).is_err();
    }

    /// Sends a line.
    pub fn says(&mut self, line: &str) {
        self.sends(format!("{line}\n").as_bytes());
    }

    /// The next line, without its end.
    pub fn hears(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.stream.read_line(&mut line).unwrap(), 0, "the server has hung up");
        assert_eq!(line.pop(), Some('\n'), "the server has hung up after `{line}`");
        line
    }

    /// The next bytes, as many as there are at once.
    pub fn hears_some(&mut self) -> String {
        let bytes = self.stream.fill_buf().unwrap().to_vec();
        self.stream.consume(bytes.len());
        String::from_utf8(bytes).unwrap()
    }

    /// Whether he hears something now, if he listens.
    pub fn has_news(&self) -> bool {
        let stream = self.stream.get_ref();
        stream.set_nonblocking(true).unwrap();
        let news = stream.peek(&mut [0]);
        stream.set_nonblocking(false).unwrap();
        news.is_ok()
    }

    /// Whether the server has hung up on him. What he has not heard so far does not matter.
    pub fn is_hung_up_on(&self) -> bool {
        self.is_refused || matches!(self.stream.get_ref().take_error(), Ok(Some(_)) | Err(_))
    }

    /// Says nothing more, and hears all that is still said. A server that has thrown away what it
    /// was sent breaks the connection at its end.
    pub fn hears_the_rest(mut self) -> String {
        let _ = self.stream.get_ref().shutdown(Shutdown::Write);
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest);
        String::from_utf8(rest).unwrap()
    }
}
