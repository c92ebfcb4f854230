//! The connections of a run, each with both of its ends: what arrived, and what was lost.

use std::{collections::BTreeMap, time::Duration};

use protocol::{Fate, ProcessId};

use crate::{
    Entry, MergeError, MessageId, Met, Told,
    connection::{End, Sent, View},
    merge::Part,
};

/// How many pairs of ends are looked at to find those that belong together.
const MOST_PAIRS: usize = 1 << 20;

/// What became of the messages of a run.
#[derive(Default)]
pub(crate) struct Connections {
    pub(crate) arrivals: Vec<Arrival>,
    lost: Vec<Lost>,
}

/// A message that arrived.
pub(crate) struct Arrival {
    pub(crate) message: MessageId,
    /// With which of its sender's entries it was sent.
    pub(crate) sent: usize,
    pub(crate) receiver: ProcessId,
    /// With which of its receiver's entries it was received.
    pub(crate) received: usize,
}

/// A message that did not.
struct Lost {
    message: MessageId,
    to: ProcessId,
    /// What came in its way: an entry of its sender or of its receiver.
    obstacle: (ProcessId, usize),
}

impl Connections {
    pub(crate) fn join(parts: &[Part]) -> Result<Self, MergeError> {
        let views = parts.iter().map(View::new).collect::<Result<Vec<_>, _>>()?;
        let mut joined = Self::default();
        for (number, one) in views.iter().enumerate() {
            for other in &views[..number] {
                joined.join_two(one, other)?;
            }
        }
        Ok(joined)
    }

    fn join_two(&mut self, one: &View, other: &View) -> Result<(), MergeError> {
        let (ours, theirs) = (one.ends_with(other)?, other.ends_with(one)?);
        let partners = partners((one, &ours), (other, &theirs))?;
        for &(i, j) in &partners {
            self.deliver((one, ours[i]), (other, theirs[j]));
            self.deliver((other, theirs[j]), (one, ours[i]));
        }
        let alone = |at: usize, of: fn(&(usize, usize)) -> usize| {
            !partners.iter().any(|pair| of(pair) == at)
        };
        for (_, end) in ours.iter().enumerate().filter(|(i, _)| alone(*i, |pair| pair.0)) {
            self.lose_all(one, end, other);
        }
        for (_, end) in theirs.iter().enumerate().filter(|(j, _)| alone(*j, |pair| pair.1)) {
            self.lose_all(other, end, one);
        }
        for (sender, receiver) in [(one, other), (other, one)] {
            if receiver.part.is_complete() {
                let obstacle = end_of(receiver.part);
                self.lose(sender.waiting_for(receiver), receiver.part.process, obstacle);
            }
        }
        Ok(())
    }

    /// What one end has sent arrives at the other, as far as it does.
    fn deliver(&mut self, (_, from): (&View, &End), (receiver, to): (&View, &End)) {
        let name = receiver.part.process;
        for (sent, received) in from.sent.iter().zip(&to.received) {
            let (message, sent) = (sent.id, sent.entry);
            self.arrivals.push(Arrival { message, sent, receiver: name, received: received.entry });
        }
        let rest = from.sent.get(to.received.len()..).unwrap_or_default();
        match to.down {
            Some(down) => self.lose(rest, name, (name, down)),
            None if receiver.part.is_complete() => self.lose(rest, name, end_of(receiver.part)),
            None => {} // It may have arrived later.
        }
    }

    /// What was sent over a connection that never came to be at the other end.
    fn lose_all(&mut self, sender: &View, end: &End, receiver: &View) {
        if receiver.part.is_complete() {
            let obstacle = end.down.map(|down| (sender.part.process, down));
            let obstacle = obstacle.unwrap_or_else(|| end_of(sender.part));
            self.lose(&end.sent, receiver.part.process, obstacle);
        }
    }

    fn lose(&mut self, messages: &[Sent], to: ProcessId, obstacle: (ProcessId, usize)) {
        let lost = messages.iter().map(|sent| Lost { message: sent.id, to, obstacle });
        self.lost.extend(lost);
    }

