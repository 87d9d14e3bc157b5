//! The account of a fund at a division.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::entities::History;
use crate::{AccountKind, Fen, Position};
use std::collections::BTreeMap;

/// The balances of one fund at one division.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub opened: Position,
    /// Balance in fen on the normal side, by kind and fiscal year (zero for stocks).
    pub balances: BTreeMap<(AccountKind, u16), Fen>,
}

impl History for Account {
    /// The balances of the past are in the books; none is told here.
    fn before(self, position: Position) -> Option<Self> {
        let Self {
            opened,
            balances: _,
        } = self;
        (opened < position).then_some(Self {
            opened,
            balances: BTreeMap::new(),
        })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        None
    }
}

impl Account {
    /// The balance of one kind of account in fen; zero when nothing was posted.
    #[must_use]
    pub fn balance(&self, kind: AccountKind, fiscal_year: u16) -> Fen {
        self.balances
            .get(&(kind, fiscal_year))
            .copied()
            .unwrap_or(Fen::ZERO)
    }

    /// What may still be ordered: cash less what is reserved for ordered payments.
    #[must_use]
    pub fn available(&self) -> Fen {
        self.balance(AccountKind::Cash, 0)
            .checked_sub(self.balance(AccountKind::Reserve, 0))
            .unwrap_or(Fen::ZERO)
    }
}
