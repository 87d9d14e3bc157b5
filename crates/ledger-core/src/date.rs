//! Business dates in China Standard Time, and the times at which the ledger recorded something.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};

use crate::digits::decimal;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// China Standard Time is UTC+8 all year; daylight saving ended in 1991, before any record here.
const CHINA_OFFSET_MICROS: i64 = 8 * 3_600 * MICROS_PER_SECOND;

/// A civil date in China Standard Time, stored as days since 1970-01-01.
///
/// Dates lie within 1900-01-01 and 2199-12-31. Births before 1900 claim no subsidy, and a date
/// after 2199 is a typing error that must not reach a deadline.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BusinessDate(i32);

impl BusinessDate {
    /// The first date, 1900-01-01.
    pub const MIN: Self = Self(-25_567);

    /// The last date, 2199-12-31.
    pub const MAX: Self = Self(84_005);

    /// Takes a calendar date; `None` when it does not exist or lies outside the range.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        Self::from_naive(NaiveDate::from_ymd_opt(year, month, day)?)
    }

    /// Takes days since 1970-01-01; `None` when the date lies outside the range.
    #[must_use]
    pub const fn from_days(days: i32) -> Option<Self> {
        if days < Self::MIN.0 || days > Self::MAX.0 {
            return None;
        }
        Some(Self(days))
    }

    /// Returns the days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// Returns the year, 1900 to 2199.
    #[must_use]
    pub fn year(self) -> i32 {
        self.naive().year()
    }

    /// Returns the month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.naive().month()
    }

    /// Returns the day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u32 {
        self.naive().day()
    }

    /// Returns the date `days` later, or earlier when negative; `None` outside the range.
    #[must_use]
    pub const fn add_days(self, days: i32) -> Option<Self> {
        match self.0.checked_add(days) {
            Some(days) => Self::from_days(days),
            None => None,
        }
    }

    /// Returns the same day `months` later, or the month's last day when there is no such day.
    ///
    /// `None` when the result lies outside the range.
    #[must_use]
    pub fn add_months(self, months: u32) -> Option<Self> {
        Self::from_naive(self.naive().checked_add_months(Months::new(months))?)
    }

    /// Returns the same day `months` earlier, or the month's last day when there is no such day.
    ///
    /// `None` when the result lies outside the range.
    #[must_use]
    pub fn sub_months(self, months: u32) -> Option<Self> {
        Self::from_naive(self.naive().checked_sub_months(Months::new(months))?)
    }

    /// Returns how many days this date lies after `earlier`; negative when it lies before.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i32 {
        // No overflow: both dates lie within 110,000 days of each other.
        self.0.wrapping_sub(earlier.0)
    }

    /// Reads a date written as `YYYY-MM-DD`, with exactly ten characters.
    ///
    /// # Errors
    ///
    /// Fails when the text has another shape, names a day that does not exist, or lies outside
    /// the range.
    pub fn parse(text: &str) -> Result<Self, ParseDateError> {
        let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *text.as_bytes() else {
            return Err(ParseDateError::Shape);
        };
        let shape = ParseDateError::Shape;
        let year = decimal(&[y0, y1, y2, y3]).ok_or(shape)?;
        let month = decimal(&[m0, m1]).ok_or(shape)?;
        let day = decimal(&[d0, d1]).ok_or(shape)?;
        let date = i32::try_from(year)
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
            .ok_or(ParseDateError::NoSuchDay)?;
        Self::from_naive(date).ok_or(ParseDateError::OutOfRange)
    }

    fn from_naive(date: NaiveDate) -> Option<Self> {
        Self::from_days(date.to_epoch_days())
    }

    fn naive(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0).expect("the range lies within the calendar's")
    }
}

impl fmt::Display for BusinessDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.naive();
        write!(
            formatter,
            "{:04}-{:02}-{:02}",
            date.year(),
            date.month(),
            date.day()
        )
    }
}

impl fmt::Debug for BusinessDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BusinessDate({self})")
    }
}

