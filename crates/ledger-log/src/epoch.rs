//! The number that fences off an earlier writer.

use std::fmt;

/// One period of ownership of the log; each claim is one higher than the last.
///
/// A writer that was cut off (a stalled machine, an operator who started a second process) still
/// holds its old epoch, and every append with it is refused. Zero stands for a log that nobody
/// has claimed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// The epoch of a log that nobody has claimed.
    pub const UNCLAIMED: Self = Self(0);

    /// Wraps a number read back from storage.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the epoch that the next claim gets.
    ///
    /// # Panics
    ///
    /// Panics after 2^64 claims, which no log lives to see.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(
            self.0
                .checked_add(1)
                .expect("a log is claimed fewer than 2^64 times"),
        )
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
