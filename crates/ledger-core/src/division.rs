//! Administrative divisions by their six-digit codes (GB/T 2260).

use std::fmt;

use crate::digits::decimal;

/// A province, prefecture or county by its code in GB/T 2260: two digits each, zeros below the
/// level that is meant.
///
/// The value proves the shape and the province, not that the code is in force: codes leave the
/// list (371200 莱芜 in 2019) while what was recorded under them stays.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Division(u32);

impl Division {
    /// Takes a six-digit code.
    ///
    /// # Errors
    ///
    /// Fails when the code has not six digits, its first two name no province, or it names a
    /// county without a prefecture.
    pub const fn new(code: u32) -> Result<Self, DivisionError> {
        if code < 100_000 || code > 999_999 {
            return Err(DivisionError::Shape);
        }
        if !is_province_part(code / 10_000) {
            return Err(DivisionError::Province);
        }
        if (code / 100).is_multiple_of(100) && !code.is_multiple_of(100) {
            return Err(DivisionError::Prefecture);
        }
        Ok(Self(code))
    }

    /// Reads a code of exactly six digits.
    ///
    /// # Errors
    ///
    /// As [`Division::new`].
    pub fn parse(text: &str) -> Result<Self, DivisionError> {
        if text.len() != 6 {
            return Err(DivisionError::Shape);
        }
        Self::new(decimal(text.as_bytes()).ok_or(DivisionError::Shape)?)
    }

    /// Returns the six-digit code.
    #[must_use]
    pub const fn code(self) -> u32 {
        self.0
    }

    /// Returns the province this division is or belongs to.
    #[must_use]
    pub const fn province(self) -> Self {
        Self((self.0 / 10_000).wrapping_mul(10_000))
    }

    /// Returns the prefecture this division is or belongs to; a province returns itself.
    #[must_use]
    pub const fn prefecture(self) -> Self {
        Self((self.0 / 100).wrapping_mul(100))
    }

    /// Tells whether this is a province.
    #[must_use]
    pub const fn is_province(self) -> bool {
        self.0.is_multiple_of(10_000)
    }

    /// Tells whether this is a prefecture: a city, region or autonomous prefecture.
    #[must_use]
    pub const fn is_prefecture(self) -> bool {
        self.0.is_multiple_of(100) && !self.is_province()
    }

    /// Returns the lowest and the highest code that a division in this one can have.
    #[must_use]
    pub const fn codes(self) -> (u32, u32) {
        let width = if self.is_province() {
            9_999
        } else if self.is_prefecture() {
            99
        } else {
            0
        };
        (self.0, self.0.wrapping_add(width))
    }

    /// Tells whether `other` is this division or lies in it, going by the codes alone.
    ///
    /// A merger is not followed: 370100 does not contain 371200, which it took over.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        if self.is_province() {
            other.province().0 == self.0
        } else if self.is_prefecture() {
            other.prefecture().0 == self.0
        } else {
            other.0 == self.0
        }
    }
}

/// Tells whether the two digits are those of a province, autonomous region, municipality or
/// special administrative region in GB/T 2260.
pub(crate) const fn is_province_part(two_digits: u32) -> bool {
    matches!(
        two_digits,
        11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81 | 82
    )
}

impl fmt::Display for Division {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:06}", self.0)
    }
}

impl fmt::Debug for Division {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Division({self})")
    }
}

/// Why a number or a text is not a division code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum DivisionError {
    /// The code has not exactly six digits.
    #[error("a division code has six digits")]
    Shape,
    /// The first two digits name no province.
    #[error("the first two digits of the division code name no province")]
    Province,
    /// The code names a county but no prefecture above it.
    #[error("the division code names a county without a prefecture")]
    Prefecture,
}

/// What is known of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DivisionRecord {
    /// The division.
    pub division: Division,
    /// Its Chinese name.
    pub name_zh: &'static str,
    /// Whether the code is on the present list; one that left it stays valid for the past.
    pub in_force: bool,
}

/// The provinces this ledger has policies for and their prefectures, by code.
///
/// Source: the lists of the Ministry of Civil Affairs of 2016 and of today, as copied in
/// `testdata/divisions.csv`.
pub static DIVISIONS: [DivisionRecord; 28] = [
    current(370_000, "山东省"),
    current(370_100, "济南市"),
    current(370_200, "青岛市"),
    current(370_300, "淄博市"),
    current(370_400, "枣庄市"),
    current(370_500, "东营市"),
    current(370_600, "烟台市"),
    current(370_700, "潍坊市"),
    current(370_800, "济宁市"),
    current(370_900, "泰安市"),
    current(371_000, "威海市"),
    current(371_100, "日照市"),
    // Merged into 370100 in January 2019.
    DivisionRecord {
        division: Division(371_200),
        name_zh: "莱芜市",
        in_force: false,
    },
    current(371_300, "临沂市"),
    current(371_400, "德州市"),
    current(371_500, "聊城市"),
    current(371_600, "滨州市"),
    current(371_700, "菏泽市"),
    current(520_000, "贵州省"),
    current(520_100, "贵阳市"),
    current(520_200, "六盘水市"),
    current(520_300, "遵义市"),
    current(520_400, "安顺市"),
    current(520_500, "毕节市"),
    current(520_600, "铜仁市"),
    current(522_300, "黔西南布依族苗族自治州"),
    current(522_600, "黔东南苗族侗族自治州"),
    current(522_700, "黔南布依族苗族自治州"),
];

