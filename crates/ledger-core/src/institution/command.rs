//! What a caller may ask or report of institutions.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::{InstitutionKind, QualificationScope};
use crate::{BusinessDate, CreditCode, Division, Note, QualificationId, Reference};

/// Registers a body: a school, an enterprise, an evaluator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterInstitution {
    pub institution: CreditCode,
    pub kind: InstitutionKind,
    /// Registered name of the body; never a person's.
    pub name: Reference,
    pub division: Division,
}

/// Grants a training or an evaluation qualification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantQualification {
    pub institution: CreditCode,
    pub qualification: QualificationId,
    pub scope: QualificationScope,
    pub valid_from: BusinessDate,
    /// Last day of validity; open-ended when absent.
    pub valid_until: Option<BusinessDate>,
    pub decision_number: Reference,
}

/// Revokes a qualification from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeQualification {
    pub institution: CreditCode,
    pub qualification: QualificationId,
    /// First day on which the qualification is no longer in force.
    pub effective_on: BusinessDate,
    pub grounds: Note,
    pub decision_number: Reference,
}
