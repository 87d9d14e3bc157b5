//! Opaque identifiers, and bounded texts that carry no personal data.

use std::fmt;
use std::sync::Arc;

use crate::hex;
use crate::personal_data::{PersonalData, find_in_text, is_shown};

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
#[error("an identifier is 32 hexadecimal digits, plain or hyphenated as 8-4-4-4-12")]
pub struct ParseIdError;

macro_rules! id {
    ($(#[doc = $doc:literal] $name:ident)+) => {$(
        #[doc = $doc]
        ///
        /// Sixteen opaque bytes (a UUID of any version); the ledger reads nothing from them.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Takes the sixteen bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Returns the sixteen bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Reads 32 hexadecimal digits of either case, plain or hyphenated as 8-4-4-4-12.
            ///
            /// # Errors
            ///
            /// Fails for any other shape.
            pub fn parse(text: &str) -> Result<Self, ParseIdError> {
                parse_id(text).map(Self).ok_or(ParseIdError)
            }
        }

        /// Writes the hyphenated lower-case form.
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_id(&self.0, formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self)
            }
        }
    )+};
}

id! {
    /// The key that stands for a person in the log; who it is, is kept beside the log.
    PersonKey
    /// Names a training class.
    ClassId
    /// Names a qualification of a training body or evaluator.
    QualificationId
    /// Names a disbursement.
    DisbursementId
    /// Names a supervision case.
    CaseId
    /// Names a finding made in a case.
    FindingId
    /// Names a clawback.
    ClawbackId
    /// Names an award or grant to one recipient.
    AwardId
    /// Names a training order (五单式).
    OrderId
    /// The key of the register of the awards of one scheme in one province.
    AwardRegisterKey
    /// Names an event for those who refer to it from outside; inside, its position does.
    EventId
    /// Names a request, so that the same one sent twice is done once.
    RequestId
}

fn parse_id(text: &str) -> Option<[u8; 16]> {
    if text.len() == 32 {
        return hex::decode_array(text);
    }
    let hyphens = [8, 13, 18, 23];
    let is_hyphenated = text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| hyphens.contains(&at) == (byte == b'-'));
    if !is_hyphenated {
        return None;
    }
    hex::decode_array(&text.replace('-', ""))
}

fn write_id(bytes: &[u8; 16], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            formatter.write_str("-")?;
        }
        write!(formatter, "{byte:02x}")?;
    }
    Ok(())
}

/// The longest reference: above every document number, contract number and bank reference seen.
pub const REFERENCE_CHARS_MAX: usize = 128;

/// The longest note: a paragraph that gives grounds; anything longer is a document to refer to.
pub const NOTE_CHARS_MAX: usize = 500;

/// Why a text cannot be recorded as reference or note; it never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum TextError {
    /// The text is empty or nothing but white space.
    #[error("the text is empty")]
    Empty,
    /// The text is longer than allowed.
    #[error("the text has more than {chars_max} characters")]
    TooLong {
        /// How many characters (Unicode scalar values) are allowed.
        chars_max: usize,
    },
    /// A character is a control character, or invisible.
    #[error("the text contains a control character or an invisible one")]
    InvisibleCharacter,
    /// The text contains what reads as personal data.
    #[error("the text contains {0}, which is never recorded; name what is meant in another way")]
    PersonalData(PersonalData),
}

macro_rules! bounded_text {
    ($(#[doc = $doc:literal])+ $name:ident, $chars_max:ident) => {
        $(#[doc = $doc])+
        ///
        /// Without control characters, without invisible characters that make a text read
        /// differently than it is stored, and without personal data. Cloning shares the text.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a text as it is.
            ///
            /// # Errors
            ///
            /// Fails when the text is blank, too long, or contains what must not be recorded.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                check_text(text, $chars_max)?;
                Ok(Self(Arc::from(text)))
            }

            /// Takes a text that was recorded before, whatever the bounds are today: what is in
            /// the log is read for ever.
            #[must_use]
            pub fn from_record(text: &str) -> Self {
                Self(Arc::from(text))
            }

            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({:?})"), self.as_str())
            }
        }
    };
}

bounded_text! {
    /// A reference to something outside the ledger, 1 to 128 characters: the number of a decision
    /// or contract, a bank's reference.
    Reference, REFERENCE_CHARS_MAX
}

bounded_text! {
    /// A short text in someone's own words, 1 to 500 characters: grounds, an explanation.
    Note, NOTE_CHARS_MAX
}

