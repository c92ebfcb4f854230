//! Many seeds, on all cores.

use std::{
    num::NonZero,
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

/// Tries every seed, on as many threads as the machine has cores, and hands each result that is
/// well to `on_result`, on the calling thread, in no particular order.
///
/// Returns the smallest seed that fails, with its failure: the same one every time. Seeds beyond
/// it may not have been tried.
///
/// ```
/// use simulator::sweep;
///
/// let odd_fails = |seed: u64| if seed.is_multiple_of(2) { Ok(seed) } else { Err("odd") };
/// let mut sum = 0;
/// assert_eq!(sweep(10..20, odd_fails, |seed| sum += seed), Some((11, "odd")));
/// assert!(sum >= 10);
/// ```
///
/// # Panics
/// When `run` panics.
pub fn sweep<T: Send, E: Send>(
    seeds: Range<u64>,
    run: impl Fn(u64) -> Result<T, E> + Sync,
    mut on_result: impl FnMut(T),
) -> Option<(u64, E)> {
    let next = AtomicU64::new(seeds.start);
    let end = AtomicU64::new(seeds.end);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    // Bounded, so that a slow caller slows the runs down and nothing piles up.
    let (results, received) = crossbeam_channel::bounded(threads * 64);
    let work = |results: crossbeam_channel::Sender<(u64, Result<T, E>)>| {
        loop {
            // Seeds are taken in order, so whatever is smaller than a failing one is tried too.
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end.load(Ordering::Relaxed) {
                return;
            }
            let result = run(seed);
            if result.is_err() {
                end.fetch_min(seed, Ordering::Relaxed);
            }
            if results.send((seed, result)).is_err() {
                return;
            }
        }
    };
    let mut first_failure: Option<(u64, E)> = None;
    thread::scope(|scope| {
        for _ in 0..threads {
            let results = results.clone();
            scope.spawn(|| work(results));
        }
        drop(results);
        for (seed, result) in received {
            match result {
                Ok(result) => on_result(result),
                Err(failure) if first_failure.as_ref().is_none_or(|(first, _)| seed < *first) => {
                    first_failure = Some((seed, failure));
                }
                Err(_) => {}
            }
        }
    });
    first_failure
}
