//! The core: the process and its shell, one input at a time.
//!
//! Nothing in here waits, and nothing in here is called while it is at work.

use std::rc::Rc;

use bytes::BytesMut;
use protocol::{Input, InputOf, Link, Monitor, Outbox, Process, ProcessId};
use tokio::net::TcpStream;
use tracing::info;
use wire::{
    frame::{self, FrameError, Splitter},
    hello::{Hello, legible},
};

use crate::{
    config::Config,
    connection::{self, Connection},
    node::Networked,
    notice::Notice,
    packet::Packet,
    peer::State,
    shell::Shell,
};

/// A process, and everything around it.
pub(crate) struct Core<P: Process> {
    pub(crate) process: P,
    pub(crate) shell: Shell<P>,
}

impl<P: Networked> Core<P> {
    pub(crate) fn new(config: Rc<Config>, process: P, monitor: Box<dyn Monitor<P>>) -> Self {
        Self { process, shell: Shell::new(config, monitor) }
    }

    /// Gives the process an input, and then the ends of the links that ended over it.
    pub(crate) fn step(&mut self, input: InputOf<P>) {
        self.step_once(input);
        self.settle();
    }

    fn step_once(&mut self, input: InputOf<P>) {
        let Self { process, shell } = self;
        let now = shell.now();
        shell.monitor.on_input(now, shell.config.me, process, &input);
        process.step(input, &mut Outbox::new(now, &mut |effect| shell.perform(now, effect)));
        shell.monitor.on_step_end(now, now, shell.config.me, process);
    }

    /// Tells the process which links have gone down.
    pub(crate) fn settle(&mut self) {
        while let Some(peer) = self.shell.fallen.pop_front() {
            info!(%peer, "down");
            self.shell.notices.push(Notice::Down { peer });
            self.step_once(Input::Link { peer, link: Link::Down });
        }
    }

    /// A peer that was admitted has a new connection, from which `inbox` was read already.
    pub(crate) fn up(&mut self, hello: &Hello, stream: TcpStream, inbox: BytesMut) -> Connection {
        let (id, incarnation) = (hello.from, hello.incarnation);
        self.shell.fall(id); // Whoever comes again has left before.
        self.settle();

        let limit = self.shell.config.limits.frame;
        let peer = &mut self.shell.peers[id.index()];
        let (number, queue) = peer.greet(incarnation);
        let (link, connection) = connection::link(id, number, stream, inbox, queue, limit);
        peer.state = State::Up(link);

        let addr = self.shell.config.addresses[id.index()];
        info!(peer = %id, %addr, incarnation, "up");
        self.shell.news.clear();
        self.shell.notices.push(Notice::Up { peer: id, addr });
        if let Some(tally) = self.shell.farewell {
            self.shell.put(id, &Packet::Farewell { tally });
        }
        self.step(Input::Link { peer: id, link: Link::Up { addr, incarnation } });
        connection
    }

    /// Hears all whole packets that have been read, as long as that link is up.
    pub(crate) fn hear(
        &mut self,
        from: ProcessId,
        number: u64,
        inbox: &mut BytesMut,
        splitter: &mut Splitter,
    ) {
        while let Some(link) = self.shell.peers[from.index()].link(number) {
            link.silent_pulses = 0;
            match next_packet(splitter, inbox) {
                Ok(Some(packet)) => self.on_packet(from, packet),
                Ok(None) => return,
                Err(error) => {
                    self.shell.reject(from, format!("it sent {error}").into());
                    self.settle();
                }
            }
        }
    }

    fn on_packet(&mut self, from: ProcessId, packet: Packet<P::Message>) {
        match packet {
            Packet::Message(message) => self.step(Input::Message { from, message }),
            Packet::Heartbeat => {}
            Packet::Farewell { tally } => {
                self.shell.notices.push(Notice::Farewell { peer: from, tally });
            }
            Packet::Refused { why } => {
                self.shell.refused_by(from, legible(&why), true);
                self.shell.fall(from);
                self.settle();
            }
        }
    }

    /// Says something on links where nobody did, and gives up those on which nobody answers.
    pub(crate) fn beat(&mut self) {
        let shell = &mut self.shell;
        let timing = shell.config.timing;
        for id in shell.config.me.peers(shell.config.size()) {
            let State::Up(link) = &mut shell.peers[id.index()].state else { continue };
            link.silent_pulses += 1;
            let has_something_to_say = link.spoke || !link.out.is_empty();
            link.spoke = false;
            if timing.heartbeat.saturating_mul(link.silent_pulses) > timing.silence {
                shell.cut(id, format!("silent for {:?}", timing.silence));
            } else if !has_something_to_say {
                shell.put(id, &Packet::Heartbeat);
            }
        }
        self.settle();
    }

    /// Tells all peers, now or when they come up, that we only answer from now on.
    pub(crate) fn farewell(&mut self, tally: u64) {
        self.shell.farewell = Some(tally);
        for id in self.shell.config.me.peers(self.shell.config.size()) {
            if let State::Up(_) = self.shell.peers[id.index()].state {
                self.shell.put(id, &Packet::Farewell { tally });
            }
        }
        self.settle();
    }
}

fn next_packet<M: serde::de::DeserializeOwned>(
    splitter: &mut Splitter,
    inbox: &mut BytesMut,
) -> Result<Option<Packet<M>>, FrameError> {
    splitter.split(inbox)?.map(|frame| frame::decode(&frame)).transpose()
}