/// Why a text is not a business date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum ParseDateError {
    /// The text is not four digits, two digits and two digits joined by hyphens.
    #[error("not a date of the form YYYY-MM-DD")]
    Shape,
    /// The calendar has no such day.
    #[error("the calendar has no such day")]
    NoSuchDay,
    /// The day exists but lies outside the range of business dates.
    #[error(
        "the date is not between {} and {}",
        BusinessDate::MIN,
        BusinessDate::MAX
    )]
    OutOfRange,
}

/// A moment at which the ledger recorded something: microseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordedTime(i64);

impl RecordedTime {
    /// Takes microseconds since 1970-01-01T00:00:00Z; negative ones lie before.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns the microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Returns the civil date in China Standard Time (UTC+8) at this moment.
    ///
    /// A moment outside the range of business dates gives the nearest one, so that a broken
    /// clock can neither stop a replay nor reach into the other end of the calendar.
    #[must_use]
    pub fn business_date(self) -> BusinessDate {
        let days = self
            .0
            .saturating_add(CHINA_OFFSET_MICROS)
            .div_euclid(MICROS_PER_DAY);
        let nearest = if days < 0 {
            BusinessDate::MIN
        } else {
            BusinessDate::MAX
        };
        i32::try_from(days)
            .ok()
            .and_then(BusinessDate::from_days)
            .unwrap_or(nearest)
    }
}

/// Writes RFC 3339 in UTC with six decimals; a year outside 0000 to 9999, which RFC 3339 cannot
/// write, gets a sign and as many digits as it needs (ISO 8601 expanded form).
impl fmt::Display for RecordedTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(MICROS_PER_DAY);
        let micros = self.0.rem_euclid(MICROS_PER_DAY);
        let Some(date) = i32::try_from(days)
            .ok()
            .and_then(NaiveDate::from_epoch_days)
        else {
            return write!(formatter, "{} us since 1970-01-01T00:00:00Z", self.0);
        };
        let seconds = micros / MICROS_PER_SECOND;
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let fraction = micros % MICROS_PER_SECOND;
        write!(
            formatter,
            "{date}T{hour:02}:{minute:02}:{second:02}.{fraction:06}Z"
        )
    }
}

