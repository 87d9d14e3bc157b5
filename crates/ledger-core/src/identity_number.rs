//! Recognising citizen identity numbers (GB 11643-1999), so that none enters the log in clear.

use chrono::NaiveDate;

use crate::digits::decimal;
use crate::division::is_province_part;

const LENGTH: usize = 18;

/// ISO 7064 MOD 11-2 weights of the first seventeen characters.
const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check character by the weighted sum modulo 11.
const CHECK_CHARACTERS: [u8; 11] = *b"10X98765432";

/// The birth years taken as real. The standard's own example was born in 1880; the bounds keep
/// most long bank references from being mistaken for a person.
const BIRTH_YEARS: std::ops::RangeInclusive<u32> = 1800..=2199;

/// Checks that `value` is a well-formed identity number: eighteen characters, an area, a birth
/// date of the calendar and the check character of GB 11643-1999. A lower-case `x` counts as `X`.
///
/// The area need not be in force: a number is for life, its area is not. Nothing is learnt about
/// whether the number was ever issued.
///
/// # Errors
///
/// Names the first part that is wrong. The error never repeats the number.
pub fn check_identity_number(value: &str) -> Result<(), IdentityNumberError> {
    let number = <[u8; LENGTH]>::try_from(value.as_bytes())
        .map_err(|_not_eighteen| IdentityNumberError::Length)?;
    check(&number)
}

/// Why a text is not an identity number; it never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum IdentityNumberError {
    /// The text has not eighteen characters.
    #[error("an identity number has 18 characters")]
    Length,
    /// A character is not a digit, or the last one neither a digit nor X.
    #[error("an identity number has 17 digits followed by a digit or X")]
    Character,
    /// The first two digits name no area.
    #[error("the first two digits of the identity number name no area")]
    Area,
    /// The birth date does not exist.
    #[error("the birth date in the identity number does not exist")]
    BirthDate,
    /// The last character does not follow from the others.
    #[error("the check character of the identity number is wrong")]
    CheckCharacter,
}

/// Tells whether eighteen ASCII characters are a well-formed identity number.
pub(crate) fn is_wellformed(number: &[u8; LENGTH]) -> bool {
    check(number).is_ok()
}

fn check(number: &[u8; LENGTH]) -> Result<(), IdentityNumberError> {
    let [
        a0,
        a1,
        _,
        _,
        _,
        _,
        y0,
        y1,
        y2,
        y3,
        m0,
        m1,
        d0,
        d1,
        _,
        _,
        _,
        last,
    ] = number;
    let (body, _) = number.split_at(WEIGHTS.len());
    let last = last.to_ascii_uppercase();
    if !body.iter().all(u8::is_ascii_digit) || !(last.is_ascii_digit() || last == b'X') {
        return Err(IdentityNumberError::Character);
    }
    if !decimal(&[*a0, *a1]).is_some_and(is_area) {
        return Err(IdentityNumberError::Area);
    }
    let birth = || {
        let year = decimal(&[*y0, *y1, *y2, *y3]).filter(|year| BIRTH_YEARS.contains(year))?;
        let (month, day) = (decimal(&[*m0, *m1])?, decimal(&[*d0, *d1])?);
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
    };
    if birth().is_none() {
        return Err(IdentityNumberError::BirthDate);
    }
    // No overflow: seventeen products of a digit and a weight of at most ten.
    let sum: usize = body
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| usize::from(digit.wrapping_sub(b'0')).wrapping_mul(weight))
        .sum();
    if CHECK_CHARACTERS.get(sum % 11) != Some(&last) {
        return Err(IdentityNumberError::CheckCharacter);
    }
    Ok(())
}

