//! What a caller may ask or report of accounts.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::PayingCapacity;
use crate::{Division, Fen, FundSource, Reference};

/// Opens the account of a fund at a division, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAccount {
    pub division: Division,
    pub fund: FundSource,
}

/// Records money raised for the account from the unemployment insurance fund's balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccrueFunds {
    pub division: Division,
    pub fund: FundSource,
    /// Amount in fen.
    pub amount: Fen,
    /// Document or voucher that ordered the accrual.
    pub reference: Reference,
    /// What it is measured against; a policy that bounds accruals asks for it.
    pub capacity: Option<PayingCapacity>,
}

/// Moves money of one fund from one division's account to another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferFunds {
    pub from: Division,
    pub to: Division,
    pub fund: FundSource,
    /// Amount in fen.
    pub amount: Fen,
    pub reference: Reference,
}

/// Records help from the provincial adjustment fund (省级调剂金).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProvincialAdjustment {
    pub division: Division,
    pub fund: FundSource,
    /// Amount in fen.
    pub amount: Fen,
    /// What the city's unemployment fund covers after its accrual.
    pub capacity: PayingCapacity,
    pub reference: Reference,
}
