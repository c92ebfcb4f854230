//! Which of two events could have caused the other?
//!
//! Clocks on a wall can't say: they differ, and two events at one moment may be far apart. What
//! can say is counting. A process counts its own events, and sends along how far it knows every
//! process to be; who receives a message knows from then on what its sender knew.
//!
//! L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM
//! 21(7):558–565, 1978, <https://doi.org/10.1145/359545.359563>, has one number for each event: a
//! cause has a smaller one than what came of it, but a smaller number proves nothing. C. Fidge,
//! "Timestamps in Message-Passing Systems That Preserve the Partial Ordering", 1988, and
//! F. Mattern, "Virtual Time and Global States of Distributed Systems", 1989, have one number for
//! each process, and then it proves all.
//!
//! No process in a trace need have had such clocks: they are worked out afterwards.

use std::collections::BTreeMap;

use protocol::ProcessId;

use crate::{MessageId, Trace};

/// The logical clocks of a run: what they showed after each of its entries.
///
/// Steps and crashes are events of their processes. What befalls a message on its way is nobody's
/// event, and has no clock. A process that comes back goes on counting where it died.
///
/// Four bytes for each process at each entry: 26 MB for 100,000 entries of 64 processes.
///
/// See the example of [`Trace::clocks`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clocks {
    size: usize,
    /// Whose event each entry is, if it is one.
    owner: Vec<Option<ProcessId>>,
    /// Lamport's number of each entry.
    lamport: Vec<u32>,
    /// The vector of each entry, `size` numbers each, one behind the other.
    vectors: Vec<u32>,
}

impl Clocks {
    /// Lamport's clock after an entry, the first of which is 0: causes have smaller numbers.
    pub fn lamport(&self, entry: usize) -> Option<u32> {
        self.owner.get(entry).copied().flatten().map(|_| self.lamport[entry])
    }

    /// The vector clock after an entry: how many events of each process it may be due to, itself
    /// among them.
    pub fn vector(&self, entry: usize) -> Option<&[u32]> {
        self.owner.get(entry).copied().flatten().map(|_| self.row(entry))
    }

    /// Whether one event may have caused another. Of two that are not each other's cause, nobody
    /// in the system could say which came first.
    pub fn happened_before(&self, cause: usize, event: usize) -> bool {
        let Some(Some(owner)) = self.owner.get(cause) else { return false };
        let knows = |vector: &[u32]| vector[owner.index()] >= self.row(cause)[owner.index()];
        cause != event && self.vector(event).is_some_and(knows)
    }

    fn row(&self, entry: usize) -> &[u32] {
        &self.vectors[entry * self.size..][..self.size]
    }
}

impl Trace {
    /// Works out the logical clocks.
    ///
    /// ```
    /// use protocol::{Effect, Input, ProcessId};
    /// use serde_json::{Value, json};
    /// use std::time::Duration;
    /// use trace::{Data, Entry, MessageId, Step, Told, Trace};
    ///
    /// let [a, b] = [0, 1].map(ProcessId);
    /// let step = |process, input, received, effects| {
    ///     let (at, own, sent_before) = (Duration::ZERO, Duration::ZERO, 0);
    ///     let words = Step { process, at, own, input, received, effects, sent_before };
    ///     let data = Data { input: Value::Null, effects: Value::Null };
    ///     Entry::Step(Told { words, after: None, data })
    /// };
    /// let message = || "hello".to_owned();
    /// let first = MessageId { sender: a, number: 0 };
    /// let entries = vec![
    ///     step(b, Input::Start, None, vec![]),
    ///     step(a, Input::Start, None, vec![Effect::Send { to: b, message: message() }]),
    ///     step(b, Input::Message { from: a, message: message() }, Some(first), vec![]),
    /// ];
    /// # let header = serde_json::from_value(json!({
    /// #     "schema": 1, "lab": "", "version": "", "arguments": [], "driver": "simulator",
    /// #     "noun": "site", "processes": 2, "incarnations": [0, 0], "phases": [], "seed": null,
    /// #     "scenario": null, "partitions": [],
    /// # }))?;
    /// let clocks = Trace { header, entries, end: None }.clocks();
    /// assert_eq!((clocks.lamport(2), clocks.vector(2)), (Some(2), Some(&[1, 2][..])));
    /// assert!(clocks.happened_before(1, 2) && !clocks.happened_before(0, 1));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn clocks(&self) -> Clocks {
        self.clocks_of(|_| true)
    }

    /// Works out the clocks that show if only some events count. The others hand on what they
    /// know, so that what they stood between stays cause and effect.
    pub(crate) fn clocks_of(&self, counts: impl Fn(usize) -> bool) -> Clocks {
        let size = ProcessId(self.header.processes).index();
        let mut clocks =
            Clocks { size, owner: Vec::new(), lamport: Vec::new(), vectors: Vec::new() };
        let mut last_of = vec![None; size];
        let mut sent_at: BTreeMap<MessageId, usize> = BTreeMap::new();
        for (at, entry) in self.entries.iter().enumerate() {
            let owner = entry.owner().filter(|owner| owner.index() < size);
            let before = owner.and_then(|owner| last_of[owner.index()].replace(at));
            let cause = entry.words().and_then(|words| sent_at.get(&words.received?).copied());
            clocks.push(owner, before, cause, counts(at));
            if let Some(words) = entry.words() {
                sent_at.extend(words.sent().map(|(id, ..)| (id, at)));
            }
        }
        clocks
    }
}

impl Clocks {
    /// Adds an entry: an event of `owner`, after `before` in its own life, due to `cause`.
    fn push(
        &mut self,
        owner: Option<ProcessId>,
        before: Option<usize>,
        cause: Option<usize>,
        counts: bool,
    ) {
        let start = self.vectors.len();
        self.vectors.resize(start + self.size, 0);
        let mut lamport = 0;
        let known = if owner.is_some() { [before, cause] } else { [None, None] };
        for earlier in known.into_iter().flatten() {
            let (past, present) = self.vectors.split_at_mut(start);
            for (mine, theirs) in present.iter_mut().zip(&past[earlier * self.size..]) {
                *mine = (*mine).max(*theirs);
            }
            lamport = lamport.max(self.lamport[earlier]);
        }
        if let Some(owner) = owner.filter(|_| counts) {
            self.vectors[start + owner.index()] += 1;
            lamport += 1;
        }
        self.owner.push(owner);
        self.lamport.push(lamport);
    }
}
