//! Section `clock` of the configuration: how far the clock may be off.

use super::ConfigError;
use crate::limits::{
    CLOCK_EARLIEST, CLOCK_IDLE_DAYS, CLOCK_IDLE_DAYS_MAX, CLOCK_STEP_SECONDS,
    CLOCK_STEP_SECONDS_MAX,
};
use chrono::DateTime;
use ledger_core::RecordedTime;
use ledger_engine::ClockBounds;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How far the clock may be from what is known without it, before nothing is recorded by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Clock {
    /// Seconds that it may lie behind the last event, or be off the time that has passed.
    pub step_seconds_max: u64,
    /// Days after its last event that a ledger may be opened without a word from an operator.
    pub idle_days_max: u64,
    /// A time (RFC 3339) up to which an operator vouches for times that the bounds above refuse: of
    /// a ledger that lay idle, or of a log that is ahead of the clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_until: Option<String>,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            step_seconds_max: CLOCK_STEP_SECONDS,
            idle_days_max: CLOCK_IDLE_DAYS,
            accepted_until: None,
        }
    }
}

impl Clock {
    /// Returns the bounds as the engine takes them.
    pub(super) fn check(&self) -> Result<ClockBounds, ConfigError> {
        let in_range = |key, value: u64, highest| match (1..=highest).contains(&value) {
            true => Ok(value),
            false => Err(ConfigError::Clock {
                key,
                value,
                highest,
            }),
        };
        let step = in_range(
            "step_seconds_max",
            self.step_seconds_max,
            CLOCK_STEP_SECONDS_MAX,
        )?;
        let idle = in_range("idle_days_max", self.idle_days_max, CLOCK_IDLE_DAYS_MAX)?;
        let accepted_until = self.accepted_until.as_deref().map(|text| {
            let time = DateTime::parse_from_rfc3339(text);
            let micros = time.map(|time| time.timestamp_micros());
            micros.map_err(|_| ConfigError::ClockAcceptedUntil)
        });
        Ok(ClockBounds {
            step_max: Duration::from_secs(step),
            idle_max: Duration::from_hours(idle.saturating_mul(24)),
            accepted_until: accepted_until.transpose()?.map(RecordedTime::from_micros),
            earliest: CLOCK_EARLIEST,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_and_what_makes_no_sense_is_refused() {
        let check = |step_seconds_max, idle_days_max, until: &str| {
            let clock = Clock {
                step_seconds_max,
                idle_days_max,
                accepted_until: Some(until.to_owned()),
            };
            let bounds = clock.check().map_err(|error| error.to_string())?;
            let until = bounds.accepted_until.unwrap().to_string();
            Ok((bounds.step_max.as_secs(), bounds.idle_max.as_secs(), until))
        };
        let day = 86_400;
        let zero_hour = "2026-12-01T00:00:00.000000Z".to_owned();
        assert_eq!(
            check(60, 2, "2026-12-01T08:00:00+08:00"),
            Ok((60, 2 * day, zero_hour))
        );
        let refused = |step, idle, until| {
            let refused: Result<(u64, u64, String), String> = check(step, idle, until);
            refused.unwrap_err()
        };
        let until = "2026-12-01T00:00:00Z";
        assert!(refused(0, 1, until).contains("clock.step_seconds_max is 0; it goes from 1"));
        assert!(refused(1, 36_501, until).contains("clock.idle_days_max is 36501"));
        for until in ["2026-12-01", "soon", "", "2026-12-01 00:00"] {
            assert!(
                refused(1, 1, until).contains("such as 2026-12-01T08:00:00+08:00"),
                "{until}"
            );
        }
    }
}
