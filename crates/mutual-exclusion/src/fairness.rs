//! Nobody is passed again and again.

use alloc::{format, vec, vec::Vec};
use core::time::Duration;

use protocol::{Effect, EffectOf, Input, InputOf, Monitor, ProcessId, Violation};

use crate::{Command, Event, MutualExclusion};

/// Watches that, once everybody has received a site's request, each other site enters at most
/// [`BYPASSES`](MutualExclusion::BYPASSES) times before it.
///
/// "Everybody" are those whom the site has sent its request to. A lost request is never
/// received, and nothing is claimed for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fairness {
    /// By site; all of its length.
    requests: Vec<Request>,
    /// The most often that one site has passed another so far.
    worst: u32,
    /// Who passed whom too often, first.
    broken: Option<(ProcessId, ProcessId)>,
}

/// What is known of one site's wish to enter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Request {
    is_pending: bool,
    /// Who has been sent the request and has not received it.
    unheard: Vec<bool>,
    /// How many those are.
    unheard_count: usize,
    /// How often each site has entered since all have received the request.
    passed_by: Vec<u32>,
}

impl Fairness {
    /// Watches a system of `sites`.
    ///
    /// ```
    /// let fairness = mutual_exclusion::Fairness::new(3);
    /// assert_eq!(fairness.worst(), 0);
    /// ```
    pub fn new(sites: u32) -> Self {
        let sites = ProcessId(sites).index();
        let request = Request {
            is_pending: false,
            unheard: vec![false; sites],
            unheard_count: 0,
            passed_by: vec![0; sites],
        };
        Self { requests: vec![request; sites], worst: 0, broken: None }
    }

    /// The most often that one site has entered while another waited whose request everybody had
    /// received.
    pub fn worst(&self) -> u32 {
        self.worst
    }

    fn on_asked(&mut self, site: ProcessId) {
        let request = &mut self.requests[site.index()];
        request.is_pending = true;
        request.unheard.fill(false);
        request.unheard_count = 0;
        request.passed_by.fill(0);
    }

    fn on_entered(&mut self, site: ProcessId, bound: u32) {
        self.requests[site.index()].is_pending = false;
        for (passed, request) in ProcessId::all(u32::MAX).zip(&mut self.requests) {
            if request.is_pending && request.unheard_count == 0 {
                let times = &mut request.passed_by[site.index()];
                *times += 1;
                self.worst = self.worst.max(*times);
                if *times > bound {
                    self.broken.get_or_insert((site, passed));
                }
            }
        }
    }
}

impl<P: MutualExclusion> Monitor<P> for Fairness {
    fn on_input(&mut self, _now: Duration, at: ProcessId, input: &InputOf<P>) {
        match input {
            Input::Command(Command::Enter) => self.on_asked(at),
            Input::Message { from, message } if P::is_request(message) => {
                let request = &mut self.requests[from.index()];
                if core::mem::take(&mut request.unheard[at.index()]) {
                    request.unheard_count -= 1;
                }
            }
            _ => {}
        }
    }

    fn on_effect(&mut self, _now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        match effect {
            Effect::Emit(Event::Entered) => self.on_entered(by, P::BYPASSES),
            Effect::Send { to, message } if P::is_request(message) => {
                let request = &mut self.requests[by.index()];
                if !core::mem::replace(&mut request.unheard[to.index()], true) {
                    request.unheard_count += 1;
                }
            }
            _ => {}
        }
    }

    fn on_crash(&mut self, _now: Duration, who: ProcessId) {
        self.requests[who.index()].is_pending = false;
    }

    fn violation(&self) -> Option<Violation> {
        let (site, passed) = self.broken?;
        let detail = format!(
            "site {site} entered {} times while site {passed} waited, whose request all had \
             received",
            self.requests[passed.index()].passed_by[site.index()]
        );
        Some(Violation::new("fairness", detail))
    }
}
