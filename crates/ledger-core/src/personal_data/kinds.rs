//! What each sort of personal data looks like among digits.

use chrono::NaiveDate;

use super::PersonalData;
use super::scan::Digit;
use crate::digits::decimal;
use crate::division::is_province_part;
use crate::identity_number::check_identity_number;

/// Birth years in an identity number that is broken up. Above them, six digits, a date and four
/// digits are far more often a division, a date of business and a serial number.
const SEPARATED_BIRTH_YEARS: std::ops::RangeInclusive<u32> = 1850..=2015;

/// Letters that may stand between the parts of an identity number: "户籍地址码为370199，出生日期为
/// 1990年01月01日，顺序码与校验码为0019" has eighteen.
const LETTERS_MAX: usize = 36;

/// Birth years, without their century, of those who were given fifteen digits and can still be
/// trained. Below them stand the dates of this century.
const OLD_BIRTH_YEARS: std::ops::RangeInclusive<u32> = 30..=99;

/// How people write numbers in parts.
const MOBILE_PARTS: [&[usize]; 6] = [&[11], &[3, 4, 4], &[3, 8], &[7, 4], &[3, 3, 5], &[4, 4, 3]];
const CARD_PARTS: [&[usize]; 7] = [
    &[4, 4, 4, 4],
    &[4, 4, 4, 4, 1],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 4, 3],
    &[6, 10],
    &[6, 13],
    &[6, 12],
];
const OLD_PARTS: [&[usize]; 5] = [&[15], &[6, 6, 3], &[6, 9], &[12, 3], &[6, 2, 2, 2, 3]];

pub(super) fn find(digits: &[Digit]) -> Option<PersonalData> {
    let starts = || (0..digits.len()).filter_map(|start| digits.get(start..));
    if starts().any(is_identity_number) {
        return Some(PersonalData::IdentityNumber);
    }
    (0..digits.len())
        .filter(|start| digits.get(*start).is_some_and(|it| it.begins))
        .find_map(|start| {
            let holds = |length: usize, parts: &[&[usize]], is_one: fn(&[u8]) -> bool| {
                number(digits, start, length, parts).is_some_and(|values| is_one(&values))
            };
            if holds(15, &OLD_PARTS, is_old_identity_number) {
                return Some(PersonalData::OldIdentityNumber);
            }
            let called = [11, 12, 13, 15].into_iter();
            if holds(11, &MOBILE_PARTS, is_mobile_number)
                || called
                    .filter(|length| *length > 11)
                    .any(|length| holds(length, &[&[length]], is_called_number))
            {
                return Some(PersonalData::MobileNumber);
            }
            (16..=19)
                .any(|length| {
                    let whole: &[&[usize]] = &[&[length]];
                    holds(length, whole, is_bank_card) || holds(length, &CARD_PARTS, is_bank_card)
                })
                .then_some(PersonalData::BankCard)
        })
}

/// Whether the digits begin with an identity number: eighteen in a row, also inside a longer
/// number; or in parts, which then begin and end with it.
fn is_identity_number(rest: &[Digit]) -> bool {
    let (Some(digits), Some(body)) = (rest.get(..18), rest.get(..17)) else {
        return rest.len() == 17 && is_identity_with_x(rest);
    };
    is_identity_with_x(body) || {
        let text: Vec<u8> = digits.iter().map(|it| ascii(it.value)).collect();
        let ends = rest.get(18).is_none_or(|next| next.begins);
        holds(digits, &text, ends)
    }
}

fn is_identity_with_x(body: &[Digit]) -> bool {
    let Some(last) = body.last().filter(|last| last.x_follows) else {
        return false;
    };
    let mut text: Vec<u8> = body.iter().map(|it| ascii(it.value)).collect();
    text.push(b'X');
    let is_whole = is_whole(body) && last.x_touches;
    check(&text, is_whole) && (is_whole || in_parts(body))
}

fn holds(digits: &[Digit], text: &[u8], ends: bool) -> bool {
    match is_whole(digits) {
        true => check(text, true),
        false => ends && in_parts(digits) && check(text, false),
    }
}

/// Whether nothing stands between the digits.
fn is_whole(digits: &[Digit]) -> bool {
    digits.iter().skip(1).all(|it| !it.begins)
}

/// Whether the parts begin with the first digit and few enough letters stand between them.
fn in_parts(digits: &[Digit]) -> bool {
    let letters: usize = digits.iter().skip(1).map(|it| it.letters_before).sum();
    digits.first().is_some_and(|first| first.begins) && letters <= LETTERS_MAX
}

fn check(text: &[u8], is_whole: bool) -> bool {
    let year = text.get(6..10).and_then(decimal);
    std::str::from_utf8(text).is_ok_and(|text| check_identity_number(text).is_ok())
        && (is_whole || year.is_some_and(|year| SEPARATED_BIRTH_YEARS.contains(&year)))
}

