//! Strangers at a site's door: noise, lies and silence, before the work begins and while it is
//! done. Nothing of it shows in the outcome.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use lab_tests::System;
use wire::hello::MAGIC;

use crate::LAB;

/// Says something and holds the line, if somebody takes the call. What was said may not even be
/// heard.
fn say(addr: SocketAddr, words: &[u8]) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(addr).ok()?;
    let _ = stream.write_all(words);
    Some(stream)
}

/// Everything that the site has to say to that, until it hangs up.
fn answer(mut stream: &TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn noise() -> Vec<u8> {
    vec![0xab; 1 << 20]
}

/// A frame that begins as it should and then claims to have four gigabytes.
fn giant() -> Vec<u8> {
    [&MAGIC[..], &[0xff; 4]].concat()
}

/// Half of a frame of 32 bytes.
fn half() -> Vec<u8> {
    [&MAGIC[..], &[0, 0, 0, 32], &[1; 16]].concat()
}

/// Those who hold the line: with nothing, with half of something, with a lie and with nonsense.
fn strangers(addr: SocketAddr) -> impl Iterator<Item = TcpStream> {
    let words = [Vec::new(), half(), giant(), b"GET / HTTP/1.1\r\n\r\n".to_vec()];
    words.into_iter().cycle().map_while(move |words| say(addr, &words))
}

#[test]
fn strangers_change_nothing() {
    let system = System::new(LAB, 5, "--entries 50 --hold 2ms");
    let target = system.addresses[0];
    let mut sites: Vec<_> = [0, 1, 2, 3].map(|site| (site, system.start(site))).into();

    // Before the last site has come, so that the system waits while they are at it.
    let refused = answer(&say(target, &noise()).unwrap());
    assert!(refused.contains("no text is spoken here"), "{refused}");
    let refused = answer(&say(target, &giant()).unwrap());
    assert!(refused.contains("a message of more than 1024 bytes"), "{refused}");
    let mut held: Vec<TcpStream> = strangers(target).take(40).collect();
    assert_eq!(held.len(), 40);
    sites.push((4, system.start(4)));

    // While they work.
    sites[0].1.stdout.until("is linked to all");
    let is_over = AtomicBool::new(false);
    let ends = thread::scope(|scope| {
        let _over = SetAtTheEnd(&is_over);
        scope.spawn(|| {
            held.extend(strangers(target).take(200));
            while !is_over.load(Ordering::Relaxed) {
                drop(say(target, &noise()));
            }
        });
        system.assert_held(sites, 50)
    });
    assert!(ends[0].stderr.contains("its first bytes are no hello"), "{:?}", ends[0]);
    for others in &ends[1..] {
        assert_eq!(others.stderr.lines().count(), 1, "{others:?}"); // Where it listens, and nothing else.
    }
}

/// Sets a flag, also when a test fails.
struct SetAtTheEnd<'a>(&'a AtomicBool);

impl Drop for SetAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
