//! A case and its findings.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::{Fact, FindingKind, Subject};
use crate::{CreditCode, FindingId, PersonKey, Position};

/// One supervision case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub opened: Fact,
    pub institution: Option<CreditCode>,
    pub findings: Vec<Finding>,
    /// Clawbacks decided in the case that are not fully repaid.
    pub clawbacks_outstanding: u32,
    pub closed: Option<Position>,
}

/// One finding of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub finding: FindingId,
    pub kind: FindingKind,
    pub made: Fact,
    pub subject: Subject,
    /// Empty: every beneficiary of the class, or the award.
    pub persons: Vec<PersonKey>,
}
