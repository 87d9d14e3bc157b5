//! What the ledger records of classes.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::coded::{ClassForm, TrainingKind};
use crate::{
    AccountKey, ActionId, BusinessDate, ClassId, CreditCode, Division, Fen, Occupation, OrderId,
    Position, Reference, SchemeId, SectorId, SkillLevel,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassApproved {
    pub class: ClassId,
    pub institution: CreditCode,
    pub account: AccountKey,
    pub scheme: SchemeId,
    pub kind: ClassKind,
    pub occupation: Occupation,
    pub level: Option<SkillLevel>,
    pub headcount: u32,
    /// Rate per approved person in fen, fixed for the life of the class.
    pub rate: Fen,
    pub class_hours: u32,
    pub starts_on: BusinessDate,
    pub ends_on: BusinessDate,
    pub residence: Option<Division>,
    pub contract_number: Reference,
    /// Where the rate comes from.
    pub rate_source: RateSource,
    /// The city's catalogue marks the occupation as scarce.
    pub scarce: bool,
    /// What the training counts for in reports.
    pub reporting: Reporting,
    /// The order (五单式) that the class rests on.
    pub order: Option<OrderId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClassKind {
    /// Paid in full per approved person.
    Ordinary,
    /// Bought as a project (项目制): an advance, the rest by employment.
    Project,
}

/// Where the rate of a class comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RateSource {
    /// The approval or the contract names it; no rule sets an amount.
    #[default]
    Contract,
    /// The contract names it, under the standard of the document at this position.
    Below(Position),
    /// The standard of the document at this position; each person's amount is worked out with
    /// their hours, months and group when the subsidy is approved. Where the approval of the class
    /// decides, by the documents as they were published before it; where another date does, as
    /// they are published by then.
    Standard(Position),
}

/// What training counts for in reports.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reporting {
    pub action: Option<ActionId>,
    pub sector: Option<SectorId>,
    pub training: Option<TrainingKind>,
    pub form: Option<ClassForm>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassOpened {
    pub class: ClassId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassClosed {
    pub class: ClassId,
}
