//! What a caller may ask or report of classes.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::{ClassApproved, ClassKind, RateSource, Reporting};
use crate::{
    BusinessDate, ClassId, CreditCode, Division, Fen, FundSource, Occupation, OrderId, Reference,
    SchemeId, SkillLevel,
};

/// Approves a training class and fixes its rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveClass {
    pub class: ClassId,
    pub institution: CreditCode,
    /// The division whose account pays.
    pub division: Division,
    pub fund: FundSource,
    pub scheme: SchemeId,
    pub kind: ClassKind,
    pub occupation: Occupation,
    /// Absent for courses that lead to no level (special ability, adaptation).
    pub level: Option<SkillLevel>,
    /// Contracted places.
    pub headcount: u32,
    /// Rate per approved person in fen, from the project contract. Absent: the standard that the
    /// scheme's rules set.
    pub rate: Option<Fen>,
    /// Planned class hours (学时).
    pub class_hours: u32,
    pub starts_on: BusinessDate,
    pub ends_on: BusinessDate,
    /// The class is paid only for residents of this division, when the contract says so.
    pub residence: Option<Division>,
    /// Number of the project contract or of the approval.
    pub contract_number: Reference,
    /// What the training counts for in reports.
    pub reporting: Reporting,
    /// The accepted order (五单式) that the class carries out.
    pub order: Option<OrderId>,
}

/// Opens an approved class for enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenClass {
    pub class: ClassId,
}

/// Closes a class: training has been carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseClass {
    pub class: ClassId,
}

impl From<&ClassApproved> for ApproveClass {
    /// The command that a class was approved by; a rate that the standard set is left to the
    /// standard again.
    fn from(e: &ClassApproved) -> Self {
        Self {
            class: e.class,
            institution: e.institution,
            division: e.account.division,
            fund: e.account.fund,
            scheme: e.scheme.clone(),
            kind: e.kind,
            occupation: e.occupation,
            level: e.level,
            headcount: e.headcount,
            rate: match e.rate_source {
                RateSource::Contract | RateSource::Below(_) => Some(e.rate),
                RateSource::Standard(_) => None,
            },
            class_hours: e.class_hours,
            starts_on: e.starts_on,
            ends_on: e.ends_on,
            residence: e.residence,
            contract_number: e.contract_number.clone(),
            reporting: e.reporting.clone(),
            order: e.order,
        }
    }
}
