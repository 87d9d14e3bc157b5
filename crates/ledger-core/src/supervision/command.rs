//! What a caller may ask or report of cases.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::{FindingKind, Subject};
use crate::{CaseId, CreditCode, FindingId, Note, PersonKey, Position, Reference};

/// Opens a supervision case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCase {
    pub case: CaseId,
    /// The body under suspicion, when there is one.
    pub institution: Option<CreditCode>,
    /// The clue: complaint, audit, inspection or data match.
    pub clue: Note,
}

/// Records what a case found about one class or one award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakeFinding {
    pub case: CaseId,
    pub finding: FindingId,
    pub kind: FindingKind,
    pub subject: Subject,
    /// The persons it concerns; every beneficiary of the class when empty.
    pub persons: Vec<PersonKey>,
    /// Positions of the events found false or relied on.
    pub evidence: Vec<Position>,
    pub decision_number: Reference,
}

/// Closes a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseCase {
    pub case: CaseId,
    pub outcome: Note,
}
