//! What the ledger records of showings to the public.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{ClassId, Note, PersonKey, Position, Reference};

/// The approved persons of a class are shown to the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicityOpened {
    pub class: ClassId,
    /// How many approvals are shown: those that stand at this position.
    pub approvals: u32,
    pub place: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionRaised {
    pub class: ClassId,
    /// The person it is about; the whole class when absent.
    pub person: Option<PersonKey>,
    pub grounds: Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionResolved {
    pub class: ClassId,
    /// The objection.
    pub objection: Position,
    pub person: Option<PersonKey>,
    /// Whether it was right: then nothing is paid on what it was about.
    pub upheld: bool,
    pub grounds: Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicityClosed {
    pub class: ClassId,
}
