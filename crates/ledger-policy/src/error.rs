//! Why a text cannot be published as a policy document.

use crate::flaw::{Flaw, FlawKind, Place};
use thiserror::Error;

/// Why a text cannot be published as a policy document.
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
    /// The text is not TOML.
    #[error("policy document is malformed: {place}: {message}")]
    Malformed {
        /// Where.
        place: Place,
        /// What the parser found.
        message: String,
    },
    /// The first error that a check of the text finds.
    #[error("policy document is invalid: {flaw}")]
    Invalid {
        /// The error, with its place, key and clause.
        flaw: Box<Flaw>,
    },
}

impl PolicyError {
    pub(crate) fn of(flaw: Flaw) -> Self {
        match flaw.kind {
            FlawKind::TooLong { bytes, limit } => Self::TooLong { bytes, limit },
            FlawKind::Syntax { message } => Self::Malformed {
                place: flaw.place.unwrap_or_default(),
                message,
            },
            _ => Self::Invalid {
                flaw: Box::new(flaw),
            },
        }
    }
}
