//! What the ledger records of awards.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::{AppliedRule, Payee};
use crate::{AccountKey, AwardId, Division, Fen, Note, Reference, SchemeId};

/// An award or a grant to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardApproved {
    pub award: AwardId,
    pub scheme: SchemeId,
    /// The province or city that awards it.
    pub division: Division,
    /// A person or a body.
    pub recipient: Payee,
    /// What it is for: a medal, a project, a title; one award per scheme and subject.
    pub subject: Reference,
    /// Amount in fen, in all; zero for a title without money.
    pub amount: Fen,
    /// Months of the management period, for what is paid by the month.
    pub months: u32,
    /// The funds that pay, with their part in fen; they add up to the amount.
    pub parts: Vec<AwardPart>,
    pub decision_number: Reference,
    /// The rules that were applied.
    pub applied: Vec<AppliedRule>,
}

/// What one account pays of an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwardPart {
    pub account: AccountKey,
    /// In fen.
    pub amount: Fen,
}

/// An award is taken back: nothing more is paid on it, and its place in the cycle is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardRevoked {
    pub award: AwardId,
    pub grounds: Note,
    pub decision_number: Reference,
}
