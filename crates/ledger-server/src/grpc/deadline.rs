//! Until when a caller waits for an answer.

use super::error::CallError;
use crate::limits::DEADLINE_MARGIN;
use ledger_proto::status::TransportError;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tonic::codegen::http::{HeaderMap, HeaderValue};

/// The end of a call, as its caller set it; `None` when he waits for ever.
///
/// tonic ends a call at its deadline by itself, but says `CANCELLED`. Ending it a little earlier
/// gives the answer that the contract promises, and time to arrive.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// Reads the header `grpc-timeout`. tonic takes a malformed one for none, and the call would go
    /// on for as long as it likes, although its caller has said when he stops waiting.
    ///
    /// # Errors
    ///
    /// [`TransportError::TimeoutMalformed`], also for two of them.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, TransportError> {
        let mut timeouts = headers.get_all("grpc-timeout").iter();
        let Some(timeout) = timeouts.next() else {
            return Ok(Self(None));
        };
        let parsed = match timeouts.next() {
            None => HeaderValue::to_str(timeout).ok().and_then(parse_timeout),
            Some(_) => None,
        };
        let timeout = parsed.ok_or(TransportError::TimeoutMalformed)?;
        // The longest is 11,400 years, which the clock of the process can tell.
        Ok(Self(
            Instant::now().checked_add(timeout.saturating_sub(DEADLINE_MARGIN)),
        ))
    }

    /// Refuses what would be over before it begins, so that it does not begin.
    pub(crate) fn check(self) -> Result<(), CallError> {
        match self.0 {
            Some(end) if end <= Instant::now() => Err(CallError::DeadlineExceeded),
            _ => Ok(()),
        }
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
            ("99999999H", Some(Duration::from_secs(99_999_999 * 3_600))),
            ("00000001S", Some(Duration::from_secs(1))),
            ("0n", Some(Duration::ZERO)),
            ("", None),
            ("S", None),
            ("+5S", None),
            ("123456789m", None),
            ("000000001m", None),
            ("5", None),
            ("5 S", None),
            ("5.5S", None),
            ("-5S", None),
            ("5Sm", None),
            ("1e3S", None),
            ("٥S", None),
            ("5s", None),
            ("5é", None),
        ] {
            assert_eq!(parse_timeout(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_deadline_that_cannot_be_read_is_refused_and_none_is_none() {
        let of = |timeouts: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for timeout in timeouts {
                headers.append("grpc-timeout", HeaderValue::from_bytes(timeout).unwrap());
            }
            Deadline::of(&headers).map(|deadline| (deadline.0.is_some(), deadline.check().is_ok()))
        };
        assert_eq!(of(&[]), Ok((false, true)));
        for (timeout, begins) in [
            ("30S", true),
            ("99999999H", true),
            ("0S", false),
            ("1n", false),
        ] {
            assert_eq!(of(&[timeout.as_bytes()]), Ok((true, begins)), "{timeout}");
        }
        let malformed: [&[&[u8]]; 4] = [&[b""], &[b"\xff"], &[b"1S", b"1S"], &[b"1S", b"x"]];
        for timeouts in malformed {
            assert_eq!(of(timeouts), Err(TransportError::TimeoutMalformed));
        }
    }
}
