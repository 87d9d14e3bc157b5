//! Whether the clock may be recorded by.
//!
//! A wrong time in the log stays there: later times never lie before it, so one event of a clock
//! that is ten years ahead makes all later ones ten years wrong, and lets business dates of the
//! future pass. So nothing is recorded while the clock contradicts what is known without it: the
//! last event of the log, and the time that has passed since the clock was last believed.

use super::Clock;
use crate::limits::{CLOCK_ANCHOR_MIN, CLOCK_IDLE_MAX, CLOCK_STEP_MAX};
use ledger_core::RecordedTime;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;

/// How far the clock may be from what is known without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockBounds {
    /// How far the clock may lie behind the last event. Also how far it may be, ahead or behind,
    /// from the time at which it was last believed and the time passed since.
    pub step_max: Duration,
    /// How long after the last event a ledger may be opened. A ledger that was closed knows no
    /// passed time, so that a longer pause has to be confirmed.
    pub idle_max: Duration,
    /// An operator vouches for times up to this one. A pause longer than `idle_max` that ends
    /// before it is taken for a pause. A last event ahead of the clock, but not ahead of this time,
    /// is no reason to refuse. A time that lies further than `idle_max` ahead of both the clock and
    /// the last event vouches for nothing: it would make this watch blind for years.
    pub accepted_until: Option<RecordedTime>,
    /// No time before this one is right.
    pub earliest: RecordedTime,
}

/// Why the clock is not recorded by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ClockProblem {
    /// It shows a time at which this software did not exist.
    #[error("the clock shows {now}, which is before this software was made")]
    TooEarly {
        /// What the clock shows.
        now: RecordedTime,
    },
    /// It lies behind the last event: either is wrong.
    #[error("the clock shows {now}, and the last event was recorded later, at {last}")]
    BehindLog {
        /// What the clock shows.
        now: RecordedTime,
        /// When the last event was recorded.
        last: RecordedTime,
    },
    /// It was set while the ledger was open: more or less time has passed.
    #[error("the clock shows {now}, but by the time that has passed it is {expected}")]
    Set {
        /// What the clock shows.
        now: RecordedTime,
        /// What it should show.
        expected: RecordedTime,
    },
    /// The ledger was opened so long after its last event that the clock may be wrong.
    #[error("the clock shows {now}, long after the last event, which was recorded at {last}")]
    LongIdle {
        /// What the clock shows.
        now: RecordedTime,
        /// When the last event was recorded.
        last: RecordedTime,
    },
    /// The same of a ledger that has no event.
    #[error("the clock shows {now}, long after the ledger, which has no event, began at {begun}")]
    LongEmpty {
        /// What the clock shows.
        now: RecordedTime,
        /// When its epoch began.
        begun: RecordedTime,
    },
    /// An operator's word would settle it, but reaches too far.
    #[error(
        "the clock shows {now} and has to be vouched for, but not until {until}: that is further \
         ahead than a ledger may lie idle"
    )]
    VouchedTooFar {
        /// What the clock shows.
        now: RecordedTime,
        /// Until when the operator vouches.
        until: RecordedTime,
    },
}

/// Watches a clock.
pub(crate) struct ClockGuard {
    clock: Arc<dyn Clock>,
    bounds: ClockBounds,
    /// When the present epoch began, as far as that is known.
    begun: Option<RecordedTime>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Where clock and passed time stood when the clock was last believed; none before the first
    /// time.
    anchor: Option<Reading>,
    problem: Option<ClockProblem>,
}

/// What clock and passed time show at one moment.
#[derive(Debug, Clone, Copy)]
struct Reading {
    now: RecordedTime,
    passed: Duration,
}

impl Default for ClockBounds {
    fn default() -> Self {
        Self {
            step_max: CLOCK_STEP_MAX,
            idle_max: CLOCK_IDLE_MAX,
            accepted_until: None,
            earliest: RecordedTime::from_micros(0),
        }
    }
}

impl ClockBounds {
    /// No problem when an operator vouches for a time.
    fn unless_vouched(
        &self,
        time: RecordedTime,
        (now, last): (RecordedTime, Option<RecordedTime>),
        problem: ClockProblem,
    ) -> Result<(), ClockProblem> {
        let Some(until) = self.accepted_until.filter(|until| time <= *until) else {
            return Err(problem);
        };
        let known = last.map_or(now, |last| last.max(now));
        match ahead(until, known) > self.idle_max {
            true => Err(ClockProblem::VouchedTooFar { now, until }),
            false => Ok(()),
        }
    }

