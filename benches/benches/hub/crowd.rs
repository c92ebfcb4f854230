//! Many clients who want locks, each its own, or all the same.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use benches::Worker;

use crate::connections::Connections;

/// Clients who all ask and wait, each for itself.
pub(crate) struct Crowd {
    connections: Connections,
    /// What each says in turn.
    exchanges: Vec<Exchange>,
}

/// What a client says, one line after the other, and where it is in that.
pub(crate) struct Exchange {
    lines: [String; 2],
    /// Which of the lines has no answer yet. None while it has nothing to do.
    asked: Option<usize>,
}

impl Exchange {
    /// Acquires and releases a lock of its own.
    pub(crate) fn of_own_locks(number: usize) -> Self {
        let lines = ["ACQUIRE", "RELEASE"].map(|verb| format!("{verb} lock-{number}\n"));
        Self { lines, asked: None }
    }
}

impl Crowd {
    pub(crate) fn connect(
        server: SocketAddr,
        count: usize,
        exchange: impl Fn(usize) -> Exchange,
    ) -> io::Result<Self> {
        // The answer is a PONG, or an echo.
        let hello = |number| (format!("HELLO crowd-{number}\nPING\n"), Some(b'P'));
        let connections = Connections::open(server, count, hello)?;
        Ok(Self { connections, exchanges: (0..count).map(exchange).collect() })
    }
}

impl Worker for Crowd {
    fn work(&mut self, pairs: u64) -> io::Result<()> {
        let Self { connections, exchanges } = self;
        let (mut to_begin, mut to_end) = (pairs, pairs);
        for (number, exchange) in exchanges.iter_mut().enumerate() {
            if to_begin > 0 {
                to_begin -= 1;
                exchange.asked = Some(0);
                connections.say(number, exchange.lines[0].as_bytes())?;
            }
        }
        while to_end > 0 {
            connections.hear(|number, _answer, stream| {
                let Exchange { lines, asked } = &mut exchanges[number];
                *asked = match *asked {
                    Some(0) => Some(1),
                    Some(_) => {
                        to_end -= 1;
                        (to_begin > 0).then(|| {
                            to_begin -= 1;
                            0
                        })
                    }
                    None => None,
                };
                match *asked {
                    Some(line) => stream.write_all(lines[line].as_bytes()),
                    None => Ok(()),
                }
            })?;
        }
        Ok(())
    }
}

/// Clients of whom one has what all want. It hands it on at once, and wants it again.
pub(crate) struct HandOff {
    connections: Connections,
    /// With what a line begins that says who has it.
    grant: &'static [u8],
    /// What whoever has it says.
    passes_on: &'static [u8],
    /// Who has it.
    holder: usize,
}

impl HandOff {
    /// A lock.
    pub(crate) fn of_a_lock(server: SocketAddr, count: usize) -> io::Result<Self> {
        // The first is granted, and all others wait.
        let answer = |number| Some(if number == 0 { b'L' } else { b'W' });
        let first = |number| (format!("HELLO queue-{number}\nACQUIRE baton\n"), answer(number));
        let connections = Connections::open(server, count, first)?;
        let (grant, passes_on) = (&b"LOCK_ACQUIRED"[..], &b"RELEASE baton\nACQUIRE baton\n"[..]);
        Ok(Self { connections, grant, passes_on, holder: 0 })
    }

    /// A token, which goes round.
    pub(crate) fn of_a_token(server: SocketAddr, count: usize) -> io::Result<Self> {
        let connections = Connections::open(server, count, |_| (String::new(), None))?;
        Ok(Self { connections, grant: b"TOKEN", passes_on: b"TOKEN\n", holder: 0 })
    }
}

impl Worker for HandOff {
    fn work(&mut self, hand_offs: u64) -> io::Result<()> {
        let Self { connections, grant, passes_on, holder } = self;
        let mut left = hand_offs;
        connections.say(*holder, passes_on)?;
        while left > 0 {
            connections.hear(|number, answer, stream| {
                let is_granted =
                    answer.split(|&byte| byte == b'\n').any(|it| it.starts_with(grant));
                if !is_granted {
                    return Ok(());
                }
                left -= 1;
                *holder = number;
                if left > 0 { stream.write_all(passes_on) } else { Ok(()) }
            })?;
        }
        Ok(())
    }
}
