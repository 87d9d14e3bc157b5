//! Values of cells as clerks and spreadsheets write them: what is safe is put right, and what a
//! spreadsheet has damaged is named.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::json::invisible_character;
use ledger_core::BusinessDate;

/// Digits that a spreadsheet keeps of a number.
const DIGITS_KEPT: usize = 15;

/// Day numbers of a spreadsheet that are dates of our time: 1954 to 2119.
const SERIAL_DAYS: std::ops::RangeInclusive<i32> = 20_000..=80_000;

/// Day number 0 of a spreadsheet, in days before 1970-01-01.
const SERIAL_EPOCH: i32 = 25_569;

/// Zeros at the end that no number has by chance: a thousand to one.
const ZEROS_OF_CHANCE_MAX: usize = 2;

/// Takes off what changes no value: full-width letters, digits and signs become plain ones, and
/// white space around and the apostrophe in front, by which a spreadsheet marks text, go.
///
/// # Errors
///
/// Names a character that nobody can see, by its code and its place.
pub fn plain(value: &str) -> Result<Cow<'_, str>, String> {
    let value = value.trim();
    let value = value
        .strip_prefix(['\'', '＇'])
        .map_or(value, str::trim_start);
    if let Some(unseen) = unseen(value) {
        return Err(unseen);
    }
    if value.chars().any(|it| narrow(it) != it) {
        return Ok(Cow::Owned(value.chars().map(narrow).collect()));
    }
    Ok(Cow::Borrowed(value))
}

/// Names the first character of a text that nobody can see, by its code and its place.
#[must_use]
pub fn unseen(text: &str) -> Option<String> {
    let (place, character) = invisible_character(text)?;
    let code = u32::from(character);
    Some(format!(
        "character {place} is U+{code:04X}, which cannot be seen: remove it"
    ))
}

/// The plain form of a full-width character.
fn narrow(character: char) -> char {
    let code = u32::from(character);
    let is_full_width = (0xff01..=0xff5e).contains(&code);
    let plain = is_full_width.then(|| char::from_u32(code.saturating_sub(0xfee0)));
    plain.flatten().unwrap_or(character)
}

/// Names what a spreadsheet has made of a number that is a name; nothing when it looks whole.
///
/// `others_are_whole` says that the others of the column were not rounded ([`Column::is_whole`]).
pub fn damage(number: &str, others_are_whole: bool) -> Option<String> {
    if is_scientific(number) {
        return Some("a spreadsheet has written the number as a power of ten".to_owned());
    }
    if let Some((digits, zeros)) = number.split_once('.')
        && is_digits(digits)
        && is_digits(zeros)
    {
        return Some("a spreadsheet has written the number with decimals".to_owned());
    }
    let zeros = rounded_digits(number)?;
    let by_chance = others_are_whole && zeros <= ZEROS_OF_CHANCE_MAX;
    (!by_chance).then(|| {
        format!(
            "a spreadsheet keeps {DIGITS_KEPT} digits, and all after them are 0: the number seems to \
             be rounded"
        )
    })
}

/// What to do about a damaged number.
pub const REMEDY: &str = "give the column the format of text and enter the numbers again; \
                                 with --numbers-are-whole they are taken as they stand";

/// Whether a number has more digits than a spreadsheet keeps, and they are not all zero.
pub fn is_whole(number: &str) -> bool {
    number.len() > DIGITS_KEPT && is_digits(number) && rounded_digits(number).is_none()
}

/// How many digits of a long number could have been rounded away.
fn rounded_digits(number: &str) -> Option<usize> {
    let (_, rest) = number.split_at_checked(DIGITS_KEPT)?;
    let is_rounded = is_digits(number) && !rest.is_empty() && rest.bytes().all(|it| it == b'0');
    is_rounded.then_some(rest.len())
}

/// `1.23E+17`, also with the comma of other countries.
fn is_scientific(number: &str) -> bool {
    let Some((mantissa, exponent)) = number.split_once(['e', 'E']) else {
        return false;
    };
    let mantissa = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let parts = mantissa.split_once(['.', ',']);
    let (whole, rest) = parts.unwrap_or((mantissa, "0"));
    // Without a point and a sign it may be a name, such as 1E2345.
    let exponent = match exponent.strip_prefix(['+', '-']) {
        None => parts.map(|_| exponent),
        signed => signed,
    };
    whole.len() == 1 && is_digits(whole) && is_digits(rest) && exponent.is_some_and(is_digits)
}

