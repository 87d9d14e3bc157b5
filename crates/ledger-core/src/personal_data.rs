//! Finding personal data in texts and keys, so that none enters the log in clear.
//!
//! One search for every door: it looks for identity numbers of 18 digits (GB 11643) and of 15
//! (the first generation), for mobile numbers and for numbers of bank cards. It reads a text as a
//! person would: in the compatibility form of Unicode (NFKC), without characters that show nothing,
//! with the digits and numerals of every script and what looks like one, and across separators and
//! the ends of lines.

mod key;
mod kinds;
mod looks;
mod numerals;
mod scan;
mod token;

#[cfg(test)]
mod tests;

use std::fmt;

use icu_properties::props::{
    DefaultIgnorableCodePoint, GeneralCategory, PrependedConcatenationMark,
};
use icu_properties::{CodePointMapData, CodePointSetData};

use scan::{Reading, Taken};

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

/// Returns the first sort of personal data that stands anywhere in `text`, also over its lines.
///
/// What proves to be something else is left out: a UUID is searched as a key
/// ([`find_in_key`]), hexadecimal digits in the length of a digest with four sorts of letters are
/// one, and eighteen characters with both check characters of a unified social credit code are one.
/// In other hexadecimal digits with letters among them only an identity number is looked for.
///
/// Of eighteen random digits one in 17,000 passes for an identity number by chance, of fifteen one
/// in 200, of eleven one in fourteen for a mobile number; of random digits that begin like a bank
/// card, in a length that its issuer has, one in ten passes its check.
#[must_use]
pub fn find_in_text(text: &str) -> Option<PersonalData> {
    if !scan::may_hold_digits(text) {
        return None;
    }
    let shown = scan::shown(text);
    let find = |reading| {
        let taken = Taken::read(&shown, reading);
        let in_keys = taken.keys.iter().find_map(find_in_key);
        in_keys.or_else(|| taken.stretches.iter().find_map(|it| kinds::find(it)))
    };
    let by_looks = |reading| scan::has_looks(&shown, reading).then(|| find(reading))?;
    // Each further reading is for texts in which it finds other digits.
    find(Reading::Values)
        .or_else(|| scan::has_numerals(&shown).then(|| find(Reading::Decimals))?)
        .or_else(|| by_looks(Reading::Looks))
        .or_else(|| by_looks(Reading::LooksToTheEnd))
}

/// Tells whether a character shows itself, by its properties: it is no control character
/// (General_Category Cc), no separator of lines or paragraphs (Zl, Zp), none that only steers how
/// others are shown (Cf, but for the signs that stand before a number and are drawn), and none that
/// is drawn as nothing (Default_Ignorable_Code_Point), as the selectors of a variant are.
///
/// The others could show a reader other words than are stored.
#[must_use]
pub fn is_shown(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    let is_drawn = || CodePointSetData::new::<PrependedConcatenationMark>().contains(character);
    let is_hidden = match category {
        GeneralCategory::Control
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator => true,
        GeneralCategory::Format => !is_drawn(),
        _ => false,
    };
    !is_hidden && !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// Returns the sort of personal data that sixteen bytes spell: in hexadecimal digits, padded on
/// either side with zeros or with `f`, or as decimal digits throughout; as ASCII text; or as an
/// integer.
///
/// No UUID of versions 4 to 8 that is drawn at random is ever taken for one: thirteen of its digits
/// would have to be alike, one in 10^15 at most. Sixteen other random bytes are taken for one once
/// in 3 * 10^9.
#[must_use]
pub fn find_in_key(key: &[u8; 16]) -> Option<PersonalData> {
    key::find(key)
}
