//! What a caller may ask or report of awards.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::AwardApproved;
use crate::terms::Payee;
use crate::{AwardId, Division, Fen, FundSource, Note, Reference, SchemeId};

/// Approves an award or a grant; the ledger works out what its rule fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveAward {
    pub award: AwardId,
    pub scheme: SchemeId,
    /// The province or city that awards it.
    pub division: Division,
    pub recipient: Payee,
    /// What it is for: a medal, a project, a title.
    pub subject: Reference,
    /// Amount in fen, where the rule leaves it to the decision; per month where it is paid so.
    pub amount: Option<Fen>,
    /// Months of the management period, for what is paid by the month.
    pub months: Option<u32>,
    /// Funds that pay, at which division; the scheme's split where one is ruled. The amounts are
    /// worked out by it, or given here where several pay without a rule.
    pub parts: Vec<AwardPartRequest>,
    pub decision_number: Reference,
}

/// One account that pays an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwardPartRequest {
    pub division: Division,
    pub fund: FundSource,
    /// In fen; what is left of the award when absent, for one part at most.
    pub amount: Option<Fen>,
}

/// Takes an award back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeAward {
    pub award: AwardId,
    pub grounds: Note,
    pub decision_number: Reference,
}

impl From<&AwardApproved> for ApproveAward {
    /// The command that an award was approved by, with its amount and its parts as recorded: a
    /// command names the amount of a month, an event that of all months.
    fn from(e: &AwardApproved) -> Self {
        let months = i64::from(e.months.max(1));
        let amount = e.amount.get().checked_div(months);
        let parts = e.parts.iter().map(|part| AwardPartRequest {
            division: part.account.division,
            fund: part.account.fund,
            amount: Some(part.amount),
        });
        Self {
            award: e.award,
            scheme: e.scheme.clone(),
            division: e.division,
            recipient: e.recipient,
            subject: e.subject.clone(),
            amount: amount.map(Fen::new),
            months: (e.months > 0).then_some(e.months),
            parts: parts.collect(),
            decision_number: e.decision_number.clone(),
        }
    }
}
