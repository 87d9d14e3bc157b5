//! What may be asked of corrections.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{Note, Position, Reference};

/// Takes a fact back: the event at a position never was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnulFact {
    /// Position of the event that recorded the fact.
    pub position: Position,
    /// Why it is known that the fact never was.
    pub grounds: Note,
    pub decision_number: Reference,
}