/// What the numbers of a column show of each other, as far as they are digits only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    lengths: BTreeMap<usize, u64>,
    whole: u64,
    rounded: u64,
}

/// Numbers of one length before it counts as the usual one: one number shows nothing.
const USUAL_MIN: u64 = 2;

/// So many numbers have to be whole for each that may have been rounded: of numbers that were not,
/// one in ten ends with a zero, so that a third of them is no chance.
const WHOLE_FOR_EACH: u64 = 2;

impl Column {
    /// Looks at a number of the column.
    pub fn add(&mut self, number: &str) {
        if is_digits(number) {
            let count = self.lengths.entry(number.len()).or_default();
            *count = count.saturating_add(1);
        }
        let (is_whole, is_rounded) = (is_whole(number), rounded_digits(number).is_some());
        self.whole = self.whole.saturating_add(u64::from(is_whole));
        self.rounded = self.rounded.saturating_add(u64::from(is_rounded));
    }

    /// Whether its long numbers show that no spreadsheet has rounded them: some do not end with
    /// zeros, and few do. A column of which a part was typed as text does not.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let needed = self.rounded.saturating_mul(WHOLE_FOR_EACH);
        self.whole > 0 && self.whole >= needed
    }

    /// The length that more than half of them have, and two at least.
    #[must_use]
    pub fn usual_length(&self) -> Option<usize> {
        let all = self
            .lengths
            .values()
            .fold(0_u64, |sum, count| sum.saturating_add(*count));
        let usual = |count: u64| count >= USUAL_MIN && count > all / 2;
        let mut found = self.lengths.iter().filter(|(_, count)| usual(**count));
        found.next().map(|(length, _)| *length)
    }
}

