//! The shell: everything around the process, which its effects act upon.

use std::{
    collections::{BTreeSet, VecDeque},
    net::SocketAddr,
    rc::Rc,
    time::Duration,
};

use bytes::BytesMut;
use protocol::{Effect, EffectOf, Fate, Monitor, Process, ProcessId};
use tokio::time::Instant;
use wire::{
    frame,
    text::{Codec, Complaint},
};

use crate::{
    config::{Part, Settings},
    connection::Link,
    dialogue::Turns,
    news::News,
    node::Networked,
    notice::{Notice, Notices},
    packet::Packet,
    peer::{AdmissionError, Peer, Peers, State},
    plain::{self, Text},
    saying::Saying,
    timers::Timers,
};

/// Everything around a process: what its effects act upon.
pub(crate) struct Shell<P: Process> {
    pub(crate) settings: Rc<Settings>,
    started: Instant,
    pub(crate) monitor: Box<dyn Monitor<P>>,
    /// How clients are understood that speak text, if they are.
    pub(crate) text: Option<Rc<Text<P::Message>>>,
    /// All others of a fixed membership; or the guests that are there.
    pub(crate) peers: Peers,
    /// To whom something has been put since the last flush, or who was heard.
    unsent: Vec<ProcessId>,
    turns: Turns,
    /// Guests for whom much waited when they were last looked at.
    behind: BTreeSet<ProcessId>,
    /// The name that was given to a guest last.
    last_guest: ProcessId,
    /// Whose links went down without our process having been told so far.
    pub(crate) fallen: VecDeque<ProcessId>,
    pub(crate) timers: Timers<P::Timer>,
    pub(crate) notices: Notices<P::Event>,
    /// What peers are told when they come up, once we have said farewell.
    pub(crate) farewell: Option<u64>,
    pub(crate) news: News,
}

impl<P: Networked> Shell<P> {
    pub(crate) fn new(
        settings: Rc<Settings>,
        peers: Peers,
        text: Option<Rc<Text<P::Message>>>,
        monitor: Box<dyn Monitor<P>>,
    ) -> Self {
        Self {
            started: Instant::now(),
            monitor,
            text,
            peers,
            unsent: Vec::new(),
            turns: Turns::default(),
            behind: BTreeSet::new(),
            last_guest: settings.me(),
            fallen: VecDeque::new(),
            timers: Timers::new(),
            notices: Notices::new(),
            farewell: None,
            news: News::new(matches!(settings.part, Part::Client { .. })),
            settings,
        }
    }

    /// The time since the start, which is the process's own.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// The names of all peers.
    pub(crate) fn ids(&self) -> Vec<ProcessId> {
        self.peers.keys().copied().collect()
    }

    /// The link to a peer, if it is up.
    pub(crate) fn link_to(&mut self, id: ProcessId) -> Option<&mut Link> {
        self.peers.get_mut(&id)?.link()
    }

    /// The same, if it is the peer's link of that number.
    pub(crate) fn link(&mut self, id: ProcessId, number: u64) -> Option<&mut Link> {
        self.link_to(id).filter(|link| link.is(number))
    }

    /// Whether one more guest may come in.
    pub(crate) fn has_room(&self) -> Result<(), AdmissionError> {
        match self.settings.part {
            Part::Hub { clients } if self.peers.len() >= clients => {
                Err(AdmissionError::Full { limit: clients })
            }
            _ => Ok(()),
        }
    }

    /// A link is up: the application is told, and the peer what it has missed.
    pub(crate) fn has_come_up(&mut self, id: ProcessId, addr: SocketAddr) {
        if !self.settings.has_guests() {
            self.news.clear(); // Anybody can be a guest, and be turned away before and after.
        }
        self.unsent.push(id);
        self.notices.push(Notice::Up { peer: id, addr });
        if let Some(tally) = self.farewell {
            self.put(id, &Packet::Farewell { tally });
        }
    }

    pub(crate) fn perform(&mut self, now: Duration, effect: EffectOf<P>) {
        self.monitor.on_effect(now, self.settings.me(), &effect);
        match effect {
            Effect::Send { to, message } => self.send(now, to, &message),
            Effect::Emit(event) => self.notices.push(Notice::Event(event)),
            Effect::SetTimer { timer, after } => self.timers.set(timer, now.saturating_add(after)),
            Effect::CancelTimer(timer) => self.timers.cancel(&timer),
            Effect::Close(peer) => self.close(peer),
            Effect::Reject { peer, why } => self.reject(peer, why),
        }
    }

    fn send(&mut self, now: Duration, to: ProcessId, message: &P::Message) {
        if !self.put(to, &Packet::Message(message)) {
            self.is_lost(now, to, message);
        }
    }

    /// Performs an [`Effect::Send`] to each of them.
    pub(crate) fn send_all(&mut self, now: Duration, to: &[ProcessId], message: P::Message) {
        let me = self.settings.me();
        let limit = self.settings.limits.frame;
        let mut saying = Saying::new(message);
        for &to in to {
            let effect = Effect::Send { to, message: saying.message };
            self.monitor.on_effect(now, me, &effect);
            let Effect::Send { message, .. } = effect else { return };
            saying.message = message;
            let is_sent = self.write(to, |codec, out| {
                saying.bytes(codec, limit).map(|bytes| out.extend_from_slice(bytes))
            });
            if !is_sent {
                self.is_lost(now, to, &saying.message);
            }
        }
    }