/// Tells whether the two digits begin an area: a province, 83 for residence permits of people from
/// Taiwan, or 9 for permanent residence cards of foreigners.
const fn is_area(two_digits: u32) -> bool {
    is_province_part(two_digits) || matches!(two_digits, 83 | 90..=99)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::personal_data::{PersonalData, find_in_text};

    const SYNTHETIC: &str = "370199199001010019";

    /// Completes seventeen digits with their check character, worked out the other way round:
    /// ISO 7064 defines it as what makes the weighted sum of all eighteen one modulo eleven.
    fn with_check(body: &str) -> String {
        let value = |check: &str| {
            if check == "X" {
                10
            } else {
                check.parse::<u32>().unwrap()
            }
        };
        let power = |exponent: usize| (0..exponent).fold(1u32, |power, _| power * 2 % 11);
        let sum: u32 = body
            .chars()
            .enumerate()
            .map(|(at, digit)| digit.to_digit(10).unwrap() * power(17 - at))
            .sum();
        let checks = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "X"];
        let check = checks
            .into_iter()
            .find(|check| (sum + value(check)) % 11 == 1)
            .unwrap();
        format!("{body}{check}")
    }

    #[test]
    fn agrees_with_the_published_vectors() {
        let mut rows = 0;
        for line in include_str!("../testdata/identifier-vectors.csv")
            .lines()
            .skip(1)
        {
            let fields: Vec<&str> = line.splitn(4, ',').collect();
            if fields[0] == "identity" {
                let found = check_identity_number(fields[1]);
                assert_eq!(found.is_ok(), fields[2] == "yes", "{line}: {found:?}");
                rows += 1;
            }
        }
        assert_eq!(rows, 13);
    }

    #[test]
    fn names_the_first_wrong_part() {
        use IdentityNumberError::{Area, BirthDate, Character, CheckCharacter, Length};
        for (value, expected) in [
            ("", Length),
            ("37019919900101001", Length),
            ("3701991990010100199", Length),
            ("37019919900101001Y", Character),
            ("3701991990010100X9", Character),
            ("+70199199001010019", Character),
            ("370199199001010１", Character),
            ("070199199001010019", Area),
            ("100199199001010019", Area),
            ("840199199001010019", Area),
            ("370199179912310019", BirthDate),
            ("370199220001010019", BirthDate),
            ("370199199013010019", BirthDate),
            ("370199199000010019", BirthDate),
            ("370199199004310019", BirthDate),
            ("370199190002290019", BirthDate),
            ("370199199001010018", CheckCharacter),
            ("37019919900101001X", CheckCharacter),
            ("370199180001010018", CheckCharacter),
            ("370199219912310019", CheckCharacter),
        ] {
            assert_eq!(check_identity_number(value), Err(expected), "{value:?}");
        }
    }

    #[test]
    fn accepts_areas_out_of_force_and_special_ones() {
        for body in [
            "37120219900101001",
            "81000019900101001",
            "83000019900101001",
            "91100019900101001",
        ] {
            assert_eq!(check_identity_number(&with_check(body)), Ok(()), "{body}");
        }
    }

    #[test]
    fn finds_numbers_in_text() {
        for (text, expected) in [
            (SYNTHETIC, true),
            ("37019919920315001X", true),
            ("37019919920315001x", true),
            ("身份证号370199199001010019,已核对", true),
            ("370199199001010019370199199001010018", true),
            ("00370199199001010019", true),
            ("ID370199199001010019B", true),
            ("370199 19900101 0019", true),
            ("370199-19900101-0019", true),
            ("３７０１９９１９９００１０１００１９", true),
            ("370199\u{3000}19900101－0019", true),
            ("", false),
            ("鲁人社发〔2023〕5号", false),
            ("370199199001010018", false),
            ("37019919900101001", false),
            ("370199/199001010019", true),
            ("370199号199001010019", true),
            ("S000037000123224000057", false),
            ("20250630000012345678", false),
        ] {
            let expected = expected.then_some(PersonalData::IdentityNumber);
            assert_eq!(find_in_text(text), expected, "{text:?}");
        }
    }

    #[test]
    fn errors_keep_the_number_to_themselves() {
        for value in [
            "370199199001010018",
            "370199199013010019",
            "3701991990010100199",
        ] {
            let error = check_identity_number(value).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("1990"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn every_single_digit_error_is_found(
            day in 0i32..80_000, sequence in 0u32..1000, at in 0usize..18, shift in 1u8..10,
        ) {
            let birth = crate::date::BusinessDate::from_days(day).unwrap();
            let birth = birth.to_string().replace('-', "");
            let number = with_check(&format!("370199{birth}{sequence:03}"));
            prop_assert_eq!(check_identity_number(&number), Ok(()));
            let text = format!("凭证{number}号");
            prop_assert_eq!(find_in_text(&text), Some(PersonalData::IdentityNumber));

            let mut wrong = number.into_bytes();
            prop_assume!(wrong[at] != b'X');
            wrong[at] = b'0' + (wrong[at] - b'0' + shift) % 10;
            prop_assert!(check_identity_number(std::str::from_utf8(&wrong).unwrap()).is_err());
        }
    }
}