fn check_text(text: &str, chars_max: usize) -> Result<(), TextError> {
    // No more than the first excess character is counted: the text comes from outside.
    if text.chars().nth(chars_max).is_some() {
        return Err(TextError::TooLong { chars_max });
    }
    if text.trim().is_empty() {
        return Err(TextError::Empty);
    }
    if !text.chars().all(is_shown) {
        return Err(TextError::InvisibleCharacter);
    }
    find_in_text(text).map_or(Ok(()), |found| Err(TextError::PersonalData(found)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_identifiers() {
        const HYPHENATED: &str = "00112233-4455-6677-8899-aabbccddeeff";
        for (text, expected) in [
            (HYPHENATED, true),
            ("00112233445566778899aabbccddeeff", true),
            ("00112233-4455-6677-8899-AABBCCDDEEFF", true),
            ("", false),
            ("00112233445566778899aabbccddeef", false),
            ("00112233445566778899aabbccddeeff0", false),
            ("0011223-34455-6677-8899-aabbccddeeff", false),
            ("00112233-4455-6677-8899aabb-ccddeeff", false),
            ("00112233-4455-6677-8899-aabbccddeef-", false),
            ("00112233-4455-6677-8899-aabbccddeefg", false),
            ("{0112233-4455-6677-8899-aabbccddeef}", false),
            ("éé112233445566778899aabbccddee", false),
        ] {
            let found = PersonKey::parse(text);
            assert_eq!(found.is_ok(), expected, "{text:?}");
            assert!(found.is_err() || found.unwrap().to_string() == HYPHENATED);
        }
    }

    #[test]
    fn references_and_notes_are_bounded() {
        const TOO_LONG: TextError = TextError::TooLong {
            chars_max: REFERENCE_CHARS_MAX,
        };
        let longest = "鲁".repeat(REFERENCE_CHARS_MAX);
        let too_long = "鲁".repeat(REFERENCE_CHARS_MAX + 1);
        for (text, expected) in [
            ("a", None),
            ("鲁人社发〔2023〕5号", None),
            (longest.as_str(), None),
            (too_long.as_str(), Some(TOO_LONG)),
            ("", Some(TextError::Empty)),
            (" \u{3000}", Some(TextError::Empty)),
            ("a\nb", Some(TextError::InvisibleCharacter)),
            ("a\0", Some(TextError::InvisibleCharacter)),
            ("a\u{7f}", Some(TextError::InvisibleCharacter)),
            ("a\u{85}", Some(TextError::InvisibleCharacter)),
            ("a\u{202e}b", Some(TextError::InvisibleCharacter)),
            (
                "370199\u{200b}199001010019",
                Some(TextError::InvisibleCharacter),
            ),
            ("a\u{fe0f}", Some(TextError::InvisibleCharacter)),
            ("a\u{3164}", Some(TextError::InvisibleCharacter)),
            (
                "经核对 370199199001010019",
                Some(TextError::PersonalData(PersonalData::IdentityNumber)),
            ),
            ("370199199001010018", None),
        ] {
            let found = Reference::parse(text);
            assert_eq!(found.as_ref().err().copied(), expected, "{text:?}");
            assert!(found.is_err() || found.unwrap().as_str() == text);
        }
        let longest = "注".repeat(NOTE_CHARS_MAX);
        assert_eq!(Note::parse(&longest).unwrap().as_str(), longest);
        assert_eq!(
            Note::parse(&format!("{longest}。")),
            Err(TextError::TooLong {
                chars_max: NOTE_CHARS_MAX
            })
        );
        assert_eq!(
            Note::parse("370199199001010019"),
            Err(TextError::PersonalData(PersonalData::IdentityNumber))
        );
    }

    #[test]
    fn debug_names_the_kind() {
        assert_eq!(
            format!("{:?}", ClassId::from_bytes([0xab; 16])),
            "ClassId(abababab-abab-abab-abab-abababababab)"
        );
        assert_eq!(
            format!("{:?}", Note::parse("a\"b").unwrap()),
            r#"Note("a\"b")"#
        );
    }

    proptest! {
        #[test]
        fn identifiers_round_trip(bytes: [u8; 16]) {
            let id = EventId::from_bytes(bytes);
            prop_assert_eq!(id.as_bytes(), &bytes);
            prop_assert_eq!(EventId::parse(&id.to_string()), Ok(id));
            prop_assert_eq!(EventId::parse(&id.to_string().replace('-', "")), Ok(id));
        }

        #[test]
        fn accepted_text_holds_no_personal_data(text in "[0-9Xx -]{0,40}") {
            if let Ok(reference) = Reference::parse(&text) {
                prop_assert_eq!(find_in_text(reference.as_str()), None);
            }
        }
    }
}