/// The first `length` digits as values, when they end where a number ends and stand in parts of
/// these lengths or one by one, without letters between.
fn number(all: &[Digit], start: usize, length: usize, parts: &[&[usize]]) -> Option<Vec<u8>> {
    let (before, rest) = all.split_at_checked(start)?;
    let (digits, after) = rest.split_at_checked(length)?;
    let last = digits.last()?;
    let ends = after.first().is_none_or(|next| next.begins);
    if !ends || last.ends_amount || digits.iter().skip(1).any(|it| it.letters_before > 0) {
        return None;
    }
    let mut found: Vec<usize> = Vec::new();
    for (at, digit) in digits.iter().enumerate() {
        match found.last_mut().filter(|_| at > 0 && !digit.begins) {
            Some(part) => *part = part.saturating_add(1),
            None => found.push(1),
        }
    }
    let is_usual = parts.contains(&found.as_slice());
    // Digits that stand one by one are a number only together with all others that do.
    let is_single = |next: Option<&Digit>| next.is_none_or(|next| next.begins);
    let goes_on =
        before.last().is_some_and(|it| it.begins) || (!after.is_empty() && is_single(after.get(1)));
    let one_by_one = found.len() == length && !goes_on;
    (is_usual || one_by_one).then(|| digits.iter().map(|it| it.value).collect())
}

/// Fifteen digits: a county, a birth date of the last century, and a number of three.
pub(super) fn is_old_identity_number(values: &[u8]) -> bool {
    let text: Vec<u8> = values.iter().map(|it| ascii(*it)).collect();
    let field = |range: std::ops::Range<usize>| text.get(range).and_then(decimal);
    let fields = || {
        let (province, city, county) = (field(0..2)?, field(2..4)?, field(4..6)?);
        let (year, month, day) = (field(6..8)?, field(8..10)?, field(10..12)?);
        let full = i32::try_from(year.checked_add(1900)?).ok()?;
        let exists = NaiveDate::from_ymd_opt(full, month, day).is_some();
        let area = is_province_part(province) && (1..=90).contains(&city) && county > 0;
        Some(area && exists && OLD_BIRTH_YEARS.contains(&year))
    };
    fields().unwrap_or(false)
}

pub(super) fn is_mobile_number(values: &[u8]) -> bool {
    // In four, four and three, a day of the last century and a serial number look like one.
    let is_day = values.starts_with(&[1, 9]) && {
        let text: Vec<u8> = values.iter().map(|it| ascii(*it)).collect();
        let field = |range: std::ops::Range<usize>| text.get(range).and_then(decimal);
        let year = field(0..4).and_then(|year| i32::try_from(year).ok());
        let parts = year.zip(field(4..6)).zip(field(6..8));
        parts
            .is_some_and(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day).is_some())
    };
    matches!(values, [1, 3..=9, ..]) && !is_day
}

/// A mobile number behind the prefix of the country, or the zero of a long-distance call.
fn is_called_number(values: &[u8]) -> bool {
    let number = match values {
        [0, 0, 8, 6, rest @ ..] | [8, 6, rest @ ..] | [0, rest @ ..] => rest,
        _ => return false,
    };
    number.len() == 11 && is_mobile_number(number)
}

/// A number that an issuer's prefix begins, that passes the check of Luhn, and that is no division
/// with a date of this century.
pub(super) fn is_bank_card(values: &[u8]) -> bool {
    is_issued(values) && luhn(values) && !is_voucher(values)
}

/// The prefixes in use: Visa 4, MasterCard 51 to 55 and 2221 to 2720 (sixteen digits), JCB 3528 to
/// 3589, UnionPay and others 6 and 81, and the first domestic ones: 955 with the number of the
/// bank's service line, 103.
fn is_issued(values: &[u8]) -> bool {
    let text: Vec<u8> = values.iter().map(|it| ascii(*it)).collect();
    let four = text.get(..4).and_then(decimal).unwrap_or(0);
    let sixteen = values.len() == 16;
    match four {
        4000..=4999 | 6000..=6999 | 3528..=3589 | 8100..=8199 | 9550..=9559 => true,
        5100..=5599 | 2221..=2720 => sixteen,
        1030..=1039 => values.len() == 19,
        _ => false,
    }
}

fn luhn(values: &[u8]) -> bool {
    let sum: u32 = values
        .iter()
        .rev()
        .enumerate()
        .map(|(place, value)| {
            let value = u32::from(*value);
            match place % 2 {
                0 => value,
                _ => match value.saturating_mul(2) {
                    twice @ 10.. => twice.saturating_sub(9),
                    twice => twice,
                },
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether the number is a province, city or county, a date of this century and a serial number.
fn is_voucher(values: &[u8]) -> bool {
    let text: Vec<u8> = values.iter().map(|it| ascii(*it)).collect();
    let field = |range: std::ops::Range<usize>| text.get(range).and_then(decimal);
    field(0..2).is_some_and(is_province_part)
        && [(2usize, 10usize), (4, 12), (6, 14)]
            .into_iter()
            .any(|(start, end)| {
                let date = field(start..end).unwrap_or(0);
                let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
                let exists = i32::try_from(year)
                    .ok()
                    .and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
                (2000..2100).contains(&year) && exists.is_some()
            })
}

const fn ascii(value: u8) -> u8 {
    b'0'.saturating_add(value)
}
