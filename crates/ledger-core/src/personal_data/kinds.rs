//! What each sort of personal data looks like among digits.
//!
//! Long: the forms of four sorts of numbers, whose parts are told apart together.

use std::ops::Range;

use chrono::NaiveDate;

use super::PersonalData;
use super::scan::Digit;
use crate::digits::decimal;
use crate::division::is_province_part;
use crate::identity_number::is_wellformed;

/// Birth years in an identity number that is broken up. Above them, six digits, a date and four
/// digits are far more often a division, a date of business and a serial number.
const SEPARATED_BIRTH_YEARS: std::ops::RangeInclusive<u32> = 1850..=2015;

/// Letters that may stand between the parts of an identity number: "户籍地址码为370199，出生日期为
/// 1990年01月01日，顺序码与校验码为0019" has eighteen.
const LETTERS_MAX: usize = 36;

/// The same between the parts of one in hexadecimal digits, whose letters are more often digits.
const HEXADECIMAL_LETTERS_MAX: usize = 4;

/// Birth years, without their century, of those who were given fifteen digits and can still be
/// trained. Below them stand the dates of this century.
const OLD_BIRTH_YEARS: std::ops::RangeInclusive<u32> = 30..=99;

/// The most digits of a number that is looked for by its parts.
const DIGITS_MAX: usize = 19;

/// How people write numbers in parts.
const MOBILE_PARTS: [&[usize]; 9] = [
    &[11],
    &[2, 9],
    &[3, 4, 4],
    &[3, 8],
    &[7, 4],
    &[3, 3, 5],
    &[3, 5, 3],
    &[4, 4, 3],
    &[3, 2, 2, 2, 2],
];
/// The same behind the prefix of the country or the zero of a long-distance call.
const CALLED_PARTS: [&[usize]; 5] = [&[12], &[4, 4, 4], &[4, 8], &[13], &[15]];
const OLD_PARTS: [&[usize]; 8] = [
    &[15],
    &[6, 6, 3],
    &[6, 9],
    &[12, 3],
    &[6, 2, 2, 2, 3],
    &[4, 4, 4, 3],
    &[5, 5, 5],
    &[3, 3, 3, 3, 3],
];
const CARD_PARTS: [&[usize]; 16] = [
    &[15],
    &[16],
    &[17],
    &[18],
    &[19],
    &[4, 6, 5],
    &[4, 4, 4, 4],
    &[4, 4, 4, 4, 1],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 4, 3],
    &[5, 5, 5, 1],
    &[5, 5, 5, 2],
    &[5, 5, 5, 3],
    &[5, 5, 5, 4],
    &[6, 10],
    &[6, 13],
];

pub(super) fn find(digits: &[Digit]) -> Option<PersonalData> {
    let text: Vec<u8> = digits.iter().map(|it| ascii(it.value)).collect();
    let dates: Vec<Range<usize>> = dates(digits, &text);
    let mut later = dates.as_slice();
    for start in 0..digits.len() {
        later = not_before(later, start);
        let in_date = later.first().is_some_and(|it| it.start < start);
        if is_identity_number(digits, &text, start, in_date) {
            return Some(PersonalData::IdentityNumber);
        }
    }
    later = dates.as_slice();
    let begins = |start: &usize| digits.get(*start).is_some_and(|it| it.begins);
    (0..digits.len()).filter(begins).find_map(|start| {
        later = not_before(later, start);
        let end = later.first().map_or(digits.len(), |it| it.start);
        number(digits, &text, start..end)
    })
}

/// The digits that are dates in three parts: a year of this century, a month and a day. In lists of
/// dates and amounts an area seems to begin with a month or a day, and a mobile number to end with
/// them.
fn dates(digits: &[Digit], text: &[u8]) -> Vec<Range<usize>> {
    let part = |from: usize| -> Option<(usize, u32)> {
        let rest = digits
            .get(from..)
            .filter(|it| it.first().is_some_and(|it| it.begins))?;
        let inside = rest.iter().skip(1).take_while(|it| !it.begins).take(4);
        let end = from.checked_add(inside.count())?.checked_add(1)?;
        Some((end, text.get(from..end).and_then(decimal)?))
    };
    let date = |start: usize| {
        let (month_at, year) = part(start).filter(|(_, year)| (2000..2100).contains(year))?;
        let (day_at, month) = part(month_at)?;
        let (end, day) = part(day_at)?;
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        Some(start..end)
    };
    (0..digits.len()).filter_map(date).collect()
}