/// Returns what is known of a division, or `None` when it is not in [`DIVISIONS`].
#[must_use]
pub fn lookup(division: Division) -> Option<&'static DivisionRecord> {
    let index = DIVISIONS
        .binary_search_by_key(&division, |record| record.division)
        .ok()?;
    DIVISIONS.get(index)
}

const fn current(code: u32, name_zh: &'static str) -> DivisionRecord {
    DivisionRecord {
        division: Division(code),
        name_zh,
        in_force: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn division(code: u32) -> Division {
        Division::new(code).unwrap()
    }

    #[test]
    fn reads_codes() {
        use DivisionError::{Prefecture, Province, Shape};
        for (text, expected) in [
            ("370000", Ok(370_000)),
            ("370100", Ok(370_100)),
            ("370102", Ok(370_102)),
            ("110000", Ok(110_000)),
            ("659001", Ok(659_001)),
            ("820000", Ok(820_000)),
            ("100000", Err(Province)),
            ("160000", Err(Province)),
            ("380000", Err(Province)),
            ("660000", Err(Province)),
            ("990000", Err(Province)),
            ("370001", Err(Prefecture)),
            ("370099", Err(Prefecture)),
            ("037000", Err(Shape)),
            ("37000", Err(Shape)),
            ("3700000", Err(Shape)),
            ("+37000", Err(Shape)),
            ("", Err(Shape)),
        ] {
            assert_eq!(
                Division::parse(text).map(Division::code),
                expected,
                "{text:?}"
            );
        }
        for code in [0, 99_999, 1_000_000, u32::MAX] {
            assert_eq!(Division::new(code), Err(Shape), "{code}");
        }
    }

    #[test]
    fn knows_its_level() {
        for (code, province, prefecture, is_province, is_prefecture) in [
            (370_000, 370_000, 370_000, true, false),
            (370_100, 370_000, 370_100, false, true),
            (371_202, 370_000, 371_200, false, false),
        ] {
            let it = division(code);
            assert_eq!(
                (it.province(), it.prefecture()),
                (division(province), division(prefecture))
            );
            assert_eq!(
                (it.is_province(), it.is_prefecture()),
                (is_province, is_prefecture)
            );
        }
    }

    #[test]
    fn contains_what_lies_below() {
        for (outer, inner, expected) in [
            (370_000, 370_000, true),
            (370_000, 370_100, true),
            (370_000, 370_102, true),
            (370_000, 520_100, false),
            (370_100, 370_000, false),
            (370_100, 370_100, true),
            (370_100, 370_102, true),
            (370_100, 370_202, false),
            (370_100, 371_202, false),
            (370_102, 370_102, true),
            (370_102, 370_103, false),
            (370_102, 370_100, false),
        ] {
            let found = division(outer).contains(division(inner));
            assert_eq!(found, expected, "{outer} contains {inner}");
            let (first, last) = division(outer).codes();
            assert_eq!((first..=last).contains(&division(inner).code()), expected);
        }
    }

    #[test]
    fn the_table_is_the_published_list() {
        let published: Vec<DivisionRecord> = include_str!("../testdata/divisions.csv")
            .lines()
            .skip(1)
            .map(|line| {
                let fields: Vec<&str> = line.splitn(5, ',').collect();
                let division = Division::parse(fields[0]).unwrap();
                assert_eq!(division.province().to_string(), fields[2]);
                assert!(matches!(fields[3], "yes" | "no"), "{line}");
                DivisionRecord {
                    division,
                    name_zh: fields[1],
                    in_force: fields[3] == "yes",
                }
            })
            .collect();
        assert_eq!(published, DIVISIONS);
    }

    #[test]
    fn finds_every_record() {
        assert!(DIVISIONS.is_sorted_by_key(|record| record.division));
        for record in &DIVISIONS {
            assert_eq!(lookup(record.division), Some(record));
            assert_eq!(Division::new(record.division.code()), Ok(record.division));
        }
        assert_eq!(lookup(division(370_102)), None);
        assert_eq!(lookup(division(110_000)), None);
    }
}
