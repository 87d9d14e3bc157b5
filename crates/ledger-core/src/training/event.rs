//! What the ledger records of a place in a class.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::EmploymentEvidence;
use crate::{BusinessDate, ClassId, CreditCode, Note, PersonKey};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonEnrolled {
    pub class: ClassId,
    pub person: PersonKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentWithdrawn {
    pub class: ClassId,
    pub person: PersonKey,
    pub reason: Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttendanceRecorded {
    pub class: ClassId,
    pub person: PersonKey,
    pub class_hours: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingCompleted {
    pub class: ClassId,
    pub person: PersonKey,
    pub class_hours: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentRecorded {
    pub class: ClassId,
    pub person: PersonKey,
    pub evaluator: CreditCode,
    pub result: AssessmentResult,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AssessmentResult {
    Passed,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmploymentConfirmed {
    pub class: ClassId,
    pub person: PersonKey,
    pub employer: CreditCode,
    pub evidence: EmploymentEvidence,
    pub started_on: BusinessDate,
    /// Whether it falls inside the policy's employment window and counts for the rate.
    pub counts: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmploymentWithdrawn {
    pub class: ClassId,
    pub person: PersonKey,
    pub reason: Note,
    pub counted: bool,
}