/// The dates that end behind a digit.
fn not_before(dates: &[Range<usize>], start: usize) -> &[Range<usize>] {
    let over = dates.iter().take_while(|it| it.end <= start).count();
    dates.get(over..).unwrap_or_default()
}

/// Whether an identity number begins there: eighteen digits in a row, also inside a longer number;
/// or in parts, which then begin and end with it, and do not begin inside of a date.
fn is_identity_number(digits: &[Digit], text: &[u8], start: usize, in_date: bool) -> bool {
    let (Some(digits), Some(text)) = (digits.get(start..), text.get(start..)) else {
        return false;
    };
    let with_x = || {
        let (body, last) = (digits.get(..17)?, digits.get(16)?);
        let mut number = [b'X'; 18];
        number
            .iter_mut()
            .zip(text.get(..17)?)
            .for_each(|(to, it)| *to = *it);
        let is_whole = last.x_touches && is_whole(body);
        Some(last.x_follows && holds(body, number, is_whole, !in_date))
    };
    let with_digit = || {
        let body = digits.get(..18)?;
        let number = <[u8; 18]>::try_from(text.get(..18)?).ok()?;
        let ends = digits.get(18).is_none_or(|next| next.begins);
        Some(holds(body, number, is_whole(body), ends && !in_date))
    };
    with_x() == Some(true) || with_digit() == Some(true)
}

fn holds(body: &[Digit], number: [u8; 18], is_whole: bool, may_be_parts: bool) -> bool {
    is_wellformed(&number) && (is_whole || (may_be_parts && in_parts(body) && is_of_today(&number)))
}

/// Whether nothing stands between the digits.
fn is_whole(digits: &[Digit]) -> bool {
    digits.iter().skip(1).all(|it| !it.begins)
}

/// Whether the parts begin with the first digit and few enough letters stand between them.
fn in_parts(digits: &[Digit]) -> bool {
    let letters: usize = digits.iter().skip(1).map(|it| it.letters_before).sum();
    let letters_max = match digits.iter().any(|it| it.in_hexadecimal) {
        true => HEXADECIMAL_LETTERS_MAX,
        false => LETTERS_MAX,
    };
    digits.first().is_some_and(|first| first.begins) && letters <= letters_max
}

fn is_of_today(number: &[u8; 18]) -> bool {
    let year = number.get(6..10).and_then(decimal);
    year.is_some_and(|year| SEPARATED_BIRTH_YEARS.contains(&year))
}

/// A number of the other sorts that begins there and lies in the range, ends where a number ends,
/// and stands in usual parts, one by one, or broken once by the end of a line, without letters
/// between.
fn number(digits: &[Digit], text: &[u8], range: Range<usize>) -> Option<PersonalData> {
    let before = range.start.checked_sub(1).and_then(|at| digits.get(at));
    let (rest, text) = (digits.get(range.start..)?, text.get(range.start..)?);
    let mut parts = Parts::default();
    for (at, digit) in rest.iter().enumerate().take(range.len()).take(DIGITS_MAX) {
        let goes_on = at == 0 || !digit.begins || digit.is_usual_gap();
        if digit.in_hexadecimal || !goes_on {
            return None;
        }
        parts.add(digit, at);
        let (values, after) = (text.get(..=at)?, rest.get(at.saturating_add(1)..)?);
        if digit.ends_amount || after.first().is_some_and(|next| !next.begins) {
            continue;
        }
        // Digits that stand one by one are a number only together with all others that do.
        let is_single = |next: Option<&Digit>| next.is_none_or(|next| next.begins);
        let are_more =
            before.is_some_and(|it| it.begins) || (!after.is_empty() && is_single(after.get(1)));
        let is_any = parts.are_broken_once() || (parts.count == values.len() && !are_more);
        let is_number = parts.are_joined(after);
        let is_in = |usual: &[&[usize]]| is_any || is_number || parts.are_among(usual);
        if !parts.end_in_day(values)
            && !parts.are_sums(values)
            && let Some(found) = sort(values, is_in)
        {
            return Some(found);
        }
    }
    None
}

