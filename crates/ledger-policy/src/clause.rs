//! What a clause says in figures, held against what its rule says.
//!
//! Clauses are written in words and abridged, so a figure that is not in one proves nothing. A
//! clause that has figures of the same sort, of which none is the rule's, is a doubt.

/// A number of a clause with the word behind it: `500万元`, `60%`, `12个月`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Figure {
    /// In thousandths, so that `6.5` is a whole number.
    pub(crate) thousandths: u64,
    pub(crate) unit: Unit,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// 元.
    Yuan,
    /// 万元.
    TenThousandYuan,
    /// 万 of anything else: 万人次, 万人.
    TenThousand,
    /// %.
    Percent,
    /// 个月; not 月, which is a month of the calendar.
    Months,
    /// 年, where it is not a year of the calendar.
    Years,
    /// 天, 日, 个工作日; not the day of a date.
    Days,
}

/// The longest digits that are read: an amount of a hundred thousand million.
const DIGITS_MAX: usize = 12;

/// The figures of a clause, in order; numbers without one of the known words are left out.
pub(crate) fn figures(clause: &str) -> Vec<Figure> {
    let mut found = Vec::new();
    let mut rest = clause;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let is_of_a_date = rest.get(..at).is_some_and(|before| before.ends_with('月'));
        rest = rest.get(at..).unwrap_or_default();
        let end = rest.find(|letter: char| !(letter.is_ascii_digit() || letter == '.'));
        let (digits, behind) = rest.split_at(end.unwrap_or(rest.len()));
        rest = behind;
        let unit = unit(behind).filter(|unit| match unit {
            Unit::Years => digits.len() < 4,
            Unit::Days => !is_of_a_date,
            _ => true,
        });
        if let Some((thousandths, unit)) = thousandths(digits).zip(unit) {
            found.push(Figure { thousandths, unit });
        }
    }
    found
}

/// The word that begins behind a number.
fn unit(behind: &str) -> Option<Unit> {
    const UNITS: [(&str, Unit); 10] = [
        ("万元", Unit::TenThousandYuan),
        ("万", Unit::TenThousand),
        ("元", Unit::Yuan),
        ("%", Unit::Percent),
        ("％", Unit::Percent),
        ("个月", Unit::Months),
        ("年", Unit::Years),
        ("个工作日", Unit::Days),
        ("天", Unit::Days),
        ("日", Unit::Days),
    ];
    let behind = behind.trim_start();
    let mut units = UNITS.into_iter();
    units.find_map(|(word, unit)| behind.starts_with(word).then_some(unit))
}

fn thousandths(digits: &str) -> Option<u64> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() > DIGITS_MAX || part.len() > 3 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let part: u64 = format!("{part:0<3}").parse().ok()?;
    whole.checked_mul(1_000)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_the_words_behind_them() {
        for (clause, expected) in [
            (
                "每所学校给予500万元",
                vec![(500_000, Unit::TenThousandYuan)],
            ),
            (
                "6.5万人次, 1000元",
                vec![(6_500, Unit::TenThousand), (1_000_000, Unit::Yuan)],
            ),
            (
                "先行拨付60%,85％以上",
                vec![(60_000, Unit::Percent), (85_000, Unit::Percent)],
            ),
            (
                "12个月内, 7个工作日, 30天",
                vec![
                    (12_000, Unit::Months),
                    (7_000, Unit::Days),
                    (30_000, Unit::Days),
                ],
            ),
            ("三(二)7. 第2款 1.2345元 9999999999999元", vec![]),
            ("自2021年6月3日起3年内", vec![(3_000, Unit::Years)]),
            ("", vec![]),
        ] {
            let found: Vec<_> = figures(clause)
                .into_iter()
                .map(|figure| (figure.thousandths, figure.unit))
                .collect();
            assert_eq!(found, expected, "{clause}");
        }
    }
}
