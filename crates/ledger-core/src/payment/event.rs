//! What the ledger records of payments.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::{DisbursementStage, Payee, Subject};
use crate::{AccountKey, ClassId, DisbursementId, Fen, Note, PersonKey, Reference};

/// The settlement of a project class: how much it has earned, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectSettled {
    pub class: ClassId,
    /// Trainees whose employment counts.
    pub employed: u32,
    /// The denominator of the employment rate.
    pub base: u32,
    pub outcome: SettlementOutcome,
    /// What each beneficiary's place has earned, in fen.
    pub lines: Vec<SettlementLine>,
    /// Sum over the lines of what is still to pay, in fen.
    pub payable: Fen,
    /// Sum over the lines of what was advanced too much, in fen; it becomes receivable.
    pub excess: Fen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettlementLine {
    pub person: PersonKey,
    pub earned: Fen,
    pub advanced: Fen,
    /// Whether the person's quota slot is given back: the place was advanced and never approved.
    pub frees_quota: bool,
}

/// How a project class was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SettlementOutcome {
    /// The employment rate reached the threshold: paid in full.
    Full,
    /// Below it: stays at the advance share of the approved amount.
    StayAtAdvance,
    /// Below it: in proportion to those employed.
    ProRata,
    /// Below it: the advance is kept for the employed only and recovered for the other places.
    RecoverAdvance,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisbursementOrdered {
    pub disbursement: DisbursementId,
    pub subject: Subject,
    pub account: AccountKey,
    pub stage: DisbursementStage,
    pub payee: Payee,
    /// One per beneficiary of a class; none for an award, whose payee is the beneficiary.
    pub lines: Vec<DisbursementLine>,
    /// Sum of the lines in fen.
    pub total: Fen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisbursementLine {
    pub beneficiary: PersonKey,
    pub amount: Fen,
    /// Set when this line takes a quota slot: the calendar year it counts in.
    pub takes_quota_year: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisbursementSettled {
    pub disbursement: DisbursementId,
    pub bank_reference: Reference,
    pub fiscal_year: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisbursementReturned {
    pub disbursement: DisbursementId,
    pub kind: ReturnKind,
    pub bank_reference: Reference,
    pub reason: Note,
    /// Beneficiaries whose quota slot is given back.
    pub frees_quota: Vec<PersonKey>,
}

/// How a payment came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReturnKind {
    /// The bank could not deliver it (退票): the money never reached the payee.
    Passive,
    /// The payee sent it back (退款).
    Active,
}
