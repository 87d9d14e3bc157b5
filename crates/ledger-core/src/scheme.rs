//! The name of a subsidy scheme as the policy documents of this ledger use it.

use std::fmt;
use std::sync::Arc;

/// The shortest name: two letters say too little to be found again.
pub const SCHEME_ID_LEN_MIN: usize = 3;

/// The longest name: it appears in index keys and in every line of a report.
pub const SCHEME_ID_LEN_MAX: usize = 48;

/// The name of a scheme, such as `skill-upgrade-unemployed`.
///
/// Three to 48 characters from `a-z`, `0-9` and `-`, of which the first is a letter. Cloning
/// shares the text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemeId(Arc<str>);

impl SchemeId {
    /// Reads a name.
    ///
    /// # Errors
    ///
    /// Fails when the length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self, SchemeIdError> {
        if !(SCHEME_ID_LEN_MIN..=SCHEME_ID_LEN_MAX).contains(&text.len()) {
            return Err(SchemeIdError::Length);
        }
        if !text.starts_with(|first: char| first.is_ascii_lowercase()) {
            return Err(SchemeIdError::FirstCharacter);
        }
        if !text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        {
            return Err(SchemeIdError::Character);
        }
        Ok(Self(Arc::from(text)))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SchemeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for SchemeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SchemeId({self})")
    }
}

/// Why a text is not the name of a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum SchemeIdError {
    /// The text is too short or too long.
    #[error("a scheme name has {SCHEME_ID_LEN_MIN} to {SCHEME_ID_LEN_MAX} characters")]
    Length,
    /// The text does not begin with a letter.
    #[error("a scheme name begins with a lower-case letter")]
    FirstCharacter,
    /// A character is not allowed.
    #[error("a scheme name consists of lower-case letters, digits and hyphens")]
    Character,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names() {
        use SchemeIdError::{Character, FirstCharacter, Length};
        let longest = "a".repeat(SCHEME_ID_LEN_MAX);
        let too_long = "a".repeat(SCHEME_ID_LEN_MAX + 1);
        for (text, expected) in [
            ("abc", None),
            ("a-1", None),
            (longest.as_str(), None),
            ("", Some(Length)),
            ("ab", Some(Length)),
            (too_long.as_str(), Some(Length)),
            ("1ab", Some(FirstCharacter)),
            ("-ab", Some(FirstCharacter)),
            ("Abc", Some(FirstCharacter)),
            ("aBc", Some(Character)),
            ("a_b", Some(Character)),
            ("a b", Some(Character)),
            ("a培训", Some(Character)),
        ] {
            let found = SchemeId::parse(text);
            assert_eq!(found.as_ref().err().copied(), expected, "{text:?}");
            assert!(found.is_err() || found.unwrap().as_str() == text);
        }
    }
}
