//! Occupations: an edition of the national dictionary and a code in it.

use std::fmt;

use crate::digits::decimal;

/// An edition of the occupational classification of the People's Republic of China (职业分类大典).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OccupationEdition {
    /// The edition of 1999.
    Edition1999,
    /// The edition of 2015.
    Edition2015,
    /// The edition of 2022.
    Edition2022,
}

impl OccupationEdition {
    /// Every edition, from the oldest.
    pub const ALL: [Self; 3] = [Self::Edition1999, Self::Edition2015, Self::Edition2022];

    /// Returns the year of the edition.
    #[must_use]
    pub const fn year(self) -> u16 {
        match self {
            Self::Edition1999 => 1999,
            Self::Edition2015 => 2015,
            Self::Edition2022 => 2022,
        }
    }

    /// Returns the edition of this year.
    #[must_use]
    pub fn from_year(year: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.year() == year)
    }
}

/// An occupation: the edition and the code `X-XX-XX-XX` in it.
///
/// The edition is part of the identity because codes were given anew: 养老护理员 is 4-07-12-03 in
/// the edition of 1999 and 4-10-01-05 in that of 2015. Two values are equal only within one
/// edition; whether occupations of two editions are the same is a cross-walk's to say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Occupation {
    edition: OccupationEdition,
    code: [u8; 4],
}

impl Occupation {
    /// Takes an edition and the four numbers of a code.
    ///
    /// # Errors
    ///
    /// Fails when the first number is not a major group (1 to 8) or another is above 99.
    pub fn new(edition: OccupationEdition, code: [u8; 4]) -> Result<Self, OccupationError> {
        let [major, rest @ ..] = code;
        if !(1..=8).contains(&major) {
            return Err(OccupationError::MajorGroup);
        }
        if rest.iter().any(|number| *number > 99) {
            return Err(OccupationError::Shape);
        }
        Ok(Self { edition, code })
    }

    /// Reads the edition's year, a colon and a code, such as `2015:4-10-01-05`.
    ///
    /// # Errors
    ///
    /// Fails when the edition is not known or the code has another shape.
    pub fn parse(text: &str) -> Result<Self, OccupationError> {
        let shape = OccupationError::Shape;
        let (year, code) = text.split_once(':').ok_or(shape)?;
        if year.len() != 4 {
            return Err(shape);
        }
        let year = decimal(year.as_bytes()).ok_or(shape)?;
        let edition = u16::try_from(year)
            .ok()
            .and_then(OccupationEdition::from_year)
            .ok_or(OccupationError::Edition)?;
        let [a, b'-', b0, b1, b'-', c0, c1, b'-', d0, d1] = *code.as_bytes() else {
            return Err(shape);
        };
        let number = |digits: &[u8]| {
            decimal(digits)
                .and_then(|number| u8::try_from(number).ok())
                .ok_or(shape)
        };
        Self::new(
            edition,
            [
                number(&[a])?,
                number(&[b0, b1])?,
                number(&[c0, c1])?,
                number(&[d0, d1])?,
            ],
        )
    }

    /// Returns the edition.
    #[must_use]
    pub const fn edition(self) -> OccupationEdition {
        self.edition
    }

    /// Returns the four numbers of the code, from the major group (大类) down.
    #[must_use]
    pub const fn code(self) -> [u8; 4] {
        self.code
    }

    /// Returns the occupation as one number, in a permanent form that sorts by edition and code.
    ///
    /// From the high end: the edition's year (16 bits at bit 32), then the four numbers of the
    /// code (8 bits each).
    #[must_use]
    pub const fn pack(self) -> u64 {
        let [y0, y1] = self.edition.year().to_be_bytes();
        let [a, b, c, d] = self.code;
        u64::from_be_bytes([0, 0, y0, y1, a, b, c, d])
    }

