//! When a failed call is made again, and how long to wait before.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::error::{ClientError, Retry};
use crate::limits::{ATTEMPTS_DEFAULT, RETRY_DELAY_FIRST, RETRY_DELAY_MAX};

/// Exponential backoff with jitter: the delay doubles with every attempt up to a maximum, and a
/// random part of up to half of it is left away, so that callers that failed together do not come
/// back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts of one call, the first included; 1 for no retry.
    pub attempts_max: u32,
    /// Delay before the first retry.
    pub delay_first: Duration,
    /// Longest delay, also when the server names a longer one.
    pub delay_max: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts_max: ATTEMPTS_DEFAULT,
            delay_first: RETRY_DELAY_FIRST,
            delay_max: RETRY_DELAY_MAX,
        }
    }
}

/// Waits between attempts.
pub trait Sleeper: fmt::Debug + Send + Sync + 'static {
    /// Waits for that long.
    fn sleep(&self, delay: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Waits by the clock of the tokio runtime.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioSleeper;

impl Sleeper for TokioSleeper {
    fn sleep(&self, delay: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(delay))
    }
}

impl RetryPolicy {
    /// How long to wait before attempt `attempt + 1`, or `None` when the error is final: attempts
    /// are used up, or a retry does not help.
    ///
    /// `attempt` counts from 1. `random` is any number; it chooses the jitter.
    #[must_use]
    pub fn delay(&self, error: &ClientError, attempt: u32, random: u64) -> Option<Duration> {
        if attempt >= self.attempts_max {
            return None;
        }
        match error.retry() {
            Retry::Never | Retry::ByCaller => None,
            Retry::Automatic { after } => Some(self.backoff(after, attempt, random)),
        }
    }

    /// The delay before attempt `attempt + 1`, at least what the server asks for.
    #[must_use]
    pub fn backoff(&self, after: Option<Duration>, attempt: u32, random: u64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let full = self
            .delay_first
            .saturating_mul(1 << doublings)
            .min(self.delay_max);
        let half = full / 2;
        let half_micros = u64::try_from(half.as_micros())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let jitter = Duration::from_micros(random.checked_rem(half_micros).unwrap_or(0));
        let own = full.saturating_sub(jitter);
        after.unwrap_or_default().min(self.delay_max).max(own)
    }
}

/// A number to choose the jitter by.
pub(crate) fn random() -> u64 {
    uuid::Uuid::new_v4().as_u64_pair().1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_maximum_and_lose_at_most_half() {
        let policy = RetryPolicy::default();
        for (attempt, full_ms) in [
            (1, 100),
            (2, 200),
            (3, 400),
            (6, 3_200),
            (7, 5_000),
            (40, 5_000),
            (u32::MAX, 5_000),
        ] {
            let full = Duration::from_millis(full_ms);
            assert_eq!(policy.backoff(None, attempt, 0), full, "{attempt}");
            for random in [1, 12_345, u64::MAX] {
                let delay = policy.backoff(None, attempt, random);
                assert!(
                    delay <= full && delay >= full / 2,
                    "{attempt} {random}: {delay:?}"
                );
            }
        }
    }

    #[test]
    fn the_server_can_ask_for_more_but_not_without_bound() {
        let policy = RetryPolicy::default();
        for (asked_ms, expected_ms) in [(10, 100), (700, 700), (60_000, 5_000)] {
            let asked = Some(Duration::from_millis(asked_ms));
            let expected = Duration::from_millis(expected_ms);
            assert_eq!(policy.backoff(asked, 1, 0), expected, "{asked_ms}");
        }
    }
}
