//! Dates and ranges as they are typed.

use ledger_client::{Client, ClientError};
use ledger_core::{BusinessDate, RecordedTime};
use ledger_proto::to_proto::{date_to_proto, time_to_proto};
use ledger_proto::v1;

const CHINA_OFFSET_SECONDS: i64 = 8 * 3_600;
const SECONDS_PER_DAY: i64 = 86_400;
const MICROS_PER_SECOND: i64 = 1_000_000;

/// One end of a range: a position, or a time of recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// A position in the log.
    Position(u64),
    /// A whole day in China Standard Time.
    Day(BusinessDate),
    /// A moment.
    Time(prost_types::Timestamp),
}

impl Bound {
    /// Reads `1234`, `2021-03-01` or `2021-03-01T08:00:00Z`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Ok(position) = text.parse() {
            return Ok(Self::Position(position));
        }
        if let Ok(day) = BusinessDate::parse(text) {
            return Ok(Self::Day(day));
        }
        text.parse().map(Self::Time).map_err(|_not_a_time| {
            "a position (1234), a day (2021-03-01) or a time (2021-03-01T08:00:00Z) is expected"
                .to_owned()
        })
    }

    /// The position, if it is one.
    pub(crate) const fn position(self) -> Option<u64> {
        match self {
            Self::Position(position) => Some(position),
            Self::Day(_) | Self::Time(_) => None,
        }
    }

    /// The first moment that counts.
    pub(crate) fn start_time(self) -> Option<prost_types::Timestamp> {
        match self {
            Self::Position(_) => None,
            Self::Day(day) => Some(midnight(day)),
            Self::Time(time) => Some(time),
        }
    }

    /// The first moment that does not count any more: a day counts to its end.
    pub(crate) fn end_time(self) -> Option<prost_types::Timestamp> {
        match self {
            Self::Day(day) => Some(midnight(day.add_days(1).unwrap_or(BusinessDate::MAX))),
            other => other.start_time(),
        }
    }
}

/// Reads a business date for a command line.
pub(crate) fn date(text: &str) -> Result<BusinessDate, String> {
    BusinessDate::parse(text).map_err(|error| error.to_string())
}

/// The date given, or today by the clock of the server, which is the one that decides.
pub(crate) async fn or_today(
    date: Option<BusinessDate>,
    client: &Client,
) -> Result<BusinessDate, ClientError> {
    match date {
        Some(date) => Ok(date),
        None => Ok(today(&client.get_status(v1::GetStatusRequest {}).await?)),
    }
}

/// The server's today in China: when it started, and how long ago that was.
pub(crate) fn today(status: &v1::GetStatusResponse) -> BusinessDate {
    let start = status.start_time.unwrap_or_default().seconds;
    let now = start.saturating_add_unsigned(status.uptime_seconds);
    RecordedTime::from_micros(now.saturating_mul(MICROS_PER_SECOND)).business_date()
}

/// A business date as message.
pub(crate) fn message(date: BusinessDate) -> Option<v1::Date> {
    Some(date_to_proto(date))
}

fn midnight(day: BusinessDate) -> prost_types::Timestamp {
    let seconds = i64::from(day.days())
        .saturating_mul(SECONDS_PER_DAY)
        .saturating_sub(CHINA_OFFSET_SECONDS);
    time_to_proto(RecordedTime::from_micros(
        seconds.saturating_mul(MICROS_PER_SECOND),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_positions_days_or_times() {
        for (text, from, to) in [
            ("12", "position 12", "position 12"),
            ("2021-03-01", "2021-02-28T16:00:00Z", "2021-03-01T16:00:00Z"),
            (
                "2021-03-01T08:00:00Z",
                "2021-03-01T08:00:00Z",
                "2021-03-01T08:00:00Z",
            ),
        ] {
            let bound = Bound::parse(text).unwrap();
            let show = |time: Option<prost_types::Timestamp>| match (time, bound.position()) {
                (Some(time), None) => time.to_string(),
                (None, Some(position)) => format!("position {position}"),
                both => panic!("{both:?}"),
            };
            assert_eq!(
                (
                    show(bound.start_time()).as_str(),
                    show(bound.end_time()).as_str()
                ),
                (from, to)
            );
        }
        for text in ["", "-1", "2021-02-29", "yesterday"] {
            assert!(Bound::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn today_is_the_servers_in_china() {
        let status = |start: &str, uptime_seconds| v1::GetStatusResponse {
            start_time: Some(start.parse().unwrap()),
            uptime_seconds,
            ..Default::default()
        };
        for (start, uptime, expected) in [
            ("2021-12-31T15:59:59Z", 0, "2021-12-31"),
            ("2021-12-31T15:59:59Z", 1, "2022-01-01"),
            ("2021-03-01T00:00:00Z", 86_400, "2021-03-02"),
        ] {
            assert_eq!(today(&status(start, uptime)).to_string(), expected);
        }
    }
}
