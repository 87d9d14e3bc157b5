//! Until when a caller waits for an answer.

use super::error::CallError;
use crate::limits::DEADLINE_MARGIN;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tonic::codegen::http::HeaderMap;

/// The end of a call, as its caller set it; `None` when he waits for ever.
///
/// tonic ends a call at its deadline by itself, but says `CANCELLED`. Ending it a little earlier
/// gives the answer that the contract promises, and time to arrive.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// Reads the header `grpc-timeout`; a malformed one counts as none, as in tonic.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let timeout = headers
            .get("grpc-timeout")
            .and_then(|value| value.to_str().ok());
        let timeout = timeout.and_then(parse_timeout);
        Self(timeout.and_then(|timeout| {
            Instant::now().checked_add(timeout.saturating_sub(DEADLINE_MARGIN))
        }))
    }

    /// Ends the work at the deadline.
    pub(crate) async fn bound<T>(
        self,
        work: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        match self.0 {
            None => work.await,
            Some(end) => timeout_at(end, work)
                .await
                .unwrap_or(Err(CallError::DeadlineExceeded)),
        }
    }

    /// The deadline, or `longest` from now if that comes first.
    pub(crate) fn within(self, longest: Duration) -> Option<Instant> {
        let end = Instant::now().checked_add(longest);
        match (self.0, end) {
            (Some(deadline), Some(end)) => Some(deadline.min(end)),
            (deadline, end) => deadline.or(end),
        }
    }
}

/// Reads at most eight digits and a unit: hours, minutes, seconds, milli-, micro- or nanoseconds.
fn parse_timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count.checked_mul(3_600)?)),
        "M" => Some(Duration::from_secs(count.checked_mul(60)?)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_grpc_writes_them() {
        for (text, expected) in [
            ("1H", Some(Duration::from_secs(3_600))),
            ("2M", Some(Duration::from_secs(120))),
            ("30S", Some(Duration::from_secs(30))),
            ("250m", Some(Duration::from_millis(250))),
            ("99999999u", Some(Duration::from_micros(99_999_999))),
            ("0n", Some(Duration::ZERO)),
            ("", None),
            ("S", None),
            ("+5S", None),
            ("123456789m", None),
            ("5s", None),
            ("5é", None),
        ] {
            assert_eq!(parse_timeout(text), expected, "{text:?}");
        }
    }
}
