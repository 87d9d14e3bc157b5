//! A payment as the bank has it, line by line.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::{DisbursementStage, Fact, Payee, Subject};
use crate::{AccountKey, BusinessDate, Fen, PersonKey, Position};

/// One payment to one payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disbursement {
    pub ordered: Fact,
    pub subject: Subject,
    pub account: AccountKey,
    pub stage: DisbursementStage,
    pub payee: Payee,
    pub lines: Vec<PaidLine>,
    pub total: Fen,
    pub settled: Option<Settlement>,
    pub returned: Option<Position>,
    /// What was clawed back of the payment of an award, in fen; a class's stands in the lines.
    pub award_clawed_back: Fen,
}

/// One line of a disbursement and what was clawed back of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidLine {
    pub beneficiary: PersonKey,
    pub amount: Fen,
    pub clawed_back: Fen,
}

/// The bank's confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    pub position: Position,
    pub on: BusinessDate,
    /// Fiscal year in which the expenditure counts.
    pub fiscal_year: u16,
}

impl Disbursement {
    /// The line of a beneficiary.
    #[must_use]
    pub fn line(&self, beneficiary: PersonKey) -> Option<&PaidLine> {
        self.lines
            .iter()
            .find(|line| line.beneficiary == beneficiary)
    }
}
