//! Whoever behaves, and what it takes to be a client at all.

use std::{
    io::{self, BufRead, BufReader, ErrorKind, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// Asks, and waits for the answer.
pub(crate) struct Polite {
    stream: BufReader<TcpStream>,
    question: &'static str,
    /// What is in its answer, and in nothing else that is said. Other lines may come before.
    answer: &'static str,
}

/// What is asked in each lab, and what is in the answer.
fn question(lab: &str) -> (&'static str, &'static str) {
    match lab {
        "semaphore" => ("PING\n", "PONG"),
        "ranked-dispatcher" => ("STATUS\n", "STATUS"),
        _ => ("/who\n", "* here are"),
    }
}

impl Polite {
    /// Somebody of that name, where clients have names. He is there when this returns.
    pub(crate) fn connect(lab: &str, server: SocketAddr, name: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        let hello = match lab {
            "semaphore" => format!("HELLO {name}\n"),
            "ranked-dispatcher" => String::new(),
            _ => format!("/name {name}\n"),
        };
        stream.write_all(hello.as_bytes())?;
        let (question, answer) = question(lab);
        let mut polite = Self { stream: BufReader::new(stream), question, answer };
        polite.ask()?;
        Ok(polite)
    }

    /// Asks, and hears the answer.
    pub(crate) fn ask(&mut self) -> io::Result<()> {
        self.stream.get_mut().write_all(self.question.as_bytes())?;
        self.hear(self.answer)
    }

    /// Hears lines until that is in one, if only behind what somebody else said without an end.
    pub(crate) fn hear(&mut self, answer: &str) -> io::Result<()> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if line.contains(answer) {
                return Ok(());
            }
        }
    }

    /// Says whatever it is.
    pub(crate) fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// How long a question takes: the median of so many.
    pub(crate) fn median(&mut self, questions: usize) -> io::Result<Duration> {
        let times = (0..questions).map(|_| {
            let start = Instant::now();
            self.ask()?;
            Ok(start.elapsed())
        });
        let mut times = times.collect::<io::Result<Vec<_>>>()?;
        times.sort_unstable();
        Ok(times[questions / 2])
    }
}
