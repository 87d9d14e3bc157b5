//! What the ledger records of institutions.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{
    BusinessDate, CreditCode, Division, Note, Occupation, QualificationId, Reference, SkillLevel,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstitutionRegistered {
    pub institution: CreditCode,
    pub kind: InstitutionKind,
    pub name: Reference,
    pub division: Division,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationGranted {
    pub institution: CreditCode,
    pub qualification: QualificationId,
    pub scope: QualificationScope,
    pub valid_from: BusinessDate,
    pub valid_until: Option<BusinessDate>,
    pub decision_number: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationRevoked {
    pub institution: CreditCode,
    pub qualification: QualificationId,
    pub effective_on: BusinessDate,
    pub grounds: Note,
    pub decision_number: Reference,
}

/// What a qualification allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationScope {
    pub kind: QualificationKind,
    /// Occupations and the levels allowed in each; an empty level list allows courses that lead
    /// to no level only.
    pub occupations: Vec<ScopeEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeEntry {
    pub occupation: Occupation,
    pub levels: Vec<SkillLevel>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QualificationKind {
    /// May hold training classes.
    Training,
    /// May assess and issue certificates; the number is the first 13 characters of its
    /// skill-level certificates.
    Evaluation { evaluator_number: Reference },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InstitutionKind {
    VocationalSchool,
    TechnicalSchool,
    PrivateTraining,
    Enterprise,
    PublicTrainingBase,
    Evaluator,
    Other,
}
