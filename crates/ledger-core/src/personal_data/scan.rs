//! Reads a text as a sequence of digits, each with what stands before it.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{
    DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, NumericType,
};
use icu_properties::{CodePointMapData, CodePointSetData};

use super::looks::{self, look};
use super::numerals;
use super::token::{Token, token};

/// The fewest digits that any sort of personal data has.
const DIGITS_MIN: usize = 11;

/// The fewest of them that are digits where the others only look like some: without any, what is
/// written are letters to whoever reads it.
const PLAIN_DIGITS_MIN: usize = 2;

/// Characters that people put between the parts of a number, as in `138 - 1234`.
const SEPARATORS_MAX: usize = 3;

/// A digit, and what it takes to know where a number may begin and end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digit {
    /// 0 to 9.
    pub(super) value: u8,
    /// Whether anything stands between it and the digit before; true for the first of a stretch.
    pub(super) begins: bool,
    /// Whether only white space stands between, with the end of a line in it.
    pub(super) begins_line: bool,
    /// Whether what stands between is as people write it between the parts of a number: three
    /// characters at most, or one again and again.
    pub(super) gap_is_usual: bool,
    /// Whether a comma or its like stands between.
    pub(super) in_list: bool,
    /// Whether one underscore stands between and nothing else.
    pub(super) is_joined: bool,
    /// Letters between it and the digit before.
    pub(super) letters_before: usize,
    /// Whether an X, or what looks like one, follows before any other letter or digit.
    pub(super) x_follows: bool,
    /// Whether that X follows without anything between.
    pub(super) x_touches: bool,
    /// Whether what follows says that this is an amount of money: a fraction of two digits, 元 or
    /// 分.
    pub(super) ends_amount: bool,
    /// Whether it belongs to hexadecimal digits, some of which are letters.
    pub(super) in_hexadecimal: bool,
}

impl Digit {
    /// Whether what stands between it and the digit before may stand between the parts of a number.
    pub(super) const fn is_usual_gap(&self) -> bool {
        self.letters_before == 0 && (self.gap_is_usual || self.begins_line)
    }
}

/// How characters are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Every number by its value.
    Values,
    /// Decimal digits only: numerals are words, as in 统一.
    Decimals,
    /// By looks: an O between digits is a zero.
    Looks,
    /// By looks to the end of a word: a B behind digits is an eight.
    LooksToTheEnd,
}

impl Reading {
    const fn alike(self) -> Alike {
        Alike {
            end: 0,
            counts: 0..0,
            to_the_end: matches!(self, Self::LooksToTheEnd),
        }
    }
}

/// A text, taken apart.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Stretches of digits; what proves to be a key, a digest or a credit code lies
    /// between two of them.
    pub(super) stretches: Vec<Vec<Digit>>,
    /// The keys in the text.
    pub(super) keys: Vec<[u8; 16]>,
}

/// Tells in one pass whether a text can hold enough digits to be looked at: ideographs that are no
/// numerals are not counted, and are most of what notes are made of. Letters that may stand for
/// digits count where a few digits are.
pub(super) fn may_hold_digits(text: &str) -> bool {
    let (mut digits, mut others) = (0usize, 0usize);
    for character in text.chars() {
        let is_digit = match character {
            '0'..='9' => true,
            '\u{4e00}'..='\u{9fff}' => value(character).is_some() || look(character).is_some(),
            other => !other.is_ascii(),
        };
        let is_other = !is_digit && character.is_ascii() && look(character).is_some();
        digits = digits.saturating_add(usize::from(is_digit));
        others = others.saturating_add(usize::from(is_other));
        if digits >= PLAIN_DIGITS_MIN && digits.saturating_add(others) >= DIGITS_MIN {
            return true;
        }
    }
    false
}

/// The characters as they are read: in the compatibility form, without marks and without what shows
/// nothing.
pub(super) fn shown(text: &str) -> Vec<char> {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let category = CodePointMapData::<GeneralCategory>::new();
    let is_seen = |it: char| {
        !ignorable.contains(it) && !GeneralCategoryGroup::Mark.contains(category.get(it))
    };
    ComposingNormalizerBorrowed::new_nfkc()
        .normalize(text)
        .chars()
        .filter(|it| it.is_ascii() || is_seen(*it))
        .collect()
}

