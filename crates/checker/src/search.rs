//! The search, level by level: all states that one step leads to, then those that two steps lead
//! to and fewer do not, and so on. So the first thing that is found wrong is wrong after as few
//! steps as can be, if nothing is left out.

use std::{collections::BTreeMap, hash::Hash, ptr, thread, time::Instant};

use protocol::{Application, Claim, Monitor, Property, Violation};

use crate::{
    Bound, Check, Checkable, Counterexample, Extent, Reduction, Verdict,
    cycles::{Graph, Lasso, NoGraph},
    machine::{Machine, Pools},
    retrace::retrace,
    rows::Parcel,
    seen::NOBODY,
    worker::{HERE, NEXT, Place, Worker, Wrong, owner},
};

/// With fewer states to work on, threads are more trouble than help.
const FEW: usize = 1024;

/// A search under way.
struct Search<'a, P: Checkable, A, M, W> {
    check: &'a Check<'a, P, A, M, W>,
    pools: &'a Pools<P, A, M>,
    workers: Vec<Worker<'a, P, A, M, W>>,
    /// Of each worker, the parcels for each.
    parcels: Vec<Vec<Parcel>>,
    started: Instant,
    /// The level that is searched.
    depth: u32,
}

/// Searches everything that the bounds allow, but for what the reduction leaves out.
pub(crate) fn search<P, A, M, W>(
    check: &Check<P, A, M, W>,
    reduction: Option<&Reduction<P, A>>,
    report: &mut dyn FnMut(&Extent),
) -> Verdict<P>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash + Send + Sync,
    M: Monitor<P> + Clone + Eq + Hash + Send + Sync,
    W: Sync,
{
    let started = Instant::now();
    let found = search_once(check, reduction, started, report);
    found.unwrap_or_else(|| {
        let found = search_once(check, None, started, report);
        found.expect("what leaves out nothing is not in doubt")
    })
}

/// Searches from the first state on. `None` if what it has left out may make a difference; nothing
/// is kept of it then.
fn search_once<P, A, M, W>(
    check: &Check<P, A, M, W>,
    reduction: Option<&Reduction<P, A>>,
    started: Instant,
    report: &mut dyn FnMut(&Extent),
) -> Option<Verdict<P>>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash + Send + Sync,
    M: Monitor<P> + Clone + Eq + Hash + Send + Sync,
    W: Sync,
{
    let pools = Pools::new();
    let mut search = Search::new(check, reduction, &pools, started);
    if let Some(violation) = search.begin() {
        return Some(search.violated(violation, &[], false, None));
    }
    while search.descend() {
        if let Some(wrong) = search.first_wrong(HERE) {
            return Some(search.wrong(&wrong));
        }
        if search.depth > check.bounds.max_depth {
            return Some(search.bound_hit(Bound::Depth));
        }
        let mut bound = None;
        while bound.is_none() && search.stride() {
            report(&search.extent());
            bound = search.bound();
        }
        // What is wrong with being at rest shows only when all that follows was looked for.
        if let Some(wrong) = search.first_wrong(HERE) {
            return Some(search.wrong(&wrong));
        }
        if let Some(bound) = bound {
            return Some(match search.first_wrong(NEXT) {
                Some(wrong) => search.wrong(&wrong),
                None => search.bound_hit(bound),
            });
        }
    }
    (!search.is_in_doubt()).then(|| search.conclude())
}