/// The sort of a number of so many digits, when it stands in one of the parts that it may.
fn sort(values: &[u8], is_in: impl Fn(&[&[usize]]) -> bool) -> Option<PersonalData> {
    type IsOne = fn(&[u8]) -> bool;
    let sorts: [(PersonalData, IsOne, &[&[usize]]); 4] = [
        (
            PersonalData::OldIdentityNumber,
            is_old_identity_number,
            &OLD_PARTS,
        ),
        (PersonalData::MobileNumber, is_mobile_number, &MOBILE_PARTS),
        (PersonalData::MobileNumber, is_called_number, &CALLED_PARTS),
        (PersonalData::BankCard, is_bank_card, &CARD_PARTS),
    ];
    let found = sorts
        .into_iter()
        .find(|(_, is_one, parts)| is_in(parts) && is_one(values));
    found.map(|(sort, ..)| sort)
}

/// The lengths of the parts that the digits stand in.
#[derive(Debug, Default)]
struct Parts {
    lengths: [usize; DIGITS_MAX],
    count: usize,
    line_ends: usize,
    last_at: usize,
    last_in_list: bool,
    /// How many parts an underscore alone joins to the one before.
    joined: usize,
    /// Whether an underscore joins the first part to what stands before it.
    follows_joined: bool,
}

impl Parts {
    fn add(&mut self, digit: &Digit, at: usize) {
        let is_first = at == 0;
        if is_first || digit.begins {
            self.count = self.count.saturating_add(1);
            self.last_at = at;
            self.last_in_list = digit.in_list;
            let is_joined = !is_first && digit.is_joined;
            self.follows_joined |= is_first && digit.is_joined;
            self.joined = self.joined.saturating_add(usize::from(is_joined));
            let breaks = !is_first && digit.begins_line;
            self.line_ends = self.line_ends.saturating_add(usize::from(breaks));
        }
        let last = self.count.checked_sub(1);
        if let Some(length) = last.and_then(|last| self.lengths.get_mut(last)) {
            *length = length.saturating_add(1);
        }
    }

    fn are_among(&self, usual: &[&[usize]]) -> bool {
        let found = self.lengths.get(..self.count);
        found.is_some_and(|found| usual.contains(&found))
    }

    /// Whether the last part is a day of this century, or a year behind a comma: in a list of
    /// amounts and days these are no part of a number.
    fn end_in_day(&self, values: &[u8]) -> bool {
        let last = values.get(self.last_at..).unwrap_or_default();
        let number = decimal(last).unwrap_or(0);
        match last.len() {
            4 => self.last_in_list && (1990..2100).contains(&number),
            8 => self.count > 1 && (2000..2100).contains(&(number / 10_000)) && is_day(last),
            _ => false,
        }
    }

    /// Whether underscores join the parts, as in an integer of a policy, and no others to them.
    fn are_joined(&self, after: &[Digit]) -> bool {
        let all = self.count > 1 && self.joined.saturating_add(1) == self.count;
        all && !self.follows_joined && !after.first().is_some_and(|next| next.is_joined)
    }

    /// Whether the parts are sums of money and no number: a list of a small one and a large one;
    /// tens, hundreds and hundreds, which one mobile number in 100,000 is as well; or one integer
    /// in thousands of whole hundreds, as an amount in fen is.
    fn are_sums(&self, values: &[u8]) -> bool {
        let hundreds = values.ends_with(b"00");
        let in_thousands = |lengths: &[usize]| lengths.iter().skip(1).all(|it| *it == 3);
        match self.lengths.get(..self.count) {
            Some([2, 9]) => self.last_in_list,
            Some([3, 4, 4]) if hundreds => {
                values.get(2) == Some(&b'0') && values.get(5..7) == Some(b"00")
            }
            Some(lengths) if self.joined > 0 => hundreds && in_thousands(lengths),
            _ => false,
        }
    }

