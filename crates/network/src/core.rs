//! The core: the process and its shell, one input at a time.
//!
//! Nothing in here waits, and nothing in here is called while it is at work.

use std::{
    net::SocketAddr,
    ops::ControlFlow::{self, Break, Continue},
    rc::Rc,
    time::Duration,
};

use bytes::BytesMut;
use protocol::{EffectOf, Input, InputOf, Link, Monitor, Outbox, Process, ProcessId, Sink};
use tokio::net::TcpStream;
use tracing::{debug, info};
use wire::{
    frame::{self, FrameError},
    hello::{Party, legible},
    text::{self, Complaint},
};

use crate::{
    config::{HUB, Settings},
    connection::{self, Connection},
    inbox::{Inbox, Splitter, cut_off},
    node::Networked,
    notice::Notice,
    packet::Packet,
    peer::{Peer, Peers, State},
    plain::Text,
    shell::Shell,
};

/// How many messages of one peer are heard before others have their turn.
const MOST_IN_A_TURN: u32 = 16;

/// A process, and everything around it.
pub(crate) struct Core<P: Process> {
    pub(crate) process: P,
    pub(crate) shell: Shell<P>,
}

impl<P: Networked> Core<P> {
    pub(crate) fn new(
        settings: Rc<Settings>,
        peers: Peers,
        text: Option<Rc<Text<P::Message>>>,
        process: P,
        monitor: Box<dyn Monitor<P>>,
    ) -> Self {
        Self { process, shell: Shell::new(settings, peers, text, monitor) }
    }

    /// Gives the process an input, and then the ends of the links that ended over it.
    pub(crate) fn step(&mut self, input: InputOf<P>) {
        self.step_once(input);
        self.settle();
    }

    fn step_once(&mut self, input: InputOf<P>) {
        let Self { process, shell } = self;
        let (now, me) = (shell.now(), shell.settings.me());
        shell.monitor.on_input(now, me, process, &input);
        let mut performer = Performer { shell, now };
        process.step(input, &mut Outbox::into_sink(now, &mut performer));
        shell.monitor.on_step_end(now, now, me, process);
    }

    /// Tells the process which links have gone down.
    pub(crate) fn settle(&mut self) {
        while let Some(peer) = self.shell.fallen.pop_front() {
            info!(%peer, "down");
            self.shell.notices.push(Notice::Down { peer });
            self.step_once(Input::Link { peer, link: Link::Down });
            if self.shell.settings.has_guests() {
                self.shell.peers.remove(&peer);
            }
        }
    }

    /// Somebody who was admitted has a new connection, from which `inbox` was read already.
    pub(crate) fn up(
        &mut self,
        party: Party,
        incarnation: u64,
        stream: TcpStream,
        addr: SocketAddr,
        inbox: Inbox,
    ) -> Connection {
        let id = match party {
            Party::Process(id) => id,
            Party::Server => HUB,
            Party::Client => self.shell.fresh_name(),
        };
        self.shell.fall(id); // Whoever comes again has left before.
        self.settle();

        let peer = self.shell.peers.entry(id).or_insert_with(|| Peer::new(addr));
        let addr = peer.addr; // A member's is where it listens, whatever port it dialled from.
        let (number, queue) = peer.greet(incarnation);
        let (link, connection) = connection::link(id, number, stream, inbox, queue);
        peer.state = State::Up(link);

        info!(peer = %id, %addr, incarnation, "up");
        self.shell.has_come_up(id, addr);
        self.step(Input::Link { peer: id, link: Link::Up { addr, incarnation } });
        connection
    }

    /// Hears whole messages that have been read, as long as that link is up. A break comes before
    /// the end: there may be more.
    pub(crate) fn hear(
        &mut self,
        from: ProcessId,
        number: u64,
        inbox: &mut Inbox,
    ) -> ControlFlow<()> {
        let Inbox { bytes, splitter } = inbox;
        for _ in 0..MOST_IN_A_TURN {
            let Some(link) = self.shell.link(from, number) else { return Continue(()) };
            link.silent_pulses = 0;
            let heard = match splitter {
                Splitter::Frames(splitter) => {
                    splitter.split(bytes).transpose().map(|frame| self.on_frame(from, frame))
                }
                Splitter::Text { splitter, .. } => cut_off(bytes, |stream| {
                    splitter.split(stream).transpose().map(|piece| self.on_text(from, piece))
                }),
            };
            if heard.is_none() || bytes.is_empty() {
                return Continue(());
            }
        }
        // Over the last of them its link may have ended, and then nothing more is heard.
        if self.shell.link(from, number).is_some() { Break(()) } else { Continue(()) }
    }

    /// Nothing follows: hears what is a message if that is so.
    pub(crate) fn hear_rest(&mut self, from: ProcessId, number: u64, inbox: &mut Inbox) {
        if self.shell.link(from, number).is_some()
            && let Splitter::Text { splitter, .. } = &mut inbox.splitter
        {
            cut_off(&mut inbox.bytes, |stream| {
                splitter.rest(stream).map(|piece| self.on_text(from, Ok(piece)))
            });
        }
    }

    fn on_text(&mut self, from: ProcessId, piece: Result<&[u8], Complaint>) {
        let Some(text) = self.shell.text.clone() else { return };
        let heard = piece.and_then(|piece| text.codec.decode(text::read(piece)?));
        match heard {
            Ok(message) => self.step(Input::Message { from, message }),
            Err(complaint) => {
                debug!(peer = %from, "{complaint}");
                self.shell.complain(from, &complaint);
                self.settle();
            }
        }
    }

    fn on_frame(&mut self, from: ProcessId, frame: Result<BytesMut, FrameError>) {
        match frame.and_then(|frame| frame::decode(&frame)) {
            Ok(packet) => self.on_packet(from, packet),
            Err(error) => {
                self.shell.reject(from, format!("it sent {error}").into());
                self.settle();
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
        if shell.settings.has_guests() {
            shell.news.age();
        }
        let timing = shell.settings.timing;
        for id in shell.ids() {
            let Some(link) = shell.link_to(id) else { continue };
            link.silent_pulses += 1;
            let has_something_to_say = link.spoke || !link.out.is_empty();
            link.spoke = false;
            let silence = timing.heartbeat.saturating_mul(link.silent_pulses);
            let sends_heartbeats = !link.speaks_text;
            if sends_heartbeats && silence > timing.silence {
                shell.expire(id, timing.silence);
            } else if !has_something_to_say {
                shell.put(id, &Packet::Heartbeat);
            }
        }
        self.settle();
    }

    /// Tells all peers, now or when they come up, that we only answer from now on.
    pub(crate) fn farewell(&mut self, tally: u64) {
        self.shell.farewell = Some(tally);
        for id in self.shell.ids() {
            if self.shell.link_to(id).is_some() {
                self.shell.put(id, &Packet::Farewell { tally });
            }
        }
        self.settle();
    }
}

/// Performs the effects of one step.
struct Performer<'a, P: Process> {
    shell: &'a mut Shell<P>,
    /// When the step was taken.
    now: Duration,
}

impl<P: Networked> Sink<P::Message, P::Event, P::Timer> for Performer<'_, P> {
    fn take(&mut self, effect: EffectOf<P>) {
        self.shell.perform(self.now, effect);
    }

    fn take_for_all(&mut self, to: &[ProcessId], message: P::Message) {
        self.shell.send_all(self.now, to, message);
    }
}
