//! Whoever does not.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use benches::end_with_our_starter;
use lab::allow_many_connections;

use crate::polite::Polite;

/// How somebody behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    EndlessLine,
    NoText,
    UnknownVerb,
    EmptyLine,
    NameTaken,
    NeverReads,
    Silence,
}

impl Manner {
    pub(crate) const ALL: [Self; 7] = [
        Self::EndlessLine,
        Self::NoText,
        Self::UnknownVerb,
        Self::EmptyLine,
        Self::NameTaken,
        Self::NeverReads,
        Self::Silence,
    ];

    /// As a part of a role.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EndlessLine => "endless-line",
            Self::NoText => "no-text",
            Self::UnknownVerb => "unknown-verb",
            Self::EmptyLine => "empty-line",
            Self::NameTaken => "name-taken",
            Self::NeverReads => "never-reads",
            Self::Silence => "silence",
        }
    }

    /// For people.
    pub(crate) fn shown(self) -> &'static str {
        match self {
            Self::EndlessLine => "1 MiB without a line feed",
            Self::NoText => "what is not UTF-8",
            Self::UnknownVerb => "an unknown verb",
            Self::EmptyLine => "an empty line",
            Self::NameTaken => "a name that is taken",
            Self::NeverReads => "never reads",
            Self::Silence => "10,000 who say nothing",
        }
    }

    /// Whether that can happen there. Nobody has a name at the dispatcher.
    pub(crate) fn is_known_to(self, lab: &str) -> bool {
        self != Self::NameTaken || lab != "ranked-dispatcher"
    }
}

/// What somebody rude is called.
const NAME: &str = "rude";

/// How many say nothing.
const CROWD: usize = 10_000;

/// How long somebody is content with having been rude.
const PAUSE: Duration = Duration::from_millis(1);

/// Behaves like that until whoever started us has gone. Says where once it has begun.
pub(crate) fn be_rude(lab: &str, manner: &str, server: SocketAddr) -> io::Result<()> {
    let manner = Manner::ALL.into_iter().find(|known| known.name() == manner);
    let manner = manner.ok_or_else(|| io::Error::other("there is no such manner"))?;
    allow_many_connections();
    let mut somebody = Somebody::at(lab, server)?;
    for time in 0_u64.. {
        somebody.be_rude(manner)?;
        if time == 0 {
            end_with_our_starter();
            println!("{server}");
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Somebody at a server.
struct Somebody {
    is_at_relay: bool,
    server: SocketAddr,
    client: Polite,
    /// Those who say nothing.
    crowd: Vec<TcpStream>,
}

impl Somebody {
    fn at(lab: &str, server: SocketAddr) -> io::Result<Self> {
        let client = Polite::connect(lab, server, NAME)?;
        Ok(Self { is_at_relay: lab == "group-chat", server, client, crowd: Vec::new() })
    }

    fn be_rude(&mut self, manner: Manner) -> io::Result<()> {
        match manner {
            Manner::EndlessLine => self.say(&[&[b'x'; 1 << 20][..], b"\n"].concat()),
            Manner::NoText => self.say(b"caf\xe9\n"),
            Manner::UnknownVerb => self.say(b"BEHAVE yourself\n"),
            Manner::EmptyLine => self.say(b"\n"),
            Manner::NameTaken => self.take_a_name(),
            Manner::NeverReads => self.never_read(),
            Manner::Silence => self.say_nothing(),
        }
    }

    /// Says it, and hears that it was heard. What is said to a relay is for others: whatever it is,
    /// the next question is answered when it has been passed on.
    fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.client.say(bytes)?;
        if self.is_at_relay { self.client.ask() } else { self.client.hear("") }
    }

    /// Comes once more, says the name that it has already, hears that, and leaves.
    fn take_a_name(&self) -> io::Result<()> {
        let command = if self.is_at_relay { "/name" } else { "HELLO" };
        let mut newcomer = TcpStream::connect(self.server)?;
        writeln!(newcomer, "{command} {NAME}")?;
        BufReader::new(newcomer).read_line(&mut String::new()).map(drop)
    }

    /// Comes, and has the server say so much that it hangs up.
    fn never_read(&mut self) -> io::Result<()> {
        let mut deaf = TcpStream::connect(self.server)?;
        let question: &[u8] = if self.is_at_relay { b"/who\n" } else { b"STATUS\n" };
        let questions = question.repeat(1_000);
        while deaf.write_all(&questions).is_ok() {}
        Ok(())
    }

    /// Comes in a crowd. The crowd stays.
    fn say_nothing(&mut self) -> io::Result<()> {
        while self.crowd.len() < CROWD {
            self.crowd.push(TcpStream::connect(self.server)?);
        }
        Ok(())
    }
}
