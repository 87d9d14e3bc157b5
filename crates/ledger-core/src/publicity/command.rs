//! What a caller may ask or report of showings to the public.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{ClassId, Note, PersonKey, Position, Reference};

/// Shows the approved persons of a class to the public (公示).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPublicity {
    pub class: ClassId,
    /// Where it is shown.
    pub place: Reference,
}

/// Objects to what is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaiseObjection {
    pub class: ClassId,
    /// The person it is about; the whole class when absent.
    pub person: Option<PersonKey>,
    pub grounds: Note,
}

/// Decides on an objection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveObjection {
    pub class: ClassId,
    /// Position of the objection.
    pub objection: Position,
    /// Whether it was right.
    pub upheld: bool,
    pub grounds: Note,
}

/// Ends the time of showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosePublicity {
    pub class: ClassId,
}