/// Whether reading by decimal digits only gives other digits.
pub(super) fn has_numerals(shown: &[char]) -> bool {
    shown
        .iter()
        .any(|it| decimal(*it).is_none() && value(*it).is_some())
}

/// Whether a reading by looks gives other digits than the one before it.
pub(super) fn has_looks(shown: &[char], reading: Reading) -> bool {
    let (mut alike, mut before) = (reading.alike(), Reading::Looks.alike());
    shown.iter().enumerate().any(|(at, it)| {
        let look = alike.value(shown, at);
        let known = match reading {
            Reading::LooksToTheEnd => before.value(shown, at),
            _ => value(*it),
        };
        look.is_some() && look != known
    })
}

impl Taken {
    pub(super) fn read(shown: &[char], reading: Reading) -> Self {
        let mut taken = Self::default();
        let mut stretch = Stretch::default();
        let mut alike = reading.alike();
        let (mut at, mut hexadecimal_until) = (0, 0);
        while let Some(rest) = shown.get(at..).filter(|rest| !rest.is_empty()) {
            let before = at.checked_sub(1).and_then(|before| shown.get(before));
            let token = match before.is_some_and(char::is_ascii_alphanumeric) {
                true => None,
                false => token(rest),
            };
            let next = |length: usize| at.saturating_add(length);
            match token {
                Some(Token::Key(length, key)) => {
                    taken.keys.push(key);
                    taken.stretches.push(std::mem::take(&mut stretch).digits);
                    at = next(length);
                    continue;
                }
                Some(Token::Other(length)) => {
                    taken.stretches.push(std::mem::take(&mut stretch).digits);
                    at = next(length);
                    continue;
                }
                Some(Token::Hexadecimal(length)) => hexadecimal_until = next(length),
                None => {}
            }
            stretch.in_hexadecimal = at < hexadecimal_until;
            let value = match (rest.first(), reading) {
                (Some(it), Reading::Decimals) => decimal(*it),
                (Some(it), Reading::Looks | Reading::LooksToTheEnd) if !stretch.in_hexadecimal => {
                    alike.value(shown, at).or_else(|| value(*it))
                }
                (Some(it), _) => value(*it),
                (None, _) => None,
            };
            stretch.take(rest, value);
            at = next(1);
        }
        taken.stretches.push(stretch.digits);
        taken
    }
}

/// A run of digits and of characters that look like some, and the part of it in which they count.
#[derive(Debug)]
struct Alike {
    end: usize,
    counts: std::ops::Range<usize>,
    /// Whether rough looks count at the end of a run as well.
    to_the_end: bool,
}

impl Alike {
    /// The value of a character by its looks, where that counts.
    fn value(&mut self, shown: &[char], at: usize) -> Option<u8> {
        if at >= self.end {
            self.begin(shown, at);
        }
        let character = shown.get(at).filter(|_| self.counts.contains(&at))?;
        look(*character).map(|look| look.value)
    }

    /// Whether the word goes on behind the run.
    fn goes_on(&self, shown: &[char]) -> bool {
        shown.get(self.end).is_some_and(|it| it.is_alphanumeric())
    }

    /// A run counts where there is a digit in it, or nothing but close looks between two ends of
    /// words. At either end of it the rough ones are letters: numbers of certificates begin with S.
    /// Where a word ends with them behind a digit, one reading takes them for digits.
    fn begin(&mut self, shown: &[char], at: usize) {
        let rest = shown.get(at..).unwrap_or_default();
        let is_part = |it: &char| value(*it).is_some() || look(*it).is_some();
        let length = rest.iter().take_while(|it| is_part(it)).count();
        self.end = at.saturating_add(length.max(1));
        let run = rest.get(..length).unwrap_or_default();
        let is_close =
            |it: &char| value(*it).is_some() || look(*it).is_some_and(|look| look.is_close);
        let first = run.iter().position(is_close);
        let ends_word = self.to_the_end && !self.goes_on(shown);
        let last = match ends_word {
            true => run.len().checked_sub(1),
            false => run.iter().rposition(is_close),
        };
        let ends = |it: Option<&char>| it.is_none_or(|it| !it.is_alphanumeric());
        let is_last_x = || {
            let x = shown.get(self.end).is_some_and(|it| looks::is_like_x(*it));
            x && ends(shown.get(self.end.saturating_add(1)))
        };
        let stands_alone = run.iter().all(is_close)
            && ends(at.checked_sub(1).and_then(|at| shown.get(at)))
            && (!self.goes_on(shown) || is_last_x());
        self.counts = match first.zip(last) {
            Some((first, last)) if stands_alone || run.iter().any(|it| value(*it).is_some()) => {
                at.saturating_add(first)..at.saturating_add(last).saturating_add(1)
            }
            _ => 0..0,
        };
    }
}

