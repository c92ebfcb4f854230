//! A site at work: it asks, adds to the counter, leaves, and sees to it that all end together.

use std::{
    collections::{BTreeMap, BTreeSet},
    future,
    time::Duration,
};

use mutual_exclusion::{Command, Event, Measures, MutualExclusion, Phase, Worker, Workload};
use network::{Mesh, Networked, Notice};
use protocol::{Application, Delay, Plan, ProcessId};
use scenario::Dice;
use tokio::{
    select,
    time::{Instant, sleep_until},
};

use super::{
    counter::Counter,
    record::{Record, Report},
    shared::Shared,
};
use crate::Failure;

/// A site among its peers, with its work.
pub(super) struct Member<P: Networked, T> {
    /// Tells whoever listens what happens here.
    tell: T,
    me: ProcessId,
    mesh: Mesh<P>,
    measures: Shared<Measures>,
    worker: Worker,
    dice: Dice,
    counter: Counter,
    peers: BTreeMap<ProcessId, Peer>,
    /// Whether all have been linked at once, so that the work could begin.
    has_begun: bool,
    /// What the worker asks for next, and when.
    next: Option<(Instant, Command)>,
    /// What the counter held when we entered.
    found: u64,
    entries: u64,
    wanted: u64,
    /// When something last happened here.
    last_event: Instant,
    /// How long we go on without a peer while nothing happens here.
    patience: Duration,
    /// What a peer did, first, that a correct one can't do.
    rejected: Option<String>,
}

/// What is known of a peer.
#[derive(Default)]
struct Peer {
    is_linked: bool,
    /// Since when the link is down that was up.
    down_since: Option<Instant>,
    /// When it first went down: what was said over it then may be lost.
    broke_at: Option<Instant>,
    /// Whether it has turned us away since the link was up last.
    has_refused: bool,
    /// How often it has entered, once it has done its work.
    tally: Option<u64>,
}

