//! The orders, each as a [`Rule`] that knows nothing of how an algorithm keeps it.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use protocol::ProcessId;

use crate::multicast::{Rule, Saying};

/// Everybody delivers each message exactly once, and nothing that was not said. Who dies owes
/// nothing, and what he has said is owed to nobody.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExactlyOnce {
    /// What has been said and each member that lives has not delivered.
    owed: BTreeMap<ProcessId, BTreeSet<Saying>>,
}

impl ExactlyOnce {
    /// Among so many members.
    pub fn new(members: u32) -> Self {
        Self { owed: ProcessId::all(members).map(|id| (id, BTreeSet::new())).collect() }
    }
}

impl Rule for ExactlyOnce {
    const NAME: &'static str = "exactly once";

    fn on_said(&mut self, saying: &Saying) {
        for owed in self.owed.values_mut() {
            owed.insert(saying.clone());
        }
    }

    fn on_delivered(&mut self, at: ProcessId, saying: &Saying) -> Result<(), String> {
        let is_owed = self.owed.get_mut(&at).is_some_and(|owed| owed.remove(saying));
        let problem = "which it has delivered before, or nobody has said";
        if is_owed { Ok(()) } else { Err(format!("member {at} delivers {saying}, {problem}")) }
    }

    fn on_crash(&mut self, who: ProcessId) {
        self.owed.remove(&who);
    }

    fn at_rest(&self) -> Result<(), String> {
        for (at, owed) in &self.owed {
            if let Some(saying) = owed.iter().find(|saying| self.owed.contains_key(&saying.by)) {
                return Err(format!("member {at} waits for {saying} for ever"));
            }
        }
        Ok(())
    }
}

/// What one member says, everybody delivers in the order in which it said it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct FifoOrder {
    /// What each member has said, in order.
    said: BTreeMap<ProcessId, Vec<String>>,
    /// How many of them have been delivered, by where and whose they are.
    delivered: BTreeMap<(ProcessId, ProcessId), usize>,
}

impl Rule for FifoOrder {
    const NAME: &'static str = "FIFO order";

    fn on_said(&mut self, saying: &Saying) {
        self.said.entry(saying.by).or_default().push(saying.text.clone());
    }

    fn on_delivered(&mut self, at: ProcessId, saying: &Saying) -> Result<(), String> {
        let delivered = self.delivered.entry((at, saying.by)).or_default();
        let next = self.said.get(&saying.by).and_then(|said| said.get(*delivered));
        *delivered += 1;
        match next {
            Some(next) if *next != saying.text => {
                Err(format!("member {at} delivers {saying} before {next:?}, which was said first"))
            }
            _ => Ok(()),
        }
    }
}

/// If one message was said before another, nobody delivers the other one first. *Before* is
/// Lamport's "happened before": its author had said or delivered the one when it said the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct CausalOrder {
    /// Of each message, all that was said before it.
    before: BTreeMap<Saying, BTreeSet<Saying>>,
    /// What each member has delivered.
    delivered: BTreeMap<ProcessId, BTreeSet<Saying>>,
}

impl Rule for CausalOrder {
    const NAME: &'static str = "causal order";

    /// Those that its author knows are enough: what was said before one of them, the author has
    /// delivered before it, or the order was broken there.
    fn on_said(&mut self, saying: &Saying) {
        let mut before = self.delivered.get(&saying.by).cloned().unwrap_or_default();
        before.extend(self.before.keys().filter(|other| other.by == saying.by).cloned());
        self.before.insert(saying.clone(), before);
    }

    fn on_delivered(&mut self, at: ProcessId, saying: &Saying) -> Result<(), String> {
        let delivered = self.delivered.entry(at).or_default();
        delivered.insert(saying.clone());
        let mut before = self.before.get(saying).into_iter().flatten();
        match before.find(|other| !delivered.contains(other)) {
            Some(other) => Err(format!(
                "member {at} delivers {saying} before {other}, which may have led to it"
            )),
            None => Ok(()),
        }
    }
}

/// No two members deliver two messages in different orders.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct TotalOrder {
    /// What each member has delivered, in order.
    delivered: BTreeMap<ProcessId, Vec<Saying>>,
}

impl Rule for TotalOrder {
    const NAME: &'static str = "total order";

    fn on_said(&mut self, _saying: &Saying) {}

    fn on_delivered(&mut self, at: ProcessId, saying: &Saying) -> Result<(), String> {
        let ours = self.delivered.entry(at).or_default();
        ours.push(saying.clone());
        let ours = &self.delivered[&at];
        for (other, theirs) in self.delivered.iter().filter(|(other, _)| **other != at) {
            let mut after = theirs.iter().skip_while(|it| *it != saying).skip(1);
            if let Some(swapped) = after.find(|it| ours.contains(it)) {
                return Err(format!(
                    "member {at} delivers {swapped} before {saying}, and member {other} after it"
                ));
            }
        }
        Ok(())
    }
}
