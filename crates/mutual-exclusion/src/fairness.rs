//! Nobody is passed again and again.

use alloc::{format, vec, vec::Vec};
use core::time::Duration;

use protocol::{Effect, EffectOf, Fate, Input, InputOf, Monitor, ProcessId, Violation};

use crate::{Command, Event, MutualExclusion};

/// Watches that, once everybody has received a site's request, each other site enters at most
/// [`BYPASSES`](MutualExclusion::BYPASSES) times before it.
///
/// "Everybody" are those whom the site has sent its request to. A request counts as received when
/// none of the site's requests is under way any more, copies and older ones included: which of
/// them has arrived can't be told. Nothing is claimed for a request of which one was lost.
///
/// ```
/// use mutual_exclusion::{Command, Event, Fairness};
/// use protocol::{Effect, Input, Monitor, ProcessId};
/// use ricart_agrawala::{Message, Site};
/// use std::time::Duration;
///
/// // Site 0 asks site 1, which has its request and enters nevertheless.
/// let site = |id| Site::new(ProcessId(id), ProcessId(id).peers(2));
/// let request = Message::Request { sequence_number: 1 };
/// let mut fairness = Fairness::new(2);
/// let watch: &mut dyn Monitor<Site> = &mut fairness;
/// let now = Duration::ZERO;
/// watch.on_input(now, ProcessId(0), &site(0), &Input::Command(Command::Enter));
/// watch.on_effect(now, ProcessId(0), &Effect::Send { to: ProcessId(1), message: request });
/// watch.on_input(now, ProcessId(1), &site(1), &Input::Message { from: ProcessId(0), message: request });
/// watch.on_effect(now, ProcessId(1), &Effect::Emit(Event::Entered));
/// assert_eq!(watch.violation(), None); // Once is allowed.
/// watch.on_effect(now, ProcessId(1), &Effect::Emit(Event::Entered));
/// assert_eq!(watch.violation().unwrap().property, "fairness");
/// assert_eq!(fairness.worst(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fairness {
    /// By site; all of its length.
    requests: Vec<Request>,
    /// The most often that one site has passed another so far.
    worst: u32,
    /// Who passed whom too often, first, and how often that was.
    broken: Option<(ProcessId, ProcessId, u32)>,
}

/// What is known of one site's wish to enter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Request {
    is_pending: bool,
    /// How many of the site's requests, not only for this entry, are on their way to somebody.
    under_way: u32,
    /// Whether one was lost since the site asked, so that not all will receive it. Not so unless
    /// pending.
    is_lost: bool,
    /// How often each site has entered since all have received the request. All zero unless
    /// pending.
    passed_by: Vec<u32>,
}

impl Fairness {
    /// Watches a system of `sites`.
    pub fn new(sites: u32) -> Self {
        let sites = ProcessId(sites).index();
        let passed_by = vec![0; sites];
        let request = Request { is_pending: false, under_way: 0, is_lost: false, passed_by };
        Self { requests: vec![request; sites], worst: 0, broken: None }
    }

    /// The most often that one site has entered while another waited whose request everybody had
    /// received.
    pub fn worst(&self) -> u32 {
        self.worst
    }

    fn on_entered(&mut self, site: ProcessId, bound: u32) {
        self.requests[site.index()].settle();
        for (passed, request) in ProcessId::all(u32::MAX).zip(&mut self.requests) {
            let all_have_received = request.under_way == 0 && !request.is_lost;
            if request.is_pending && all_have_received {
                let times = &mut request.passed_by[site.index()];
                *times += 1;
                self.worst = self.worst.max(*times);
                if *times > bound {
                    self.broken.get_or_insert((site, passed, *times));
                }
            }
        }
    }
}

impl Request {
    /// The site has entered, or died.
    fn settle(&mut self) {
        self.is_pending = false;
        self.is_lost = false;
        self.passed_by.fill(0);
    }
}

impl<P: MutualExclusion> Monitor<P> for Fairness {
    fn on_input(&mut self, _now: Duration, at: ProcessId, _site: &P, input: &InputOf<P>) {
        match input {
            Input::Command(Command::Enter) => self.requests[at.index()].is_pending = true,
            Input::Message { from, message } if P::is_request(message) => {
                let under_way = &mut self.requests[from.index()].under_way;
                *under_way = under_way.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        match effect {
            Effect::Emit(Event::Entered) => self.on_entered(by, P::BYPASSES),
            Effect::Send { message, .. } if P::is_request(message) => {
                self.requests[by.index()].under_way += 1;
            }
            _ => {}
        }
    }

    fn on_fate(
        &mut self,
        _now: Duration,
        from: ProcessId,
        _to: ProcessId,
        message: &P::Message,
        fate: Fate,
    ) {
        if !P::is_request(message) {
            return;
        }
        let request = &mut self.requests[from.index()];
        match fate {
            Fate::Duplicated => request.under_way += 1,
            Fate::Lost | Fate::Cut => {
                request.under_way = request.under_way.saturating_sub(1);
                request.is_lost = request.is_pending;
            }
            Fate::Overtaken => {}
        }
    }

    fn on_crash(&mut self, _now: Duration, who: ProcessId) {
        self.requests[who.index()].settle();
    }

    fn violation(&self) -> Option<Violation> {
        let (site, passed, times) = self.broken?;
        let detail = format!(
            "site {site} entered {times} times while site {passed} waited, whose request all had \
             received"
        );
        Some(Violation::new("fairness", detail))
    }
}
