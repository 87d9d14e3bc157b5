//! A clawback and what is still owed of it.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::entities::History;
use crate::terms::{Fact, Payee, Subject};
use crate::{AccountKey, Fen, FindingId, Position, Reference};

/// One decided clawback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clawback {
    pub decided: Fact,
    pub case: crate::CaseId,
    pub finding: FindingId,
    pub subject: Subject,
    pub account: AccountKey,
    pub debtor: Payee,
    pub total: Fen,
    /// Still owed, in fen.
    pub outstanding: Fen,
    /// The repayments, ascending.
    pub repayments: Vec<Position>,
    /// Decision number, for the books.
    pub decision_number: Reference,
    /// The penalties imposed beside it, ascending.
    pub penalties: Vec<Position>,
    /// Their sum, in fen.
    pub penalty: Fen,
}

impl History for Clawback {
    /// What was still owed and the sum of the penalties are in the events; nothing paid back and
    /// no penalty is told here but for their positions.
    fn before(self, position: Position) -> Option<Self> {
        let Self {
            decided,
            case,
            finding,
            subject,
            account,
            debtor,
            total,
            outstanding: _,
            mut repayments,
            decision_number,
            mut penalties,
            penalty: _,
        } = self;
        repayments.retain(|at| *at < position);
        penalties.retain(|at| *at < position);
        (decided.position < position).then_some(Self {
            decided,
            case,
            finding,
            subject,
            account,
            debtor,
            total,
            outstanding: total,
            repayments,
            decision_number,
            penalties,
            penalty: Fen::ZERO,
        })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        None
    }
}
