//! What the ledger records of cases.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::{FindingKind, Subject};
use crate::{CaseId, CreditCode, FindingId, Note, PersonKey, Reference};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseOpened {
    pub case: CaseId,
    pub institution: Option<CreditCode>,
    pub clue: Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingMade {
    pub case: CaseId,
    pub finding: FindingId,
    pub kind: FindingKind,
    pub subject: Subject,
    /// Empty: every beneficiary of the class, or the award.
    pub persons: Vec<PersonKey>,
    pub decision_number: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseClosed {
    pub case: CaseId,
    pub outcome: Note,
}
