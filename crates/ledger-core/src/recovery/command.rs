//! What a caller may ask or report of clawbacks, repayments and penalties.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::Debt;
use crate::{CaseId, ClawbackId, DisbursementId, Fen, FindingId, PersonKey, Reference};

/// Decides that paid money has to come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideClawback {
    pub clawback: ClawbackId,
    pub case: CaseId,
    pub finding: FindingId,
    pub lines: Vec<ClawbackRequestLine>,
    pub decision_number: Reference,
}

/// One line that a clawback takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClawbackRequestLine {
    pub disbursement: DisbursementId,
    /// None for the payment of an award.
    pub beneficiary: Option<PersonKey>,
    /// Amount in fen.
    pub amount: Fen,
}

/// Records money that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRepayment {
    pub debt: Debt,
    /// Amount in fen.
    pub amount: Fen,
    pub bank_reference: Reference,
}

/// Imposes a penalty beside a clawback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImposePenalty {
    pub clawback: ClawbackId,
    /// Amount in fen.
    pub amount: Fen,
    pub decision_number: Reference,
}
