//! Reading or copying no faster than a given rate, so that the ledger beside it keeps its disk.

use std::thread;
use std::time::{Duration, Instant};

/// Counts bytes, and waits whenever they came faster than they may.
#[derive(Debug)]
pub(crate) struct Pace {
    bytes_per_second: u64,
    started: Instant,
    bytes: u64,
}

/// How long one wait lasts at most, so that whoever wants to stop is heard soon.
const WAIT_MAX: Duration = Duration::from_millis(50);

impl Pace {
    /// Starts to count; zero bytes per second stands for no bound.
    pub(crate) fn new(bytes_per_second: u64) -> Self {
        Self {
            bytes_per_second,
            started: Instant::now(),
            bytes: 0,
        }
    }

    /// Notes that so many bytes were read or copied.
    pub(crate) fn spent(&mut self, bytes: usize) {
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// How much too early it is to go on.
    fn ahead(&self, elapsed: Duration) -> Duration {
        let millis = u128::from(self.bytes)
            .saturating_mul(1_000)
            .checked_div(u128::from(self.bytes_per_second))
            .unwrap_or_default();
        let due = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
        due.saturating_sub(elapsed)
    }

    /// Waits a moment if it is too early to go on; tells whether it is still too early.
    #[expect(
        clippy::disallowed_methods,
        reason = "a rate is kept by waiting, and this is the one place that does"
    )]
    pub(crate) fn wait(&self) -> bool {
        let ahead = self.ahead(self.started.elapsed());
        if ahead.is_zero() {
            return false;
        }
        thread::sleep(ahead.min(WAIT_MAX));
        ahead > WAIT_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_says_when_to_go_on() {
        let ahead = |rate: u64, bytes: usize, elapsed_ms: u64| {
            let mut pace = Pace::new(rate);
            pace.spent(bytes);
            pace.ahead(Duration::from_millis(elapsed_ms)).as_millis()
        };
        // Rate in bytes per second, bytes, milliseconds passed; milliseconds to wait.
        let cases = [
            (0, 1_000_000, 0, 0),
            (1_000, 0, 0, 0),
            (1_000, 1_000, 0, 1_000),
            (1_000, 1_000, 400, 600),
            (1_000, 1_000, 1_000, 0),
            (1_000, 1_000, 5_000, 0),
            (u64::MAX, usize::MAX, 0, 1_000),
        ];
        for (rate, bytes, elapsed, expected) in cases {
            assert_eq!(
                ahead(rate, bytes, elapsed),
                expected,
                "{rate} {bytes} {elapsed}"
            );
        }
    }
}
