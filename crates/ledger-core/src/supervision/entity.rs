//! A case and its findings.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::entities::History;
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

impl History for Case {
    /// No clawback: they are not kept here.
    fn before(self, position: Position) -> Option<Self> {
        let Self {
            opened,
            institution,
            mut findings,
            clawbacks_outstanding: _,
            closed,
        } = self;
        findings.retain(|finding| finding.made.position < position);
        (opened.position < position).then_some(Self {
            opened,
            institution,
            findings,
            clawbacks_outstanding: 0,
            closed: closed.filter(|at| *at < position),
        })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        None
    }
}
