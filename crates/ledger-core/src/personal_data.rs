//! Finding personal data in texts and keys, so that none enters the log in clear.
//!
//! One search for every door: it looks for identity numbers of 18 digits (GB 11643) and of 15
//! (the first generation), for mobile numbers and for numbers of bank cards. It reads a text as a
//! person would: in the compatibility form of Unicode (NFKC), without characters that show nothing,
//! with the digits of every script, and across separators.

mod key;
mod kinds;
mod scan;

#[cfg(test)]
mod tests;

use std::fmt;

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;

use scan::Line;

/// A sort of personal data that is never recorded in clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonalData {
    /// A citizen's identity number of 18 characters.
    IdentityNumber,
    /// An identity number of the first generation, of 15 digits.
    OldIdentityNumber,
    /// A mobile number.
    MobileNumber,
    /// The number of a bank card.
    BankCard,
}

impl PersonalData {
    /// Names the sort in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::IdentityNumber => "公民身份号码",
            Self::OldIdentityNumber => "15位居民身份证号码",
            Self::MobileNumber => "手机号码",
            Self::BankCard => "银行卡号",
        }
    }
}

/// Names the sort with its article, as an error says it.
impl fmt::Display for PersonalData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::IdentityNumber => "a citizen's identity number",
            Self::OldIdentityNumber => "a citizen's identity number of 15 digits",
            Self::MobileNumber => "a mobile number",
            Self::BankCard => "the number of a bank card",
        })
    }
}

/// Returns the first sort of personal data that stands anywhere in `text`, line by line.
///
/// What proves to be something else is left out: a UUID is searched as a key
/// ([`find_in_key`]), 40 or 64 hexadecimal digits with four sorts of letters are a digest, and
/// eighteen characters with both check characters of a unified social credit code are one.
///
/// Of eighteen random digits one in 17,000 passes for an identity number by chance, of fifteen one
/// in 200, of eleven one in fourteen for a mobile number; of random digits that begin like a bank
/// card one in ten passes its check.
#[must_use]
pub fn find_in_text(text: &str) -> Option<PersonalData> {
    text.lines()
        .flat_map(|line| line.split('\r'))
        .filter(|line| scan::may_hold_digits(line))
        .find_map(|line| {
            let line = Line::read(line);
            let in_keys = line.keys.iter().find_map(find_in_key);
            in_keys.or_else(|| line.stretches.iter().find_map(|it| kinds::find(it)))
        })
}

/// Tells whether a character shows itself: it is no control character, no line separator, none that
/// turns the direction of writing, and by its property (Default_Ignorable_Code_Point) none that is
/// drawn as nothing.
///
/// The others could show a reader other words than are stored.
#[must_use]
pub fn is_shown(character: char) -> bool {
    // The code points between 0x2028 and 0x202e are two separators and the marks of direction.
    let separates = matches!(character, '\u{2028}'..='\u{202e}' | '\u{e0000}'..='\u{e007f}');
    let ignorable = || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character);
    !(character.is_control() || separates || (!character.is_ascii() && ignorable()))
}

/// Returns the sort of personal data that sixteen bytes spell in hexadecimal digits, padded on
/// either side with zeros or with `f`, or as decimal digits throughout.
///
/// No UUID of versions 4 to 8 that is drawn at random is ever taken for one: thirteen of its digits
/// would have to be alike, one in 10^15 at most. Sixteen other random bytes are taken for one once
/// in 3 * 10^9.
#[must_use]
pub fn find_in_key(key: &[u8; 16]) -> Option<PersonalData> {
    key::find(key)
}
