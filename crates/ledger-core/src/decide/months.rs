//! Counting months between two days.

use crate::BusinessDate;

/// Whole months from the first to the last day, both included: from 1 January to 31 January is
/// one, to 30 January none.
pub(crate) fn whole(first: BusinessDate, last: BusinessDate) -> u32 {
    let end = last.add_days(1).unwrap_or(last);
    let years = end.year().saturating_sub(first.year());
    let months = years
        .saturating_mul(12)
        .saturating_add_unsigned(end.month())
        .saturating_sub_unsigned(first.month());
    let months = u32::try_from(months).unwrap_or(0);
    let reached = first.add_months(months).is_some_and(|day| day <= end);
    if reached {
        months
    } else {
        months.saturating_sub(1)
    }
}

/// Months begun from the first to the last day, both included; at least one.
pub(crate) fn begun(first: BusinessDate, last: BusinessDate) -> u32 {
    let whole = whole(first, last);
    let begins = first.add_months(whole).is_some_and(|day| day <= last);
    whole.saturating_add(u32::from(begins)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_from_day_to_day() {
        let date = |text| BusinessDate::parse(text).unwrap();
        for (first, last, whole_months, begun_months) in [
            ("2020-01-01", "2020-01-01", 0, 1),
            ("2020-01-01", "2020-01-30", 0, 1),
            ("2020-01-01", "2020-01-31", 1, 1),
            ("2020-01-01", "2020-02-01", 1, 2),
            ("2020-01-15", "2021-01-13", 11, 12),
            ("2020-01-15", "2021-01-14", 12, 12),
            ("2020-01-15", "2021-01-15", 12, 13),
            ("2020-01-31", "2020-02-28", 1, 1),
            ("2020-12-31", "2020-11-30", 0, 1),
            ("2199-01-01", "2199-12-31", 11, 12),
        ] {
            let found = (
                whole(date(first), date(last)),
                begun(date(first), date(last)),
            );
            assert_eq!(found, (whole_months, begun_months), "{first} to {last}");
        }
    }
}
