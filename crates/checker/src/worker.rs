//! What one thread does in a search.
//!
//! Every state belongs to the thread that its fingerprint falls to. A level is searched in
//! strides: each thread works out what follows from some of its states, and puts each successor
//! into a parcel for the thread that it belongs to; then each unpacks what has been sent to it, and
//! keeps what it has not seen. In neither half of a stride does one write what another reads, so
//! states need no lock; the parts that they are made of have one (`pool`).
//!
//! Any number of threads comes to the same end. A level is the same set of states whoever finds
//! them, and where there is a choice, of a parent or of what is wrong, fingerprints decide.

use std::hash::Hash;

use protocol::{Application, Claim, Monitor, Property, Violation};

use crate::{
    Checkable,
    event::Event,
    machine::Machine,
    rows::{Parcel, Rows},
    seen::Seen,
};

/// How many states a thread works on before all unpack what they were sent.
const STRIDE: usize = 8192;

/// One thread's part of a search.
pub(crate) struct Worker<'a, P: Checkable, A, M, W> {
    pub(crate) machine: Machine<'a, P, A, M, W>,
    /// Its own number.
    me: usize,
    pub(crate) seen: Seen,
    /// Its states of the level that is searched.
    level: Rows,
    /// Where in `seen` the first of them stands.
    first: usize,
    /// How many of them have been worked on.
    done: usize,
    /// Its states of the level after that.
    next: Rows,
    first_of_next: usize,
    /// The fingerprints of the states that lead to them.
    parents: Vec<u64>,
    /// The properties that some state must have, and none of its states had.
    pub(crate) unseen: Vec<&'a Property<P>>,
    /// How many steps lead from its states to others.
    pub(crate) steps: u64,
    /// Whether a state was come to again after more steps than the first time. Without such a
    /// detour there is no cycle.
    pub(crate) has_detour: bool,
    /// The violations that are the first ones on this level, and on the next.
    pub(crate) wrong: [Option<Wrong>; 2],
    events: Vec<Event>,
    successor: Vec<u32>,
}

/// A violation, and where.
#[derive(Clone)]
pub(crate) struct Wrong {
    /// Of several, the one with the least rank is shown, whoever finds it: a step has the rank of
    /// where it leads and where from, and the state that it leads to comes before it.
    rank: (u64, u64),
    pub(crate) violation: Violation,
    pub(crate) place: Place,
}

/// Where something is wrong.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// In that state.
    In(u32),
    /// In the step from that state to the one of that fingerprint.
    After(u32, u64),
}

/// The level that is searched, and the one after it, in [`Worker::wrong`].
pub(crate) const HERE: usize = 0;
pub(crate) const NEXT: usize = 1;