    /// Says in the trace of each receiver which messages it has received.
    pub(crate) fn name_arrivals(&self, parts: &mut [Part]) {
        for entry in parts.iter_mut().flat_map(|part| &mut part.trace.entries) {
            if let Entry::Step(told) = entry {
                told.words.received = None; // What somebody claims to know counts for nothing.
            }
        }
        let mut parts: BTreeMap<ProcessId, &mut Part> =
            parts.iter_mut().map(|part| (part.process, part)).collect();
        for Arrival { message, receiver, received, .. } in &self.arrivals {
            if let Some(part) = parts.get_mut(receiver)
                && let Some(Entry::Step(told)) = part.trace.entries.get_mut(*received)
            {
                told.words.received = Some(*message);
            }
        }
    }

    /// The fates of those that did not arrive. One may have been sent only after its obstacle had
    /// come in its way.
    pub(crate) fn fates(&self, parts: &[Part]) -> Vec<Met> {
        let parts: BTreeMap<ProcessId, &Part> =
            parts.iter().map(|part| (part.process, part)).collect();
        let at = |(process, entry): (ProcessId, usize)| {
            let entry = parts.get(&process).and_then(|part| part.trace.entries.get(entry));
            entry.map_or(Duration::ZERO, Entry::<Told>::at)
        };
        let fate = |&Lost { message, to, obstacle }: &Lost| Met {
            at: at(obstacle),
            message,
            to,
            fate: Fate::Cut,
        };
        self.lost.iter().map(fate).collect()
    }
}

/// The last that a process has told.
fn end_of(part: &Part) -> (ProcessId, usize) {
    (part.process, part.trace.entries.len() - 1)
}

/// Which ends belong together, by their places in the lists. An end that has received something
/// has a partner; one that has not may have none.
fn partners(
    (one, ours): (&View, &[&End]),
    (other, theirs): (&View, &[&End]),
) -> Result<Vec<(usize, usize)>, MergeError> {
    let (rows, columns) = (ours.len(), theirs.len());
    if rows.saturating_mul(columns) > MOST_PAIRS {
        let other = other.part.named(other.part.process);
        let why = format!("{rows} connections with {other} are too many");
        return Err(one.part.contradiction(0, why));
    }
    let may_be_alone =
        |end: &End, sender: &View| end.received.is_empty() || !sender.part.is_complete();
    let fits = |i: usize, j: usize| {
        one.may_have_sent(ours[i], theirs[j]) && other.may_have_sent(theirs[j], ours[i])
    };
    // Whether what begins at these places can be paired: found from the ends of the lists.
    let mut can = vec![vec![false; columns + 1]; rows + 1];
    for i in (0..=rows).rev() {
        for j in (0..=columns).rev() {
            can[i][j] = i == rows && j == columns
                || i < rows && can[i + 1][j] && may_be_alone(ours[i], other)
                || j < columns && can[i][j + 1] && may_be_alone(theirs[j], one)
                || i < rows && j < columns && can[i + 1][j + 1] && fits(i, j);
        }
    }
    if !can[0][0] {
        return Err(disagreement((one, ours), (other, theirs)));
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < rows && j < columns {
        if can[i + 1][j + 1] && fits(i, j) {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if can[i + 1][j] && may_be_alone(ours[i], other) {
            i += 1;
        } else {
            j += 1;
        }
    }
    Ok(pairs)
}

/// The first thing that was received and can't have been.
fn disagreement((one, ours): (&View, &[&End]), (other, theirs): (&View, &[&End])) -> MergeError {
    let unexplained = |receiver: &[&End], sender: &View, ends: &[&End]| {
        let fits_none = |theirs: &&End| !ends.iter().any(|end| sender.may_have_sent(end, theirs));
        receiver.iter().copied().position(|end| !end.received.is_empty() && fits_none(&end))
    };
    if let Some(at) = unexplained(ours, other, theirs) {
        return other.denies(theirs, one, ours[at]);
    }
    let at = unexplained(theirs, one, ours).unwrap_or(0);
    one.denies(ours, other, theirs[at])
}
