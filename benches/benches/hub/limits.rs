//! The limits: bare servers, each a loop around `epoll` that does one thing.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::Ipv4Addr,
    thread,
};

use benches::end_with_our_starter;
use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream},
};

/// How much one read brings, in bytes.
const READ: usize = 16 * 1024;

const LISTENER: Token = Token(usize::MAX);

/// Sends back whatever comes.
pub(crate) fn echo() -> io::Result<()> {
    serve(|from, said, clients| clients[from].write_all(said))
}

/// Passes whatever comes on to whoever has connected next; from the last, to the first.
pub(crate) fn relay() -> io::Result<()> {
    serve(|from, said, clients| {
        let next = (from + 1) % clients.len();
        clients[next].write_all(said)
    })
}

/// Writes what comes from whoever connected first to all others.
pub(crate) fn fan_out() -> io::Result<()> {
    serve(|from, said, clients| match (from, clients) {
        (0, [_speaker, listeners @ ..]) => {
            listeners.iter_mut().try_for_each(|client| write_all(client, said))
        }
        _ => Ok(()),
    })
}

/// Writes it, however long the listener takes.
fn write_all(client: &mut TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match client.write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::yield_now(),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Says where it is, and has `answer` hear what each read has brought, from whom, among whom.
fn serve(
    mut answer: impl FnMut(usize, &[u8], &mut [TcpStream]) -> io::Result<()>,
) -> io::Result<()> {
    let mut listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0).into())?;
    end_with_our_starter();
    println!("{}", listener.local_addr()?);
    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(1024));
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let (mut clients, mut room) = (Vec::new(), [0; READ]);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                accept(&listener, &poll, &mut clients)?;
                continue;
            }
            let from = event.token().0;
            // Less than there is room for is all there is; the next event comes with more.
            loop {
                let length = match clients[from].read(&mut room) {
                    Ok(length) => length,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error),
                };
                answer(from, &room[..length], &mut clients)?;
                if length < READ {
                    break;
                }
            }
        }
    }
}

fn accept(listener: &TcpListener, poll: &Poll, clients: &mut Vec<TcpStream>) -> io::Result<()> {
    loop {
        let mut client = match listener.accept() {
            Ok((client, _)) => client,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        client.set_nodelay(true)?;
        poll.registry().register(&mut client, Token(clients.len()), Interest::READABLE)?;
        clients.push(client);
    }
}