/// Names the zeros that a spreadsheet may have taken off the beginning of a number, by the length
/// that it should have.
#[must_use]
pub fn lost_zeros(number: &str, expected: usize, whose: &str) -> Option<String> {
    (is_digits(number) && number.len() < expected).then(|| {
        let found = number.len();
        format!(
            "it has {found} digits, and {whose} {expected}: a spreadsheet may have taken zeros off its \
             beginning"
        )
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}

/// Reads a date as people write it with the year in front: `2021-03-01`, `2021/3/1`, `2021.3.1`,
/// `2021年3月1日`, `20210301`, also with midnight behind it.
///
/// # Errors
///
/// Says what is wrong; a day number of a spreadsheet is named with the day that it stands for.
pub fn date(text: &str) -> Result<BusinessDate, String> {
    let day = ["T00:00:00", " 00:00:00", " 0:00:00", " 00:00", " 0:00"];
    let mut ends = day.into_iter();
    let text = ends.find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    if let Some(serial) = serial(text) {
        return Err(format!(
            "a spreadsheet has written the date as the number of a day ({serial}, if it counts from \
             1900): write {serial}"
        ));
    }
    let text = canonical(text).map_or(Cow::Borrowed(text), Cow::Owned);
    BusinessDate::parse(&text).map_err(|error| error.to_string())
}

fn serial(text: &str) -> Option<BusinessDate> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let days: i32 = Some(whole).filter(|it| is_digits(it))?.parse().ok()?;
    let days = SERIAL_DAYS.contains(&days).then_some(days)?;
    BusinessDate::from_days(days.checked_sub(SERIAL_EPOCH)?)
}

/// The date with hyphens and two digits for month and day.
fn canonical(text: &str) -> Option<String> {
    if text.len() == 8 && is_digits(text) {
        let (year, rest) = text.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        return Some(format!("{year}-{month}-{day}"));
    }
    let parts: Vec<&str> = match text.strip_suffix(['日', '号']) {
        Some(text) => {
            let (year, rest) = text.split_once('年')?;
            let (month, day) = rest.split_once('月')?;
            vec![year, month, day]
        }
        None => {
            let separator = ['-', '/', '.'].into_iter().find(|it| text.contains(*it))?;
            text.split(separator).collect()
        }
    };
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let is_part = |part: &str| is_digits(part) && part.len() <= 2;
    let is_date = year.len() == 4 && is_digits(year) && is_part(month) && is_part(day);
    is_date.then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_no_value_is_put_right() {
        for (value, expected) in [
            ("S0001", Ok("S0001")),
            (" \u{3000}１５３７０１ ", Ok("153701")),
            ("'1537", Ok("1537")),
            ("ＡＢ－１２", Ok("AB-12")),
            ("2021／3／1", Ok("2021/3/1")),
            (
                "ab\u{200b}c",
                Err("character 3 is U+200B, which cannot be seen: remove it"),
            ),
            (
                "\u{feff}ab",
                Err("character 1 is U+FEFF, which cannot be seen: remove it"),
            ),
        ] {
            let found = plain(value);
            let found = found.as_deref().map_err(String::as_str);
            assert_eq!(found, expected, "{value:?}");
        }
    }

    #[test]
    fn what_a_spreadsheet_has_damaged_is_named() {
        let cases = [
            ("1537010000300001", false, ""),
            ("S000037000123214000000", false, ""),
            ("153701000030000", false, ""),
            ("0190a3b2-0000-7000-8000-000000000a01", false, ""),
            ("1537010000300000", false, "rounded"),
            ("1537010000300000", true, ""),
            ("153701000030000000", true, "rounded"),
            ("1.23E+17", true, "power of ten"),
            ("1,53701E+15", true, "power of ten"),
            ("1E+15", true, "power of ten"),
            ("1.5e-05", true, "power of ten"),
            ("1.23E17", true, "power of ten"),
            ("1E2345", true, ""),
            ("15370100.0", true, "decimals"),
            ("12E45678", true, ""),
        ];
        for (number, others_are_whole, expected) in cases {
            let found = damage(number, others_are_whole).unwrap_or_default();
            assert_eq!(found.is_empty(), expected.is_empty(), "{number}: {found}");
            assert!(found.contains(expected), "{number}: {found}");
        }
        for (number, expected) in [
            ("1537010000300001", true),
            ("1537010000300000", false),
            ("153701000030001", false),
            ("S000037000123214000057", false),
        ] {
            assert_eq!(is_whole(number), expected, "{number}");
        }
    }

    #[test]
    fn numbers_vouch_for_others_when_they_are_many_more() {
        let (whole, rounded) = ("1537010000300001", "1537010000300000");
        for (wholes, roundeds, expected) in [
            (0, 0, false),
            (0, 1, false),
            (1, 0, true),
            // One of two was typed as text, and the other as a number.
            (1, 1, false),
            (2, 1, true),
            (3, 2, false),
            (90, 10, true),
        ] {
            let mut column = Column::default();
            (0..wholes).for_each(|_| column.add(whole));
            (0..roundeds).for_each(|_| column.add(rounded));
            column.add("S000037000123214000057");
            assert_eq!(column.is_whole(), expected, "{wholes} {roundeds}");
        }
    }

    #[test]
    fn zeros_that_were_lost_are_seen_by_the_length_of_the_others() {
        for (numbers, expected) in [
            (&[][..], None),
            (&["123"], None),
            (&["123", "12"], None),
            (&["123", "123"], Some(3)),
            (&["123", "012", "12"], Some(3)),
            (&["123", "12", "123", "12"], None),
            (&["S23", "S2", "S23", "12"], None),
        ] {
            let mut column = Column::default();
            numbers.iter().for_each(|number| column.add(number));
            assert_eq!(column.usual_length(), expected, "{numbers:?}");
        }
        for (number, expected) in [
            ("537010000300001", true),
            ("1537010000300001", false),
            ("15370100003000011", false),
            ("S37010000300001", false),
        ] {
            let found = lost_zeros(number, 16, "the others of the column have");
            assert_eq!(found.is_some(), expected, "{number}: {found:?}");
        }
    }

    #[test]
    fn dates_are_read_with_the_year_in_front() {
        for text in [
            "2021-03-01",
            "2021-3-1",
            "2021/3/1",
            "2021/03/01 0:00",
            "2021-03-01T00:00:00",
            "2021.3.1",
            "2021年3月1日",
            "2021年03月01号",
            "20210301",
        ] {
            let found = date(text).map(|date| date.to_string());
            assert_eq!(found.as_deref(), Ok("2021-03-01"), "{text}");
        }
        for (text, expected) in [
            (
                "44197",
                "(2021-01-01, if it counts from 1900): write 2021-01-01",
            ),
            ("44197.0", "write 2021-01-01"),
            ("2021-02-29", "the calendar has no such day"),
            ("2021/13/1", "the calendar has no such day"),
            ("1/3/2021", "not a date of the form"),
            ("21-3-1", "not a date of the form"),
            ("2021-3", "not a date of the form"),
            ("2021-03-01 08:00", "not a date of the form"),
            ("", "not a date of the form"),
        ] {
            let found = date(text).unwrap_err();
            assert!(found.contains(expected), "{text}: {found}");
        }
    }
}