impl fmt::Debug for RecordedTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RecordedTime({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> BusinessDate {
        BusinessDate::parse(text).unwrap()
    }

    #[test]
    fn reads_dates() {
        use ParseDateError::{NoSuchDay, OutOfRange, Shape};
        for (text, expected) in [
            ("1970-01-01", Ok(0)),
            ("1969-12-31", Ok(-1)),
            ("2000-02-29", Ok(11_016)),
            ("1900-01-01", Ok(BusinessDate::MIN.days())),
            ("2199-12-31", Ok(BusinessDate::MAX.days())),
            ("1899-12-31", Err(OutOfRange)),
            ("2200-01-01", Err(OutOfRange)),
            ("0000-01-01", Err(OutOfRange)),
            ("1900-02-29", Err(NoSuchDay)),
            ("2025-02-29", Err(NoSuchDay)),
            ("2025-04-31", Err(NoSuchDay)),
            ("2025-13-01", Err(NoSuchDay)),
            ("2025-00-01", Err(NoSuchDay)),
            ("2025-01-00", Err(NoSuchDay)),
            ("", Err(Shape)),
            ("2025-1-1", Err(Shape)),
            ("2025/01/01", Err(Shape)),
            ("+025-01-01", Err(Shape)),
            ("2025-01-01 ", Err(Shape)),
            ("20250101", Err(Shape)),
            ("2025-01-é", Err(Shape)),
        ] {
            assert_eq!(
                BusinessDate::parse(text).map(BusinessDate::days),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn days_stop_at_the_range() {
        let (min, max) = (BusinessDate::MIN, BusinessDate::MAX);
        assert_eq!(
            (min.to_string(), max.to_string()),
            ("1900-01-01".into(), "2199-12-31".into())
        );
        for (found, expected) in [
            (BusinessDate::from_days(min.days()), Some(min)),
            (BusinessDate::from_days(min.days() - 1), None),
            (BusinessDate::from_days(max.days()), Some(max)),
            (BusinessDate::from_days(max.days() + 1), None),
            (BusinessDate::from_days(i32::MIN), None),
            (
                BusinessDate::from_ymd(2024, 2, 29),
                Some(date("2024-02-29")),
            ),
            (BusinessDate::from_ymd(2023, 2, 29), None),
            (BusinessDate::from_ymd(i32::MAX, 1, 1), None),
            (min.add_days(-1), None),
            (max.add_days(1), None),
            (max.add_days(i32::MAX), None),
            (max.add_days(min.days_since(max)), Some(min)),
        ] {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn adds_months_to_the_end_of_the_month() {
        for (from, months, expected) in [
            ("2024-01-31", 0, Some("2024-01-31")),
            ("2024-01-31", 1, Some("2024-02-29")),
            ("2023-01-31", 1, Some("2023-02-28")),
            ("2024-02-29", 12, Some("2025-02-28")),
            ("2024-12-15", 1, Some("2025-01-15")),
            ("2199-11-30", 1, Some("2199-12-30")),
            ("2199-12-01", 1, None),
            ("1970-01-01", u32::MAX, None),
        ] {
            assert_eq!(
                date(from).add_months(months),
                expected.map(date),
                "{from} + {months}"
            );
        }
        for (from, months, expected) in [
            ("2024-03-31", 1, Some("2024-02-29")),
            ("2024-01-15", 1, Some("2023-12-15")),
            ("1900-01-31", 1, None),
            ("1970-01-01", u32::MAX, None),
        ] {
            assert_eq!(
                date(from).sub_months(months),
                expected.map(date),
                "{from} - {months}"
            );
        }
    }

    #[test]
    fn times_fall_on_the_day_in_china() {
        for (micros, time, expected) in [
            (0, "1970-01-01T00:00:00.000000Z", "1970-01-01"),
            (57_599_999_999, "1970-01-01T15:59:59.999999Z", "1970-01-01"),
            (57_600_000_000, "1970-01-01T16:00:00.000000Z", "1970-01-02"),
            (-28_800_000_000, "1969-12-31T16:00:00.000000Z", "1970-01-01"),
            (-28_800_000_001, "1969-12-31T15:59:59.999999Z", "1969-12-31"),
            (
                1_735_660_799_000_001,
                "2024-12-31T15:59:59.000001Z",
                "2024-12-31",
            ),
            (
                1_735_660_800_000_000,
                "2024-12-31T16:00:00.000000Z",
                "2025-01-01",
            ),
        ] {
            let found = RecordedTime::from_micros(micros);
            assert_eq!(found.to_string(), time);
            assert_eq!(found.business_date(), date(expected), "{time}");
        }
    }

    #[test]
    fn times_beyond_the_calendar_give_its_nearest_end() {
        for (micros, expected) in [
            (i64::MIN, BusinessDate::MIN),
            (-10_000_000_000_000_000, BusinessDate::MIN),
            (10_000_000_000_000_000, BusinessDate::MAX),
            (i64::MAX, BusinessDate::MAX),
        ] {
            assert_eq!(
                RecordedTime::from_micros(micros).business_date(),
                expected,
                "{micros}"
            );
        }
        assert_eq!(
            RecordedTime::from_micros(i64::MAX).to_string(),
            "9223372036854775807 us since 1970-01-01T00:00:00Z"
        );
    }

    proptest! {
        #[test]
        fn dates_round_trip(days in BusinessDate::MIN.days()..=BusinessDate::MAX.days()) {
            let date = BusinessDate::from_days(days).unwrap();
            prop_assert_eq!(BusinessDate::parse(&date.to_string()), Ok(date));
            let again = BusinessDate::from_ymd(date.year(), date.month(), date.day());
            prop_assert_eq!(again, Some(date));
        }

        #[test]
        fn times_keep_their_order_as_text(
            a in 0i64..4_102_444_800_000_000,
            b in 0i64..4_102_444_800_000_000,
        ) {
            let (a, b) = (RecordedTime::from_micros(a), RecordedTime::from_micros(b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
            prop_assert!(a > b || a.business_date() <= b.business_date());
        }
    }
}
