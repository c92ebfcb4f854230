//! What a solution costs: messages, waiting, and the gap between two entries.

use alloc::{collections::BTreeSet, format, vec, vec::Vec};
use core::time::Duration;

use protocol::{Effect, EffectOf, Input, InputOf, Monitor, ProcessId, Violation};

use crate::{Command, Event, MutualExclusion, counted};

/// Follows a run and measures it; at its end, holds the solution to its
/// [number of messages](MutualExclusion::messages_per_entry).
///
/// The measures are those of M. Singhal, "A Taxonomy of Distributed Mutual Exclusion", JPDC
/// 18(1):94–101, 1993.
///
/// ```
/// use mutual_exclusion::{Command, Event, Measures};
/// use protocol::{Effect, Input, Monitor, ProcessId};
/// use ricart_agrawala::Site;
/// use std::time::Duration;
///
/// let mut measures = Measures::new(1); // A system of one, which asks nobody.
/// let watch: &mut dyn Monitor<Site> = &mut measures;
/// let site = Site::new(ProcessId(0), vec![]);
/// let [asks, leaves] = [2, 9].map(Duration::from_millis);
/// watch.on_input(asks, ProcessId(0), &site, &Input::Command(Command::Enter));
/// watch.on_effect(asks, ProcessId(0), &Effect::Emit(Event::Entered));
/// watch.on_effect(leaves, ProcessId(0), &Effect::Emit(Event::Left));
/// assert_eq!(watch.violation_at_rest(), None);
/// assert_eq!(measures.messages_per_entry(), Some(0.0));
/// assert_eq!(measures.response.mean(), Some(leaves - asks));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Measures {
    /// How many messages have been sent.
    pub messages: u64,
    /// How often a site has entered.
    pub entries: u64,
    /// How many of those entries came at once, in the step in which the site asked.
    pub at_once: u64,
    /// From asking to leaving, for each entry.
    pub response: Spread,
    /// From one site's leaving to the next one's entering, where one was waiting meanwhile.
    /// Divided by the mean delay of a message, it counts message hops.
    pub synchronisation: Spread,
    /// Who was asked to enter in the step that is going on.
    asking: Option<ProcessId>,
    /// When each site asked; empty for those who don't wait and are not inside.
    asked_at: Vec<Option<Duration>>,
    /// Who waits.
    waiting: BTreeSet<ProcessId>,
    /// When the last one left, if somebody was waiting and is, and nobody has entered since.
    free_since: Option<Duration>,
    /// A dead site's messages and entries can't be weighed against each other.
    somebody_died: bool,
}

impl Measures {
    /// Measures a system of `sites`.
    pub fn new(sites: u32) -> Self {
        Self {
            messages: 0,
            entries: 0,
            at_once: 0,
            response: Spread::default(),
            synchronisation: Spread::default(),
            asking: None,
            asked_at: vec![None; ProcessId(sites).index()],
            waiting: BTreeSet::new(),
            free_since: None,
            somebody_died: false,
        }
    }

    /// The mean number of messages for an entry, if there was any.
    pub fn messages_per_entry(&self) -> Option<f64> {
        (self.entries > 0).then(|| self.messages as f64 / self.entries as f64)
    }

    fn on_event(&mut self, now: Duration, by: ProcessId, event: Event) {
        match event {
            Event::Entered => {
                self.entries += 1;
                self.at_once += u64::from(self.asking == Some(by));
                self.waiting.remove(&by);
                if let Some(free_since) = self.free_since.take() {
                    self.synchronisation.add(now.saturating_sub(free_since));
                }
            }
            Event::Left => {
                if let Some(asked_at) = self.asked_at[by.index()].take() {
                    self.response.add(now.saturating_sub(asked_at));
                }
                if !self.waiting.is_empty() {
                    self.free_since = Some(now);
                }
            }
        }
    }
}

impl<P: MutualExclusion> Monitor<P> for Measures {
    fn on_input(&mut self, now: Duration, at: ProcessId, _site: &P, input: &InputOf<P>) {
        self.asking = None;
        if let Input::Command(Command::Enter) = input {
            self.asking = Some(at);
            self.asked_at[at.index()] = Some(now);
            self.waiting.insert(at);
        }
    }

    fn on_effect(&mut self, now: Duration, by: ProcessId, effect: &EffectOf<P>) {
        match effect {
            Effect::Send { .. } => self.messages += 1,
            Effect::Emit(event) => self.on_event(now, by, *event),
            _ => {}
        }
    }

    fn on_crash(&mut self, _now: Duration, who: ProcessId) {
        self.somebody_died = true;
        self.asked_at[who.index()] = None;
        self.waiting.remove(&who);
        if self.waiting.is_empty() {
            self.free_since = None;
        }
    }

    fn violation_at_rest(&self) -> Option<Violation> {
        let Self { entries, at_once, messages, .. } = *self;
        let cost = P::messages_per_entry(self.asked_at.len() as u64);
        if self.somebody_died || cost.allows(entries, at_once, messages) {
            return None;
        }
        let (entered, sent) = (counted(entries, "entry"), counted(messages, "message"));
        let should = cost.of(entries, at_once);
        let detail = format!("the cost of {entered} is {sent}, and should be {should}");
        Some(Violation::new("message count", detail))
    }
}

/// The mean and the largest of many durations.
///
/// ```
/// use std::time::Duration;
///
/// let mut spread = mutual_exclusion::Spread::default();
/// spread.add(Duration::from_millis(2));
/// spread.add(Duration::from_millis(4));
/// assert_eq!(spread.mean(), Some(Duration::from_millis(3)));
/// assert_eq!(spread.max(), Duration::from_millis(4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Spread {
    count: u64,
    total: Duration,
    max: Duration,
}

impl Spread {
    /// One more.
    pub fn add(&mut self, duration: Duration) {
        self.count += 1;
        self.total += duration;
        self.max = self.max.max(duration);
    }

    /// All of another's, too.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let mut one = mutual_exclusion::Spread::default();
    /// one.add(Duration::from_millis(2));
    /// let mut two = one;
    /// two.merge(&one);
    /// assert_eq!((two.count(), two.mean()), (2, one.mean()));
    /// ```
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.total += other.total;
        self.max = self.max.max(other.max);
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their mean, if there was any.
    pub fn mean(&self) -> Option<Duration> {
        let mean = self.total.as_nanos().checked_div(u128::from(self.count))?;
        Some(Duration::from_nanos(u64::try_from(mean).unwrap_or(u64::MAX)))
    }

    /// The largest; zero if there was none.
    pub fn max(&self) -> Duration {
        self.max
    }
}