    fn judge(
        &self,
        reading: Reading,
        anchor: Option<Reading>,
        (last, begun): (Option<RecordedTime>, Option<RecordedTime>),
    ) -> Result<(), ClockProblem> {
        let now = reading.now;
        if now < self.earliest {
            return Err(ClockProblem::TooEarly { now });
        }
        if let Some(last) = last
            && ahead(last, now) > self.step_max
        {
            let behind = ClockProblem::BehindLog { now, last };
            self.unless_vouched(last, (now, Some(last)), behind)?;
        }
        if let Some(anchor) = anchor {
            let expected = anchor.after(reading.passed);
            let off = ahead(now, expected).max(ahead(expected, now));
            return match off > self.step_max {
                true => Err(ClockProblem::Set { now, expected }),
                false => Ok(()),
            };
        }
        // A beginning by a clock that was known to be wrong says nothing.
        let begun = begun.filter(|begun| *begun > self.earliest);
        let (since, long) = match (last, begun) {
            (Some(last), _) => (last, ClockProblem::LongIdle { now, last }),
            (None, Some(begun)) => (begun, ClockProblem::LongEmpty { now, begun }),
            (None, None) => return Ok(()),
        };
        match ahead(now, since) > self.idle_max {
            true => self.unless_vouched(now, (now, last), long),
            false => Ok(()),
        }
    }
}

impl Reading {
    /// What the clock should show when so much time has passed.
    fn after(self, passed: Duration) -> RecordedTime {
        let since = passed.saturating_sub(self.passed).as_micros();
        let since = i64::try_from(since).unwrap_or(i64::MAX);
        RecordedTime::from_micros(self.now.micros().saturating_add(since))
    }
}

impl ClockGuard {
    /// Watches a clock; `begun` says when the present epoch began, where that is known.
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        bounds: ClockBounds,
        begun: Option<RecordedTime>,
    ) -> Self {
        Self {
            clock,
            bounds,
            begun,
            state: Mutex::default(),
        }
    }

    /// The day by which dates are judged at a time that was found right, `now`. A log that is a
    /// little ahead of the clock is where the day has come to. One that is far ahead, with an
    /// operator's word, was recorded by a clock that was wrong, and its days have not come.
    pub(crate) fn judged_at(&self, now: RecordedTime, last: RecordedTime) -> RecordedTime {
        match ahead(last, now) > self.bounds.step_max {
            true => now,
            false => now.max(last),
        }
    }

    /// Returns the time now, if an event may be recorded at it. `last` is the time of the last
    /// event, if there is one. The log of the process is told when the clock turns wrong, and when
    /// it is right again.
    pub(crate) fn check(&self, last: Option<RecordedTime>) -> Result<RecordedTime, ClockProblem> {
        // No code that holds the lock can panic, so a poisoned lock guards a sound state.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = Reading {
            now: self.clock.now(),
            passed: self.clock.passed(),
        };
        let judged = self.bounds.judge(reading, state.anchor, (last, self.begun));
        tell(state.problem, judged);
        state.problem = judged.err();
        judged?;
        // From now on the clock is compared with this reading, so that a year of small corrections
        // is no jump. Not at every look, though: many small steps in a short time are a jump.
        let is_due =
            |anchor: Reading| reading.passed.saturating_sub(anchor.passed) >= CLOCK_ANCHOR_MIN;
        if state.anchor.is_none_or(is_due) {
            state.anchor = Some(reading);
        }
        Ok(reading.now)
    }
}

/// Tells the log of the process that the clock is wrong, or right again; once for each kind.
fn tell(before: Option<ClockProblem>, judged: Result<(), ClockProblem>) {
    let kind = |problem: &ClockProblem| std::mem::discriminant(problem);
    match (before, judged) {
        (Some(before), Err(now)) if kind(&before) == kind(&now) => {}
        (_, Err(problem)) => tracing::error!(
            %problem,
            "nothing is recorded until the clock is right; reading goes on"
        ),
        (Some(_), Ok(())) => tracing::info!("the clock is right again; recording goes on"),
        (None, Ok(())) => {}
    }
}

/// How far one time is ahead of another; zero when it is not.
fn ahead(one: RecordedTime, other: RecordedTime) -> Duration {
    let micros = i128::from(one.micros()) - i128::from(other.micros());
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}

#[cfg(test)]
mod tests;
