//! Times of many operations, and what half of them and nearly all of them stay below.

use std::time::{Duration, Instant};

/// The times of operations, in nanoseconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latencies {
    nanos: Vec<u64>,
}

/// Counts events and requests from its start to its end.
#[derive(Debug)]
pub(crate) struct Meter {
    started: Instant,
    latencies: Latencies,
    events: u64,
}

/// What a meter has counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    pub(crate) events: u64,
    pub(crate) elapsed: Duration,
    pub(crate) latencies: Latencies,
    /// Processor time of the ledger's process meanwhile; zero where nobody looked.
    pub(crate) processor_time: Duration,
}

impl Latencies {
    pub(crate) fn add(&mut self, time: Duration) {
        self.nanos.push(nanos(time));
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.nanos.extend(other.nanos);
    }

    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.nanos.len()).expect("a count fits into 64 bits")
    }

    /// The time that `percent` of a hundred operations stay within, in microseconds.
    pub(crate) fn percentile_us(&self, percent: usize) -> Option<u64> {
        let mut sorted = self.nanos.clone();
        sorted.sort_unstable();
        let rank = sorted
            .len()
            .saturating_mul(percent)
            .div_ceil(100)
            .saturating_sub(1);
        sorted.get(rank).map(|nanos| nanos / 1_000)
    }
}

impl Meter {
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            latencies: Latencies::default(),
            events: 0,
        }
    }

    /// Notes a request that was sent at `sent` and is answered now.
    pub(crate) fn answered(&mut self, sent: Instant, events: u64) {
        self.latencies.add(sent.elapsed());
        self.events += events;
    }

    pub(crate) fn stop(self) -> Counted {
        Counted {
            events: self.events,
            elapsed: self.started.elapsed(),
            latencies: self.latencies,
            processor_time: Duration::ZERO,
        }
    }
}

impl Counted {
    /// Adds the processor time that the ledger's process took.
    pub(crate) fn with_processor_time(self, processor_time: Duration) -> Self {
        Self {
            processor_time,
            ..self
        }
    }

    /// Adds what another caller counted over the same time.
    pub(crate) fn beside(mut self, other: Self) -> Self {
        self.events += other.events;
        self.elapsed = self.elapsed.max(other.elapsed);
        self.latencies.extend(other.latencies);
        self
    }
}

/// How many there are in a second, when there are `count` in `time`.
pub(crate) fn per_second(count: u64, time: Duration) -> u64 {
    let rate = u128::from(count) * 1_000_000_000 / time.as_nanos().max(1);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_occurred() {
        let of = |times: &[u64], percent| {
            let nanos = times.iter().map(|us| us * 1_000).collect();
            Latencies { nanos }.percentile_us(percent)
        };
        for (times, percent, expected) in [
            (&[][..], 50, None),
            (&[7], 50, Some(7)),
            (&[7], 99, Some(7)),
            (&[4, 1, 3, 2], 50, Some(2)),
            (&[4, 1, 3, 2], 99, Some(4)),
        ] {
            assert_eq!(of(times, percent), expected, "{times:?} {percent}");
        }
    }

    #[test]
    fn rates_are_exact() {
        assert_eq!(per_second(3, Duration::from_millis(2)), 1_500);
        assert_eq!(per_second(0, Duration::ZERO), 0);
    }
}