impl<P, T> Member<P, T>
where
    P: Networked + MutualExclusion,
    T: Fn(&Record) -> Result<(), Failure>,
{
    /// The site `me` of a system of `size`, whose `measures` are a monitor of its `mesh`.
    pub(super) fn new(
        (me, size): (ProcessId, u32),
        mesh: Mesh<P>,
        measures: Shared<Measures>,
        workload: Workload,
        counter: Counter,
        patience: Duration,
        tell: T,
    ) -> Self {
        Self {
            tell,
            me,
            mesh,
            measures,
            worker: workload.worker(),
            dice: Dice::new(network::incarnation_now().wrapping_add(me.0.into())),
            counter,
            peers: me.peers(size).into_iter().map(|peer| (peer, Peer::default())).collect(),
            has_begun: false,
            next: None,
            found: 0,
            entries: 0,
            wanted: workload.entries.into(),
            last_event: Instant::now(),
            patience,
            rejected: None,
        }
    }

    /// Works until all have done theirs, or nothing more can happen, or `stop` is ready.
    pub(super) async fn work(mut self, stop: impl Future<Output = ()>) -> Result<Report, Failure> {
        let mut stop = std::pin::pin!(stop);
        let mut was_stopped = false;
        self.begin_if_all_are_linked()?;
        if !self.has_begun {
            let without = self.peers.keys().copied().collect();
            (self.tell)(&Record::Alone { site: self.me, without })?;
        }
        while !self.all_are_done() {
            let command_at = self.next.map(|(when, _)| when);
            let gives_up_at = self.gives_up_at();
            select! {
                notice = self.mesh.next() => self.on_notice(notice)?,
                () = at(command_at) => self.give_command()?,
                () = at(gives_up_at) => break,
                () = &mut stop => {
                    was_stopped = true;
                    break;
                }
            }
        }
        let report = self.report(was_stopped)?;
        self.leave_behind_no_lock()?;
        self.mesh.close().await;
        (self.tell)(&Record::Finished(report.clone()))?;
        Ok(report)
    }

    fn on_notice(&mut self, notice: Notice<Event>) -> Result<(), Failure> {
        let site = self.me;
        match notice {
            Notice::Event(event) => self.on_event(event)?,
            Notice::Up { peer, .. } => {
                let peer = self.peer(peer);
                peer.is_linked = true;
                peer.has_refused = false;
                peer.down_since = None;
                self.begin_if_all_are_linked()?;
            }
            Notice::Down { peer } => {
                let it = self.peer(peer);
                it.is_linked = false;
                it.down_since = Some(Instant::now());
                it.broke_at.get_or_insert(Instant::now());
                if it.tally.is_none() {
                    (self.tell)(&Record::Lost { site, peer })?;
                }
            }
            Notice::Farewell { peer, tally } => self.peer(peer).tally = Some(tally),
            Notice::RefusedBy { peer, why, proven } => {
                self.peer(peer).has_refused = true;
                if !self.has_begun && (proven || self.most_have_refused()) {
                    let text = format!("site {peer} turned this site away: {why}");
                    return Err(Failure::Failed(text));
                }
            }
            Notice::Rejected { peer, why } => {
                let text = format!("site {site} rejected what site {peer} did: {why}");
                self.rejected.get_or_insert(text);
            }
            // The network has logged it.
            Notice::Refused { .. } | Notice::Unreachable { .. } | Notice::Cut { .. } => {}
        }
        Ok(())
    }

    fn on_event(&mut self, event: Event) -> Result<(), Failure> {
        let site = self.me;
        self.last_event = Instant::now();
        match event {
            Event::Entered => {
                self.found = self.counter.read()?;
                (self.tell)(&Record::Entered { site, counter: self.found })?;
            }
            Event::Left => self.entries += 1,
        }
        self.consult(|worker, plan| Application::<P>::on_event(worker, &event, plan));
        self.say_farewell_if_done()
    }

    fn begin_if_all_are_linked(&mut self) -> Result<(), Failure> {
        if self.has_begun || !self.peers.values().all(|peer| peer.is_linked) {
            return Ok(());
        }
        self.has_begun = true;
        self.last_event = Instant::now();
        (self.tell)(&Record::Ready { site: self.me })?;
        self.consult(|worker, plan| Application::<P>::on_start(worker, plan));
        self.say_farewell_if_done()
    }

    fn say_farewell_if_done(&mut self) -> Result<(), Failure> {
        if self.has_done_its_work() {
            self.mesh.farewell(self.entries);
            (self.tell)(&Record::Done { site: self.me, entries: self.entries })?;
        }
        Ok(())
    }

    /// Asks the worker what it wants, and when.
    fn consult(&mut self, ask: impl FnOnce(&mut Worker, &mut Plan<Command>)) {
        let Self { worker, dice, next, .. } = self;
        let mut sink = |after: Delay, command| {
            *next = Some((Instant::now() + dice.draw(&after), command));
        };
        ask(worker, &mut Plan::new(&mut sink));
    }

    /// Gives the site the command whose moment has come. Whoever leaves has added to the counter.
    fn give_command(&mut self) -> Result<(), Failure> {
        if let Some((_, command)) = self.next.take() {
            if command == Command::Leave {
                let counter = self.found + 1;
                self.counter.write(counter)?;
                (self.tell)(&Record::Left { site: self.me, counter })?;
            }
            self.last_event = Instant::now();
            self.mesh.command(command);
        }
        Ok(())
    }

    /// Whether more than half of the others want nothing to do with us. One stranger on
    /// another's port is not that many.
    fn most_have_refused(&self) -> bool {
        2 * self.peers.values().filter(|peer| peer.has_refused).count() > self.peers.len()
    }

    /// Whoever is stopped inside leaves first: others wait for that.
    fn leave_behind_no_lock(&mut self) -> Result<(), Failure> {
        if self.mesh.with(MutualExclusion::phase) == Phase::Inside {
            match self.next {
                Some((_, Command::Leave)) => self.give_command()?,
                // It has not heard yet that it is inside, so it has not read the counter.
                _ => self.mesh.command(Command::Leave),
            }
        }
        Ok(())
    }

    fn has_done_its_work(&self) -> bool {
        self.has_begun && self.next.is_none() && self.entries == self.wanted
    }

    fn all_are_done(&self) -> bool {
        self.has_done_its_work() && self.peers.values().all(|peer| peer.tally.is_some())
    }

    /// When to stop waiting, if nothing happens here before. A site that is done needs to hear
    /// the farewell of those who are gone; one that has work needs everybody; and one that waits
    /// may wait for what was lost when a link broke, though it is up again.
    fn gives_up_at(&self) -> Option<Instant> {
        let since = if self.has_done_its_work() {
            self.peers
                .values()
                .filter(|peer| peer.tally.is_none())
                .filter_map(|peer| peer.down_since)
                .max()
        } else if self.mesh.with(MutualExclusion::phase) == Phase::Waiting {
            self.peers.values().filter_map(|peer| peer.broke_at).min()
        } else {
            self.peers.values().filter_map(|peer| peer.down_since).min()
        };
        Some(since?.max(self.last_event) + self.patience)
    }

    fn report(&mut self, was_stopped: bool) -> Result<Report, Failure> {
        let tallies = self.peers.values().map(|peer| peer.tally);
        let others: Option<u64> = tallies.sum();
        let is_done = self.has_done_its_work();
        let gone = |(&id, peer): (&ProcessId, &Peer)| {
            let is_missed = !(is_done && peer.tally.is_some());
            peer.down_since.filter(|_| is_missed).map(|since| (since, id))
        };
        let gone: BTreeSet<_> = self.peers.iter().filter_map(gone).collect();
        Ok(Report {
            site: self.me,
            entries: self.entries,
            wanted: self.wanted,
            at_once: self.measures.look().at_once,
            messages: self.measures.look().messages,
            total: others.filter(|_| is_done).map(|others| others + self.entries),
            counter: self.counter.read()?,
            phase: self.mesh.with(MutualExclusion::phase),
            waits_for: self.mesh.with(MutualExclusion::waits_for),
            unheard: self
                .peers
                .iter()
                .filter(|(_, peer)| peer.tally.is_none())
                .map(|(&id, _)| id)
                .collect(),
            gone: gone.into_iter().map(|(_, id)| id).collect(),
            rejected: self.rejected.clone(),
            was_stopped,
        })
    }

    fn peer(&mut self, id: ProcessId) -> &mut Peer {
        self.peers.entry(id).or_default()
    }
}

/// Waits for a moment; for ever, if there is none.
pub(super) async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => future::pending().await,
    }
}
