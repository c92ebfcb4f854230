//! A stage for demos: all sites in one thread, on real sockets, so that whoever directs them
//! sees every step, in order, and knows when they have come to rest.

use std::{
    future::{Future, poll_fn},
    net::{SocketAddr, TcpListener},
    pin::pin,
    rc::Rc,
    task::Poll,
    time::Duration,
};

use mutual_exclusion::{Command, Event, Exclusion, Fairness, Measures, Phase, counted};
use network::{Config, Notice};
use protocol::{Effect, EffectOf, Fate, Input, InputOf, Link, Monitor, ProcessId, Violation};
use tokio::{select, sync::Notify, time::sleep};

use super::{Solution, Staging, actor::Actor, scribe::Scribe, shared::Shared};
use crate::{Failure, Outcome, Verdict};

/// How long nothing may happen before a demo gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sites on real sockets of this machine, who do what they are told and nothing else.
///
/// `M` watches every step of every site, in the order in which they happen.
pub struct Stage<P: Solution, M> {
    sites: Vec<Actor<P>>,
    watch: Shared<Watching<P, M>>,
    rest: Rc<Notify>,
}

/// The stage's own monitor, the director's, and one that draws, if that is wanted.
type Watching<P, M> = (Watch, (M, Option<Scribe<P>>));

/// What the stage itself watches.
struct Watch {
    properties: (Fairness, (Measures, Exclusion)),
    /// How many sites have still to be told that they are linked to how many others. What is to
    /// be sent behind reliable links is not on its way before.
    links_missing: u64,
    /// How many messages are on their way.
    under_way: u64,
    /// Told when both come to be none.
    rest: Rc<Notify>,
}

