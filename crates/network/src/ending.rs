//! How links end, and how those are told who should know.

use std::{borrow::Cow, time::Duration};

use protocol::ProcessId;
use tracing::{debug, warn};
use wire::hello::legible;

use crate::{
    config::Part,
    news::Reason,
    node::Networked,
    notice::Notice,
    packet::Packet,
    peer::{Peer, State},
    shell::Shell,
};

impl<P: Networked> Shell<P> {
    /// Hangs up once what was said has left.
    pub(crate) fn close(&mut self, id: ProcessId) {
        if let Some(link) = self.peers.get_mut(&id).and_then(Peer::take_link) {
            self.fallen.push_back(id);
            link.end();
        }
    }

    pub(crate) fn reject(&mut self, id: ProcessId, why: Cow<'static, str>) {
        self.warn_of(id, &why, &format!("rejected what {} did: {why}", self.shown(id)));
        self.dismiss(id, &why);
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.reject(&why);
        }
        self.notices.push(Notice::Rejected { peer: id, why: why.into_owned() });
    }

    /// Tells a peer why, and hangs up.
    fn dismiss(&mut self, id: ProcessId, why: &str) {
        if self.link_to(id).is_some() {
            self.put(id, &Packet::Refused { why: legible(why) });
            self.close(id);
        }
    }

    /// A peer has said nothing for too long. A guest may be alive all the same, and is told why he
    /// has to come again. A member would take that for a refusal, and stay away.
    pub(crate) fn expire(&mut self, id: ProcessId, patience: Duration) {
        let why = format!("silent for {patience:?}");
        if self.settings.has_guests() {
            self.dismiss(id, &format!("you were {why}: come again"));
        }
        self.cut(id, why);
    }

    /// Gives up a link, or the queue for a peer that has not been up.
    pub(crate) fn cut(&mut self, id: ProcessId, why: String) {
        self.warn_of(id, &why, &format!("cut the link to {}: {why}", self.shown(id)));
        self.fall(id);
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.state = State::Down;
        }
        self.notices.push(Notice::Cut { peer: id, why });
    }

    /// Guests may be strangers, who don't fill the log by coming again and again.
    fn warn_of(&mut self, id: ProcessId, why: &str, line: &str) {
        match self.settings.part {
            Part::Hub { .. } => {
                self.news.log(Reason::Guest(id, why.to_owned()), line);
            }
            Part::Client { .. } => debug!("{line}"), // Its application says so.
            Part::Member { .. } => warn!("{line}"),
        }
    }

    /// A peer, for the log. Nobody knows a guest by the name that we gave it.
    fn shown(&self, id: ProcessId) -> String {
        match self.peers.get(&id) {
            Some(peer) if self.settings.has_guests() => format!("the client at {}", peer.addr),
            _ => format!("process {id}"),
        }
    }

    /// Drops a link, if it is up.
    pub(crate) fn fall(&mut self, id: ProcessId) {
        if self.peers.get_mut(&id).and_then(Peer::take_link).is_some() {
            self.fallen.push_back(id);
        }
    }

    /// We dialled a peer, and nobody was there. In a mesh that is how most links begin.
    pub(crate) fn not_reached(&mut self, peer: ProcessId, why: String) {
        if !matches!(self.settings.part, Part::Client { .. }) {
            return debug!(%peer, "{why}");
        }
        if self.news.log(Reason::Seat(peer, why.clone()), &why) {
            self.notices.push(Notice::Unreachable { peer, why });
        }
    }

    /// A peer, or whoever sits where it should, does not want to talk to us.
    pub(crate) fn refused_by(&mut self, peer: ProcessId, why: String, proven: bool) {
        let Some(addr) = self.peers.get(&peer).map(|peer| peer.addr) else { return };
        let (reason, line) = if proven {
            (Reason::Peer(peer, why.clone()), format!("process {peer} turned us away: {why}"))
        } else {
            let line = format!("{addr}, where process {peer} should be, turned us away: {why}");
            (Reason::Seat(peer, why.clone()), line)
        };
        if self.news.log(reason, &line) {
            self.notices.push(Notice::RefusedBy { peer, why, proven });
        }
    }
}
