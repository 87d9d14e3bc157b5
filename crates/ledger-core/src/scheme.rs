//! The names that the policy documents of this ledger give to schemes, actions and sectors.

use std::fmt;
use std::sync::Arc;

/// The shortest name: two letters say too little to be found again.
pub const SCHEME_ID_LEN_MIN: usize = 3;

/// The longest name: it appears in index keys and in every line of a report.
pub const SCHEME_ID_LEN_MAX: usize = 48;

macro_rules! code_name {
    ($(#[doc = $doc:literal] $name:ident)+) => {$(
        #[doc = $doc]
        ///
        /// Three to 48 characters from `a-z`, `0-9` and `-`, of which the first is a letter.
        /// Cloning shares the text.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads a name.
            ///
            /// # Errors
            ///
            /// Fails when the length or a character is not allowed.
            pub fn parse(text: &str) -> Result<Self, SchemeIdError> {
                check_name(text)?;
                Ok(Self(Arc::from(text)))
            }

            /// Returns the name.
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
                write!(formatter, concat!(stringify!($name), "({})"), self)
            }
        }
    )+};
}

code_name! {
    /// The name of a scheme, such as `skill-upgrade-unemployed`.
    SchemeId
    /// The name of an action (专项行动) that training counts for, such as `digital-skills`.
    ActionId
    /// The name of a sector (行业领域) that training serves, such as `modern-services`.
    SectorId
    /// The name of a training target within its document.
    TargetId
}

fn check_name(text: &str) -> Result<(), SchemeIdError> {
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
    Ok(())
}

/// Why a text is not the name of a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum SchemeIdError {
    /// The text is too short or too long.
    #[error("a name has {SCHEME_ID_LEN_MIN} to {SCHEME_ID_LEN_MAX} characters")]
    Length,
    /// The text does not begin with a letter.
    #[error("a name begins with a lower-case letter")]
    FirstCharacter,
    /// A character is not allowed.
    #[error("a name consists of lower-case letters, digits and hyphens")]
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
