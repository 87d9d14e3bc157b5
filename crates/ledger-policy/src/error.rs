//! Why a text is no policy document.

use thiserror::Error;

/// Why a text is no policy document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// The text exceeds the bound.
    #[error("policy document of {bytes} bytes exceeds the limit of {limit} bytes")]
    TooLong {
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The text is not TOML of the right shape; the message names line, column and key.
    #[error("policy document is malformed: {message}")]
    Malformed {
        /// What the parser found, with its place.
        message: String,
    },
    /// A value is outside what its key allows.
    #[error("{key} is invalid: {problem}")]
    Invalid {
        /// The key, with its scheme where it has one.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl PolicyError {
    pub(crate) fn invalid(key: impl Into<String>, problem: impl ToString) -> Self {
        Self::Invalid {
            key: key.into(),
            problem: problem.to_string(),
        }
    }
}
