//! Unified social credit codes of organisations (GB 32100-2015).

use std::fmt;

use crate::division::Division;

/// The alphabet of GB 32100-2015, in which a character's place is its value: no I, O, S, V, Z.
const ALPHABET: [u8; 31] = *b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The weights 3^(i-1) mod 31 of the first seventeen characters.
const WEIGHTS: [usize; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];

/// The weights of GB 11714-1997 over the first eight characters of the organisation code.
const ORGANISATION_WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A unified social credit code: registering department, body class, division (6), organisation
/// code (9, with its own check character), check character.
///
/// The value proves both check characters, not that the code was ever issued.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreditCode([u8; 18]);

impl CreditCode {
    /// Reads a code of eighteen upper-case characters.
    ///
    /// # Errors
    ///
    /// Names the first part that is wrong: length, alphabet, check character of the code (ISO
    /// 7064-like, modulo 31), or check character of the organisation code inside it (GB 11714).
    pub fn parse(text: &str) -> Result<Self, CreditCodeError> {
        let bytes = text
            .as_bytes()
            .try_into()
            .map_err(|_not_eighteen| CreditCodeError::Length)?;
        Self::from_bytes(bytes)
    }

    /// Takes the eighteen ASCII characters of a code.
    ///
    /// # Errors
    ///
    /// As [`CreditCode::parse`].
    pub fn from_bytes(bytes: [u8; 18]) -> Result<Self, CreditCodeError> {
        let (body, last) = bytes
            .split_first_chunk::<17>()
            .expect("seventeen is below eighteen");
        let check = check_character(body).ok_or(CreditCodeError::Character)?;
        if !last.iter().all(|byte| ALPHABET.contains(byte)) {
            return Err(CreditCodeError::Character);
        }
        if last != [check] {
            return Err(CreditCodeError::CheckCharacter);
        }
        let [
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            organisation @ ..,
            organisation_check,
        ] = *body;
        if organisation_check_character(&organisation) != organisation_check {
            return Err(CreditCodeError::OrganisationCheckCharacter);
        }
        Ok(Self(bytes))
    }

    /// Builds a synthetic code for demonstrations and tests: constructed, never a published fact.
    ///
    /// Department and class are `52` (民办非企业单位, as private training schools are). The
    /// organisation code is `Y` and `serial` in seven characters, so that different arguments
    /// give different codes.
    #[must_use]
    pub fn synthetic(division: Division, serial: u32) -> Self {
        let mut organisation = [b'Y'; 8];
        let mut rest = usize::try_from(serial).expect("32 bits fit a word");
        for place in organisation.iter_mut().skip(1).rev() {
            *place = character(rest % 31);
            rest /= 31;
        }
        let organisation_check = organisation_check_character(&organisation);
        let text = format!("52{division}");
        let mut bytes = [0; 18];
        let parts = text.bytes().chain(organisation).chain([organisation_check]);
        bytes
            .iter_mut()
            .zip(parts)
            .for_each(|(byte, part)| *byte = part);
        let (body, last) = bytes
            .split_first_chunk_mut::<17>()
            .expect("seventeen is below eighteen");
        last.fill(check_character(body).expect("every part is from the alphabet"));
        Self(bytes)
    }

    /// Returns the code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("the alphabet is ASCII")
    }

    /// Returns the eighteen ASCII characters of the code.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 18] {
        &self.0
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CreditCode({self})")
    }
}

/// Why a text is not a unified social credit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum CreditCodeError {
    /// The text has not eighteen characters.
    #[error("a unified social credit code has 18 characters")]
    Length,
    /// A character is outside the alphabet of GB 32100.
    #[error("a unified social credit code has digits and capitals other than I, O, S, V and Z")]
    Character,
    /// The last character does not follow from the others.
    #[error("the check character of the unified social credit code is wrong")]
    CheckCharacter,
    /// The check character of the organisation code inside does not follow from it.
    #[error("the check character of the organisation code is wrong")]
    OrganisationCheckCharacter,
}

/// Returns the check character of GB 32100, or `None` when a character is outside the alphabet.
fn check_character(body: &[u8; 17]) -> Option<u8> {
    let mut sum = 0usize;
    for (byte, weight) in body.iter().zip(WEIGHTS) {
        let value = ALPHABET.iter().position(|character| character == byte)?;
        // No overflow: seventeen products of numbers of at most thirty.
        sum = sum.wrapping_add(value.wrapping_mul(weight));
    }
    Some(character(31usize.wrapping_sub(sum % 31) % 31))
}

