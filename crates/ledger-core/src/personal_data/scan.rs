//! Reads a line as a sequence of digits, each with what stands before it.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};

use crate::CreditCode;
use crate::division::is_province_part;
use crate::hex;

/// The fewest digits that any sort of personal data has.
const DIGITS_MIN: usize = 11;

/// The hexadecimal digits of SHA-1 and of SHA-256.
const DIGEST_DIGITS: [usize; 2] = [40, 64];

/// The fewest of the six letters that the digits of a digest are taken to show.
const DIGEST_LETTERS_MIN: usize = 4;

/// A digit, and what it takes to know where a number may begin and end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digit {
    /// 0 to 9.
    pub(super) value: u8,
    /// Whether anything stands between it and the digit before; true for the first of a stretch.
    pub(super) begins: bool,
    /// Letters between it and the digit before.
    pub(super) letters_before: usize,
    /// Whether an X, or what looks like one, follows before any other letter or digit.
    pub(super) x_follows: bool,
    /// Whether that X follows without anything between.
    pub(super) x_touches: bool,
    /// Whether what follows says that this is an amount of money: a fraction of two digits, 元 or
    /// 分.
    pub(super) ends_amount: bool,
}

/// A line, taken apart.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Stretches of digits; what proves to be a key, a digest or a credit code lies
    /// between two of them.
    pub(super) stretches: Vec<Vec<Digit>>,
    /// The keys in the line.
    pub(super) keys: Vec<[u8; 16]>,
}

/// Tells in one pass whether a line can hold enough digits to be looked at.
pub(super) fn may_hold_digits(line: &str) -> bool {
    let digits = line.chars().filter(|it| it.is_ascii_digit()).count();
    digits >= DIGITS_MIN || (!line.is_ascii() && line.chars().nth(DIGITS_MIN - 1).is_some())
}

impl Line {
    pub(super) fn read(line: &str) -> Self {
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        let category = CodePointMapData::<GeneralCategory>::new();
        let shown: Vec<char> = ComposingNormalizerBorrowed::new_nfkc()
            .normalize(line)
            .chars()
            .filter(|it| !ignorable.contains(*it))
            .filter(|it| !GeneralCategoryGroup::Mark.contains(category.get(*it)))
            .collect();
        let mut line = Self::default();
        let mut stretch = Stretch::default();
        let mut at = 0;
        while let Some(rest) = shown.get(at..).filter(|rest| !rest.is_empty()) {
            let before = at.checked_sub(1).and_then(|before| shown.get(before));
            let token = match before.is_some_and(|it| it.is_ascii_alphanumeric()) {
                true => None,
                false => token(rest),
            };
            match token {
                Some((length, key)) => {
                    line.keys.extend(key);
                    line.stretches.push(std::mem::take(&mut stretch).digits);
                    at = at.saturating_add(length);
                }
                None => {
                    stretch.take(rest);
                    at = at.saturating_add(1);
                }
            }
        }
        line.stretches.push(stretch.digits);
        line
    }
}

/// The digits that are read so far, and what stands behind the last of them.
#[derive(Debug, Default)]
struct Stretch {
    digits: Vec<Digit>,
    separators: usize,
    letters: usize,
}

impl Stretch {
    /// Takes the first of the characters that are left.
    fn take(&mut self, rest: &[char]) {
        let [character, after @ ..] = rest else {
            return;
        };
        if let Some(value) = decimal_value(*character) {
            self.digits.push(Digit {
                value,
                begins: self.digits.is_empty() || self.separators > 0 || self.letters > 0,
                letters_before: self.letters,
                x_follows: false,
                x_touches: false,
                ends_amount: ends_amount(after),
            });
            (self.separators, self.letters) = (0, 0);
            return;
        }
        if is_like_x(*character)
            && self.letters == 0
            && let Some(last) = self.digits.last_mut()
        {
            last.x_follows = true;
            last.x_touches = self.separators == 0;
        }
        match character.is_alphanumeric() {
            true => self.letters = self.letters.saturating_add(1),
            false => self.separators = self.separators.saturating_add(1),
        }
    }
}

