//! A certificate by its number.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::entities::{History, ascending};
use crate::{BusinessDate, ClassId, CreditCode, PersonKey, Position};

/// Where a certificate number belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub class: ClassId,
    pub person: PersonKey,
    pub evaluator: CreditCode,
    pub issued_on: BusinessDate,
    pub issued: Position,
    pub invalidated: Option<Position>,
    /// Set when it was found in the national register.
    pub verified: Option<Position>,
}

impl History for Certificate {
    /// Exact.
    fn before(self, position: Position) -> Option<Self> {
        let Self {
            class,
            person,
            evaluator,
            issued_on,
            issued,
            invalidated,
            verified,
        } = self;
        (issued < position).then_some(Self {
            class,
            person,
            evaluator,
            issued_on,
            issued,
            invalidated: invalidated.filter(|at| *at < position),
            verified: verified.filter(|at| *at < position),
        })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        Some(ascending([
            Some(self.issued),
            self.verified,
            self.invalidated,
        ]))
    }
}
