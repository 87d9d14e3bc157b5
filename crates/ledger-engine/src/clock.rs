//! The clock: the only place that reads the time.

mod guard;

use ledger_core::RecordedTime;
use rustix::time::{ClockId, clock_gettime};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use guard::ClockGuard;
pub use guard::{ClockBounds, ClockProblem};

/// Tells the time at which something is recorded, and how much time has passed.
///
/// The time may run backwards or jump (a machine whose clock is set); the engine then records
/// nothing, see [`ClockBounds`].
pub trait Clock: Send + Sync {
    /// Returns the time now.
    fn now(&self) -> RecordedTime;

    /// Returns the time since a fixed moment, by a clock that nobody sets and that goes on while
    /// the machine sleeps.
    fn passed(&self) -> Duration;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// A clock that stands still until it is told to go on, for tests.
#[derive(Debug)]
pub struct ManualClock {
    micros: AtomicI64,
    passed_micros: AtomicI64,
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

    fn passed(&self) -> Duration {
        let since_boot = clock_gettime(PASSED);
        // Neither is ever negative.
        let seconds = u64::try_from(since_boot.tv_sec).unwrap_or_default();
        let nanos = u32::try_from(since_boot.tv_nsec).unwrap_or_default();
        Duration::new(seconds, nanos)
    }
}

/// Linux counts the time that a machine sleeps in this one only.
#[cfg(target_os = "linux")]
const PASSED: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const PASSED: ClockId = ClockId::Monotonic;

impl ManualClock {
    /// Creates a clock that shows `now`.
    #[must_use]
    pub fn new(now: RecordedTime) -> Self {
        Self {
            micros: AtomicI64::new(now.micros()),
            passed_micros: AtomicI64::new(0),
        }
    }

    /// Sets the clock, forward or backward, while no time passes.
    pub fn set(&self, now: RecordedTime) {
        self.micros.store(now.micros(), Ordering::Relaxed);
    }

    /// Lets time pass, which the clock shows.
    pub fn advance(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        self.passed_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Lets time pass until the clock shows `now`; one that shows more is set back.
    pub fn advance_to(&self, now: RecordedTime) {
        let ahead = now.micros().saturating_sub(self.now().micros());
        match u64::try_from(ahead) {
            Ok(ahead) => self.advance(Duration::from_micros(ahead)),
            Err(_) => self.set(now),
        }
    }
}

impl Clock for ManualClock {
    fn now(&self) -> RecordedTime {
        RecordedTime::from_micros(self.micros.load(Ordering::Relaxed))
    }

    fn passed(&self) -> Duration {
        let micros = u64::try_from(self.passed_micros.load(Ordering::Relaxed));
        Duration::from_micros(micros.unwrap_or_default())
    }
}