/// The token that the characters begin with, where it is a key, a digest or a credit code: its
/// length, and the key.
fn token(characters: &[char]) -> Option<(usize, Option<[u8; 16]>)> {
    let text = |length: usize| -> Option<String> {
        let ends = !characters
            .get(length)
            .is_some_and(char::is_ascii_alphanumeric);
        let token = characters.get(..length).filter(|_| ends)?;
        token
            .iter()
            .all(char::is_ascii)
            .then(|| token.iter().collect())
    };
    let hyphenated = || {
        let token = text(36)?;
        let hyphens = token.bytes().enumerate().filter(|(_, byte)| *byte == b'-');
        let places: Vec<usize> = hyphens.map(|(place, _)| place).collect();
        let is_uuid = places == [8, 13, 18, 23];
        is_uuid.then(|| hex::decode_array(&token.replace('-', "")))?
    };
    if let Some(key) = hyphenated() {
        return Some((36, Some(key)));
    }
    if let Some(key) = text(32).and_then(|token| hex::decode_array(&token)) {
        return Some((32, Some(key)));
    }
    if let Some(length) = DIGEST_DIGITS
        .into_iter()
        .find(|length| text(*length).is_some_and(|token| is_digest(&token)))
    {
        return Some((length, None));
    }
    text(18).filter(|token| is_credit_code(token))?;
    Some((18, None))
}

/// Whether hexadecimal digits are those of a digest: a number of a person, padded with zeros or
/// with `f`, has fewer sorts of letters. A digest of 40 digits has them but for one in 1,000, one
/// of 64 digits but for one in a million.
fn is_digest(token: &str) -> bool {
    let is_hexadecimal = token.bytes().all(|it| it.is_ascii_hexdigit());
    let holds = |letter: &char| token.contains([*letter, letter.to_ascii_uppercase()]);
    is_hexadecimal && ('a'..='f').filter(holds).count() >= DIGEST_LETTERS_MIN
}

/// Whether a text is a unified social credit code: department and class are known, the division
/// lies in a province, and both check characters hold.
///
/// An identity number passes all of that once in some 340 where its area reads as department, class
/// and province, and never in the others.
fn is_credit_code(token: &str) -> bool {
    let Some(code) = CreditCode::parse(token).ok() else {
        return false;
    };
    let [department, class, first, second, ..] = code.as_bytes();
    let known = matches!(
        (department, class),
        (b'1' | b'5', b'1' | b'2' | b'3' | b'9')
            | (b'2' | b'4' | b'6' | b'7' | b'8' | b'A' | b'N' | b'Y', _)
            | (b'3', b'1'..=b'5' | b'9')
            | (b'9', b'1'..=b'3')
    );
    let province = crate::digits::decimal(&[*first, *second]);
    known && province.is_some_and(|it| it == 10 || is_province_part(it))
}

/// Whether an amount of money ends before these characters.
fn ends_amount(after: &[char]) -> bool {
    match after {
        ['元', ..] => true,
        ['分', next, ..] => *next != '机',
        ['分'] => true,
        ['.', a, b, rest @ ..] => {
            a.is_ascii_digit()
                && b.is_ascii_digit()
                && !rest.first().is_some_and(char::is_ascii_digit)
        }
        _ => false,
    }
}

/// The value of a decimal digit of any script, and of a numeral that Chinese writes digit by digit.
fn decimal_value(character: char) -> Option<u8> {
    if let Some(value) = character.to_digit(10) {
        return u8::try_from(value).ok();
    }
    if character.is_ascii() {
        return None;
    }
    let numerals = [
        "〇零", "一壹", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖",
    ];
    let numeral = numerals.iter().position(|it| it.contains(character));
    if let Some(value) = numeral {
        return u8::try_from(value).ok();
    }
    // The standard keeps the digits of a script together, from zero to nine, so that a digit's
    // value is the number of decimal digits directly before it.
    let category = CodePointMapData::<GeneralCategory>::new();
    let is_decimal = |code: &u32| category.get32(*code) == GeneralCategory::DecimalNumber;
    let code = u32::from(character);
    if !is_decimal(&code) {
        return None;
    }
    let before = (0..code).rev().take_while(is_decimal).count();
    u8::try_from(before % 10).ok()
}

/// Whether a character is an X, or is read as one in the place of the last digit. Full-width forms
/// and the Roman numeral are the letter X already, by their compatibility form.
fn is_like_x(character: char) -> bool {
    matches!(
        character,
        'X' | 'x'
            | '×'
            | 'Х'
            | 'х'
            | 'Χ'
            | 'χ'
            | '╳'
            | '✕'
            | '✖'
            | '✗'
            | '✘'
            | '⨯'
            | '☓'
            | '❌'
            | '乂'
    )
}