    /// Whether nothing but the end of a line stands between the digits, once.
    const fn are_broken_once(&self) -> bool {
        self.count == 2 && self.line_ends == 1
    }
}

/// Fifteen digits: a county, a birth date of the last century, and a number of three.
pub(super) fn is_old_identity_number(number: &[u8]) -> bool {
    let field = |range: Range<usize>| number.get(range).and_then(decimal);
    let fields = || {
        let (province, city, county) = (field(0..2)?, field(2..4)?, field(4..6)?);
        let (year, month, day) = (field(6..8)?, field(8..10)?, field(10..12)?);
        let full = i32::try_from(year.checked_add(1900)?).ok()?;
        let exists = NaiveDate::from_ymd_opt(full, month, day).is_some();
        let area = is_province_part(province) && (1..=90).contains(&city) && county > 0;
        Some(area && exists && OLD_BIRTH_YEARS.contains(&year))
    };
    number.len() == 15 && fields().unwrap_or(false)
}

pub(super) fn is_mobile_number(number: &[u8]) -> bool {
    // In four, four and three, a day of the last century and a serial number look like one.
    let begins = matches!(number, [b'1', b'3'..=b'9', ..]) && number.len() == 11;
    begins && !(number.starts_with(b"19") && is_day(number))
}

/// Whether eight digits are a day of the calendar; what follows them does not matter.
fn is_day(digits: &[u8]) -> bool {
    let field = |range: Range<usize>| digits.get(range).and_then(decimal);
    let year = field(0..4).and_then(|year| i32::try_from(year).ok());
    let parts = year.zip(field(4..6)).zip(field(6..8));
    parts.is_some_and(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day).is_some())
}

/// A mobile number behind the prefix of the country, or the zero of a long-distance call.
fn is_called_number(number: &[u8]) -> bool {
    [&b"0086"[..], b"86", b"0"]
        .into_iter()
        .filter_map(|prefix| number.strip_prefix(prefix))
        .any(is_mobile_number)
}

/// A number that an issuer's prefix begins and whose length that issuer has, that passes the check
/// of Luhn, and that is no division with a date of this century.
pub(super) fn is_bank_card(number: &[u8]) -> bool {
    is_issued(number) && luhn(number) && !is_voucher(number)
}

/// The prefixes in use with the lengths of their numbers (ISO/IEC 7812, and for the first domestic
/// cards the lists that payment programs publish): Visa 4 (nineteen digits in the first domestic
/// ones), MasterCard 51 to 55 and 2221 to 2720, JCB 3528 to 3589, American Express 34 and 37,
/// Discover 644 to 659, UnionPay 62 and 81, the domestic 60, 68 and 69, 955 with the number of the
/// bank's service line, and 103.
///
/// Of the prefixes of American Express those are left out that are divisions of Anhui and Shandong,
/// which numbers of documents begin with.
fn is_issued(number: &[u8]) -> bool {
    let four = number.get(..4).and_then(decimal).unwrap_or(0);
    matches!(
        (number.len(), four),
        (15, 3420..=3499 | 3720..=3799)
        | (16, 2221..=2720 | 3528..=3589 | 5100..=5599 | 6440..=6599)
        | (16 | 19, 4000..=4999 | 9550..=9559)
        | (16..=19, 6000..=6099 | 6200..=6299 | 6800..=6999 | 8100..=8171)
        | (19, 1030..=1039)
    )
}

fn luhn(number: &[u8]) -> bool {
    let sum: u32 = number
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit.wrapping_sub(b'0'));
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
fn is_voucher(number: &[u8]) -> bool {
    let field = |range: Range<usize>| number.get(range).and_then(decimal);
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