    /// Returns the occupation that [`Occupation::pack`] made this number from, if any.
    #[must_use]
    pub fn unpack(packed: u64) -> Option<Self> {
        let [0, 0, y0, y1, a, b, c, d] = packed.to_be_bytes() else {
            return None;
        };
        let edition = OccupationEdition::from_year(u16::from_be_bytes([y0, y1]))?;
        Self::new(edition, [a, b, c, d]).ok()
    }
}

/// Writes the edition's year, a colon and the code, such as `2015:4-10-01-05`.
impl fmt::Display for Occupation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.code;
        write!(
            formatter,
            "{}:{a}-{b:02}-{c:02}-{d:02}",
            self.edition.year()
        )
    }
}

impl fmt::Debug for Occupation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Occupation({self})")
    }
}

/// Why a text or a number is not an occupation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum OccupationError {
    /// The text is not a year, a colon and a code of one and three times two digits.
    #[error("not an occupation of the form 2015:4-10-01-05")]
    Shape,
    /// There is no such edition of the dictionary.
    #[error("the occupational dictionary has no edition of that year")]
    Edition,
    /// The dictionary has eight major groups.
    #[error("the first digit of an occupation code is 1 to 8")]
    MajorGroup,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_occupations() {
        use OccupationEdition::{Edition1999, Edition2015, Edition2022};
        use OccupationError::{Edition, MajorGroup, Shape};
        for (text, expected) in [
            ("2015:4-10-01-05", Ok((Edition2015, [4, 10, 1, 5]))),
            ("1999:4-07-12-03", Ok((Edition1999, [4, 7, 12, 3]))),
            ("2022:1-00-00-00", Ok((Edition2022, [1, 0, 0, 0]))),
            ("2022:8-99-99-99", Ok((Edition2022, [8, 99, 99, 99]))),
            ("2022:0-01-01-01", Err(MajorGroup)),
            ("2022:9-01-01-01", Err(MajorGroup)),
            ("2021:4-10-01-05", Err(Edition)),
            ("0000:4-10-01-05", Err(Edition)),
            ("4-10-01-05", Err(Shape)),
            ("15:4-10-01-05", Err(Shape)),
            ("02015:4-10-01-05", Err(Shape)),
            ("+015:4-10-01-05", Err(Shape)),
            ("2015:4-10-1-05", Err(Shape)),
            ("2015:4-10-01-05-00", Err(Shape)),
            ("2015:4_10_01_05", Err(Shape)),
            ("2015:4-+1-01-05", Err(Shape)),
            ("", Err(Shape)),
        ] {
            let found = Occupation::parse(text);
            assert_eq!(
                found.map(|it| (it.edition(), it.code())),
                expected,
                "{text:?}"
            );
            assert!(found.is_err() || found.unwrap().to_string() == text);
        }
    }

    #[test]
    fn packs_permanently() {
        let occupation = Occupation::parse("2015:4-10-01-05").unwrap();
        assert_eq!(occupation.pack(), 0x0000_07df_040a_0105);
        for packed in [
            0,
            0x0001_07df_040a_0105,
            0x0100_07df_040a_0105,
            0x0000_07de_040a_0105,
            0x0000_07df_090a_0105,
            0x0000_07df_000a_0105,
            0x0000_07df_0464_0105,
            0x0000_07df_040a_0164,
            u64::MAX,
        ] {
            assert_eq!(Occupation::unpack(packed), None, "{packed:#x}");
        }
    }

    fn occupations() -> impl Strategy<Value = Occupation> {
        let edition = prop::sample::select(OccupationEdition::ALL.to_vec());
        (edition, 1u8..=8, 0u8..=99, 0u8..=99, 0u8..=99)
            .prop_map(|(edition, a, b, c, d)| Occupation::new(edition, [a, b, c, d]).unwrap())
    }

    proptest! {
        #[test]
        fn round_trips_in_order(first in occupations(), second in occupations()) {
            prop_assert_eq!(Occupation::parse(&first.to_string()), Ok(first));
            prop_assert_eq!(Occupation::unpack(first.pack()), Some(first));
            prop_assert_eq!(first.cmp(&second), first.pack().cmp(&second.pack()));
        }
    }
}
