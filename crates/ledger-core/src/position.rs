//! Positions in the log: gapless, from one upward.

use std::fmt;

/// The place of an event in the log.
///
/// Positions count from one without gaps. Zero is the place before the first event: the state of
/// an empty ledger is the state "as of zero".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position(u64);

impl Position {
    /// The place before the first event.
    pub const ZERO: Self = Self(0);

    /// The place of the first event.
    pub const FIRST: Self = Self(1);

    /// Takes a position.
    #[must_use]
    pub const fn new(position: u64) -> Self {
        Self(position)
    }

    /// Returns the position as a number, which is also the count of events up to it.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the position of the following event.
    ///
    /// # Panics
    ///
    /// At 2⁶⁴ − 1, which a log that appends a million events a second reaches after 580,000 years.
    #[must_use]
    pub const fn next(self) -> Self {
        self.offset(1)
    }

    /// Returns the position `count` events further.
    ///
    /// # Panics
    ///
    /// Above 2⁶⁴ − 1. A position is either read from the log or bounded by its end, so this is a
    /// broken invariant; stopping there is better than giving two events the same place.
    #[must_use]
    pub const fn offset(self, count: u64) -> Self {
        Self(self.0.checked_add(count).expect("positions do not run out"))
    }

    /// Returns the position of the event before, or `None` before the first event.
    #[must_use]
    pub const fn previous(self) -> Option<Self> {
        match self.0.checked_sub(1) {
            Some(position) => Some(Self(position)),
            None => None,
        }
    }

    /// Returns how many events lie after `earlier` up to and including this position, or `None`
    /// when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Option<u64> {
        self.0.checked_sub(earlier.0)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_one() {
        assert_eq!(Position::ZERO.next(), Position::FIRST);
        assert_eq!(Position::default(), Position::ZERO);
        assert_eq!(Position::FIRST.offset(0), Position::FIRST);
        assert_eq!(Position::new(5).offset(3).get(), 8);
        assert_eq!(Position::new(u64::MAX - 1).next().get(), u64::MAX);
        assert_eq!(Position::FIRST.previous(), Some(Position::ZERO));
        assert_eq!(Position::ZERO.previous(), None);
        assert_eq!(Position::new(8).since(Position::new(5)), Some(3));
        assert_eq!(Position::new(5).since(Position::new(8)), None);
        assert_eq!(Position::new(42).to_string(), "42");
    }

    #[test]
    #[should_panic(expected = "positions do not run out")]
    fn the_last_position_has_no_next() {
        let _ = Position::new(u64::MAX).next();
    }
}
