//! An award, and the register of the awards of a scheme.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::entities::History;
use crate::event::AwardPart;
use crate::terms::{Fact, Payee, Payment, sum};
use crate::{AccountKey, AwardId, BusinessDate, Division, Fen, Position, Reference, SchemeId};

/// One award or grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    pub approved: Fact,
    /// Position of the policy publication whose rules hold for the life of the award.
    pub policy: Position,
    pub scheme: SchemeId,
    pub division: Division,
    pub recipient: Payee,
    pub subject: Reference,
    pub amount: Fen,
    pub parts: Vec<AwardPart>,
    /// Payments that were ordered or settled and not returned, in order.
    pub payments: Vec<Payment>,
    pub clawed_back: Fen,
    pub revoked: Option<Position>,
    /// A finding against the award that bars payment.
    pub found_false: Option<Position>,
}

/// The awards of one scheme in one province, in the order of their approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardRegister {
    pub entries: Vec<AwardEntry>,
}

/// One award in its register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardEntry {
    pub award: AwardId,
    /// Where it was awarded: a city's document counts what was awarded in the city.
    pub division: Division,
    pub position: Position,
    pub on: BusinessDate,
    pub recipient: Payee,
    pub subject: Reference,
    pub revoked: Option<Position>,
}

impl History for Award {
    /// A payment that was returned is forgotten, so no payment is told, nor what was clawed back.
    fn before(self, position: Position) -> Option<Self> {
        let Self {
            approved,
            policy,
            scheme,
            division,
            recipient,
            subject,
            amount,
            parts,
            payments: _,
            clawed_back: _,
            revoked,
            found_false,
        } = self;
        (approved.position < position).then_some(Self {
            approved,
            policy,
            scheme,
            division,
            recipient,
            subject,
            amount,
            parts,
            payments: Vec::new(),
            clawed_back: Fen::ZERO,
            revoked: revoked.filter(|at| *at < position),
            found_false: found_false.filter(|at| *at < position),
        })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        None
    }
}

impl History for AwardRegister {
    /// Exact.
    fn before(self, position: Position) -> Option<Self> {
        let Self { mut entries } = self;
        entries.retain(|entry| entry.position < position);
        for entry in &mut entries {
            entry.revoked = entry.revoked.filter(|at| *at < position);
        }
        (!entries.is_empty()).then_some(Self { entries })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        None
    }
}

impl Award {
    /// Sum of the payments that were ordered or settled and not returned, in fen.
    #[must_use]
    pub fn paid_or_ordered(&self) -> Fen {
        sum(self.payments.iter())
    }

    /// The payments from one account.
    pub fn payments_from(&self, account: AccountKey) -> impl Iterator<Item = &Payment> {
        self.payments
            .iter()
            .filter(move |payment| payment.account == account)
    }

    /// What is left to pay from an account, in fen; `None` when it pays no part of the award.
    #[must_use]
    pub fn left_from(&self, account: AccountKey) -> Option<Fen> {
        let part = self.parts.iter().find(|part| part.account == account)?;
        part.amount.checked_sub(sum(self.payments_from(account)))
    }
}

impl AwardRegister {
    /// The awards that were not revoked.
    pub fn standing(&self) -> impl Iterator<Item = &AwardEntry> {
        let entries = self.entries.iter();
        entries.filter(|entry| entry.revoked.is_none())
    }
}