    /// What is said to a peer that is down is lost. Nobody speaks to anybody but peers, and to
    /// guests, who may have left.
    fn is_lost(&mut self, now: Duration, to: ProcessId, message: &P::Message) {
        let me = self.settings.me();
        assert!(
            self.peers.contains_key(&to) || (self.settings.has_guests() && to != me),
            "process {me} of {} sends to process {to}: a process sends to its peers",
            self.settings.size()
        );
        self.monitor.on_fate(now, me, to, message, Fate::Cut);
    }

    /// Has a packet sent with the others of this turn, or wait for its peer to come up; whether
    /// there is such a peer.
    pub(crate) fn put(&mut self, to: ProcessId, packet: &Packet<&P::Message>) -> bool {
        let limit = self.settings.limits.frame;
        self.write(to, |codec, out| match codec {
            Some(codec) => plain::encode(codec, packet, out).map_err(|error| error.to_string()),
            None => frame::encode(packet, limit, out).map_err(|error| error.to_string()),
        })
    }

    /// Tells a client that speaks text what was wrong with that.
    pub(crate) fn complain(&mut self, to: ProcessId, complaint: &Complaint) {
        self.write(to, |codec, out| match codec {
            Some(codec) => codec.complain(complaint, out).map_err(|error| error.to_string()),
            None => Ok(()),
        });
    }

    /// `say` is given the codec if the peer reads text, and what waits to be sent. Whether there is
    /// a peer that is not down.
    fn write(
        &mut self,
        to: ProcessId,
        say: impl FnOnce(Option<&dyn Codec<Message = P::Message>>, &mut BytesMut) -> Result<(), String>,
    ) -> bool {
        let (out, speaks_text) = match self.peers.get_mut(&to).map(|peer| &mut peer.state) {
            Some(State::Awaited { queue }) => (queue, false),
            Some(State::Up(link)) => (&mut link.out, link.speaks_text),
            Some(State::Down) | None => return false,
        };
        let before = out.len();
        let codec = self.text.as_ref().filter(|_| speaks_text).map(|text| &*text.codec);
        if let Err(why) = say(codec, out) {
            out.truncate(before);
            self.cut(to, format!("it was to be sent {why}"));
            return true;
        }
        if before == 0 && !out.is_empty() {
            self.unsent.push(to);
        }
        let (waiting, most) = (out.len(), self.settings.limits.outbound);
        if waiting > most / 2 && self.settings.has_guests() {
            self.behind.insert(to);
        }
        if waiting > most {
            self.relieve(to);
        }
        true
    }

    /// More waits for a peer than may. What it takes at once does not count.
    fn relieve(&mut self, id: ProcessId) {
        let outbound = self.settings.limits.outbound;
        if let Some(link) = self.link_to(id) {
            link.flush();
            if link.out.len() <= outbound {
                return;
            }
        }
        self.cut(id, format!("too slow: more than {outbound} bytes wait for it"));
    }

    /// Whether more waits for some guest than half of what may, of those who take any of it.
    pub(crate) fn is_anybody_behind(&mut self) -> bool {
        self.flush(); // What nobody has tried to write yet has kept nobody busy.
        let Self { behind, peers, settings, .. } = self;
        let most = settings.limits.outbound / 2;
        behind.retain(|id| peers.get(id).is_some_and(|peer| peer.waiting() > most));
        behind
            .iter()
            .any(|id| peers.get_mut(id).and_then(Peer::link).is_some_and(|it| !it.is_stuck))
    }

    /// Whoever is behind now has been waited for long enough, until he takes something again.
    pub(crate) fn wait_no_longer(&mut self) {
        let Self { behind, peers, .. } = self;
        for id in behind.iter() {
            if let Some(link) = peers.get_mut(id).and_then(Peer::link) {
                link.is_stuck = true;
            }
        }
    }

    /// A turn has ended in which `asker` was heard. All others are written to before him: what they
    /// are told, they may have waited for. Whether he is in a dialogue.
    pub(crate) fn end_turn(&mut self, asker: ProcessId) -> bool {
        self.unsent.retain(|&id| id != asker);
        self.unsent.push(asker);
        self.turns.end(asker)
    }

    /// Writes what was said since the last flush, to each peer all of it at once.
    pub(crate) fn flush(&mut self) {
        self.for_each_unsent(Link::flush);
    }

    /// Has it written once the application waits.
    pub(crate) fn flush_soon(&mut self) {
        self.for_each_unsent(|link| link.flush_soon());
    }

    fn for_each_unsent(&mut self, work: impl Fn(&mut Link)) {
        let Self { unsent, turns, peers, .. } = self;
        if unsent.is_empty() {
            return;
        }
        for id in &*unsent {
            if let Some(link) = peers.get_mut(id).and_then(Peer::link) {
                work(link);
            }
        }
        turns.leave(unsent);
    }

    /// A name for a guest. One is given again only after four billion others, if it is free.
    pub(crate) fn fresh_name(&mut self) -> ProcessId {
        loop {
            self.last_guest = ProcessId(self.last_guest.0.wrapping_add(1));
            let is_free = !self.peers.contains_key(&self.last_guest);
            if is_free && self.last_guest != self.settings.me() {
                return self.last_guest;
            }
        }
    }
}