impl<P: Solution, M: Monitor<P> + 'static> Stage<P, M> {
    /// Sets up `size` sites of the lab `name`. Their links come up while the stage rests, so
    /// that commands that are given before reach everybody before any message does.
    ///
    /// # Errors
    /// When there are no ports to listen on.
    pub fn open(
        name: &str,
        size: u32,
        staging: impl Into<Staging>,
        site: impl Fn(ProcessId) -> P,
        monitor: M,
    ) -> Result<Self, Failure> {
        let Staging { links, drawing } = staging.into();
        let failed = |error| Failure::Failed(format!("can't listen on this machine: {error}"));
        let listen = |_| TcpListener::bind("127.0.0.1:0");
        let listeners = ProcessId::all(size).map(listen).collect::<Result<Vec<_>, _>>();
        let listeners = listeners.map_err(failed)?;
        let addresses: Result<Vec<SocketAddr>, _> =
            listeners.iter().map(TcpListener::local_addr).collect();
        let addresses = addresses.map_err(failed)?;

        let rest = Rc::new(Notify::new());
        let properties = (Fairness::new(size), (Measures::new(size), Exclusion::default()));
        let links_missing = u64::from(size) * u64::from(size.saturating_sub(1));
        let own = Watch { properties, links_missing, under_way: 0, rest: Rc::clone(&rest) };
        let scribe = drawing.trace.map(|target| Scribe::new(name, size, target)).transpose();
        let watch = Shared::new((own, (monitor, scribe.map_err(failed)?)));
        let start = |(me, listener)| {
            let config = Config::new(name, me, addresses.clone());
            Actor::start(listener, config, site(me), links, watch.clone())
                .map_err(|error| Failure::Failed(error.to_string()))
        };
        let sites = ProcessId::all(size).zip(listeners).map(start).collect::<Result<_, _>>()?;
        Ok(Self { sites, watch, rest })
    }

    /// Gives the site a command.
    pub fn command(&mut self, site: ProcessId, command: Command) {
        self.sites[site.index()].command(command);
    }

    /// Looks at a site.
    pub fn site<T>(&self, site: ProcessId, look: impl FnOnce(&P) -> T) -> T {
        self.sites[site.index()].with(look)
    }

    /// Looks at what the monitor has seen.
    pub fn look<T>(&self, look: impl FnOnce(&M) -> T) -> T {
        look(&self.watch.look().1.0)
    }

    /// What all entries so far have cost.
    pub fn measures(&self) -> Measures {
        let watch = self.watch.look();
        let (_, (measures, _)) = &watch.0.properties;
        measures.clone()
    }

    /// Waits until all links are up and no message is on its way, and returns what the sites have
    /// told meanwhile.
    ///
    /// # Errors
    /// When it takes too long, or a site turns another away.
    pub async fn rest(&mut self) -> Result<Vec<(ProcessId, Event)>, Failure> {
        let mut told = Vec::new();
        while !self.watch.look().0.is_at_rest() {
            let rest = Rc::clone(&self.rest);
            select! {
                () = rest.notified() => {}
                notice = self.next() => told.extend(notice?),
                () = sleep(PATIENCE) => return Err(self.stalled()),
            }
        }
        while let Some(notice) = self.next_now().await {
            told.extend(notice?);
        }
        Ok(told)
    }

    /// Has every site enter, as often as `entries` says for it, as fast as it can.
    ///
    /// # Errors
    /// When it takes too long, or a site turns another away.
    pub async fn work(&mut self, mut entries: Vec<u32>) -> Result<(), Failure> {
        let mut at_work = 0;
        for (site, left) in ProcessId::all(u32::MAX).zip(&entries) {
            if *left > 0 {
                at_work += 1;
                self.command(site, Command::Enter);
            }
        }
        while at_work > 0 {
            let (site, event) = select! {
                notice = self.next() => match notice? {
                    Some(told) => told,
                    None => continue,
                },
                () = sleep(PATIENCE) => return Err(self.stalled()),
            };
            let left = &mut entries[site.index()];
            match event {
                Event::Entered => self.command(site, Command::Leave),
                Event::Left => {
                    *left -= 1;
                    if *left > 0 {
                        self.command(site, Command::Enter);
                    } else {
                        at_work -= 1;
                    }
                }
            }
        }
        self.rest().await.map(drop)
    }

    /// Ends all sites, and says whether what was promised has held.
    ///
    /// # Errors
    /// When the run is to be drawn, and can't be.
    pub async fn close(self) -> Result<Verdict, Failure> {
        let Self { sites, watch, .. } = self;
        let mut closing: Vec<_> = sites.into_iter().map(|site| Box::pin(site.close())).collect();
        poll_fn(|context| {
            closing.retain_mut(|close| close.as_mut().poll(context).is_pending());
            if closing.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let mut watch = watch.look_closely();
        let properties = &watch.0.properties;
        let measures = properties.1.0.clone();
        let violation = Monitor::<P>::violation(properties)
            .or_else(|| Monitor::<P>::violation_at_rest(properties));
        if let Some(scribe) = watch.1.1.take() {
            scribe.finish(violation.clone())?;
        }
        Ok(match violation {
            Some(violation) if violation.property == "message count" => {
                let Violation { detail, .. } = violation;
                let text = format!("mutual exclusion held, but not at its cost: {detail}");
                Verdict::new(Outcome::Broken, text)
            }
            Some(violation) => {
                Verdict::new(Outcome::Broken, format!("mutual exclusion broken: {violation}"))
            }
            None => Verdict::new(
                Outcome::Held,
                format!(
                    "mutual exclusion held: {}, {:.2} messages each",
                    counted(measures.entries, "entry"),
                    measures.messages_per_entry().unwrap_or(0.0)
                ),
            ),
        })
    }

    /// The next thing that a site tells its application, if the next notice is one.
    async fn next(&mut self) -> Result<Option<(ProcessId, Event)>, Failure> {
        poll_fn(|context| {
            for (site, actor) in ProcessId::all(u32::MAX).zip(&mut self.sites) {
                if let Poll::Ready(notice) = pin!(actor.next()).poll(context) {
                    return Poll::Ready(read(site, notice));
                }
            }
            Poll::Pending
        })
        .await
    }

    /// The same, if there is one already.
    async fn next_now(&mut self) -> Option<Result<Option<(ProcessId, Event)>, Failure>> {
        let mut next = pin!(self.next());
        poll_fn(|context| match next.as_mut().poll(context) {
            Poll::Ready(notice) => Poll::Ready(Some(notice)),
            Poll::Pending => Poll::Ready(None),
        })
        .await
    }

    fn stalled(&self) -> Failure {
        let waits = |(id, actor): (ProcessId, &Actor<P>)| {
            let waits_for =
                actor.with(|site| (site.phase() == Phase::Waiting).then(|| site.waits_for()));
            waits_for.map(|whom| mutual_exclusion::waiting(id, &whom))
        };
        let sites = ProcessId::all(u32::MAX).zip(&self.sites);
        let waiting: Vec<String> = sites.filter_map(waits).collect();
        Failure::Failed(format!("nothing happens any more: {}", waiting.join("; ")))
    }
}

fn read(site: ProcessId, notice: Notice<Event>) -> Result<Option<(ProcessId, Event)>, Failure> {
    match notice {
        Notice::Event(event) => Ok(Some((site, event))),
        Notice::Rejected { peer, why } => {
            Err(Failure::Failed(format!("site {site} rejected what site {peer} did: {why}")))
        }
        Notice::RefusedBy { peer, why, .. } => {
            Err(Failure::Failed(format!("site {peer} turned site {site} away: {why}")))
        }
        _ => Ok(None),
    }
}

impl<P: Solution> Monitor<P> for Watch {
    fn on_input(&mut self, now: Duration, at: ProcessId, site: &P, input: &InputOf<P>) {
        Monitor::<P>::on_input(&mut self.properties, now, at, site, input);
        match input {
            Input::Message { .. } => self.arrived(),
            Input::Link { link: Link::Up { .. }, .. } => {
                self.links_missing -= 1;
                self.look_for_rest();
            }
            Input::Link { link: Link::Down, .. } => self.links_missing += 1,
            _ => {}
        }
    }

    fn on_effect(&mut self, now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        Monitor::<P>::on_effect(&mut self.properties, now, by, effect);
        if let Effect::Send { .. } = effect {
            self.under_way += 1;
        }
    }

    fn on_fate(&mut self, _: Duration, _: ProcessId, _: ProcessId, _: &P::Message, fate: Fate) {
        if let Fate::Lost | Fate::Cut = fate {
            self.arrived();
        }
    }
}

impl Watch {
    fn is_at_rest(&self) -> bool {
        self.links_missing == 0 && self.under_way == 0
    }

    fn arrived(&mut self) {
        self.under_way -= 1;
        self.look_for_rest();
    }

    /// Whoever waits looks again: this step may be about to send something.
    fn look_for_rest(&self) {
        if self.is_at_rest() {
            self.rest.notify_one();
        }
    }
}
