//! What proves to be something else than a number of a person.

use crate::CreditCode;
use crate::division::is_province_part;
use crate::hex;

/// The hexadecimal digits of SHA-1, and of SHA-2 with 224, 256, 384 and 512 bits.
const DIGEST_DIGITS: [usize; 5] = [40, 56, 64, 96, 128];

/// The fewest of the six letters that the digits of a digest are taken to show.
const DIGEST_LETTERS_MIN: usize = 4;

/// The fewest hexadecimal digits that are taken together: a mobile number and one letter. In fewer
/// no number can lie as a whole, and one in parts is still looked for.
const HEXADECIMAL_DIGITS_MIN: usize = 12;

/// What a run of letters and digits is, with its length.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Sixteen bytes, hyphenated or not.
    Key(usize, [u8; 16]),
    /// A digest or a credit code.
    Other(usize),
    /// Hexadecimal digits with letters among them: one number, and none of eleven to nineteen
    /// decimal digits.
    Hexadecimal(usize),
}

/// The token that the characters begin with; nothing stands directly before them that belongs to
/// it.
pub(super) fn token(characters: &[char]) -> Option<Token> {
    let run = characters
        .iter()
        .take_while(|it| it.is_ascii_alphanumeric());
    let length = run.count();
    let text = |length: usize| -> Option<String> {
        characters.get(..length).map(|token| token.iter().collect())
    };
    let known = match length {
        8 if characters.get(8) == Some(&'-') => hyphenated(characters),
        18 => is_credit_code(&text(18)?).then_some(Token::Other(18)),
        32 => hex::decode_array(&text(32)?).map(|key| Token::Key(32, key)),
        _ => None,
    };
    match length {
        HEXADECIMAL_DIGITS_MIN.. if known.is_none() => hexadecimal(&text(length)?),
        _ => known,
    }
}

fn hyphenated(characters: &[char]) -> Option<Token> {
    const LENGTH: usize = 36;
    let goes_on = characters
        .get(LENGTH)
        .is_some_and(char::is_ascii_alphanumeric);
    let token = characters.get(..LENGTH).filter(|_| !goes_on)?;
    let token: String = token.iter().collect();
    let hyphens = token.char_indices().filter(|(_, it)| *it == '-');
    hyphens
        .map(|(place, _)| place)
        .eq([8, 13, 18, 23])
        .then(|| hex::decode_array(&token.replace('-', "")))?
        .map(|key| Token::Key(LENGTH, key))
}

/// Hexadecimal digits with letters of one case among them.
///
/// Those of a digest are not searched at all: a number of a person, padded with zeros or with `f`,
/// has fewer sorts of letters. A digest of 40 digits has them but for one in 1,000, one of 64
/// digits but for one in a million.
fn hexadecimal(token: &str) -> Option<Token> {
    let is_of = |is_case: fn(&u8) -> bool| {
        let is_digit = |it: u8| it.is_ascii_digit() || (it.is_ascii_hexdigit() && is_case(&it));
        token.bytes().all(is_digit)
    };
    let is_one_case = is_of(u8::is_ascii_lowercase) || is_of(u8::is_ascii_uppercase);
    let letters = ('a'..='f').filter(|it| token.contains([*it, it.to_ascii_uppercase()]));
    let letters = letters.count();
    let has_digits = token.bytes().any(|it| it.is_ascii_digit());
    if !is_one_case || letters == 0 || !has_digits {
        return None;
    }
    let length = token.len();
    let is_digest = DIGEST_DIGITS.contains(&length) && letters >= DIGEST_LETTERS_MIN;
    Some(match is_digest {
        true => Token::Other(length),
        false => Token::Hexadecimal(length),
    })
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