/// Returns the check character of GB 11714, in which letters count from A = 10 to Z = 35.
fn organisation_check_character(organisation: &[u8; 8]) -> u8 {
    // No overflow: eight products of a value of at most 35 and a weight of at most ten.
    let sum: usize = organisation
        .iter()
        .zip(ORGANISATION_WEIGHTS)
        .map(|(byte, weight)| {
            let value = char::from(*byte).to_digit(36).unwrap_or(0);
            usize::try_from(value)
                .expect("a digit fits a word")
                .wrapping_mul(weight)
        })
        .sum();
    // The place is 11 minus the sum modulo 11, where 10 is written X and 11 is written 0.
    *b"0X987654321"
        .get(sum % 11)
        .expect("the remainder is below eleven")
}

fn character(value: usize) -> u8 {
    *ALPHABET
        .get(value)
        .expect("a remainder is below the length of the alphabet")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn agrees_with_the_published_vectors() {
        let mut rows = 0;
        for line in include_str!("../testdata/identifier-vectors.csv")
            .lines()
            .skip(1)
        {
            let fields: Vec<&str> = line.splitn(4, ',').collect();
            if fields[0] == "credit" {
                let found = CreditCode::parse(fields[1]);
                assert_eq!(found.is_ok(), fields[2] == "yes", "{line}: {found:?}");
                rows += 1;
            }
        }
        assert_eq!(rows, 8);
    }

    #[test]
    fn names_the_first_wrong_part() {
        use CreditCodeError::{Character, CheckCharacter, Length, OrganisationCheckCharacter};
        // The last row has the organisation's check character raised by one, from 1 to 2, and its
        // own check character made to fit.
        for (text, expected) in [
            ("", Length),
            ("91370200264574251", Length),
            ("91370200264574251EE", Length),
            ("91370200264574251e", Character),
            ("9137020026457425I E", Length),
            ("I1370200264574251E", Character),
            ("9137020026O574251E", Character),
            ("91370200264574251Z", Character),
            ("91370200264574251F", CheckCharacter),
            ("19370200264574251E", CheckCharacter),
            ("91370200264574252H", OrganisationCheckCharacter),
        ] {
            assert_eq!(CreditCode::parse(text), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn weights_are_powers_of_three() {
        let powers: Vec<usize> = std::iter::successors(Some(1), |power| Some(power * 3 % 31))
            .take(17)
            .collect();
        assert_eq!(powers, WEIGHTS);
    }

    #[test]
    fn synthetic_codes_are_permanent() {
        let jinan = Division::new(370_100).unwrap();
        let found = [0, 1, u32::MAX].map(|serial| CreditCode::synthetic(jinan, serial).to_string());
        assert_eq!(
            found,
            [
                "52370100Y000000088",
                "52370100Y000000163",
                "52370100Y4T0KXQ345"
            ]
        );
    }

    proptest! {
        #[test]
        fn synthetic_codes_are_valid_and_distinct(first: u32, second: u32) {
            let division = Division::new(520_100).unwrap();
            let code = CreditCode::synthetic(division, first);
            prop_assert_eq!(CreditCode::parse(code.as_str()), Ok(code));
            prop_assert_eq!(CreditCode::from_bytes(*code.as_bytes()), Ok(code));
            prop_assert_eq!(&code.as_str()[2..8], "520100");
            let other = CreditCode::synthetic(division, second);
            prop_assert_eq!(code == other, first == second);
        }

        #[test]
        fn every_single_character_error_is_found(
            serial: u32,
            at in 0usize..18,
            shift in 1usize..31,
        ) {
            let jinan = Division::new(370_100).unwrap();
            let mut bytes = *CreditCode::synthetic(jinan, serial).as_bytes();
            let value = ALPHABET.iter().position(|character| *character == bytes[at]).unwrap();
            bytes[at] = ALPHABET[(value + shift) % 31];
            prop_assert_eq!(CreditCode::from_bytes(bytes), Err(CreditCodeError::CheckCharacter));
        }
    }
}