impl<'a, P, A, M, W> Search<'a, P, A, M, W>
where
    P: Checkable,
    A: Application<P> + Clone + Eq + Hash + Send + Sync,
    M: Monitor<P> + Clone + Eq + Hash + Send + Sync,
    W: Sync,
{
    fn new(
        check: &'a Check<'a, P, A, M, W>,
        reduction: Option<&'a Reduction<'a, P, A>>,
        pools: &'a Pools<P, A, M>,
        started: Instant,
    ) -> Self {
        let count = check.threads.get();
        let machine = || Machine::new(check, reduction, pools);
        let workers: Vec<_> = (0..count).map(|me| Worker::new(machine(), me)).collect();
        let width = workers[0].machine.layout.width();
        let parcels = || (0..count).map(|_| Parcel::new(width)).collect();
        let parcels = (0..count).map(|_| parcels()).collect();
        Self { check, pools, workers, parcels, started, depth: 0 }
    }

    /// Gives the initial state to the worker whose it is; returns what was wrong on the way there.
    fn begin(&mut self) -> Option<Violation> {
        let machine = &mut self.workers[0].machine;
        let (state, fault) = machine.initial();
        let fingerprint = machine.fingerprint(&state);
        let whose = owner(fingerprint, self.workers.len());
        self.parcels[0][whose].push(fingerprint, 0, NOBODY, &state);
        self.unpack(false);
        fault
    }

    /// Goes on to the next level; returns whether there is anything on it, or was anything wrong
    /// on the way there.
    fn descend(&mut self) -> bool {
        let is_first = self.workers.iter().all(|worker| worker.steps == 0);
        let states: usize = self.workers.iter_mut().map(Worker::descend).sum();
        let is_wrong = self.workers.iter().any(|worker| worker.wrong[0].is_some());
        self.depth += u32::from(!is_first && (states > 0 || is_wrong));
        states > 0 || is_wrong
    }

    /// Works on a part of the level; returns whether there was anything left to work on.
    fn stride(&mut self) -> bool {
        let left = self.left();
        if left > 0 {
            let is_worth_it = left >= FEW && self.workers.len() > 1;
            self.pack(is_worth_it);
            self.unpack(is_worth_it);
        }
        left > 0
    }

    fn left(&self) -> usize {
        self.workers.iter().map(Worker::left).sum()
    }

    fn pack(&mut self, in_parallel: bool) {
        let pairs = self.workers.iter_mut().zip(&mut self.parcels);
        for_each(pairs, in_parallel, |(worker, parcels)| worker.pack(parcels));
    }

    fn unpack(&mut self, in_parallel: bool) {
        let parcels = &self.parcels;
        for_each(self.workers.iter_mut().enumerate(), in_parallel, |(me, worker)| {
            worker.unpack(parcels.iter().map(|sent| &sent[me]));
        });
    }

    fn extent(&self) -> Extent {
        Extent {
            unique_states: self.workers.iter().map(|worker| worker.seen.len() as u64).sum(),
            total_states: 1 + self.workers.iter().map(|worker| worker.steps).sum::<u64>(),
            depth: self.depth,
            is_reduced: self.is_reduced(),
            elapsed: self.started.elapsed(),
        }
    }

    /// What keeps it from going on, if anything does.
    fn bound(&self) -> Option<Bound> {
        let workers: usize = self.workers.iter().map(Worker::bytes).sum();
        let parcels: usize = self.parcels.iter().flatten().map(Parcel::bytes).sum();
        let bytes = workers + parcels + self.pools.bytes();
        let is_over = self.left() == 0 && self.workers.iter().all(|worker| worker.next() == 0);
        if is_over {
            None
        } else if self.workers.iter().any(Worker::is_short_of_names) {
            Some(Bound::States)
        } else {
            self.check.bounds.hit(&self.extent(), bytes)
        }
    }

    fn bound_hit(&self, bound: Bound) -> Verdict<P> {
        let next: usize = self.workers.iter().map(Worker::next).sum();
        Verdict::BoundHit { extent: self.extent(), bound, left: (self.left() + next) as u64 }
    }

    /// What is wrong on a level, if anything is: the same on any number of threads.
    fn first_wrong(&self, level: usize) -> Option<Wrong> {
        let wrongs = self.workers.iter().filter_map(|worker| worker.wrong[level].as_ref());
        wrongs.min_by_key(|wrong| wrong.rank()).cloned()
    }

    fn wrong(&mut self, wrong: &Wrong) -> Verdict<P> {
        let (state, last) = match wrong.place {
            Place::In(state) => (state, None),
            Place::After(state, fingerprint) => (state, Some(fingerprint)),
        };
        let mut way = self.way_to(state);
        way.extend(last);
        self.violated(wrong.violation.clone(), &way, last.is_some(), None)
    }

    /// The fingerprints of the states on a shortest way to that one, itself included.
    fn way_to(&self, state: u32) -> Vec<u64> {
        let count = self.workers.len();
        let step = |&state: &u32| {
            let parent = self.workers[state as usize % count].seen.parent(state as usize / count);
            (parent != NOBODY).then_some(parent)
        };
        let backwards = std::iter::successors(Some(state), step);
        let fingerprint = |state: u32| {
            self.workers[state as usize % count].seen.fingerprint(state as usize / count)
        };
        let mut way: Vec<u64> = backwards.map(fingerprint).collect();
        way.reverse();
        way
    }

    fn violated(
        &mut self,
        violation: Violation,
        way: &[u64],
        ends_in_a_fault: bool,
        repeats_from: Option<usize>,
    ) -> Verdict<P> {
        let extent = self.extent();
        let script = retrace(&mut self.workers[0].machine, way, ends_in_a_fault, &BTreeMap::new());
        Verdict::Violated { extent, violation, run: Counterexample { script, repeats_from } }
    }

    /// What a property finds missing that some state must have, and none has.
    fn vacuous(&self) -> Option<Violation> {
        let is_unseen = |property: &&Property<P>| {
            let mut unseen = self.workers.iter().map(|worker| &worker.unseen);
            unseen.all(|unseen| unseen.iter().any(|&it| ptr::eq(it, *property)))
        };
        let property = self.check.properties.iter().find(is_unseen)?;
        Some(Violation::new(property.name(), "no state is like that"))
    }

    fn is_reduced(&self) -> bool {
        self.workers[0].machine.reduction.is_some()
    }

    /// Whether it has left out what may make a difference: see [`ample`](crate::ample).
    fn is_in_doubt(&self) -> bool {
        let is_doubtful = |it: &Worker<_, _, _, _>| it.has_detour || it.machine.has_hung_up;
        self.is_reduced() && (self.workers.iter().any(is_doubtful) || self.vacuous().is_some())
    }

    /// Everything has been looked at. Is there a run that never ends, and never comes to what it
    /// must come to?
    fn conclude(mut self) -> Verdict<P> {
        if let Some(violation) = self.vacuous() {
            return self.violated(violation, &[], false, None);
        }
        let mut claims = self.check.properties.iter().map(Property::claim);
        let may_cycle = self.workers.iter().any(|worker| worker.has_detour);
        if !may_cycle || !claims.any(|claim| claim == Claim::Eventually) {
            return Verdict::Proved(self.extent());
        }
        let extent = self.extent();
        self.workers.truncate(1);
        self.workers[0].forget(); // Makes room.
        self.parcels.clear();
        let machine = &mut self.workers[0].machine;
        let found = Graph::of(machine, self.pools).map(|graph| graph.find_starvation(machine));
        let extent = Extent { elapsed: self.started.elapsed(), ..extent };
        let (violation, way, duties, repeats_from) = match found {
            Ok(None) => return Verdict::Proved(extent),
            Err(NoGraph::Memory { kept }) => {
                let left = extent.unique_states - kept;
                return Verdict::BoundHit { extent, bound: Bound::Memory, left };
            }
            Err(NoGraph::Panic { violation, way }) => (violation, way, BTreeMap::new(), None),
            Ok(Some(Lasso { violation, way, duties, repeats_from })) => {
                (violation, way, duties, Some(repeats_from))
            }
        };
        let run = Counterexample { script: retrace(machine, &way, false, &duties), repeats_from };
        Verdict::Violated { extent, violation, run }
    }
}

/// Does something for each, in threads of their own if that is worth it.
fn for_each<T: Send>(
    items: impl Iterator<Item = T>,
    in_parallel: bool,
    work: impl Fn(T) + Copy + Send,
) {
    if in_parallel {
        thread::scope(|scope| items.for_each(|item| _ = scope.spawn(move || work(item))));
    } else {
        items.for_each(work);
    }
}