impl<'a, P, A, M, W> Worker<'a, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash,
    M: Monitor<P> + Clone + Eq + Hash,
{
    pub(crate) fn new(machine: Machine<'a, P, A, M, W>, me: usize) -> Self {
        let width = machine.layout.width();
        let properties = machine.check.properties.iter();
        let unseen = properties.filter(|property| property.claim() == Claim::Sometimes).collect();
        Self {
            machine,
            me,
            seen: Seen::default(),
            level: Rows::new(width),
            first: 0,
            done: 0,
            next: Rows::new(width),
            first_of_next: 0,
            parents: Vec::new(),
            unseen,
            steps: 0,
            has_detour: false,
            wrong: [None, None],
            events: Vec::new(),
            successor: Vec::new(),
        }
    }

    /// Takes in what is on its way to it.
    pub(crate) fn unpack<'p>(&mut self, parcels: impl Iterator<Item = &'p Parcel>) {
        for (header, state) in parcels.flat_map(Parcel::iter) {
            match self.seen.note(header.fingerprint, header.parent) {
                Ok(place) if place < self.first_of_next => self.has_detour = true,
                Ok(place) => {
                    let parent = &mut self.parents[place - self.first_of_next];
                    if header.parents_fingerprint < *parent {
                        *parent = header.parents_fingerprint;
                        self.seen.set_parent(place, header.parent);
                    }
                }
                Err(place) => {
                    self.next.push(state);
                    self.parents.push(header.parents_fingerprint);
                    self.machine.learn(state);
                    if let Some(violation) = self.machine.judge(state, &mut self.unseen) {
                        let place = Place::In(self.name(place));
                        self.note_wrong(NEXT, (header.fingerprint, 0), violation, place);
                    }
                }
            }
        }
    }

    /// The name that a state of its has among all.
    fn name(&self, place: usize) -> u32 {
        let name = place * self.machine.check.threads.get() + self.me;
        u32::try_from(name).expect("a search ends when it is short of names")
    }

    /// Goes on to the next level; returns how many states of it are its own.
    pub(crate) fn descend(&mut self) -> usize {
        std::mem::swap(&mut self.level, &mut self.next);
        self.next.clear();
        self.parents.clear();
        (self.first, self.first_of_next) = (self.first_of_next, self.seen.len());
        self.done = 0;
        let [_, next] = std::mem::take(&mut self.wrong);
        self.wrong = [next, None];
        self.level.len()
    }

    /// How many states of the next level it has found.
    pub(crate) fn next(&self) -> usize {
        self.next.len()
    }

    /// How many states of the level are still to be worked on.
    pub(crate) fn left(&self) -> usize {
        self.level.len() - self.done
    }

    /// Works out what follows from some of its states, into a parcel for each thread.
    pub(crate) fn pack(&mut self, parcels: &mut [Parcel]) {
        parcels.iter_mut().for_each(Parcel::clear);
        let until = self.level.len().min(self.done + STRIDE);
        let level = std::mem::replace(&mut self.level, Rows::new(self.machine.layout.width()));
        for row in self.done..until {
            self.follow(level.row(row), self.first + row, parcels);
        }
        self.level = level;
        self.done = until;
    }

    fn follow(&mut self, state: &[u32], place: usize, parcels: &mut [Parcel]) {
        let (name, own) = (self.name(place), self.seen.fingerprint(place));
        let mut events = std::mem::take(&mut self.events);
        let mut successor = std::mem::take(&mut self.successor);
        self.machine.find_events(state, &mut events);
        self.machine.let_others_wait(state, &mut events);
        for &event in &events {
            let fault = self.machine.happen(state, event, &mut successor);
            let fingerprint = self.machine.fingerprint(&successor);
            if let Some(violation) = fault {
                self.note_wrong(
                    NEXT,
                    (fingerprint, own),
                    violation,
                    Place::After(name, fingerprint),
                );
            }
            let whose = owner(fingerprint, parcels.len());
            parcels[whose].push(fingerprint, own, name, &successor);
        }
        self.steps += events.len() as u64;
        if !events.iter().any(|event| event.is_bound_to_happen())
            && let Some(violation) = self.machine.judge_at_rest(state)
        {
            self.note_wrong(HERE, (own, 0), violation, Place::In(name));
        }
        (self.events, self.successor) = (events, successor);
    }

    fn note_wrong(&mut self, level: usize, rank: (u64, u64), violation: Violation, place: Place) {
        if self.wrong[level].as_ref().is_none_or(|wrong| rank < wrong.rank) {
            self.wrong[level] = Some(Wrong { rank, violation, place });
        }
    }

    /// Whether few of the numbers that states are named by are left.
    pub(crate) fn is_short_of_names(&self) -> bool {
        const RESERVE: usize = 1 << 28;
        self.seen.len() * self.machine.check.threads.get() > u32::MAX as usize - RESERVE
    }

    /// Keeps nothing but its machine.
    pub(crate) fn forget(&mut self) {
        self.seen = Seen::default();
        let width = self.machine.layout.width();
        (self.level, self.next, self.parents) = (Rows::new(width), Rows::new(width), Vec::new());
    }

    /// About how many bytes its part of the search takes up.
    pub(crate) fn bytes(&self) -> usize {
        let rows = self.level.bytes() + self.next.bytes();
        let parents = self.parents.capacity() * size_of::<u64>();
        self.seen.bytes() + rows + parents + self.machine.bytes()
    }
}

/// To whom of so many a state belongs. The lower bits say where the state stands in a table, and
/// should not be alike in all states of one table.
pub(crate) fn owner(fingerprint: u64, count: usize) -> usize {
    (fingerprint >> u32::BITS) as usize % count
}

impl Wrong {
    pub(crate) fn rank(&self) -> (u64, u64) {
        self.rank
    }
}
