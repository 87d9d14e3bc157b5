//! What the ledger records of clawbacks, repayments and penalties.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::{Debt, Payee, Subject};
use crate::{AccountKey, CaseId, ClawbackId, DisbursementId, Fen, FindingId, PersonKey, Reference};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClawbackDecided {
    pub clawback: ClawbackId,
    pub case: CaseId,
    pub finding: FindingId,
    pub subject: Subject,
    pub account: AccountKey,
    pub debtor: Payee,
    pub lines: Vec<ClawbackLine>,
    /// Sum of the lines in fen.
    pub total: Fen,
    pub decision_number: Reference,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClawbackLine {
    pub disbursement: DisbursementId,
    /// None for the payment of an award.
    pub beneficiary: Option<PersonKey>,
    pub amount: Fen,
    /// Whether the beneficiary's quota slot is given back.
    pub frees_quota: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepaymentReceived {
    pub debt: Debt,
    pub amount: Fen,
    pub outstanding: Fen,
    pub bank_reference: Reference,
}

/// A penalty beside a clawback: never mixed with the principal, never in the special account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PenaltyImposed {
    pub clawback: ClawbackId,
    /// Amount in fen.
    pub amount: Fen,
    pub debtor: Payee,
    pub decision_number: Reference,
}
