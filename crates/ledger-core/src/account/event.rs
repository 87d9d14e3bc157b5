//! What the ledger records of accounts.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{AccountKey, Division, Fen, FundSource, Reference};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountOpened {
    pub account: AccountKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundsAccrued {
    pub account: AccountKey,
    pub amount: Fen,
    pub reference: Reference,
    /// What the amount was measured against, where it was given.
    pub capacity: Option<PayingCapacity>,
}

/// What an accrual or an adjustment is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayingCapacity {
    /// Balance of the unemployment insurance fund before the accrual, in fen.
    pub balance: Fen,
    /// Unemployment benefits of a month, in fen.
    pub monthly_benefits: Fen,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundsTransferred {
    pub from: Division,
    pub to: Division,
    pub fund: FundSource,
    pub amount: Fen,
    pub reference: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvincialAdjustmentReceived {
    pub account: AccountKey,
    /// Amount in fen.
    pub amount: Fen,
    /// What the city's fund still covers after its accrual.
    pub capacity: PayingCapacity,
    pub reference: Reference,
}
