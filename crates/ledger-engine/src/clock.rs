//! The clock: the only place that reads the time.

use ledger_core::RecordedTime;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time at which something is recorded.
///
/// It may run backwards (a machine whose clock is set); the engine never lets the log do so.
pub trait Clock: Send + Sync {
    /// Returns the time now.
    fn now(&self) -> RecordedTime;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// A clock that stands still until it is set, for tests.
#[derive(Debug)]
pub struct ManualClock {
    micros: AtomicI64,
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the time"
    )]
    fn now(&self) -> RecordedTime {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        RecordedTime::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }
}

impl ManualClock {
    /// Creates a clock that shows `now`.
    #[must_use]
    pub fn new(now: RecordedTime) -> Self {
        Self {
            micros: AtomicI64::new(now.micros()),
        }
    }

    /// Sets the clock, forward or backward.
    pub fn set(&self, now: RecordedTime) {
        self.micros.store(now.micros(), Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> RecordedTime {
        RecordedTime::from_micros(self.micros.load(Ordering::Relaxed))
    }
}
