//! Personal data spelt by the hexadecimal digits of a key.

use super::PersonalData;
use super::kinds::{is_bank_card, is_mobile_number, is_old_identity_number};
use crate::identity_number::check_identity_number;

const NIBBLES: usize = 32;

pub(super) fn find(key: &[u8; 16]) -> Option<PersonalData> {
    let [first, second, .., last_but_one, last] = key;
    let is_padding = |byte: &u8| matches!(byte, 0 | 0xff);
    // Thirteen digits of padding, of which seven lie at one end: two whole bytes at least.
    let may_be_padded =
        (is_padding(first) && is_padding(second)) || (is_padding(last_but_one) && is_padding(last));
    let is_random = is_random_uuid(key);
    if !may_be_padded && is_random {
        return None;
    }
    let mut nibbles = [0u8; NIBBLES];
    let halves = key.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles
        .iter_mut()
        .zip(halves)
        .for_each(|(nibble, half)| *nibble = half);
    if may_be_padded && let Some(found) = padded(&nibbles) {
        return Some(found);
    }
    let all_decimal = !is_random && nibbles.iter().all(|it| *it < 10);
    let holds = || nibbles.windows(18).any(is_identity_number);
    (all_decimal && holds()).then_some(PersonalData::IdentityNumber)
}

/// Whether the digits are a number and nothing else, apart from zeros or `f` on either side.
fn padded(nibbles: &[u8; NIBBLES]) -> Option<PersonalData> {
    type IsOne = fn(&[u8]) -> bool;
    let sorts: [(PersonalData, IsOne, std::ops::RangeInclusive<usize>); 4] = [
        (PersonalData::IdentityNumber, is_identity_number, 18..=18),
        (
            PersonalData::OldIdentityNumber,
            is_old_identity_number,
            15..=15,
        ),
        (PersonalData::BankCard, is_bank_card, 16..=19),
        (PersonalData::MobileNumber, is_mobile_number, 11..=11),
    ];
    sorts.into_iter().find_map(|(sort, is_one, lengths)| {
        lengths
            .flat_map(|length| (0..=NIBBLES.saturating_sub(length)).map(move |at| (at, length)))
            .any(|(at, length)| {
                let (before, rest) = nibbles.split_at(at);
                let Some((number, after)) = rest.split_at_checked(length) else {
                    return false;
                };
                let is_ten = sort == PersonalData::IdentityNumber;
                let decimal = is_ten || number.iter().all(|it| *it < 10);
                is_uniform(before) && is_uniform(after) && decimal && is_one(number)
            })
            .then_some(sort)
    })
}

/// Whether the digits are all zeros or all `f`.
fn is_uniform(nibbles: &[u8]) -> bool {
    [0, 15].iter().any(|pad| nibbles.iter().all(|it| it == pad))
}

/// Eighteen digits, the last of which may be ten, as X is.
fn is_identity_number(nibbles: &[u8]) -> bool {
    let text: Option<String> = nibbles
        .iter()
        .enumerate()
        .map(|(at, nibble)| match nibble {
            0..=9 => char::from_digit(u32::from(*nibble), 10),
            10 if at == 17 => Some('X'),
            _ => None,
        })
        .collect();
    text.is_some_and(|text| check_identity_number(&text).is_ok())
}

/// A UUID of a version that is drawn at random, made from a digest, or begins with a time: 4 to 8,
/// of the variant of RFC 9562.
fn is_random_uuid(key: &[u8; 16]) -> bool {
    let [_, _, _, _, _, _, version, _, variant, ..] = key;
    (4..=8).contains(&(version >> 4)) && (0x80..0xc0).contains(variant)
}