/// The digits that are read so far, and what stands behind the last of them.
#[derive(Debug, Default)]
struct Stretch {
    digits: Vec<Digit>,
    separators: usize,
    letters: usize,
    line_ends: usize,
    is_blank: bool,
    in_list: bool,
    /// The last separator, and how often it was another one than before.
    separator: Option<char>,
    sorts: usize,
    in_hexadecimal: bool,
}

impl Stretch {
    /// Takes the first of the characters that are left, which is a number up to twenty or none.
    fn take(&mut self, rest: &[char], value: Option<u8>) {
        let [character, after @ ..] = rest else {
            return;
        };
        match value {
            Some(ten @ 10..) => {
                self.push(ten / 10, false);
                self.push(ten % 10, ends_amount(after));
            }
            Some(digit) => self.push(digit, ends_amount(after)),
            None => self.pass(*character),
        }
    }

    fn push(&mut self, value: u8, ends_amount: bool) {
        let is_first = self.digits.is_empty();
        self.digits.push(Digit {
            value,
            begins: is_first || self.separators > 0 || self.letters > 0,
            begins_line: !is_first && self.line_ends > 0 && self.is_blank,
            gap_is_usual: self.separators <= SEPARATORS_MAX || self.sorts == 1,
            in_list: self.in_list,
            is_joined: self.separator == Some('_') && self.separators == 1 && self.letters == 0,
            letters_before: self.letters,
            x_follows: false,
            x_touches: false,
            ends_amount,
            in_hexadecimal: self.in_hexadecimal,
        });
        let in_hexadecimal = self.in_hexadecimal;
        let digits = std::mem::take(&mut self.digits);
        *self = Self {
            digits,
            in_hexadecimal,
            is_blank: true,
            ..Self::default()
        };
    }

    fn pass(&mut self, character: char) {
        if self.letters == 0
            && let Some(last) = self.digits.last_mut()
            && looks::is_like_x(character)
        {
            last.x_follows = true;
            last.x_touches = self.separators == 0;
        }
        let line_end = matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}');
        self.line_ends = self.line_ends.saturating_add(usize::from(line_end));
        self.is_blank &= character.is_whitespace();
        match character.is_alphanumeric() {
            true => self.letters = self.letters.saturating_add(1),
            false => self.separate(character),
        }
    }

    fn separate(&mut self, character: char) {
        self.separators = self.separators.saturating_add(1);
        self.in_list |= matches!(character, ',' | ';' | '、' | '，' | '；');
        if self.separator.replace(character) != Some(character) {
            self.sorts = self.sorts.saturating_add(1);
        }
    }
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

/// The value of a number of any script, at most twenty.
pub(super) fn value(character: char) -> Option<u8> {
    match character {
        '0'..='9' => decimal(character),
        _ if character.is_ascii() => None,
        _ => decimal(character).or_else(|| numerals::value(character)),
    }
}

/// The value of a decimal digit of any script.
fn decimal(character: char) -> Option<u8> {
    if let Some(value) = character.to_digit(10) {
        return u8::try_from(value).ok();
    }
    // The standard keeps the digits of a script together, from zero to nine, so that a digit's
    // value is the number of decimal digits directly before it. The longest row has fifty.
    let numeric = CodePointMapData::<NumericType>::new();
    let is_decimal = |code: &u32| numeric.get32(*code) == NumericType::Decimal;
    let code = u32::from(character);
    if character.is_ascii() || !is_decimal(&code) {
        return None;
    }
    let before = (0..code).rev().take_while(is_decimal).count();
    u8::try_from(before % 10).ok()
}
