//! A payment as the bank has it, line by line.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::entities::{History, ascending};
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

impl History for Disbursement {
    /// Nothing clawed back: the clawbacks are not kept here.
    fn before(self, position: Position) -> Option<Self> {
        let Self {
            ordered,
            subject,
            account,
            stage,
            payee,
            mut lines,
            total,
            settled,
            returned,
            award_clawed_back: _,
        } = self;
        for line in &mut lines {
            let PaidLine {
                beneficiary: _,
                amount: _,
                clawed_back,
            } = line;
            *clawed_back = Fen::ZERO;
        }
        (ordered.position < position).then_some(Self {
            ordered,
            subject,
            account,
            stage,
            payee,
            lines,
            total,
            settled: settled.filter(|settled| settled.position < position),
            returned: returned.filter(|at| *at < position),
            award_clawed_back: Fen::ZERO,
        })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        Some(ascending([
            Some(self.ordered.position),
            self.settled.map(|settled| settled.position),
            self.returned,
        ]))
    }
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
