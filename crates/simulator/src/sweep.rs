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
    on_result: impl FnMut(T),
) -> Option<(u64, E)> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    sweep_on(threads, seeds, run, on_result)
}

fn sweep_on<T: Send, E: Send>(
    threads: usize,
    seeds: Range<u64>,
    run: impl Fn(u64) -> Result<T, E> + Sync,
    mut on_result: impl FnMut(T),
) -> Option<(u64, E)> {
    let next = AtomicU64::new(seeds.start);
    let end = AtomicU64::new(seeds.end);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_failing_seed_is_found_on_any_number_of_threads() {
        for threads in [1, 2, 3, 16] {
            let run = |seed| if seed % 50 == 49 { Err(seed) } else { Ok(seed) };
            let mut well = Vec::new();
            let failure = sweep_on(threads, 100..1000, run, |seed| well.push(seed));
            assert_eq!(failure, Some((149, 149)), "on {threads} threads");
            well.sort_unstable();
            let smaller_ones: Vec<u64> = (100..149).collect();
            assert_eq!(well[..49], smaller_ones, "on {threads} threads");
        }
    }

    #[test]
    fn the_smallest_failing_seed_is_found_when_it_is_the_last_to_fail() {
        let (larger_fails, failed) = crossbeam_channel::bounded(1);
        let run = |seed| {
            match seed {
                0 => failed.recv().unwrap(),
                1 => larger_fails.send(()).unwrap(),
                _ => return Ok(()),
            }
            Err(seed)
        };
        assert_eq!(sweep_on(2, 0..100, run, |()| {}), Some((0, 0)));
    }

    #[test]
    fn every_seed_is_tried_once_when_none_fails() {
        let mut tried = Vec::new();
        assert_eq!(sweep_on(3, 5..505, Ok::<u64, ()>, |seed| tried.push(seed)), None);
        tried.sort_unstable();
        assert_eq!(tried, (5..505).collect::<Vec<u64>>());
    }
}
