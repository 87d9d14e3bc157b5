//! What is recorded of corrections.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{BusinessDate, Note, Position, Reference};

pub use super::PastFact;

/// A fact on record never was: what it put into the state is taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactAnnulled {
    pub annulled: PastEvent,
    /// What had made way for it and stands again, ascending by position.
    pub stands_again: Vec<PastEvent>,
    pub grounds: Note,
    pub decision_number: Reference,
}

/// An event on record as a correction carries it, so that replay needs no second look at the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastEvent {
    pub position: Position,
    /// The business date of the fact.
    pub on: BusinessDate,
    pub fact: PastFact,
}
