//! Personal data spelt by the bytes of a key.

use super::PersonalData;
use super::kinds::{is_bank_card, is_mobile_number, is_old_identity_number};
use crate::identity_number::is_wellformed;

const NIBBLES: usize = 32;

/// The first number of nineteen digits.
const INTEGER_END: u128 = 1_000_000_000_000_000_000;

pub(super) fn find(key: &[u8; 16]) -> Option<PersonalData> {
    in_hexadecimal(key)
        .or_else(|| as_text(key))
        .or_else(|| as_integer(key))
}

/// A number that the hexadecimal digits spell.
fn in_hexadecimal(key: &[u8; 16]) -> Option<PersonalData> {
    let [first, second, .., last_but_one, last] = key;
    let is_padding = |byte: &u8| matches!(byte, 0 | 0xff);
    // Thirteen digits of padding, of which seven lie at one end: two whole bytes at least.
    let may_be_padded =
        (is_padding(first) && is_padding(second)) || (is_padding(last_but_one) && is_padding(last));
    let is_random = is_random_uuid(key);
    if !may_be_padded && is_random {
        return None;
    }
    // The digits as characters; ten is the X of an identity number, what is above it no digit.
    let mut digits = [0u8; NIBBLES];
    let halves = key.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.iter_mut().zip(halves).for_each(|(digit, half)| {
        *digit = match half {
            0..=9 => b'0'.saturating_add(half),
            10 => b'X',
            _ => 0xff,
        }
    });
    if may_be_padded && let Some(found) = padded(&digits) {
        return Some(found);
    }
    let all_decimal = !is_random && digits.iter().all(u8::is_ascii_digit);
    let holds = || digits.windows(18).any(is_identity_number);
    (all_decimal && holds()).then_some(PersonalData::IdentityNumber)
}

/// Whether the digits are a number and nothing else, apart from zeros or `f` on either side.
fn padded(digits: &[u8; NIBBLES]) -> Option<PersonalData> {
    type IsOne = fn(&[u8]) -> bool;
    let sorts: [(PersonalData, IsOne, std::ops::RangeInclusive<usize>); 4] = [
        (PersonalData::IdentityNumber, is_identity_number, 18..=18),
        (
            PersonalData::OldIdentityNumber,
            is_old_identity_number,
            15..=15,
        ),
        (PersonalData::BankCard, is_bank_card, 15..=19),
        (PersonalData::MobileNumber, is_mobile_number, 11..=11),
    ];
    sorts.into_iter().find_map(|(sort, is_one, lengths)| {
        lengths
            .flat_map(|length| (0..=NIBBLES.saturating_sub(length)).map(move |at| (at, length)))
            .any(|(at, length)| {
                let (before, rest) = digits.split_at(at);
                let Some((number, after)) = rest.split_at_checked(length) else {
                    return false;
                };
                let may_end_in_x = sort == PersonalData::IdentityNumber;
                let decimal = may_end_in_x || number.iter().all(u8::is_ascii_digit);
                is_uniform(before) && is_uniform(after) && decimal && is_one(number)
            })
            .then_some(sort)
    })
}

/// Whether the digits are all zeros or all `f`.
fn is_uniform(digits: &[u8]) -> bool {
    [b'0', 0xff]
        .iter()
        .any(|pad| digits.iter().all(|it| it == pad))
}

fn is_identity_number(number: &[u8]) -> bool {
    number.try_into().is_ok_and(is_wellformed)
}

/// A number that the bytes spell as text. No UUID of versions 4 to 8 does: its seventh byte is no
/// digit, so that at most nine follow one another.
fn as_text(key: &[u8; 16]) -> Option<PersonalData> {
    let is_printed = key
        .iter()
        .all(|byte| matches!(byte, 0 | 0xff | b' '..=b'~'));
    let text: String = key
        .iter()
        .filter(|byte| byte.is_ascii_graphic())
        .map(|byte| char::from(*byte))
        .collect();
    is_printed.then(|| super::find_in_text(&text))?
}

/// A number that the bytes are, as an integer with the first byte or the last one highest.
fn as_integer(key: &[u8; 16]) -> Option<PersonalData> {
    [u128::from_be_bytes(*key), u128::from_le_bytes(*key)]
        .into_iter()
        .filter(|value| *value < INTEGER_END)
        .find_map(|value| {
            let number = value.to_string();
            match number.len() {
                11 if is_mobile_number(number.as_bytes()) => Some(PersonalData::MobileNumber),
                18 if is_identity_number(number.as_bytes()) => Some(PersonalData::IdentityNumber),
                _ => None,
            }
        })
}

/// A UUID of a version that is drawn at random, made from a digest, or begins with a time: 4 to 8,
/// of the variant of RFC 9562.
fn is_random_uuid(key: &[u8; 16]) -> bool {
    let [_, _, _, _, _, _, version, _, variant, ..] = key;
    (4..=8).contains(&(version >> 4)) && (0x80..0xc0).contains(variant)
}
