//! The clocks of the processes, which may be wrong.

use std::time::Duration;

use protocol::ProcessId;
use scenario::ClockError;

/// One process's own clock, as a function of virtual time.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    /// What it shows at the start. None is before zero: all are set forward until that is so.
    at_start: Duration,
    drift_ppm: i32,
}

const MILLION: i128 = 1_000_000;

impl Clock {
    /// The clocks of a system in which some are wrong.
    pub(crate) fn all(processes: u32, errors: &[ClockError]) -> Vec<Self> {
        let of = |id| errors.iter().find(|error: &&ClockError| error.process == id);
        let ahead = |id| of(id).map_or(0, |error| error.offset.0);
        let furthest_behind = ProcessId::all(processes).map(ahead).min().unwrap_or(0).min(0);
        ProcessId::all(processes)
            .map(|id| Self {
                at_start: Duration::from_nanos(ahead(id).abs_diff(furthest_behind)),
                drift_ppm: of(id).map_or(0, |error| error.drift_ppm),
            })
            .collect()
    }

    /// What it shows when the virtual time is `now`.
    pub(crate) fn shows(&self, now: Duration) -> Duration {
        self.at_start + if self.drift_ppm == 0 { now } else { self.gained(now, false) }
    }

    /// How much virtual time passes while it gains `length`, rounded up.
    pub(crate) fn lasts(&self, length: Duration) -> Duration {
        if self.drift_ppm == 0 { length } else { self.gained(length, true) }
    }

    fn gained(&self, length: Duration, backwards: bool) -> Duration {
        let rate = MILLION + i128::from(self.drift_ppm);
        let length = i128::try_from(length.as_nanos()).unwrap_or(i128::MAX / MILLION);
        let nanoseconds = if backwards {
            (length * MILLION + rate - 1).div_euclid(rate)
        } else {
            length * rate / MILLION
        };
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use scenario::Offset;

    use super::*;

    #[test]
    fn a_wrong_clock_is_off_and_drifts_and_none_is_before_zero() {
        let second = 1_000_000_000;
        let error = |process, offset, drift_ppm| ClockError {
            process: ProcessId(process),
            offset: Offset(offset),
            drift_ppm,
        };
        let errors = [error(1, -3 * second, 0), error(2, 2 * second, 100_000)];
        let clocks = Clock::all(3, &errors);
        let after_ten = |clock: &Clock| clock.shows(Duration::from_secs(10)).as_secs();
        assert_eq!(clocks.iter().map(after_ten).collect::<Vec<_>>(), [13, 10, 16]);
        assert_eq!(clocks[2].lasts(Duration::from_secs(11)), Duration::from_secs(10));
    }

    #[test]
    fn no_timer_runs_out_before_its_clock_has_gained_the_whole_length() {
        for drift_ppm in [-500_000, -333_333, -7, 7, 123_457, 500_000] {
            let clock = Clock { at_start: Duration::ZERO, drift_ppm };
            for (set_at, length) in [(0, 1), (1, 1), (10, 3), (999, 1_000), (1_000_003, 7_777_777)]
            {
                let [set_at, length] = [set_at, length].map(Duration::from_nanos);
                let gained = clock.shows(set_at + clock.lasts(length)) - clock.shows(set_at);
                let late = gained.checked_sub(length).expect("it runs out too early");
                assert!(late <= Duration::from_nanos(2), "{drift_ppm}, {length:?}: {late:?} late");
            }
        }
    }
}
